"""Booking by the hour: asked for, confirmed, moved, checked in, cancelled, over.

A booking holds its rows of the ledger until check-in closes. When nobody comes, the hold expires
and with it the space is free again, without a job that has to run; ``settle`` only writes it down.
Whatever frees a time offers it to whoever waits for it, in the same transaction (``waiting``).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from offices.models import Booking, BookingState
from offices.operations import waiting
from offices.operations.charging import charge_booking
from offices.operations.rows import (
    MOVED,
    Span,
    changed,
    checked,
    held_until,
    locked,
    made,
    priced,
    rows_of,
    wants_for,
)
from offices.permissions import permissions
from offices.prices import fee_at, kept_minutes, lock_allowance, part_at, quote
from spaces.locks import lock_spaces
from spaces.models import Occupancy, OccupancyKind, Space
from spaces.operations import occupancy as ledger
from tenants import standing
from tenants.models import Tenant

MINUTE = timedelta(minutes=1)
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
    series: uuid.UUID | None = None,
) -> Booking:
    """Book a space for ``[start, end)`` for the actor's organisation, with kit and operators.

    All of it or nothing. Where the rule wants the park's word it is only asked for. The price in
    CNY is that of ``offices.prices.quote``, and stays as it is now.

    Raises NotPermitted, the refusals of ``offices.rules``, InvalidInput without purpose or rule,
    and what ``spaces.operations.occupancy.take`` raises.
    """
    permissions.require(actor, "book_spaces")
    standing.require_present(actor.tenant_id)
    wanted = [space, *extras]
    lock_spaces(wanted)
    lock_allowance(actor.tenant_id)
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    found = checked(actor, now, tenant, wanted, (start, end), purpose)
    booking = made(actor, now, space, (start, end), purpose.strip(), found)
    priced(booking, quote(tenant, found, start, end))
    booking.series = series
    booking.save()
    ledger.take(
        actor=actor,
        now=now,
        holder=tenant,
        wants=wants_for(wanted, found[0], (start, end), now),
        source=booking,
        held_until=held_until(booking),
    )
    return booking


@operation
def confirm(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """The park says yes to what was asked for. Raises NotPermitted, WrongState, HoldExpired."""
    permissions.require(actor, "decide_bookings")
    own = locked(actor, booking, now)
    if own.state != S.REQUESTED:
        raise WrongState
    return _confirmed(actor, now, own)


@operation
def accept(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """Who waited takes what was offered. Raises NotPermitted, WrongState, HoldExpired."""
    permissions.require(actor, "book_spaces")
    standing.require_present(actor.tenant_id)
    own = locked(actor, booking, now)
    if own.state != S.OFFERED:
        raise WrongState
    return _confirmed(actor, now, own)


def _confirmed(actor: Actor, now: datetime, own: Booking) -> Booking:
    own.move_to(S.CONFIRMED)
    own.answer_by = None
    ledger.prolong(actor=actor, now=now, occupancies=rows_of(own), held_until=own.check_in_until)
    return changed(own)


@operation
def decline(*, actor: Actor, now: datetime, booking: Booking, reason: str) -> Booking:
    """The park says no, and why. Raises NotPermitted, WrongState, the constraint's refusal
    without a reason."""
    permissions.require(actor, "decide_bookings")
    own = locked(actor, booking, now)
    own.move_to(S.DECLINED)
    own.reason, own.allowance_minutes = reason.strip(), 0
    return _given_up(actor, now, own)


@operation
def cancel(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """Give it up before check-in closes; the fee is what the booking's own ladder says of its
    price, in CNY, and as large a part of the allowance's minutes is used up. What was only asked
    for, waited for or offered costs nothing.

    Raises NotPermitted (also for what somebody else booked, below manager), WrongState.
    """
    permissions.require(actor, "cancel_bookings")
    own = locked(actor, booking, now)
    if own.booked_by_id != actor.user_id:
        permissions.require(actor, "cancel_for_others")
    part, fee = part_at(own, now), fee_at(own, now)
    own.move_to(S.CANCELLED)
    own.fee, own.cancelled_at, own.allowance_minutes = fee, now, kept_minutes(own, part)
    charge_booking(actor, now, own)
    return _given_up(actor, now, own)


@operation
def move(
    *, actor: Actor, now: datetime, booking: Booking, start: datetime, end: datetime
) -> Booking:
    """Another time for it, and all that goes with it, at the price of that time.

    Raises NotPermitted (also for what somebody else booked, below manager), WrongState, DomainError
    ``costs_to_move`` once a cancellation would cost something, the refusals of ``offices.rules``
    and of ``spaces.operations.occupancy.move``.
    """
    permissions.require(actor, "book_spaces")
    standing.require_present(actor.tenant_id)
    spaces = [row.space for row in rows_of(booking)]
    lock_spaces(spaces)
    lock_allowance(booking.tenant_id)
    own = locked(actor, booking, now)
    if own.booked_by_id != actor.user_id:
        permissions.require(actor, "cancel_for_others")
    if own.state not in (S.CONFIRMED, S.REQUESTED):
        raise WrongState
    if part_at(own, now):
        raise DomainError(_("Moving it is not free any more: cancel it."), code="costs_to_move")
    return _moved(actor, now, own, (start, end))


def _moved(actor: Actor, now: datetime, own: Booking, span: Span) -> Booking:
    rows = rows_of(own)
    others = {row.space for row in rows if row.kind == OccupancyKind.BOOKING} - {own.space}
    wanted = [own.space, *sorted(others, key=lambda space: space.pk)]
    found = checked(actor, now, own.tenant, wanted, span, own.purpose, besides=own)
    before = (own.starts_at, own.ends_at)
    fresh = made(actor, now, own.space, span, own.purpose, found)
    ledger.move(actor=actor, now=now, moves=[_shifted(row, before, span, now) for row in rows])
    for name in MOVED:
        setattr(own, name, getattr(fresh, name))
    if own.state == S.CONFIRMED:
        own.answer_by = None
    priced(own, quote(own.tenant, found, *span, besides=own))
    ledger.prolong(actor=actor, now=now, occupancies=rows_of(own), held_until=held_until(own))
    changed(own)
    waiting.promote(now=now, space=own.space, start=before[0], end=before[1])
    return own


def _shifted(row: Occupancy, before: Span, span: Span, now: datetime) -> ledger.Move:
    """The row of a booking, or the minutes around it, at another time."""
    start, end = span
    if row.kind == OccupancyKind.BOOKING:
        return ledger.Move(row, start, end)
    assert row.ends_at is not None
    if row.ends_at <= before[0]:
        length = row.ends_at - row.starts_at
        return ledger.Move(row, max(start - length, min(now, start - MINUTE)), start)
    return ledger.Move(row, end, end + (row.ends_at - row.starts_at))


def _given_up(actor: Actor, now: datetime, own: Booking) -> Booking:
    """Nobody has it any more, so whoever waits for it is next."""
    rows = rows_of(own)
    lock_spaces(row.space for row in rows)
    changed(own)
    ledger.cancel(actor=actor, now=now, occupancies=rows)
    if rows:
        waiting.promote(now=now, space=own.space, start=own.starts_at, end=own.ends_at)
    return own


@operation
def check_in(*, actor: Actor, now: datetime, booking: Booking) -> Booking:
    """Somebody is there. Raises NotPermitted, WrongState, and DomainError ``too_early``."""
    permissions.require(actor, "check_in")
    own = locked(actor, booking, now)
    own.move_to(S.CHECKED_IN)
    if now < own.check_in_from:
        raise DomainError(_("Check-in has not opened yet."), code="too_early")
    own.checked_in_at = now
    ledger.activate(actor=actor, now=now, occupancies=rows_of(own))
    return changed(own)


@operation
def settle(*, actor: Actor, now: datetime) -> int:
    """Write down what became of the organisation's bookings; gives how many. Raises NotPermitted.

    Who did not come pays what a cancellation at the start costs.
    """
    permissions.require(actor, "check_in")
    due = Booking.objects.filter(tenant_id=actor.tenant_id).overdue(now)
    lock_spaces(each.space for each in due.select_related("space"))
    rows = [each for each in due.select_for_update().order_by("pk") if _is_over(each, now)]
    for own in rows:
        _settled(actor, own, now)
    ended = [row for own in rows if own.state == S.COMPLETED for row in rows_of(own)]
    if ended:
        ledger.complete(actor=actor, now=now, occupancies=ended)
    return len(rows)


def _settled(actor: Actor, own: Booking, now: datetime) -> None:
    was = own.state
    own.move_to(own.state_at(now))
    if own.state == S.NO_SHOW:
        own.fee = fee_at(own, own.starts_at)
    if own.state == S.EXPIRED:
        own.allowance_minutes = 0
    changed(own)
    if own.state in (S.NO_SHOW, S.COMPLETED):
        charge_booking(actor, now, own)
    if own.state == S.EXPIRED and was != S.WAITING and own.ends_at > now:
        waiting.promote(now=now, space=own.space, start=own.starts_at, end=own.ends_at)


def _is_over(booking: Booking, now: datetime) -> bool:
    """Whether nothing of it goes on any more, not even the minutes that are kept free after."""
    if booking.state != S.CHECKED_IN:
        return True
    return all(row.ends_at is not None and row.ends_at <= now for row in rows_of(booking))
