"""What applicants do: begin, submit, withdraw. Whoever has the link may."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations import notify
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from residency.application_form import judged
from residency.checklist import add_lines, is_missing, lines_of
from residency.kinds import FORM_VERSION, questions_of
from residency.letters import tell_applicant
from residency.models import Application, ApplicationState, Lead, ReviewPolicy
from residency.models.applications import DRAFT_KEPT
from residency.numbers import new_number
from residency.operations.applicants import locked, refuse_uneditable
from residency.operations.leads import follow_application

# Where the kind has no review policy that says otherwise.
ANSWER_DAYS = 15
# Later there is an agreement in the making, and the park has to be asked.
WITHDRAWABLE = frozenset(
    {
        ApplicationState.APPLYING,
        ApplicationState.SUBMITTED,
        ApplicationState.CHECKING,
        ApplicationState.RETURNED,
        ApplicationState.REVIEW,
        ApplicationState.CONDITIONAL,
        ApplicationState.OFFERED,
    }
)


@operation
def begin_application(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    email: str,
    language: str,
    lead: Lead | None = None,
    draft: Mapping[str, str] | None = None,
) -> Application:
    """An empty application of the actor's park; its link is mailed to ``email``.

    ``draft`` is what is known already, by field and as it would be typed.
    """
    application = Application.objects.create(
        tenant_id=actor.tenant_id,
        number=new_number("A", now),
        kind=kind,
        lead=lead,
        language=language,
        contact_email=email.strip(),
        draft={"country": "CN", "contact_email": email.strip(), **(draft or {})},
        form_version=FORM_VERSION,
        nonce=secrets.token_hex(16),
        started_at=now,
        seen_at=now,
    )
    tell_applicant(actor=actor, now=now, application=application, template="begun", key="begun")
    return application


@operation
def submit_application(*, actor: Actor, now: datetime, application: Application) -> Application:
    """Judge the draft, fill the columns, and start the clock of the park's answer.

    After a return the answer is due later by the time for which it was returned. Raises
    WrongState when it is submitted already, InvalidInput with a sentence by field for what is
    missing or malformed and for missing documents, and DomainError ``application_of_company_once``
    while another application of the same company is open.
    """
    found = locked(actor, application)
    refuse_uneditable(found)
    _fill(found, _judged(found))
    if any(is_missing(line) for line in lines_of(found, now)):
        raise InvalidInput(_("Some documents are missing."), code="documents_missing")
    add_lines(found, now)
    letter = "resubmitted" if found.returned_at else "submitted"
    key = f"submitted:{found.returned_at.isoformat()}" if found.returned_at else "submitted"
    _start_clock(found, now)
    found.move_to(ApplicationState.SUBMITTED)
    found.save()
    tell_applicant(
        actor=actor,
        now=now,
        application=found,
        template=letter,
        key=key,
        context={"due_on": timezone.localdate(found.due_at).isoformat()},
    )
    _tell_handler(actor, now, found, key)
    return found


@operation
def withdraw_application(
    *, actor: Actor, now: datetime, application: Application, reason: str
) -> Application:
    """The applicant gives it up. Raises WrongState when it is over or an agreement is made."""
    found = locked(actor, application)
    if found.state not in WITHDRAWABLE:
        raise WrongState(
            _("It cannot be withdrawn here any more. Ask the park."), code="not_withdrawable"
        )
    close(found, now, reason)
    tell_applicant(actor=actor, now=now, application=found, template="withdrawn", key="withdrawn")
    follow_application(actor=actor, now=now, application=found)
    _tell_handler(actor, now, found, "withdrawn")
    return found


def close_expired(now: datetime) -> None:
    """Housekeeping of the organisation that is entered: drafts nobody works on any more."""
    old = Application.objects.filter(state=ApplicationState.APPLYING, seen_at__lte=now - DRAFT_KEPT)
    for pk, tenant_id in old.values_list("pk", "tenant_id"):
        _close_draft(actor=Actor(None, tenant_id), now=now, application_id=pk)


@operation
def _close_draft(*, actor: Actor, now: datetime, application_id: int) -> None:
    found = Application.objects.select_for_update().get(pk=application_id)
    # Somebody may have saved it since it was found.
    if found.has_expired(now):
        close(found, now, "")
        follow_application(actor=actor, now=now, application=found)


def close(application: Application, now: datetime, reason: str) -> None:
    """Lost: given up by the applicant, or by the park when nobody answers any more."""
    application.move_to(ApplicationState.LOST)
    application.closed_at, application.closing_reason = now, reason
    application.returned_at = None
    application.save(update_fields=["state", "closed_at", "closing_reason", "returned_at"])


def _judged(application: Application) -> dict[str, Any]:
    form = judged(application)
    if not form.is_valid():
        sentences = {name: str(errors[0]) for name, errors in form.errors.items()}
        raise InvalidInput(_("Some answers are missing."), code="incomplete", fields=sentences)
    return form.cleaned_data


def _fill(application: Application, values: dict[str, Any]) -> None:
    """What was judged goes to the columns, answers to the kind's own questions to ``details``."""
    questions = {q.field: q for q in questions_of(application.kind, application.form_version)}
    application.details = {
        questions[name].code: _plain(value) for name, value in values.items() if name in questions
    }
    for name, value in values.items():
        if name not in questions:
            setattr(application, name, value)


def _plain(value: Any) -> Any:
    return str(value) if value is not None and not isinstance(value, bool | str | list) else value


def _start_clock(application: Application, now: datetime) -> None:
    if application.returned_at and application.due_at:
        application.due_at += now - application.returned_at
    else:
        application.submitted_at = now
        application.due_at = now + timedelta(days=_answer_days(application))
    application.returned_at, application.return_note = None, ""
    application.seen_at = now


def _answer_days(application: Application) -> int:
    policies = ReviewPolicy.objects.filter(tenant_id=application.tenant_id, kind=application.kind)
    return policies.values_list("answer_days", flat=True).first() or ANSWER_DAYS


def _tell_handler(actor: Actor, now: datetime, application: Application, key: str) -> None:
    """Whoever of the staff had it is told; before that it stands in everybody's queue."""
    if application.handler_id is None:
        return
    withdrawn = application.state == ApplicationState.LOST
    notify(
        actor=actor,
        now=now,
        user_id=application.handler_id,
        kind="residency.application",
        title=_("%(application)s was withdrawn")
        if withdrawn
        else _("%(application)s was completed and submitted again"),
        params={"application": str(application)},
        url=reverse("admin:residency_application_change", args=[application.pk]),
        key=f"application:{application.pk}:{key}",
    )
