"""What a seat costs an organisation that pays for its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from billing.models import ChargeKind
from billing.operations.charging import charge
from foundation.actors import Actor
from spaces.queries import LAST
from training.models import Seat, Session

CURRENCY = "CNY"
# Days after the first day of the session within which it is to be paid.
DUE_WITHIN = timedelta(days=14)


def charge_seat(actor: Actor, now: datetime, session: Session, seat: Seat) -> None:
    """The session's price; nothing where an agreement or a funding line has paid for the seat.

    Raises what ``billing.operations.charging.charge`` raises.
    """
    if seat.agreement_id or seat.funding_line_id or not session.price:
        return
    start = session.dates.standing().values_list("starts_at", flat=True).first() or LAST
    day = timezone.localdate(start if start != LAST else session.closes_at)
    charge(
        actor=actor,
        now=now,
        debtor=seat.tenant,
        source=seat,
        kind=ChargeKind.SERVICE,
        period=day,
        what=session.code,
        quantity=Decimal(1),
        unit_price=session.price,
        rate_card=_price_list(session),
        currency=CURRENCY,
        due_on=max(day, timezone.localdate(now)) + DUE_WITHIN,
    )


def _price_list(session: Session) -> str:
    """The course, whose price the session took over on the day on which it opened."""
    code = session.course.code if session.course else session.code
    return f"{code} {timezone.localdate(session.opened_at)}" if session.opened_at else code
