"""Results of a test as a file: the list of the room to fill in, and what a filled one would do.

A row is found by the seat's own ref, which the list to fill in has, or by the student number where
nobody else in the room has it. Writes nothing: what is right travels in the page, signed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from io import BytesIO
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.errors import InvalidInput, Sentence
from foundation.refs import pk_of, ref_of
from foundation.tables.errors import TableError
from foundation.tables.escaping import unescape_cell
from foundation.tables.source import Table
from foundation.tables.writing import Sheet, write_csv, write_xlsx
from learners.roster.columns import listed
from training.desk import in_room, name_of, number_of
from training.models import Seat, SeatState, Session, TestResult
from training.roster.plan import LARGEST_BYTES, open_list

SALT, KEPT_SECONDS = "training.results", 24 * 3600
MOST = 2000
SHOWN_CHARACTERS = 80
# Headers that are read, without spaces and in lower case; the first of each is written.
COLUMNS = {
    "seat": ("名额编号", "seat"),
    "number": ("学号", "studentnumber", "number"),
    "passed": ("合格", "是否合格", "结果", "passed", "result"),
    "score": ("成绩", "分数", "score"),
}
YES = {"yes", "y", "pass", "passed", "true", "1", "合格", "通过", "是"}
NO = {"no", "n", "fail", "failed", "notpassed", "false", "0", "不合格", "未通过", "否"}
HEADS = {
    "seat": _("Seat"),
    "number": _("Student number"),
    "name": pgettext_lazy("person", "Name"),
    "passed": _("Passed"),
    "score": _("Score"),
}


class Verdict(StrEnum):
    NEW = "new"
    CORRECTION = "correction"
    SAME = "same"
    EMPTY = "empty"
    WRONG = "wrong"


LABELS: dict[str, Sentence] = {
    Verdict.NEW: pgettext_lazy("result", "New"),
    Verdict.CORRECTION: pgettext_lazy("result", "Corrects another"),
    Verdict.SAME: pgettext_lazy("result", "Stands there already"),
    Verdict.EMPTY: pgettext_lazy("result", "Nothing said"),
    Verdict.WRONG: pgettext_lazy("row", "Wrong"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is the file's own number."""

    line: int
    told: dict[str, str]
    verdict: Verdict = Verdict.NEW
    problem: Sentence = ""
    seat: Seat | None = None
    passed: bool = False
    score: Decimal | None = None

    @property
    def label(self) -> Sentence:
        return LABELS[self.verdict]

    @property
    def name(self) -> str:
        return name_of(self.seat) if self.seat else self.told["number"] or self.told["seat"]

    def wrong(self, problem: Sentence) -> Row:
        return replace(self, verdict=Verdict.WRONG, problem=problem)


@dataclass(frozen=True, slots=True)
class Plan:
    rows: list[Row]

    @property
    def counts(self) -> list[tuple[Sentence, int]]:
        found = Counter(row.verdict for row in self.rows)
        return [(LABELS[v], found[v]) for v in Verdict if found[v]]

    @property
    def good(self) -> list[Row]:
        return [r for r in self.rows if r.verdict in (Verdict.NEW, Verdict.CORRECTION)]

    @property
    def corrects(self) -> bool:
        return any(row.verdict == Verdict.CORRECTION for row in self.rows)


def list_to_fill(session: Session, kind: str) -> bytes:
    """Everybody who is booked, with the result that stands there."""
    seats = list(in_room(session).filter(state=SeatState.BOOKED))
    results = _standing(seats)
    rows = [
        [
            *(ref_of(seat.pk, "seat"), number_of(seat), name_of(seat)),
            *_said(results.get(seat.pk)),
        ]
        for seat in seats
    ]
    out = BytesIO()
    heads = list(HEADS.values())
    if kind == "csv":
        write_csv(out, heads, rows)
    else:
        write_xlsx(out, [Sheet(_("Results"), heads, rows)])
    return out.getvalue()


def _said(result: TestResult | None) -> list[Any]:
    if result is None:
        return ["", ""]
    return [
        str(_("yes") if result.passed else _("no")),
        result.score if result.score is not None else "",
    ]


def make_plan(session: Session, file: Any) -> Plan:
    """Raises TableError and InvalidInput where the file cannot be read as results."""
    if file.size > LARGEST_BYTES:
        raise InvalidInput(_("The file is too large: at most 5 MB."), code="too_large")
    with open_list(file, lambda headers: "passed" in _places(headers)) as table:
        read = list(_rows(table))
    if not read:
        raise InvalidInput(_("The file has no rows below the names of its columns."), code="empty")
    return Plan(_judged(session, read))


def _places(headers: Sequence[str]) -> dict[str, int]:
    letters = ["".join(header.split()).lower() for header in headers]
    own = {
        name: {*known, "".join(str(HEADS[name]).split()).lower()} for name, known in COLUMNS.items()
    }
    found = {name: [p for p, header in enumerate(letters) if header in own[name]] for name in own}
    return {name: places[0] for name, places in found.items() if places}


def _rows(table: Table) -> Iterator[Row]:
    places = _places(table.headers)
    if "passed" not in places or not {"seat", "number"} & places.keys():
        raise TableError(
            "columns_missing",
            _(
                "The first row needs a column for who it is and one for the result. It has: "
                "%(headers)s."
            ),
            params={"headers": listed(table.headers)},
        )
    for count, (line, cells) in enumerate(table.rows(), 1):
        if count > MOST:
            raise InvalidInput(
                _("A list has at most %(most)s rows."), code="too_many_rows", params={"most": MOST}
            )
        yield Row(line, {name: _cell(cells, places.get(name, len(cells))) for name in COLUMNS})


def _cell(cells: list[str], place: int) -> str:
    plain = unescape_cell(cells[place]) if place < len(cells) else ""
    return plain.replace("\0", "").strip()[:SHOWN_CHARACTERS]


def _judged(session: Session, rows: list[Row]) -> list[Row]:
    seats = list(in_room(session).filter(state=SeatState.BOOKED))
    by_key = {seat.pk: seat for seat in seats}
    by_number: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_number[number_of(seat)].append(seat)
    results, seen, found = _standing(seats), set[int](), []
    for row in rows:
        judged = _judge(_seated(row, by_key, by_number), results)
        pk = judged.seat.pk if judged.seat and judged.verdict != Verdict.EMPTY else 0
        if pk in seen:
            judged = judged.wrong(_("This person stands in the file before."))
        seen |= {pk} - {0}
        found.append(judged)
    return found


def _seated(row: Row, by_key: dict[int, Seat], by_number: dict[str, list[Seat]]) -> Row:
    if ref := row.told["seat"]:
        seat = by_key.get(_key(ref))
        same = seat and row.told["number"].upper() in ("", number_of(seat))
        return replace(row, seat=seat) if same else row.wrong(_("No such seat in this session."))
    found = by_number.get(row.told["number"].upper(), []) if row.told["number"] else []
    if len(found) > 1:
        return row.wrong(_("Two universities have this number: use the list to fill in."))
    return (
        replace(row, seat=found[0]) if found else row.wrong(_("Nobody with this number is booked."))
    )


def _judge(row: Row, results: dict[int, TestResult]) -> Row:
    if row.seat is None:
        return row
    word, score = "".join(row.told["passed"].split()).lower(), row.told["score"]
    if not word and not score:
        return replace(row, verdict=Verdict.EMPTY)
    if word not in YES | NO:
        return row.wrong(_("Say whether it was passed: yes or no."))
    number = _score(score)
    if score and number is None:
        return row.wrong(_("A score is between 0 and 100."))
    told = replace(row, passed=word in YES, score=number)
    last = results.get(row.seat.pk)
    if last is None:
        return told
    same = (last.passed, last.score) == (told.passed, told.score)
    return replace(told, verdict=Verdict.SAME if same else Verdict.CORRECTION)


def _score(text: str) -> Decimal | None:
    try:
        score = Decimal(text)
    except InvalidOperation:
        return None
    fits = score.is_finite() and 0 <= score <= 100 and score == round(score, 2)
    return score if fits else None


def _key(ref: str) -> int:
    try:
        return pk_of(ref, "seat")
    except ValueError:
        return 0


def _standing(seats: Iterable[Seat]) -> dict[int, TestResult]:
    rows = TestResult.objects.counting().filter(seat__in=[seat.pk for seat in seats])
    return {row.seat_id: row for row in rows}


def packed(plan: Plan, session: Session) -> str:
    rows = [
        [row.seat.pk, row.passed, None if row.score is None else str(row.score)]
        for row in plan.good
        if row.seat
    ]
    return signing.dumps([session.pk, rows], salt=SALT, compress=True)


def unpacked(token: str, session: Session) -> list[tuple[Seat, bool, Decimal | None]] | None:
    """For ``record_results``; None for what was not packed for this session within the day."""
    try:
        pk, rows = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    if pk != session.pk:
        return None
    seats = {seat.pk: seat for seat in in_room(session)}
    return [(seats[key], passed, score and Decimal(score)) for key, passed, score in rows]
