"""What waits for one of the park's staff in reviews, decisions and conditions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.actors import Actor
from foundation.home import Destination, WorkItem
from residency.models import Application, ApplicationState, Condition, Review
from residency.operations.decisions import condition_params
from residency.operations.reviews import application_url, is_complete
from residency.permissions import permissions
from residency.telling import tell_staff
from tenants.isolation.context import current_identity

# A condition's owner is reminded so long before its day, and once more when it is over.
SOON = timedelta(days=3)


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Reviews asked of me, conditions I own, and for whoever leads what can be decided."""
    items = [*_my_reviews(actor), *_my_conditions(actor)]
    if permissions.permits(actor, "decide"):
        items += [*_to_decide(actor), *_to_confirm(actor)]
    return items


def _my_reviews(actor: Actor) -> Iterator[WorkItem]:
    waiting = (
        Review.objects.visible_to(actor)
        .outstanding()
        .filter(reviewer_id=actor.user_id, application__state=ApplicationState.REVIEW)
        .select_related("application")
    )
    for review in waiting:
        yield WorkItem(
            _("Review the application of %(name)s") % {"name": review.application.display_name},
            _("Review"),
            Destination("admin:residency_review_change", {"object_id": review.pk}),
            due_at=review.application.due_at,
            note=review.application.number,
        )


def _my_conditions(actor: Actor) -> Iterator[WorkItem]:
    mine = Condition.objects.visible_to(actor).open().filter(owner_id=actor.user_id)
    for condition in mine.select_related("application"):
        yield WorkItem(
            _("Condition of %(name)s: %(condition)s") % condition_params(condition),
            _("See to it"),
            Destination("admin:residency_condition_change", {"object_id": condition.pk}),
            due_at=_end_of(condition.due_on),
            note=condition.application.number,
        )


def _to_decide(actor: Actor) -> Iterator[WorkItem]:
    """One item for each application under review: what it needs next from whoever leads."""
    reviewed = Application.objects.visible_to(actor).filter(state=ApplicationState.REVIEW)
    for own in reviewed:
        found = _next_of(own)
        if found is not None:
            yield _of_application(own, *found)


def _next_of(own: Application) -> tuple[str, str, str] | None:
    if not own.rubric["reviewers"]:
        if own.minutes_id is None:
            return _("Upload the minutes on %(name)s"), _("Upload"), "minutes"
        return _("Decide on %(name)s"), _("Decide"), "decision"
    if is_complete(own):
        return _("Decide on %(name)s"), _("Decide"), "decision"
    if own.reviews.counting().count() < own.rubric["reviewers"]:
        return _("Ask reviewers for %(name)s"), _("Ask"), "reviewers"
    return None


def _to_confirm(actor: Actor) -> Iterator[WorkItem]:
    hanging = Application.objects.visible_to(actor).filter(state=ApplicationState.CONDITIONAL)
    for own in hanging.exclude(conditions__met_at=None):
        yield _of_application(
            own, _("All conditions of %(name)s are met"), _("Accept for good"), "offer"
        )


def _of_application(own: Application, title: str, action: str, step: str) -> WorkItem:
    return WorkItem(
        title % {"name": own.display_name},
        action,
        Destination("admin:residency_application_step", {"object_id": own.pk, "step": step}),
        due_at=own.due_at if own.state == ApplicationState.REVIEW else own.decided_at,
        note=own.number,
    )


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


# -- reminders -------------------------------------------------------------------------------


def remind_owners(now: datetime) -> None:
    """Tell owners of conditions that are due soon or over, each once; runs with housekeeping."""
    tenant_id = current_identity().tenant_id
    if tenant_id is None:
        return
    today = timezone.localdate(now)
    due = Condition.objects.filter(tenant_id=tenant_id, due_on__lte=today + SOON).open()
    for condition in due.select_related("application", "owner"):
        _remind(Actor(user_id=None, tenant_id=tenant_id), now, condition, today)


def _remind(actor: Actor, now: datetime, condition: Condition, today: date) -> None:
    is_over = condition.due_on < today
    tell_staff(
        actor=actor,
        now=now,
        user=condition.owner,
        kind="residency.condition_due",
        title=gettext_lazy("A condition of %(name)s is overdue")
        if is_over
        else gettext_lazy("A condition of %(name)s is due soon"),
        body=gettext_lazy("%(condition)s Due on %(day)s."),
        params=condition_params(condition),
        url=application_url(condition.application),
        key=f"condition-{'over' if is_over else 'soon'}:{condition.pk}:{condition.due_on}",
    )
