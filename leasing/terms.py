"""From a lease's rows to the terms that the schedule knows, and what follows from them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from foundation.money import format_number, quantize
from leasing.models import Lease
from leasing.models.leases import DAY
from leasing.schedule import Period, Terms, UnitTerms, month_rent, schedule
from spaces.queries import day_span


def terms_of(lease: Lease, until: date | None = None) -> Terms:
    """``until`` is the last day that is let, by default the one that stands now."""
    return Terms(
        starts_on=lease.starts_on,
        ends_on=until or lease.last_on,
        units=[
            UnitTerms(unit.space.code, unit.area, unit.price, unit.starts_on, unit.ends_on)
            for unit in lease.units.select_related("space")
        ],
        period_months=lease.period_months,
        advance_days=lease.advance_days,
        rent_free_months=lease.rent_free_months,
        index_percent=lease.index_percent,
        index_from=lease.index_from,
        currency=lease.currency,
    )


def schedule_of(lease: Lease) -> list[Period]:
    """As it is charged: nothing is due before the lease was signed."""
    periods = schedule(terms_of(lease))
    signed = lease.signed_on
    if signed is None:
        return periods
    return [
        Period(each.starts_on, each.ends_on, max(each.due_on, signed), each.rows)
        for each in periods
    ]


def month_rent_of(lease: Lease) -> Decimal:
    return month_rent(terms_of(lease).units)


def deposit_of(lease: Lease) -> Decimal:
    """Months times the rent of a whole month, rounded to the currency's minor unit."""
    return quantize(lease.deposit_months * month_rent_of(lease), lease.currency)


def trimmed(value: Decimal | None) -> str:
    """A rate, a count or a reading without the zeros that say nothing."""
    return format_number(value if value is None else Decimal(f"{value.normalize():f}"))


def midnight(day: date) -> datetime:
    """At which a day begins where the park is."""
    return day_span(day)[0]


def after(day: date) -> datetime:
    """At which a last day is over."""
    return midnight(day + DAY)
