"""Months of the books: made as time goes on, closed in turn, reopened with a reason."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from ledger.checklist import open_items
from ledger.models import Period, PeriodState, PeriodStep, StepKind, Voucher
from ledger.permissions import permissions

NOT_OVER = _("This period is not over yet.")
ITEMS_OPEN = _("Something is open in this period: %(what)s")


@operation
def make_periods(*, actor: Actor, now: datetime) -> int:
    """A row for each month from the first voucher's, or this one, to this one; gives how many are
    new. The system calls it once a day, as the park's staff."""
    today = timezone.localdate(now)
    known = Period.objects.order_by("-ends_on").values_list("ends_on", flat=True).first()
    first = Voucher.objects.aggregate(day=Min("effective_on"))["day"] or today
    start = known + timedelta(days=1) if known else min(first, today).replace(day=1)
    made = 0
    while start <= today:
        end = _next_month(start) - timedelta(days=1)
        Period.objects.create(starts_on=start, ends_on=end)
        start, made = end + timedelta(days=1), made + 1
    return made


@operation
def close_period(*, actor: Actor, now: datetime, period: Period) -> Period:
    """Nothing more is posted to it, nor to any day before. Who posts at this moment is waited for.

    Raises NotPermitted, WrongState, InvalidInput before it is over, DomainError
    ``period_items_open`` while an app has something open, ``period_in_turn`` before earlier ones.
    """
    permissions.require(actor, "close_periods")
    own = _locked(period)
    own.move_to(PeriodState.CLOSED)
    if own.ends_on >= timezone.localdate(now):
        raise InvalidInput(NOT_OVER, code="period_not_over")
    # The vouchers are counted by the trigger, when nobody posts any more.
    own.closed_at, own.vouchers = now, 0
    own.save(update_fields=["state", "closed_at", "vouchers"])
    if items := open_items(own):
        what = "; ".join(map(str, items))
        raise DomainError(ITEMS_OPEN, code="period_items_open", params={"what": what})
    return _told(actor, now, own, StepKind.CLOSED, "")


@operation
def reopen_period(*, actor: Actor, now: datetime, period: Period, reason: str) -> Period:
    """Raises NotPermitted, WrongState, DomainError ``period_reopened_says_why`` without a reason,
    ``period_in_turn`` while a later one is closed."""
    permissions.require(actor, "reopen_periods")
    own = _locked(period)
    own.move_to(PeriodState.OPEN)
    own.closed_at = own.vouchers = None
    own.save(update_fields=["state", "closed_at", "vouchers"])
    return _told(actor, now, own, StepKind.REOPENED, reason.strip())


def _locked(period: Period) -> Period:
    return Period.objects.select_for_update().get(pk=period.pk)


def _told(actor: Actor, now: datetime, period: Period, kind: str, reason: str) -> Period:
    PeriodStep.objects.create(period=period, kind=kind, reason=reason, at=now, by_id=actor.user_id)
    period.refresh_from_db()
    return period


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
