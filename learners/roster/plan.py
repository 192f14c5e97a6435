"""What each row of a roster would do to the register. Writes nothing.

A learner is known by the student number. Nothing is guessed: two rows of one number that say
different things are both wrong, and a person who seems to be there under another number is
pointed out and left to a person.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.tables.escaping import unescape_cell
from foundation.tables.source import Table
from learners.models import Learner
from learners.roster.columns import find_columns, unread
from learners.values import FIELDS, label_of, plain_values


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBLE = "double"
    WRONG = "wrong"


LABELS: dict[str, Sentence] = {
    Verdict.NEW: pgettext_lazy("row", "New"),
    Verdict.CHANGED: pgettext_lazy("row", "Changed"),
    Verdict.SAME: pgettext_lazy("row", "Same"),
    Verdict.DOUBLE: pgettext_lazy("row", "Repeated in the file"),
    Verdict.WRONG: pgettext_lazy("row", "Wrong"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence about a row or, with ``column``, about one of its cells."""

    sentence: Sentence
    params: dict[str, Any] = field(default_factory=dict)
    column: Sentence = ""
    value: str = ""

    def __str__(self) -> str:
        said = str(self.sentence) % self.params if self.params else str(self.sentence)
        return f"{self.column}: {said}" if self.column else said


@dataclass(frozen=True, slots=True)
class Change:
    column: Sentence
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is the file's own number. ``notes`` are worth a look and stop nothing."""

    line: int
    cells: list[str]
    verdict: Verdict
    values: dict[str, Any]
    problems: tuple[Told, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[Told, ...] = ()
    learner: Learner | None = None

    @property
    def year(self) -> str:
        return str(self.values.get("entry_year", ""))


@dataclass(frozen=True, slots=True)
class Plan:
    headers: list[str]
    rows: list[Row]
    remarks: list[str]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.verdict for row in self.rows)
        return {verdict.value: found[verdict] for verdict in Verdict}

    def of(self, *verdicts: Verdict) -> list[Row]:
        return [row for row in self.rows if row.verdict in verdicts]

    @property
    def digest(self) -> str:
        """Names what would be done: who presses the button gets what was on the page."""
        said = [(row.line, row.verdict, sorted(row.values.items())) for row in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def make_plan(actor: Actor, table: Table, today: date) -> Plan:
    """Raises TableError where the file cannot be read to its end."""
    columns = find_columns(table.headers)
    read = [_read(line, cells, columns, today) for line, cells in table.rows()]
    read = _without_doubles(read)
    register = Register(actor, read)
    remarks = [str(remark) for remark in table.warnings] + _unread(table)
    return Plan(table.headers, [register.judged(row) for row in read], remarks)


def _read(line: int, cells: list[str], columns: dict[str, int], today: date) -> Row:
    said = {
        name: unescape_cell(cells[place]) if place < len(cells) else ""
        for name, place in columns.items()
    }
    values, wrong = plain_values(said, today)
    problems = tuple(
        Told(sentence, column=_column(name), value=said[name][:80].replace("\0", ""))
        for name, sentence in wrong.items()
    )
    return Row(line, cells, Verdict.WRONG if problems else Verdict.NEW, values, problems)


def _without_doubles(rows: list[Row]) -> list[Row]:
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if "number" in row.values:
            by_number[row.values["number"]].append(row)
    several = {row.line: same for same in by_number.values() if len(same) > 1 for row in same}
    return [_judged_double(row, several.get(row.line, [])) for row in rows]


def _judged_double(row: Row, same: list[Row]) -> Row:
    """The first of rows that say the same stays; where they differ nobody knows which is right."""
    if not same or row.verdict == Verdict.WRONG:
        return row
    good = [each for each in same if each.verdict != Verdict.WRONG]
    other = next((each for each in good if each.values != row.values), None)
    if other is not None:
        told = Told(
            _("Row %(row)s has this student number with other values. Keep one of them."),
            {"row": other.line},
        )
        return replace(row, verdict=Verdict.WRONG, problems=(told,))
    if row.line == good[0].line:
        return row
    told = Told(_("The same as row %(row)s."), {"row": good[0].line})
    return replace(row, verdict=Verdict.DOUBLE, notes=(told,))


class Register:
    """What is known already of those who stand in the file."""

    def __init__(self, actor: Actor, rows: Iterable[Row]) -> None:
        numbers = {row.values["number"] for row in rows if "number" in row.values}
        mobiles = {row.values["mobile"] for row in rows if row.values.get("mobile")}
        own = Learner.objects.visible_to(actor).filter(tenant_id=actor.tenant_id)
        self.known = {each.number: each for each in own.filter(number__in=numbers)}
        self.twins: dict[tuple[str, str], set[str]] = defaultdict(set)
        for learner in own.filter(mobile__in=mobiles):
            self.twins[learner.name, learner.mobile].add(learner.number)
        for row in rows:
            if row.values.get("mobile") and "name" in row.values and "number" in row.values:
                key = (row.values["name"], row.values["mobile"])
                self.twins[key].add(row.values["number"])

    def judged(self, row: Row) -> Row:
        if row.verdict != Verdict.NEW:
            return row
        learner = self.known.get(row.values["number"])
        notes = (*self._twin(row), *_has_left(learner))
        if learner is None:
            return replace(row, notes=notes)
        changes = tuple(changes_of(learner, row.values))
        verdict = Verdict.CHANGED if changes else Verdict.SAME
        return replace(row, verdict=verdict, changes=changes, notes=notes, learner=learner)

    def _twin(self, row: Row) -> tuple[Told, ...]:
        numbers = self.twins.get((row.values["name"], row.values.get("mobile", "")), set())
        others = sorted(numbers - {row.values["number"]})
        if not others:
            return ()
        return (
            Told(
                _(
                    "The same name and mobile number stand under student number %(numbers)s. If it "
                    "is one person, take this row out and correct the number on that learner's page."
                ),
                {"numbers": ", ".join(others)},
            ),
        )


def changes_of(learner: Learner, values: dict[str, Any]) -> Iterable[Change]:
    """What would be another value. A blank optional cell leaves what is there."""
    for name in FIELDS:
        before = getattr(learner, name)
        if values.get(name) and values[name] != before:
            yield Change(_column(name), str(before), str(values[name]))


def _column(name: str) -> str:
    return str(capfirst(str(label_of(name))))


def _has_left(learner: Learner | None) -> tuple[Told, ...]:
    if learner is None or learner.is_active:
        return ()
    told = _("This learner left on %(day)s and stays so. Take them back on their page.")
    return (Told(told, {"day": learner.left_on}),)


def _unread(table: Table) -> list[str]:
    told = _("The column “%(column)s” is not read: numbers of identity cards are not kept here.")
    return [str(told) % {"column": header} for header in unread(table.headers)]
