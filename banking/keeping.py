"""Statements that were read, kept: lines that are new are added, those that are known are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import CharField, Model, TextField

from backbone.progress import Reports
from backbone.sentences import in_every_language
from banking import matching
from banking.fingerprints import fingerprint, label
from banking.merging import merge
from banking.models import BankAccount, Quarantined, Statement, StatementFile, StatementLine
from banking.reading import structure
from banking.reading.structure import WHOLE_STATEMENTS, Line, Reading, Reason, SetAside
from foundation.text import UNSTORABLE

SLICE = 2000
COPIED = (
    "booked_on", "value_on", "clock", "amount", "currency", "is_reversal", "bank_reference",
    "own_reference", "payee_reference", "counterparty_name", "counterparty_account", "remittance",
    "transaction_code", "balance_after", "place",
)  # fmt: skip
MOST_RAW = 20_000
Row = TypeVar("Row", bound=Model)
# A statement, where it stands in its file, and whose it is.
Placed = tuple[int, structure.Statement, BankAccount]


@dataclass
class Sorted:
    """What a reading holds, by account; ``aside`` is what cannot be taken."""

    statements: list[Placed] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)


@dataclass
class Counts:
    read: int = 0
    new: int = 0

    @property
    def known(self) -> int:
        return self.read - self.new


def sort(reading: Reading, accounts: Sequence[BankAccount], chosen: BankAccount | None) -> Sorted:
    """Each statement to its account, or aside with the reason."""
    found = Sorted(aside=list(reading.set_aside))
    for place, statement in enumerate(reading.statements, 1):
        account = matching.account_of(statement, reading.kind, accounts, chosen)
        if isinstance(account, Reason):
            found.aside.append(SetAside(account, statement, place=place))
        else:
            found.statements.append((place, statement, account))
    return found


class Keeper:
    """Writes what a file holds; with ``write`` off only counts what would be new.

    Whoever makes one holds the locks of the accounts.
    """

    def __init__(
        self, file: StatementFile, reading: Reading, reporter: Reports, *, write: bool
    ) -> None:
        self._file, self._reading, self._reporter = file, reading, reporter
        self._write = write
        self.counts = Counts()
        self._done = 0
        # What a count without writing has seen so far: account and fingerprint -> lines.
        self._seen: dict[tuple[int, str], list[StatementLine]] = {}

    def keep(self, found: Sorted) -> Counts:
        total = sum(len(each.booked) for _place, each, _account in found.statements)
        self._reporter.report(0, total)
        for group in self._groups(found):
            self._keep_group(group)
        return self.counts

    def _groups(self, found: Sorted) -> Iterable[list[Placed]]:
        """Whole statements of an account that follow each other share no entry, so they count
        together; reports of a day, exports and statements that overlap count each for itself."""
        groups: list[list[Placed]] = []
        last: dict[int, list[Placed]] = {}
        for each in found.statements:
            before = last.get(each[2].pk)
            if before and self._follows(before[-1][1], each[1]):
                before.append(each)
                continue
            groups.append([each])
            last[each[2].pk] = groups[-1]
        return groups

    def _follows(self, one: structure.Statement, other: structure.Statement) -> bool:
        whole = self._reading.kind in WHOLE_STATEMENTS
        return (
            whole
            and one.closing is not None
            and (other.opening is not None and one.closing.amount == other.opening.amount)
        )

    def _keep_group(self, group: list[Placed]) -> None:
        rows = {place: self._row_of(place, said, account) for place, said, account in group}
        account = group[0][2]
        lines = [(rows[place], line) for place, said, _a in group for line in said.booked]
        by_print: dict[str, list[tuple[Statement, Line]]] = defaultdict(list)
        for row, line in lines:
            by_print[fingerprint(line)].append((row, line))
        prints = list(by_print)
        for start in range(0, len(prints), SLICE):
            part = prints[start : start + SLICE]
            self._keep_part(account, {each: by_print[each] for each in part})
        for row in rows.values() if self._write else ():
            row.save()

    def _keep_part(
        self, account: BankAccount, coming: dict[str, list[tuple[Statement, Line]]]
    ) -> None:
        kept = self._kept(account, list(coming))
        new: list[StatementLine] = []
        changed: list[StatementLine] = []
        for told, lines in coming.items():
            there = kept[told]
            change = merge([_label_of(row) for row in there], [label(line) for _row, line in lines])
            for place, balance in change.labelled.items():
                there[place].balance_after = next(
                    line.balance_after for _row, line in lines if label(line) == balance
                )
                changed.append(there[place])
            for count, place in enumerate(change.added, len(there) + 1):
                row, line = lines[place]
                row.lines_new += 1
                new.append(_line_of(account, row, line, told, count))
            self.counts.read += len(lines)
            self._done += len(lines)
        self.counts.new += len(new)
        self._put_down(account, new, changed)
        self._reporter.report(self._done)

    def _put_down(
        self, account: BankAccount, new: list[StatementLine], changed: list[StatementLine]
    ) -> None:
        if self._write:
            StatementLine.objects.bulk_create(new, batch_size=SLICE)
            StatementLine.objects.bulk_update(changed, ["balance_after"], batch_size=SLICE)
            return
        for line in new:
            self._seen.setdefault((account.pk, line.fingerprint), []).append(line)

    def _kept(self, account: BankAccount, prints: list[str]) -> dict[str, list[StatementLine]]:
        kept: dict[str, list[StatementLine]] = {each: [] for each in prints}
        rows = StatementLine.objects.filter(account=account, fingerprint__in=prints)
        for row in rows.order_by("occurrence"):
            kept[row.fingerprint].append(row)
        for each in prints:
            kept[each] += self._seen.get((account.pk, each), [])
        return kept

    def _row_of(self, place: int, said: structure.Statement, account: BankAccount) -> Statement:
        row = Statement.objects.filter(file=self._file, place=place).first() or Statement(
            file=self._file, place=place
        )
        row.account, row.kind, row.currency = account, self._reading.kind, said.currency
        row.identity, row.number, row.page = said.identity, said.number, said.page
        row.opening, row.opening_on = (
            (said.opening.amount, said.opening.on) if said.opening else (None, None)
        )
        row.closing, row.closing_on = (
            (said.closing.amount, said.closing.on) if said.closing else (None, None)
        )
        days = [line.booked_on for line in said.booked]
        row.first_on = said.first_on or min(days, default=None)
        row.last_on = said.last_on or max(days, default=None)
        row.lines_read, row.lines_new = len(said.booked), row.lines_new or 0
        row.remarks = told(said.remarks)
        fitted(row)
        if self._write:
            row.save()
        return row


def told(remarks: Iterable[Reason]) -> list[dict[str, str]]:
    """Sentences in every language, for whoever reads them later."""
    return [in_every_language(each.message, each.params) for each in remarks]


def set_aside(file: StatementFile, aside: Sequence[SetAside]) -> None:
    """Put down what was not taken, in the place of what was set aside at an earlier reading."""
    Quarantined.objects.filter(file=file).delete()
    Quarantined.objects.bulk_create(
        fitted(
            Quarantined(
                file=file,
                place=each.place,
                said_account=each.statement.account if each.statement else "",
                lines=len(each.statement.lines) if each.statement else 0,
                reason_code=each.reason.code[:40],
                reason=in_every_language(each.reason.message, each.reason.params),
                raw=each.raw[:MOST_RAW],
            )
        )
        for each in aside
    )


def _line_of(
    account: BankAccount, row: Statement, line: Line, told: str, occurrence: int
) -> StatementLine:
    values: dict[str, Any] = {name: getattr(line, name) for name in COPIED}
    return fitted(
        StatementLine(
            account=account, statement=row, fingerprint=told, occurrence=occurrence, **values
        )
    )


def _label_of(row: StatementLine) -> str:
    """The label of a kept line, by the rule of ``fingerprints.label``."""
    line = Line(
        booked_on=row.booked_on, amount=row.amount, currency=row.currency, clock=row.clock,
        bank_reference=row.bank_reference, balance_after=row.balance_after,
    )  # fmt: skip
    return label(line)


def fitted(row: Row) -> Row:
    """The row with its texts as a column holds them: no zero bytes, not longer than it is."""
    for column in row._meta.concrete_fields:
        if isinstance(column, (CharField, TextField)):
            said = getattr(row, column.attname)
            if isinstance(said, str):
                plain = UNSTORABLE.sub("", said)
                setattr(
                    row, column.attname, plain[: column.max_length] if column.max_length else plain
                )
    return row
