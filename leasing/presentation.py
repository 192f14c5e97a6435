"""A lease as its reader sees it today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import Charge
from foundation.money import format_money
from leasing.models import Handover, HandoverLine, Lease, LeaseState, LeaseUnit, LineKind
from leasing.models.handovers import METERS
from leasing.models.leases import IN_FORCE
from leasing.operations.charging import charges_of
from leasing.operations.settlement import late_fee_of
from leasing.terms import trimmed

TONES = {
    LeaseState.AWAITING: "warning",
    LeaseState.EFFECTIVE: "success",
    LeaseState.ENDING: "warning",
}


def tone_of(lease: Lease, today: date) -> str:
    if lease.state in IN_FORCE and lease.last_on < today:
        return "danger"
    return TONES.get(LeaseState(lease.state), "neutral")


@dataclass(frozen=True, slots=True)
class ShownCharge:
    row: Charge
    late_fee: Decimal
    is_overdue: bool


def charges_shown(lease: Lease, today: date) -> list[ShownCharge]:
    """What was charged for it, with the late fee that has come about by today."""
    return [
        ShownCharge(row, late_fee_of(lease, row, today), row.is_overdue(today))
        for row in charges_of([lease])
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """A meter at the beginning and at the end; None where it stands on one sheet only."""

    line: HandoverLine
    before: Decimal | None
    after: Decimal | None

    @property
    def used(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def is_odd(self) -> bool:
        """It has run backwards, or is missing on one of the sheets."""
        return self.used is None or self.used < 0

    @property
    def shown(self) -> list[str]:
        """Before, after and the difference, ready to print."""
        return [trimmed(value) for value in (self.before, self.after, self.used)]


def readings(move_in: Handover | None, check_out: Handover) -> list[Reading]:
    """Meters and keys of both sheets side by side, in the order of the first."""
    compared = (*METERS, LineKind.KEY)
    before = list(move_in.lines.filter(kind__in=compared)) if move_in else []
    after = list(check_out.lines.filter(kind__in=compared))
    first = {(line.kind, line.what): line for line in before}
    last = {(line.kind, line.what): line for line in after}
    return [
        Reading(
            first.get(key) or last[key],
            first[key].value if key in first else None,
            last[key].value if key in last else None,
        )
        for key in dict.fromkeys([*first, *last])
    ]


@dataclass(frozen=True, slots=True)
class Difference:
    """A term before and after, ready to show."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def compared(previous: Lease, lease: Lease) -> list[Difference]:
    """A lease beside the one that it renews or changes: terms, then units by code."""
    found = [
        Difference(str(getattr(lease._meta.get_field(name), "verbose_name", name)), before, after)
        for name, before, after in _terms(previous, lease)
    ]
    one, other = _units(previous), _units(lease)
    codes = sorted({*one, *other})
    return [*found, *(Difference(c, one.get(c, "--"), other.get(c, "--")) for c in codes)]


def _terms(previous: Lease, lease: Lease) -> list[tuple[str, str, str]]:
    names = [
        *("starts_on", "ends_on", "period_months", "rent_free_months", "deposit"),
        *("index_percent", "late_percent"),
    ]
    return [(name, _said(previous, name), _said(lease, name)) for name in names]


def _said(lease: Lease, name: str) -> str:
    if name == "period_months":
        return str(lease.get_period_months_display())
    value = getattr(lease, name)
    if name == "deposit":
        return format_money(value, lease.currency)
    return trimmed(value) if isinstance(value, Decimal) else str(value)


def _units(lease: Lease) -> dict[str, str]:
    rows = lease.units.select_related("space")
    return {row.space.code: _unit(row, lease) for row in rows}


def _unit(row: LeaseUnit, lease: Lease) -> str:
    return f"{row.area} m² × {format_money(row.price, lease.currency)}"
