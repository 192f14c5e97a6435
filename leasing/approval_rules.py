"""When a lease needs a second word: one function and one sentence for each reason.

Figures are settings (docs/operations.md), so that a park can set its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from foundation.money import format_money, format_number
from leasing.models import Lease, LeaseUnit, ListPrice
from leasing.schedule import schedule, total
from leasing.terms import terms_of, trimmed
from residency.spans import add_months


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    sentence: Sentence
    params: dict[str, str]

    def __str__(self) -> str:
        return str(self.sentence) % self.params


def reasons(lease: Lease) -> list[Reason]:
    """Why two people have to approve it; none where one is enough."""
    units = list(lease.units.select_related("space"))
    return [reason for rule in RULES for reason in rule(lease, units)]


def is_large(lease: Lease, units: list[LeaseUnit]) -> Iterator[Reason]:
    """Rent over the whole term."""
    limit = Decimal(settings.LEASE_SECOND_APPROVAL_TOTAL)
    whole = total(schedule(terms_of(lease)))
    if whole > limit:
        yield Reason(
            "total",
            _("The rent over the term is %(total)s, more than %(limit)s."),
            {
                "total": format_money(whole, lease.currency),
                "limit": format_money(limit, lease.currency),
            },
        )


def is_free_for_long(lease: Lease, units: list[LeaseUnit]) -> Iterator[Reason]:
    limit = settings.LEASE_RENT_FREE_MONTHS
    if lease.rent_free_months > limit:
        yield Reason(
            "rent_free",
            _("%(months)s months are free of rent, more than %(limit)s."),
            {"months": str(lease.rent_free_months), "limit": str(limit)},
        )


def is_below_list_price(lease: Lease, units: list[LeaseUnit]) -> Iterator[Reason]:
    """Types of space without a list price have nothing to be measured by."""
    percent = Decimal(settings.LEASE_BELOW_LIST_PERCENT)
    types = {unit.space.type_id for unit in units}
    known = dict(ListPrice.objects.filter(type__in=types).values_list("type", "price"))
    for unit in units:
        asked = known.get(unit.space.type_id)
        if asked is not None and unit.price < asked * (100 - percent) / 100:
            yield Reason(
                "price",
                _(
                    "%(space)s costs %(price)s, more than %(percent)s %% below the list "
                    "price of %(asked)s."
                ),
                {
                    "space": unit.space.code,
                    "price": format_number(unit.price),
                    "percent": format_number(percent),
                    "asked": format_number(asked),
                },
            )


def has_small_deposit(lease: Lease, units: list[LeaseUnit]) -> Iterator[Reason]:
    limit = Decimal(settings.LEASE_DEPOSIT_MONTHS)
    if lease.deposit_months < limit:
        yield Reason(
            "deposit",
            _("The deposit is %(months)s months' rent, less than %(limit)s."),
            {"months": trimmed(lease.deposit_months), "limit": trimmed(limit)},
        )


def is_long(lease: Lease, units: list[LeaseUnit]) -> Iterator[Reason]:
    years = settings.LEASE_TERM_YEARS
    if lease.ends_on >= add_months(lease.starts_on, 12 * years):
        yield Reason("term", _("It is longer than %(years)s years."), {"years": str(years)})


Rule = Callable[[Lease, list[LeaseUnit]], Iterator[Reason]]
RULES: tuple[Rule, ...] = (
    is_large,
    is_free_for_long,
    is_below_list_price,
    has_small_deposit,
    is_long,
)
