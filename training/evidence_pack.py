"""The evidence of one session as an archive: application, plan, teachers, roster, attendance day by
day with what was corrected, results, certificates; for whoever pays for it."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from io import BytesIO
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backbone.progress import Reports
from certificates.models import Certificate
from certificates.operations.archives import write_list, write_papers
from foundation.errors import Sentence
from foundation.money import format_money
from foundation.tables.writing import Sheet, write_xlsx
from tenants.models import Tenant
from training.desk import in_room, name_of, number_of
from training.eligibility import eligibility_of
from training.models import AttendanceMark, Seat, Session, SessionDate
from training.sheets import sheet_of

Rows = Iterable[list[Any]]
WORKBOOK = "evidence.xlsx"


class Pack:
    """What stands in it is read once, as it is now."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.dates = list(session.dates.standing().select_related("space"))
        self.seats = list(in_room(session).select_related("funding_line"))
        self.reached = eligibility_of(session, self.seats)
        self.marks: dict[tuple[int, int], AttendanceMark] = {}
        self.history: dict[int, list[AttendanceMark]] = defaultdict(list)
        every = AttendanceMark.objects.filter(seat__in=[seat.pk for seat in self.seats])
        for mark in every.select_related("by", "date").order_by("pk"):
            # A later one takes the place of the one that it corrects.
            self.marks[mark.seat_id, mark.date_id] = mark
            self.history[mark.seat_id].append(mark)

    def write(self, out: IO[bytes], now: datetime, reporter: Reports) -> None:
        """In the language of the moment. Raises JobCancelled between two papers."""
        today = timezone.localdate(now)
        issued = Certificate.objects.filter(
            source_type=Seat._meta.label_lower, source_id__in=[seat.pk for seat in self.seats]
        ).order_by("pk")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(WORKBOOK, self._workbook())
            self._write_sheets(archive, reporter)
            write_list(archive, issued, today)
            write_papers(archive, issued, today, reporter)

    def _write_sheets(self, archive: zipfile.ZipFile, reporter: Reports) -> None:
        park = Tenant.objects.operator()
        for each in self.dates:
            each.session = self.session
            archive.writestr(f"sheets/{_day(each):%Y-%m-%d}-{each.pk}.pdf", sheet_of(each, park))
            reporter.check()

    def _workbook(self) -> bytes:
        out = BytesIO()
        write_xlsx(out, [Sheet(title, heads, rows()) for title, heads, rows in self._parts()])
        return out.getvalue()

    def _parts(self) -> list[tuple[Sentence, list[Sentence], Callable[[], Rows]]]:
        who: list[Sentence] = [_("Organisation"), _("Number"), pgettext("person", "Name")]
        days = [f"{_day(each)}" for each in self.dates]
        result = pgettext("training", "Test")
        return [
            (_("Application"), [_("Entry"), _("Value")], self.application),
            (_("Plan"), [_("From"), _("Until"), _("Minutes"), _("Place")], self.plan),
            (_("Teachers"), [pgettext("person", "Name"), _("Title")], self.teachers),
            (_("Roster"), [*who, _("State"), _("Funding line")], self.roster),
            (
                _("Attendance"),
                [*who, *days, _("Minutes attended"), _("Minutes needed")],
                self.attendance,
            ),
            (
                _("Marks and corrections"),
                [*who, _("Date"), _("Mark"), _("Minutes"), _("Source"), _("Recorded"), _("By"), _("Reason")],
                self.corrections,
            ),
            (_("Results"), [*who, result, _("Rule kept"), _("Why not")], self.results),
        ]  # fmt: skip

    # -- the parts ---------------------------------------------------------------------------

    def application(self) -> Rows:
        own, course = self.session, self.session.course
        lines = sorted({str(s.funding_line) for s in self.seats if s.funding_line})
        known = [
            (_("Session"), own.title),
            (_("Code"), own.code),
            (_("Course"), str(course) if course else "–"),
            (_("Minutes of teaching"), own.minutes),
            (_("Hours of teaching"), own.hours),
            (_("Minutes of one hour"), own.minutes_per_hour),
            (_("Seats"), own.capacity),
            (_("Price of a seat"), format_money(own.price, "CNY") if own.price is not None else ""),
            (_("Per cent of the minutes to be attended"), own.attendance_percent),
            (_("A test has to be passed"), _("yes") if own.test_required else _("no")),
            (_("Opened"), f"{timezone.localtime(own.opened_at):%Y-%m-%d}" if own.opened_at else ""),
            (_("Funding lines"), ", ".join(lines) or "–"),
            (_("State"), own.get_state_display()),
        ]
        return [[label, value] for label, value in known]

    def plan(self) -> Rows:
        for each in self.dates:
            start, end = timezone.localtime(each.starts_at), timezone.localtime(each.ends_at)
            place = str(each.space or each.place)
            yield [f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}", each.minutes, place]

    def teachers(self) -> Rows:
        return [[str(each), each.title] for each in self.session.trainers.all()]

    def roster(self) -> Rows:
        for seat in self.seats:
            line = str(seat.funding_line) if seat.funding_line else ""
            yield [*_who(seat), seat.get_state_display(), line]

    def attendance(self) -> Rows:
        for seat in self.seats:
            marks = (self.marks.get((seat.pk, each.pk)) for each in self.dates)
            own = self.reached[seat.pk]
            yield [*_who(seat), *map(_shown, marks), own.minutes, own.needed]

    def corrections(self) -> Iterator[list[Any]]:
        for seat in self.seats:
            for mark in self.history[seat.pk]:
                at = f"{timezone.localtime(mark.at):%Y-%m-%d %H:%M}"
                by = str(mark.by) if mark.by else ""
                yield [
                    *(*_who(seat), f"{_day(mark.date)}", mark.get_kind_display(), mark.minutes),
                    *(mark.get_source_display(), at, by, mark.reason),
                ]

    def results(self) -> Rows:
        for seat in self.seats:
            own = self.reached[seat.pk]
            kept = _("yes") if own.is_eligible else _("no")
            why = " ".join(map(str, own.refusals))
            yield [*_who(seat), own.result.said if own.result else "–", kept, why]


def _who(seat: Seat) -> list[str]:
    return [seat.tenant.display_name, number_of(seat), name_of(seat)]


def _day(each: SessionDate) -> date:
    return timezone.localdate(each.starts_at)


def _shown(mark: AttendanceMark | None) -> str:
    return f"{mark.get_kind_display()} {mark.minutes}" if mark else "–"
