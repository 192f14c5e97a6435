"""The decision on an application, and the conditions that it may hang on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from residency import reviewers, rubrics
from residency.letters import tell_applicant
from residency.models import Application, ApplicationState, Condition, Review
from residency.operations import rows
from residency.operations.leads import follow_application
from residency.operations.reviews import application_url, is_complete
from residency.permissions import permissions
from residency.telling import tell_staff
from tenants.models import User

State = ApplicationState
OUTCOMES = (State.OFFERED, State.CONDITIONAL, State.REJECTED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A condition: what has to be so, who of the park's staff sees to it, until when."""

    text: str
    owner: User
    due_on: date


@operation
def decide(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    outcome: str,
    reason: str = "",
    conditions: Sequence[Wanted] = (),
) -> Application:
    """Offer, offer with conditions, or decline; the applicant is told, owners of conditions too.

    The reason of a refusal goes to the applicant. Accepting below the pass mark needs a reason
    as well. Raises a DomainError while reviews or minutes are missing, for a decider with a
    conflict of interest, and for the second of two deciders; InvalidInput for conditions that do
    not fit; NotPermitted, WrongState.
    """
    permissions.require(actor, "decide")
    application = rows.locked(actor, application)
    _refuse_second_decision(application)
    _require_impartial(actor, application)
    _require_reviewed(application)
    _require_conditions(application, outcome, conditions, timezone.localdate(now))
    application.average = average_of(application)
    _require_reason(application, outcome, reason)
    _settle(actor, now, application, outcome, reason)
    for wanted in conditions:
        _impose(actor, now, application, wanted)
    _tell(actor, now, application, outcome)
    return application


def _refuse_second_decision(application: Application) -> None:
    if application.state == State.REVIEW:
        return
    if application.decided_at is None:
        raise WrongState
    raise WrongState(
        _("%(person)s decided already: %(outcome)s. Nothing was changed."),
        code="decided_already",
        params={
            "person": str(application.decided_by),
            "outcome": application.get_state_display(),
        },
    )


def _require_impartial(actor: Actor, application: Application) -> None:
    if reviewers.has_conflict(application, actor.user_id):
        raise DomainError(
            _("You have a conflict of interest here, so somebody else decides."),
            code="conflict_of_interest",
        )


def _require_reviewed(application: Application) -> None:
    if application.rubric["reviewers"]:
        if not is_complete(application):
            raise DomainError(
                _("Reviews are missing: wait for them, or ask other reviewers."),
                code="reviews_missing",
            )
    elif application.minutes_id is None:
        raise DomainError(
            _("Upload the minutes of the review meeting first."), code="minutes_missing"
        )


def _require_conditions(
    application: Application, outcome: str, conditions: Sequence[Wanted], today: date
) -> None:
    if outcome not in OUTCOMES:
        raise InvalidInput(fields={"outcome": _("Choose one of the decisions.")})
    if (outcome == State.CONDITIONAL) != bool(conditions):
        raise InvalidInput(
            _(
                "Accepting with conditions needs at least one; without conditions there is none "
                "to name."
            ),
            code="conditions_do_not_fit",
        )
    if any(not wanted.text.strip() or wanted.due_on < today for wanted in conditions):
        raise InvalidInput(
            _("Each condition has a text, an owner, and a day that is not over."),
            code="condition_incomplete",
        )
    possible = reviewers.park_people(application.tenant_id)
    owners = {wanted.owner.pk for wanted in conditions}
    if possible.filter(pk__in=owners).count() != len(owners):
        raise InvalidInput(
            _("The owner of a condition works for the park."), code="owner_not_of_park"
        )


def average_of(application: Application) -> Decimal | None:
    """Of the submitted scores, 1.00 to 5.00; None where a meeting decided."""
    reviews = Review.objects.filter(application=application).submitted()
    return rubrics.average_of_all(application.rubric, reviews.values_list("scores", flat=True))


def is_below_pass_mark(application: Application, average: Decimal | None) -> bool:
    return average is not None and average < Decimal(application.rubric["pass_mark"])


def _require_reason(application: Application, outcome: str, reason: str) -> None:
    if reason.strip():
        return
    if outcome == State.REJECTED:
        raise InvalidInput(
            fields={"reason": _("Say why; the applicant reads it.")}, code="no_reason"
        )
    if is_below_pass_mark(application, application.average):
        raise InvalidInput(
            fields={"reason": _("The average is below the pass mark: say why all the same.")},
            code="no_reason",
        )


def _settle(actor: Actor, now: datetime, application: Application, state: str, reason: str) -> None:
    application.move_to(state)
    application.decided_by_id = actor.user_id
    application.decided_at = now
    application.decision_reason = reason.strip()
    application.closed_at = now if state == State.REJECTED else None
    application.save(
        update_fields=[
            *("state", "decided_by", "decided_at", "decision_reason", "closed_at", "average"),
        ]
    )


def _impose(actor: Actor, now: datetime, application: Application, wanted: Wanted) -> None:
    condition = Condition.objects.create(
        tenant_id=application.tenant_id,
        application=application,
        text=wanted.text.strip(),
        owner=wanted.owner,
        due_on=wanted.due_on,
    )
    tell_staff(
        actor=actor,
        now=now,
        user=wanted.owner,
        kind="residency.condition_owned",
        title=_("You see to a condition of %(name)s"),
        body=_("%(condition)s Due on %(day)s."),
        params=condition_params(condition),
        url=application_url(application),
        key=f"condition-owned:{condition.pk}",
    )


def condition_params(condition: Condition) -> dict[str, Any]:
    return {
        "name": condition.application.display_name,
        "condition": condition.text,
        "day": condition.due_on,
    }


LETTERS = {State.OFFERED: "offered", State.CONDITIONAL: "conditional", State.REJECTED: "declined"}


def _tell(actor: Actor, now: datetime, application: Application, outcome: str) -> None:
    """The letter of the decision, without the average, and whoever acts on a decision."""
    conditions = application.conditions.all() if outcome == State.CONDITIONAL else []
    said = {
        "reason": application.decision_reason if outcome == State.REJECTED else "",
        "conditions": [{"text": c.text, "day": c.due_on.isoformat()} for c in conditions],
    }
    tell_applicant(
        actor=actor,
        now=now,
        application=application,
        template=LETTERS[State(outcome)],
        context=said,
        key=f"decision:{outcome}",
    )
    follow_application(actor=actor, now=now, application=application)
    publish(
        actor=actor,
        now=now,
        kind="residency.decided",
        tenant_id=application.tenant_id,
        application_id=application.pk,
        outcome=str(outcome),
    )


@operation
def meet_condition(*, actor: Actor, now: datetime, condition: Condition, how: str) -> Condition:
    """A condition is met; ``how`` says by what. Its owner and whoever decides may say so.

    Raises InvalidInput without ``how``, WrongState when it is met already or the application does
    not hang on it any more, NotPermitted.
    """
    permissions.require(actor, "meet_conditions")
    if condition.owner_id != actor.user_id and not permissions.permits(actor, "decide"):
        permissions.refuse(actor, "meet_conditions")
    condition = rows.condition_of(actor, condition, State.CONDITIONAL)
    if condition.met_at:
        raise WrongState
    if not how.strip():
        raise InvalidInput(fields={"how": _("Say how the condition was met.")}, code="no_reason")
    condition.met_at, condition.met_note = now, how.strip()
    condition.save(update_fields=["met_at", "met_note"])
    if not condition.application.conditions.filter(met_at=None).exists():
        _tell_all_met(actor, now, condition.application)
    return condition


def _tell_all_met(actor: Actor, now: datetime, application: Application) -> None:
    if application.decided_by is None:
        return
    tell_staff(
        actor=actor,
        now=now,
        user=application.decided_by,
        kind="residency.conditions_met",
        title=_("All conditions of %(name)s are met"),
        body=_("The application %(number)s can be accepted for good."),
        params={"name": application.display_name, "number": application.number},
        url=application_url(application),
        key=f"conditions-met:{application.pk}",
    )


@operation
def confirm_offer(*, actor: Actor, now: datetime, application: Application) -> Application:
    """All conditions are met: the offer holds, and the applicant is told.

    Raises a DomainError while a condition is open; NotPermitted, WrongState.
    """
    permissions.require(actor, "decide")
    application = rows.locked(actor, application, State.CONDITIONAL)
    _require_impartial(actor, application)
    if application.conditions.filter(met_at=None).exists():
        raise DomainError(_("A condition is not met yet."), code="conditions_open")
    application.move_to(State.OFFERED)
    application.save(update_fields=["state"])
    _tell(actor, now, application, State.OFFERED)
    return application


@operation
def decline_conditional(
    *, actor: Actor, now: datetime, application: Application, reason: str
) -> Application:
    """Conditions were not met: the applicant is declined after all and reads the reason.

    Raises InvalidInput without one; a DomainError for a decider with a conflict of interest;
    NotPermitted, WrongState.
    """
    permissions.require(actor, "decide")
    application = rows.locked(actor, application, State.CONDITIONAL)
    _require_impartial(actor, application)
    _require_reason(application, State.REJECTED, reason)
    _settle(actor, now, application, State.REJECTED, reason)
    _tell(actor, now, application, State.REJECTED)
    return application
