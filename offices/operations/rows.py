"""What the operations of bookings share: a booking made, its rows of the ledger, its lock."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from offices import rules
from offices.models import Booking, BookingRule, BookingState
from offices.prices import Quote
from spaces.models import LIVE, Occupancy, OccupancyKind, Space
from spaces.operations.occupancy import Want
from tenants.models import Tenant

# How long the park has to answer; a request never blocks a space until its own time is over.
ANSWERED_WITHIN = timedelta(days=2)
# What another time changes.
MOVED = ("starts_at", "ends_at", "check_in_from", "check_in_until", "answer_by", "state")
Span = tuple[datetime, datetime]
S = BookingState


def checked(
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    wanted: list[Space],
    span: Span,
    purpose: str,
    besides: Booking | None = None,
) -> list[BookingRule]:
    """The rules of the spaces, in their order, all of them kept. Raises what ``rules`` raises."""
    found = _rules_of(wanted)
    for each in found:
        rules.check(rules.Asked(each, tenant, actor, *span, now, besides))
    if not purpose.strip():
        raise InvalidInput(_("Say what it is for."), fields={"purpose": _("Say what it is for.")})
    return found


def _rules_of(spaces: list[Space]) -> list[BookingRule]:
    known = {r.type_id: r for r in BookingRule.objects.filter(type__in={s.type_id for s in spaces})}
    if any(space.type_id not in known for space in spaces):
        raise InvalidInput(_("This is not booked by the hour."), code="no_rule")
    return [known[space.type_id] for space in spaces]


def made(
    actor: Actor,
    now: datetime,
    space: Space,
    span: Span,
    purpose: str,
    found: list[BookingRule],
) -> Booking:
    """Not saved yet, and without a price."""
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
        ladder=found[0].ladder,
    )


def priced(booking: Booking, quote: Quote) -> None:
    booking.price, booking.allowance_minutes = quote.price, quote.allowance_minutes


def wants_for(wanted: list[Space], rule: BookingRule, span: Span, now: datetime) -> list[Want]:
    """The space and what goes with it, and the minutes that are kept free around the space."""
    start, end = span
    wants = [Want(each, start, end, OccupancyKind.BOOKING) for each in wanted]
    before, after = timedelta(minutes=rule.minutes_before), timedelta(minutes=rule.minutes_after)
    opens = max(start - before, now)
    if opens < start:
        wants.append(Want(wanted[0], opens, start, OccupancyKind.BUFFER))
    if after:
        wants.append(Want(wanted[0], end, end + after, OccupancyKind.BUFFER))
    return wants


def held_until(booking: Booking) -> datetime:
    return booking.answer_by or booking.check_in_until


def locked(actor: Actor, booking: Booking, now: datetime) -> Booking:
    """The row as it is now. What is over, though nobody has written it down, is WrongState."""
    own = Booking.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=booking.pk)
    if own.state_at(now) != own.state:
        raise WrongState
    return own


def changed(own: Booking) -> Booking:
    """Save it; feeds tell their readers by the version that it is not what it was."""
    own.version += 1
    own.save()
    return own


def rows_of(booking: Booking) -> list[Occupancy]:
    """What it has in the ledger now or later."""
    own = Occupancy.objects.filter(tenant_id=booking.tenant_id).of_source(booking)
    return list(own.filter(state__in=LIVE, under=None).select_related("space"))
