"""Bookings that repeat: looked at before they are made, made all together, given up from one on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, Sentence
from foundation.operations import operation
from offices.models import Booking
from offices.models.bookings import BookingState
from offices.operations.bookings import book, cancel
from offices.operations.rows import Span, checked
from offices.permissions import permissions
from spaces.locks import lock_spaces
from spaces.models import Space
from spaces.queries import Busy, busy, peak
from tenants import standing
from tenants.models import Tenant

MOST = 60
TAKEN = _("Somebody has it at that time.")
S = BookingState


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of a series, and what is in its way; empty when nothing is."""

    start: datetime
    end: datetime
    problem: Sentence = ""


def spans(first: date, at: time, minutes: int, *, every_days: int, until: date) -> list[Span]:
    """The same hour where the park is, every so many days up to ``until``. Raises InvalidInput for
    an end before the first day and for more than 60."""
    count = (until - first).days // every_days + 1
    if not 1 <= count <= MOST:
        said = _("Repeat it between 1 and %(most)s times.")
        raise InvalidInput(said, code="series_length", params={"most": MOST})
    days = [first + timedelta(days=every_days * number) for number in range(count)]
    starts = [timezone.make_aware(datetime.combine(day, at)) for day in days]
    return [(start, start + timedelta(minutes=minutes)) for start in starts]


def preview(
    *, actor: Actor, now: datetime, space: Space, wanted: Sequence[Span], extras: Iterable[Space]
) -> list[Occurrence]:
    """What each of these times would meet: rules, and what others have. Writes nothing.

    How many an organisation may have ahead is judged when they are made.
    """
    permissions.require(actor, "book_spaces")
    together = [space, *extras]
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    start, end = min(s for s, _e in wanted), max(e for _s, e in wanted)
    taken = busy(spaces=together, start=start, end=end, now=now)
    return [
        Occurrence(*span, _problem(actor, now, tenant, together, span, taken)) for span in wanted
    ]


def _problem(
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    together: list[Space],
    span: Span,
    taken: list[Busy],
) -> Sentence:
    try:
        checked(actor, now, tenant, together, span, "…")
    except DomainError as error:
        return str(error)
    meets = [each for each in taken if each.start < span[1] and (each.end or span[1]) > span[0]]
    full = any(
        peak(each for each in meets if each.space_id == space.pk) >= space.quantity
        for space in together
    )
    return TAKEN if full else ""


@operation
def book_series(
    *,
    actor: Actor,
    now: datetime,
    space: Space,
    wanted: Sequence[Span],
    purpose: str,
    extras: Sequence[Space] = (),
) -> list[Booking]:
    """Book all of these times or none. Raises what ``book`` raises, for the first that cannot be,
    and InvalidInput without a time."""
    permissions.require(actor, "book_spaces")
    if not wanted:
        raise InvalidInput(_("Choose at least one time."))
    standing.require_present(actor.tenant_id)
    lock_spaces([space, *extras])
    series = uuid.uuid4()
    known: Any = {"actor": actor, "now": now, "space": space, "purpose": purpose, "extras": extras}
    return [book(start=start, end=end, series=series, **known) for start, end in wanted]


@operation
def cancel_rest(*, actor: Actor, now: datetime, booking: Booking) -> int:
    """Cancel this booking and what comes after it in its series; gives how many.

    Raises what ``cancel`` raises of the first.
    """
    permissions.require(actor, "cancel_bookings")
    own = Booking.objects.visible_to(actor).get(pk=booking.pk)
    rest = Booking.objects.visible_to(actor).filter(series=own.series, tenant=own.tenant_id)
    later = rest.filter(starts_at__gte=own.starts_at).ahead(now).exclude(state=S.CHECKED_IN)
    found = list(later.order_by("starts_at")) if own.series else [own]
    lock_spaces([own.space])
    for each in found:
        cancel(actor=actor, now=now, booking=each)
    return len(found)
