"""Booking by the hour: asked for, confirmed, checked in, cancelled, over.

A booking holds its rows of the ledger until check-in closes. When nobody comes, the hold expires
and with it the space is free again, without a job that has to run; ``settle`` only writes it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.money import quantize
from foundation.operations import operation
from offices import rules
from offices.models import Booking, BookingRule, BookingState
from offices.models.rules import per_cent_of
from offices.permissions import permissions
from spaces.locks import lock_spaces
from spaces.models import LIVE, Occupancy, OccupancyKind, Space
from spaces.operations import occupancy as ledger
from tenants import standing
from tenants.models import Tenant

CURRENCY = "CNY"
# How long the park has to answer; a request never blocks a space until its own time is over.
ANSWERED_WITHIN = timedelta(days=2)
S = BookingState


@operation
def book(
    *,
    actor: Actor,
    now: datetime,
    space: Space,
    start: datetime,
    end: datetime,
    purpose: str,
    extras: Iterable[Space] = (),
) -> Booking:
    """Book a space for ``[start, end)`` for the actor's organisation, with kit and operators.

    All of it or nothing. Where the rule wants the park's word it is only asked for. The price in
    CNY is hours times the price of an hour, summed and rounded to the fen.

    Raises NotPermitted, the refusals of ``offices.rules``, InvalidInput without purpose or rule,
    and what ``spaces.operations.occupancy.take`` raises.
    """
    permissions.require(actor, "book_spaces")
    standing.require_present(actor.tenant_id)
    wanted = [space, *extras]
    lock_spaces(wanted)
    found = _rules_of(wanted)
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    for each in found:
        rules.check(rules.Asked(each, tenant, actor, start, end, now))
    if not purpose.strip():
        raise InvalidInput(_("Say what it is for."), fields={"purpose": _("Say what it is for.")})
    booking = _made(actor, now, space, (start, end), purpose.strip(), found)
    booking.save()
    ledger.take(
        actor=actor,
        now=now,
        holder=tenant,
        wants=_wants(wanted, found[0], start, end, now),
        source=booking,
        held_until=_held_until(booking),
    )
    return booking


@operation
def confirm(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """The park says yes to what was asked for. Raises NotPermitted, WrongState, HoldExpired."""
    permissions.require(actor, "decide_bookings")
    own = _locked(actor, booking, now)
    own.move_to(S.CONFIRMED)
    ledger.prolong(actor=actor, now=now, occupancies=_rows(own), held_until=own.check_in_until)
    own.save(update_fields=["state"])
    return own


@operation
def decline(*, actor: Actor, now: datetime, booking: Booking, reason: str) -> Booking:
    """The park says no, and why. Raises NotPermitted, WrongState, the constraint's refusal
    without a reason."""
    permissions.require(actor, "decide_bookings")
    own = _locked(actor, booking, now)
    own.move_to(S.DECLINED)
    own.reason = reason.strip()
    own.save(update_fields=["state", "reason"])
    ledger.cancel(actor=actor, now=now, occupancies=_rows(own))
    return own


@operation
def cancel(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """Give it up before check-in closes; the fee is what the booking's own ladder says of its
    price, in CNY. What was only asked for costs nothing.

    Raises NotPermitted (also for what somebody else booked, below manager), WrongState.
    """
    permissions.require(actor, "cancel_bookings")
    own = _locked(actor, booking, now)
    if own.booked_by_id != actor.user_id:
        permissions.require(actor, "cancel_for_others")
    fee = fee_at(own, now)
    own.move_to(S.CANCELLED)
    own.fee, own.cancelled_at = fee, now
    own.save(update_fields=["state", "fee", "cancelled_at"])
    ledger.cancel(actor=actor, now=now, occupancies=_rows(own))
    return own


@operation
def check_in(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """Somebody is there. Raises NotPermitted, WrongState, and DomainError ``too_early``."""
    permissions.require(actor, "check_in")
    own = _locked(actor, booking, now)
    own.move_to(S.CHECKED_IN)
    if now < own.check_in_from:
        raise DomainError(_("Check-in has not opened yet."), code="too_early")
    own.checked_in_at = now
    own.save(update_fields=["state", "checked_in_at"])
    ledger.activate(actor=actor, now=now, occupancies=_rows(own))
    return own


@operation
def settle(*, actor: Actor, now: datetime) -> int:
    """Write down what became of the organisation's bookings; gives how many. Raises NotPermitted.

    Who did not come pays what a cancellation at the start costs.
    """
    permissions.require(actor, "check_in")
    due = Booking.objects.filter(tenant_id=actor.tenant_id).overdue(now)
    rows = [each for each in due.select_for_update().order_by("pk") if _is_over(each, now)]
    for own in rows:
        own.move_to(own.state_at(now))
        if own.state == S.NO_SHOW:
            own.fee = _part(own, 0)
        own.save(update_fields=["state", "fee"])
    ended = [row for own in rows if own.state == S.COMPLETED for row in _rows(own)]
    if ended:
        ledger.complete(actor=actor, now=now, occupancies=ended)
    return len(rows)


def _is_over(booking: Booking, now: datetime) -> bool:
    """Whether nothing of it goes on any more, not even the minutes that are kept free after."""
    if booking.state != S.CHECKED_IN:
        return True
    return all(row.ends_at is not None and row.ends_at <= now for row in _rows(booking))


def fee_at(booking: Booking, now: datetime) -> Decimal:
    """What it would cost to cancel at this moment, in CNY."""
    if booking.state == S.REQUESTED:
        return Decimal(0)
    return _part(booking, (booking.starts_at - now).total_seconds() / 3600)


def _part(booking: Booking, hours: float) -> Decimal:
    return quantize(booking.price * per_cent_of(booking.ladder, hours) / 100, CURRENCY)


def price_of(found: Iterable[BookingRule], start: datetime, end: datetime) -> Decimal:
    """Of the space and what goes with it, in CNY, rounded to the fen."""
    minutes = int((end - start).total_seconds() // 60)
    return quantize(sum((r.hour_price for r in found), Decimal(0)) * minutes / 60, CURRENCY)


def _rules_of(spaces: list[Space]) -> list[BookingRule]:
    """One for each space, in their order."""
    known = {r.type_id: r for r in BookingRule.objects.filter(type__in={s.type_id for s in spaces})}
    if any(space.type_id not in known for space in spaces):
        raise InvalidInput(_("This is not booked by the hour."), code="no_rule")
    return [known[space.type_id] for space in spaces]


def _made(
    actor: Actor,
    now: datetime,
    space: Space,
    span: tuple[datetime, datetime],
    purpose: str,
    found: list[BookingRule],
) -> Booking:
    start, end = span
    asks = any(rule.needs_approval for rule in found)
    return Booking(
        tenant_id=actor.tenant_id,
        space=space,
        starts_at=start,
        ends_at=end,
        state=S.REQUESTED if asks else S.CONFIRMED,
        purpose=purpose,
        booked_by_id=actor.user_id,
        created_at=now,
        answer_by=min(now + ANSWERED_WITHIN, start) if asks else None,
        check_in_from=start - timedelta(minutes=found[0].early_minutes),
        check_in_until=start + timedelta(minutes=found[0].late_minutes),
        price=price_of(found, start, end),
        ladder=found[0].ladder,
    )


def _wants(
    wanted: list[Space], rule: BookingRule, start: datetime, end: datetime, now: datetime
) -> list[ledger.Want]:
    """The space and what goes with it, and the minutes that are kept free around the space."""
    wants = [ledger.Want(each, start, end, OccupancyKind.BOOKING) for each in wanted]
    before, after = timedelta(minutes=rule.minutes_before), timedelta(minutes=rule.minutes_after)
    opens = max(start - before, now)
    if opens < start:
        wants.append(ledger.Want(wanted[0], opens, start, OccupancyKind.BUFFER))
    if after:
        wants.append(ledger.Want(wanted[0], end, end + after, OccupancyKind.BUFFER))
    return wants


def _held_until(booking: Booking) -> datetime:
    return booking.answer_by or booking.check_in_until


def _locked(actor: Actor, booking: Booking, now: datetime) -> Booking:
    """The row as it is now. What is over, though nobody has written it down, is WrongState."""
    own = Booking.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=booking.pk)
    if own.state_at(now) != own.state:
        raise WrongState
    return own


def _rows(booking: Booking) -> list[Occupancy]:
    own = Occupancy.objects.filter(tenant_id=booking.tenant_id).of_source(booking)
    return list(own.filter(state__in=LIVE, under=None).select_related("space"))
