"""What a bank's line may be, ranked, each with its reason in words. Pure: no table is asked.

The order: bills that the text names; then bills of one organisation that add up to the amount;
then amount and name; then amount within a window of days; last the payer alone. Only what names
its bills and pays exactly what is open on them is ``certain``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from reconciliation.grouping import groups_of
from reconciliation.reasons import Reason, reason
from reconciliation.referring import Numbers, references_in
from reconciliation.texts import names_fit

ZERO = Decimal(0)
MOST = 5
# Paid so many days before the bill was issued, or after it was due.
BEFORE, AFTER = timedelta(days=5), timedelta(days=45)


class Rank(IntEnum):
    REFERENCE, GROUP, NAME, WINDOW, PAYER = range(1, 6)


@dataclass(frozen=True, slots=True)
class Bill:
    """An issued bill; ``open`` is above zero in ``currency``."""

    pk: int
    tenant_id: int
    number: str
    reference: str
    currency: str
    open: Decimal
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Line:
    """What is left of a line that came in. ``texts`` are what payer and bank wrote, each alone."""

    pk: int
    amount: Decimal
    currency: str
    booked_on: date
    texts: tuple[str, ...] = ()
    name: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``shares`` go to bills, ``written_off`` is what the bank kept, ``credit`` is the rest of the
    organisation ``tenant_id``; of bills of several organisations nothing is a rest."""

    rank: Rank
    shares: tuple[tuple[Bill, Decimal], ...]
    why: Reason
    tenant_id: int
    credit: Decimal = ZERO
    written_off: tuple[tuple[Bill, Decimal], ...] = ()
    is_certain: bool = False

    @property
    def key(self) -> str:
        """Names what would be done: the same key does the same."""
        parts = [f"{bill.pk}:{amount.normalize():f}" for bill, amount in self.shares]
        off = [f"w{bill.pk}:{amount.normalize():f}" for bill, amount in self.written_off]
        return ",".join([*parts, *off, f"{self.tenant_id}+{self.credit.normalize():f}"])


@dataclass
class Known:
    """Whom the text names: ``names`` of organisations as keys, ``payers`` by account number,
    ``settled`` organisations by the reference of a bill on which nothing is open."""

    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    payers: Mapping[str, int] = field(default_factory=dict)
    settled: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    tolerance: Decimal = ZERO


class Book:
    """The open bills, by all that a line may be known by."""

    def __init__(self, bills: Iterable[Bill], known: Known) -> None:
        self.bills = sorted(bills, key=lambda bill: (bill.due_on, bill.pk))
        self.known = known
        self._by_reference = {bill.reference: bill for bill in self.bills if bill.reference}
        self._by_number = {bill.number: bill for bill in self.bills if bill.number}
        self._numbers = Numbers(self._by_number)
        self._of_tenant: dict[tuple[int, str], list[Bill]] = defaultdict(list)
        for bill in self.bills:
            self._of_tenant[bill.tenant_id, bill.currency].append(bill)

    def named_by(self, line: Line) -> list[Bill]:
        """Open bills in the line's currency that its texts name, the first due first."""
        found: dict[int, Bill] = {}
        for text in line.texts:
            for reference in references_in(text):
                if reference in self._by_reference:
                    bill = self._by_reference[reference]
                    found[bill.pk] = bill
            for number in self._numbers.named_in(text):
                found[self._by_number[number].pk] = self._by_number[number]
        fitting = [bill for bill in found.values() if bill.currency == line.currency]
        return sorted(fitting, key=lambda bill: (bill.due_on, bill.pk))

    def settled_by(self, line: Line) -> tuple[int, str] | None:
        said = (each for text in line.texts for each in references_in(text))
        return next((self.known.settled[each] for each in said if each in self.known.settled), None)

    def payers_of(self, line: Line) -> dict[int, bool]:
        """Organisations that may have paid; True where the account has paid for it before."""
        found: dict[int, bool] = {}
        if line.account and line.account in self.known.payers:
            found[self.known.payers[line.account]] = True
        said = [each for each in (line.name, *line.texts) if each]
        for tenant_id, keys in self.known.names.items():
            if tenant_id not in found and any(names_fit(each, keys) for each in said):
                found[tenant_id] = False
        return found

    def of(self, tenant_id: int, currency: str) -> Sequence[Bill]:
        return self._of_tenant.get((tenant_id, currency), ())

    @cached_property
    def groups(self) -> dict[tuple[str, Decimal], list[tuple[Bill, ...]]]:
        """The smallest group of each organisation for each sum that its bills can make."""
        found: dict[tuple[str, Decimal], list[tuple[Bill, ...]]] = defaultdict(list)
        for (_tenant, currency), bills in self._of_tenant.items():
            amounts = [bill.open for bill in bills]
            for total, places in groups_of(amounts).items():
                found[currency, total].append(tuple(bills[place] for place in places))
        return found


def proposals(line: Line, book: Book) -> list[Proposal]:
    """The best first, at most ``MOST``."""
    if line.amount <= 0:
        return []
    if named := by_reference(line, book):
        return named
    payers = book.payers_of(line)
    found = [*_by_amount(line, book, payers), *_by_payer(line, book, payers)]
    once = {each.key: each for each in reversed(found)}
    return sorted(once.values(), key=lambda each: each.rank)[:MOST]


# -- by reference ------------------------------------------------------------------------------------


def by_reference(line: Line, book: Book) -> list[Proposal]:
    bills = book.named_by(line)
    if not bills:
        settled = book.settled_by(line)
        return [_all_credit(line, *settled)] if settled else []
    return [_paid(Rank.REFERENCE, line, bills, book.known.tolerance, "named")]


def _all_credit(line: Line, tenant_id: int, number: str) -> Proposal:
    return Proposal(
        Rank.REFERENCE, (), reason("settled", bills=number), tenant_id, credit=line.amount
    )


def _paid(rank: Rank, line: Line, owed: Sequence[Bill], tolerance: Decimal, code: str) -> Proposal:
    """The line's amount on these bills, the first due first: exact, too little, or too much."""
    fit = _fit(line, owed, tolerance)
    shares, missing = _filled(line.amount, owed)
    rest = line.amount - sum((part for _bill, part in shares), ZERO)
    return Proposal(
        rank,
        shares,
        reason(f"{code}_{fit}", bills=_numbers(owed)),
        owed[0].tenant_id,
        # Of bills of several organisations nobody knows whose it is: it stays open.
        credit=rest if len({bill.tenant_id for bill in owed}) == 1 else ZERO,
        written_off=((owed[-1], missing),) if fit == "kept" else (),
        is_certain=rank == Rank.REFERENCE and fit == "exact",
    )


def _numbers(owed: Sequence[Bill]) -> str:
    return ", ".join(bill.number for bill in owed)


def _fit(line: Line, bills: Sequence[Bill], tolerance: Decimal) -> str:
    missing = sum((bill.open for bill in bills), ZERO) - line.amount
    if missing == 0:
        return "exact"
    if missing < 0:
        return "more"
    return "kept" if missing <= tolerance and len(bills) == 1 else "less"


def _filled(
    amount: Decimal, bills: Sequence[Bill]
) -> tuple[tuple[tuple[Bill, Decimal], ...], Decimal]:
    shares = []
    for bill in bills:
        if part := min(amount, bill.open):
            shares.append((bill, part))
            amount -= part
    missing = sum((bill.open for bill in bills), ZERO) - sum((part for _b, part in shares), ZERO)
    return tuple(shares), missing


# -- by amount, name, days ---------------------------------------------------------------------------


def _by_amount(line: Line, book: Book, payers: Mapping[int, bool]) -> Iterable[Proposal]:
    """Bills that add up to the amount. Where a payer is known or several fit, the name decides."""
    groups = book.groups.get((line.currency, line.amount), [])
    only = len(groups) == 1 and (not payers or groups[0][0].tenant_id in payers)
    for group in sorted(groups, key=lambda each: (_far(line, each), len(each))):
        tenant_id = group[0].tenant_id
        if only:
            yield _whole(Rank.GROUP, group, "group")
        elif tenant_id in payers:
            yield _whole(Rank.NAME, group, "account" if payers[tenant_id] else "name")
        elif _far(line, group) == 0:
            yield _whole(Rank.WINDOW, group, "window")


def _whole(rank: Rank, group: Sequence[Bill], code: str) -> Proposal:
    return Proposal(
        rank,
        tuple((bill, bill.open) for bill in group),
        reason(code, bills=_numbers(group)),
        group[0].tenant_id,
    )


def _far(line: Line, group: Sequence[Bill]) -> int:
    """Days between the line and the time in which the bills were to be paid; none within it."""
    early = min(bill.issued_on for bill in group) - BEFORE
    late = max(bill.due_on for bill in group) + AFTER
    return max((early - line.booked_on).days, (line.booked_on - late).days, 0)


def _by_payer(line: Line, book: Book, payers: Mapping[int, bool]) -> Iterable[Proposal]:
    """The payer is known and no bills add up: what the bank kept, or the first due first."""
    for tenant_id, has_paid in payers.items():
        bills = book.of(tenant_id, line.currency)
        kept = [b for b in bills if 0 < b.open - line.amount <= book.known.tolerance]
        for bill in kept[:1]:
            yield _paid(Rank.NAME, line, [bill], book.known.tolerance, "payer")
        if bills:
            code = "oldest_account" if has_paid else "oldest_name"
            yield _oldest_first(line, bills, code)


def _oldest_first(line: Line, bills: Sequence[Bill], code: str) -> Proposal:
    shares, _missing = _filled(line.amount, bills)
    rest = line.amount - sum((part for _bill, part in shares), ZERO)
    numbers = _numbers([bill for bill, _part in shares])
    return Proposal(
        Rank.PAYER, shares, reason(code, bills=numbers), bills[0].tenant_id, credit=rest
    )
