"""The staff's pages of attendance: calling the roll, the code on the screen, settling a session."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import DomainError
from foundation.qr import qr_code
from foundation.refusals import is_done
from tenants.models import Tenant
from training import check_in_codes, desk
from training.desk import ShownLine, in_room, roll_of, unmarked
from training.desk_forms import MarksForm, ResultsForm
from training.models import AttendanceMark, SeatState, Session, SessionDate, SessionState
from training.operations import attending, evidence, settling
from training.permissions import permissions
from training.sheets import sheet_of

MARKS, SETTLES = "mark_attendance", "settle_sessions"
# Attendance is marked, and shown, of what has opened and was not called off.
SHOWN = (
    *(SessionState.OPEN, SessionState.CLOSED, SessionState.RUNNING),
    *(SessionState.FINISHED, SessionState.SETTLED),
)


@require_safe
def attendance(request: Any) -> HttpResponse:
    """What is taught these days, and what waits to be settled."""
    permissions.require(request.actor, MARKS)
    values = {
        "title": _("Attendance"),
        "days": desk.days(timezone.now()),
        "running": desk.sessions_running(),
        "to_settle": desk.sessions_to_settle(),
    }
    return _page(request, "training/desk_days.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def date(request: Any, pk: int) -> HttpResponse:
    """All marks of a date in one form."""
    permissions.require(request.actor, MARKS)
    own = _date(pk)
    page = Paginator(in_room(own.session), desk.SEATS).get_page(request.GET.get("page"))
    rolls = roll_of(own, list(page.object_list))
    form = MarksForm(request.POST if request.method == "POST" else None, rolls=rolls)
    if form.is_bound and form.is_valid() and _marked(request, own, form):
        return redirect(request.get_full_path())
    values = {
        "title": str(own.session),
        "date": own,
        "form": form,
        "page": page,
        "is_settled": own.session.state == SessionState.SETTLED,
        "is_open": check_in_codes.is_open(own, timezone.now()),
        "unmarked": len(unmarked(own)),
    }
    return _page(request, "training/desk_date.html", values)


def _marked(request: Any, own: SessionDate, form: MarksForm) -> bool:
    said = form.said(unmarked(own))
    made: list[AttendanceMark] = []

    def mark() -> None:
        made.extend(
            attending.mark_attendance(
                actor=request.actor,
                now=timezone.now(),
                date=own,
                said=said,
                source=form.cleaned_data["source"],
            )
        )

    if not is_done(form, mark):
        return False
    words = ngettext("%(count)s mark is new.", "%(count)s marks are new.", len(made))
    messages.success(request, words % {"count": len(made)})
    return True


@never_cache
@require_safe
def code(request: Any, pk: int) -> HttpResponse:
    """For a screen in the room: the code of this half minute. The page fetches itself anew."""
    permissions.require(request.actor, MARKS)
    own, now = _date(pk), timezone.now()
    address = request.build_absolute_uri(check_in_codes.path_of(own, now))
    come = AttendanceMark.objects.counting().filter(date=own, minutes__gt=0).count()
    context = {
        "date": own,
        "is_open": check_in_codes.is_open(own, now),
        "address": address,
        "code": qr_code(address, _("Check in")),
        "come": come,
        "all": in_room(own.session).count(),
        "now": now,
    }
    return render(request, "training/desk_code.html", context)


@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """The sheet to sign, as PDF."""
    permissions.require(request.actor, MARKS)
    own = _date(pk)
    name = content_disposition_header(True, f"{own.session.code}-{own.starts_at:%Y%m%d}.pdf")
    return HttpResponse(
        sheet_of(own, Tenant.objects.operator()),
        content_type="application/pdf",
        headers={"Content-Disposition": name or "attachment"},
    )


@require_safe
def mark_history(request: Any, pk: int, seat: int) -> HttpResponse:
    """All that was said of one seat on one date, the oldest first."""
    permissions.require(request.actor, MARKS)
    own = _date(pk)
    place = get_object_or_404(in_room(own.session), pk=seat)
    rows = AttendanceMark.objects.filter(date=own, seat=place).select_related("by").order_by("pk")
    values = {"title": desk.name_of(place), "date": own, "seat": place, "rows": rows}
    return _page(request, "training/desk_history.html", values)


@require_safe
def session(request: Any, pk: int) -> HttpResponse:
    """Every seat with what it has reached, what settling would do, and results to fill in."""
    permissions.require(request.actor, MARKS)
    return _session_page(request, _session(pk))


@require_POST
def results(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, MARKS)
    own = _session(pk)
    form = ResultsForm(request.POST, lines=_told(request, own)[1])
    if form.is_valid() and _recorded(request, own, form):
        return redirect("admin:attendance_session", pk=pk)
    return _session_page(request, own, form)


def _recorded(request: Any, own: Session, form: ResultsForm) -> bool:
    return is_done(
        form,
        lambda: attending.record_results(
            actor=request.actor,
            now=timezone.now(),
            session=own,
            said=form.said(),
            reason=form.cleaned_data["reason"],
        ),
    )


@require_POST
def settlement(request: Any, pk: int) -> HttpResponse:
    """Settle it, or issue once more what is missing of one that is settled."""
    permissions.require(request.actor, SETTLES)
    own = _session(pk)
    is_settled = own.state == SessionState.SETTLED
    step = settling.issue_certificates if is_settled else settling.settle_session
    try:
        done = step(actor=request.actor, now=timezone.now(), session=own)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        count = sum(each.outcome == "new" for each in done)
        words = ngettext("%(count)s certificate is new.", "%(count)s certificates are new.", count)
        messages.success(request, words % {"count": count})
    return redirect("admin:attendance_session", pk=pk)


@require_POST
def evidence_pack(request: Any, pk: int) -> HttpResponse:
    """Everything about the session in one archive, made by a job."""
    permissions.require(request.actor, MARKS)
    try:
        evidence.start_pack(
            actor=request.actor,
            now=timezone.now(),
            session=_session(pk),
            language=get_language() or "en",
        )
        messages.success(request, _("The archive is being made. You are told when it is there."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admin:attendance_session", pk=pk)


def _session_page(request: Any, own: Session, form: ResultsForm | None = None) -> HttpResponse:
    told, lines, page = _told(request, own)
    states = [(str(label), count) for label, count in _counted(told)]
    values = {
        "title": str(own),
        "session": own,
        "dates": own.dates.standing().select_related("space"),
        "form": form or ResultsForm(lines=lines),
        "problems": [str(problem) for problem in told.problems],
        "states": states,
        "new": told.issued,
        "page": page,
        "certifies": settling.certifies(own),
        "is_finished": own.state == SessionState.FINISHED,
        "is_settled": own.state == SessionState.SETTLED,
        "may_settle": permissions.permits(request.actor, SETTLES),
        "packs": evidence.packs_of(request.actor, own),
    }
    return _page(request, "training/desk_session.html", values)


def _counted(told: settling.Settlement) -> list[tuple[Any, int]]:
    return [(s.label, told.states[s.value]) for s in SeatState if told.states[s.value]]


def _told(request: Any, own: Session) -> tuple[settling.Settlement, list[ShownLine], Any]:
    told = settling.dry_run(own, timezone.now())
    page = Paginator(told.lines, desk.SEATS).get_page(request.GET.get("page"))
    return told, [ShownLine(line) for line in page.object_list], page


def _date(pk: int) -> SessionDate:
    rows = SessionDate.objects.standing().filter(session__state__in=SHOWN)
    return get_object_or_404(rows.select_related("session__course", "space"), pk=pk)


def _session(pk: int) -> Session:
    rows = Session.objects.filter(state__in=SHOWN).select_related("course")
    return get_object_or_404(rows, pk=pk)


def _page(request: Any, template: str, values: dict[str, Any]) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | values)
