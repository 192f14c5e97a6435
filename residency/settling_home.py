"""What settling in and running terms bring to the staff's first page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backbone.models import Document
from foundation.actors import Actor
from foundation.home import Destination, Tile, WorkItem
from foundation.money import format_number
from residency.board import NOTICE_DAYS
from residency.models import Agreement, AgreementState, Commitment, Stay, Task
from residency.permissions import permissions

DUE_AT = time(18)
# The organisation waits for its agreement meanwhile.
ANSWERED_WITHIN = timedelta(days=3)
BOARD = Destination("admin:renewal_board")


def staff_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Whose time is over first: it is on the first screen the same day."""
    if not permissions.permits(actor, "see_residency"):
        return []
    today = timezone.localdate(now)
    return [
        *_overstaying(today),
        *_copies_to_look_at(),
        *_promises_overdue(today),
        *_tasks_overdue(today),
    ]


def staff_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    if not permissions.permits(actor, "see_residency"):
        return []
    today = timezone.localdate(now)
    expiring = Stay.objects.present().filter(ends_on__range=(today, last_notice(now)))
    return [
        Tile(
            label=_("Stays that end within %(days)s days") % {"days": max(NOTICE_DAYS)},
            value=format_number(expiring.count()),
            to=Destination("admin:residency_stay_changelist", query={"left": max(NOTICE_DAYS)}),
            action=_("Renewal board"),
            action_to=BOARD,
        )
    ]


def _overstaying(today: date) -> Iterator[WorkItem]:
    for stay in Stay.objects.expired(today).select_related("tenant").order_by("ends_on", "pk"):
        days = (today - stay.ends_on).days
        title = ngettext(
            "%(name)s stays %(days)s day beyond its term",
            "%(name)s stays %(days)s days beyond its term",
            days,
        ) % {"name": stay.tenant.display_name, "days": days}
        yield WorkItem(title, _("Renewal board"), BOARD, due_at=evening(stay.ends_on), weight=1)


def _copies_to_look_at() -> Iterator[WorkItem]:
    waiting = Agreement.objects.filter(state=AgreementState.AWAITING, signed_copy__isnull=False)
    for agreement in waiting.select_related("tenant", "signed_copy").order_by("pk"):
        yield WorkItem(
            _("Signed copy of %(name)s to accept") % {"name": agreement.tenant.display_name},
            _("Look at it"),
            Destination("admin:residency_agreement_change", {"object_id": agreement.pk}),
            due_at=_answer_by(agreement.signed_copy),
            note=str(agreement),
        )


def _answer_by(copy: Document | None) -> datetime | None:
    return copy.created_at + ANSWERED_WITHIN if copy else None


def _promises_overdue(today: date) -> Iterator[WorkItem]:
    late = Commitment.objects.overdue(today)
    if count := late.count():
        title = ngettext(
            "%(count)s commitment is overdue", "%(count)s commitments are overdue", count
        ) % {"count": count}
        where = Destination("admin:residency_commitment_changelist", query={"due": "overdue"})
        yield WorkItem(title, _("See them"), where, due_at=_first(late))


def _tasks_overdue(today: date) -> Iterator[WorkItem]:
    late = Task.objects.overdue(today)
    if count := late.count():
        title = ngettext(
            "%(count)s task of settling in is overdue",
            "%(count)s tasks of settling in are overdue",
            count,
        ) % {"count": count}
        where = Destination("admin:residency_task_changelist", query={"state": "overdue"})
        yield WorkItem(title, _("See them"), where, due_at=_first(late))


def _first(late: object) -> datetime:
    return evening(late.aggregate(first=Min("due_on"))["first"])  # type: ignore[attr-defined]


def last_notice(now: datetime) -> date:
    return timezone.localdate(now) + timedelta(days=max(NOTICE_DAYS))


def evening(day: date) -> datetime:
    """The end of that day's work, in the park's own time."""
    return datetime.combine(day, DUE_AT, tzinfo=timezone.get_default_timezone())
