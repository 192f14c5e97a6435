"""What each row of a list would do: who gets a seat, who has one, and what is wrong. Writes nothing.

The file is looked at and not kept: what the page sends back are student numbers, and the operation
judges them anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.errors import InvalidInput, Sentence
from foundation.tables.encodings import EncodingUndecided
from foundation.tables.errors import TableError
from foundation.tables.escaping import unescape_cell
from foundation.tables.source import Table, open_table
from learners.models import Learner
from learners.roster.columns import listed, recognised
from tenants.models import Tenant
from training import rules
from training.models import Session
from training.operations.booking import MOST
from training.rules import Asked

LARGEST_BYTES = 5 * 1024 * 1024
NUMBER, NAME = "number", "name"
SHOWN_CHARACTERS = 80


class Verdict(StrEnum):
    SEAT = "seat"
    SAME = "same"
    WRONG = "wrong"


LABELS: dict[str, Sentence] = {
    Verdict.SEAT: pgettext_lazy("row", "Gets a seat"),
    Verdict.SAME: pgettext_lazy("row", "Has a seat already"),
    Verdict.WRONG: pgettext_lazy("row", "Wrong"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is the file's own number."""

    line: int
    number: str
    name: str
    verdict: Verdict = Verdict.SEAT
    problem: Sentence = ""
    learner: Learner | None = None

    def wrong(self, problem: Sentence) -> Row:
        return replace(self, verdict=Verdict.WRONG, problem=problem)


@dataclass(frozen=True, slots=True)
class Plan:
    rows: list[Row]

    @property
    def counts(self) -> list[tuple[str, Sentence, int]]:
        found = Counter(row.verdict for row in self.rows)
        return [(v.value, LABELS[v], found[v]) for v in Verdict if found[v]]

    @property
    def good(self) -> list[Row]:
        return [row for row in self.rows if row.verdict == Verdict.SEAT]


def make_plan(session: Session, tenant: Tenant, now: datetime, file: Any) -> Plan:
    """Raises TableError and InvalidInput where the file cannot be read as a list of people."""
    if file.size > LARGEST_BYTES:
        raise InvalidInput(_("The file is too large: at most 5 MB."), code="too_large")
    with open_list(file, lambda headers: NUMBER in recognised(headers)) as table:
        read = list(_rows(table))
    if not read:
        raise InvalidInput(_("The file has no rows below the names of its columns."), code="empty")
    return Plan(_judged(session, tenant, now, _without_doubles(read)))


def open_list(file: Any, is_known: Callable[[Sequence[str]], bool]) -> Table:
    """In the first encoding in which the columns can be told, where the bytes leave it open."""
    try:
        return open_table(file, filename=file.name)
    except EncodingUndecided as undecided:
        for candidate in undecided.judgement.candidates:
            table = open_table(file, filename=file.name, encoding=candidate.encoding)
            if is_known(table.headers):
                return table
        raise


def _rows(table: Table) -> Iterator[Row]:
    columns = recognised(table.headers)
    if NUMBER not in columns:
        raise TableError(
            "columns_missing",
            _("The first row has no column for the student number. It has: %(headers)s."),
            params={"headers": listed(table.headers)},
        )
    for count, (line, cells) in enumerate(table.rows(), 1):
        if count > MOST:
            raise InvalidInput(
                _("A list has at most %(most)s rows."), code="too_many_rows", params={"most": MOST}
            )
        number = _cell(cells, columns[NUMBER]).upper()
        yield Row(line, number, _cell(cells, columns.get(NAME, len(cells))))


def _cell(cells: list[str], place: int) -> str:
    plain = unescape_cell(cells[place]) if place < len(cells) else ""
    return plain.replace("\0", "").strip()[:SHOWN_CHARACTERS]


def _without_doubles(rows: list[Row]) -> list[Row]:
    seen: set[str] = set()
    found = []
    for row in rows:
        is_double = bool(row.number) and row.number in seen
        seen.add(row.number)
        found.append(row.wrong(_("This number stands in the file before.")) if is_double else row)
    return found


def _judged(session: Session, tenant: Tenant, now: datetime, rows: list[Row]) -> list[Row]:
    numbers = {row.number for row in rows if row.verdict == Verdict.SEAT}
    own = Learner.objects.filter(tenant=tenant, number__in=numbers)
    known = {learner.number: learner for learner in own}
    people = tuple(known.values())
    asked = Asked(session, tenant, now, people)
    inside = rules.are_not_in_it(asked) if people else {}
    problems = {**rules.waits_only(asked), **rules.problems_of(asked)} if people else {}
    return [_judge(row, known.get(row.number), inside, problems) for row in rows]


def _judge(
    row: Row, learner: Learner | None, inside: rules.Problems, problems: rules.Problems
) -> Row:
    if row.verdict == Verdict.WRONG:
        return row
    if learner is None:
        return row.wrong(_("Not in your register: upload the roster of learners first."))
    if row.name and row.name != learner.name:
        return row.wrong(_("The register has another name for this number."))
    if learner.pk in inside:
        return replace(row, verdict=Verdict.SAME, learner=learner)
    if learner.pk in problems:
        return row.wrong(problems[learner.pk])
    return replace(row, learner=learner)
