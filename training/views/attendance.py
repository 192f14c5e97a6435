"""An organisation's own seats in a session: who was there, what came of it, and each one's page."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from certificates.models import Certificate
from foundation.tables.writing import Sheet, write_xlsx
from training.desk import in_room, name_of, number_of
from training.eligibility import Eligibility, eligibility_of
from training.models import AttendanceMark, Seat, Session, SessionDate
from training.permissions import permissions
from training.personal_links import address_of
from training.presentation import ShownSeat

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEES = "see_attendance"


@dataclass(frozen=True, slots=True)
class Row:
    """One seat with its mark of each date, in order; None where there is none."""

    seat: Seat
    shown: ShownSeat
    marks: list[AttendanceMark | None]
    reached: Eligibility
    certificate: Certificate | None
    link: str

    @property
    def name(self) -> str:
        return f"{number_of(self.seat)} {name_of(self.seat)}".strip()


@require_safe
def attendance(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, SEES)
    own = _session(request, pk)
    dates = _dates(own)
    context = {"session": own, "dates": dates, "rows": _rows(request, own, dates)}
    return render(request, "training/attendance.html", context)


@require_safe
def export(request: Any, pk: int) -> HttpResponse:
    """The same as a workbook, with the address of each one's own page."""
    permissions.require(request.actor, SEES)
    own = _session(request, pk)
    dates = _dates(own)
    heads = [
        *(_("Number"), pgettext("person", "Name")),
        *(f"{timezone.localdate(date.starts_at)}" for date in dates),
        *(_("Minutes attended"), _("Minutes held"), pgettext("training", "Test"), _("State")),
        *(_("Certificate"), _("Own page")),
    ]
    out = BytesIO()
    cells = (_cells(row) for row in _rows(request, own, dates))
    write_xlsx(out, [Sheet(_("Attendance"), heads, cells)])
    name = content_disposition_header(True, f"attendance-{own.code}.xlsx") or "attachment"
    return HttpResponse(out.getvalue(), content_type=XLSX, headers={"Content-Disposition": name})


def _cells(row: Row) -> list[Any]:
    marks = (f"{m.get_kind_display()} {m.minutes}" if m else "" for m in row.marks)
    result, certificate = row.reached.result, row.certificate
    return [
        *(number_of(row.seat), name_of(row.seat), *marks, row.reached.minutes, row.reached.held),
        *(result.said if result else "", row.shown.label, str(certificate or ""), row.link),
    ]


def _session(request: Any, pk: int) -> Session:
    return get_object_or_404(Session.objects.visible_to(request.actor), pk=pk)


def _dates(session: Session) -> list[SessionDate]:
    return list(session.dates.standing())


def _rows(request: Any, session: Session, dates: list[SessionDate]) -> list[Row]:
    """Five queries, however many seats there are."""
    seats = list(in_room(session).filter(tenant_id=request.actor.tenant_id))
    reached, now = eligibility_of(session, seats), timezone.now()
    keys = [seat.pk for seat in seats]
    counting = AttendanceMark.objects.counting().filter(seat__in=keys)
    marks = {(mark.seat_id, mark.date_id): mark for mark in counting}
    issued = Certificate.objects.filter(
        tenant_id=request.actor.tenant_id,
        source_type=Seat._meta.label_lower,
        source_id__in=keys,
        state="issued",
    )
    certificates = {each.source_id: each for each in issued}
    return [
        Row(
            seat=seat,
            shown=ShownSeat(seat, request.actor, now),
            marks=[marks.get((seat.pk, date.pk)) for date in dates],
            reached=reached[seat.pk],
            certificate=certificates.get(seat.pk),
            link=address_of(seat, request.tenant.slug),
        )
        for seat in seats
    ]
