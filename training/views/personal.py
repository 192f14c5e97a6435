"""Pages without an account: checking in by the code on the screen, and one's own seat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import respond_429
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from structlog.contextvars import get_contextvars

from certificates.links import token_of as certificate_token
from certificates.models import Certificate
from foundation import security_log
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.refusals import is_done
from foundation.security_log import Event
from tenants.guessing import admit
from tenants.isolation.context import as_system, enter_tenant
from training import check_in_codes, personal_links
from training.desk import name_of
from training.models import AttendanceMark, Feedback, Seat, SeatState, SessionDate
from training.models.attendance import MARKS
from training.operations.attending import check_in
from training.operations.feedback import THERE, give_feedback

View = Callable[..., HttpResponse]
# Time to type after the code was opened; it is the browser's own and nobody can pass it on.
ADMITTED, LINKS = "check_in", "seat_links"
TO_TYPE = timedelta(minutes=5)
LAST_DIGITS = 4
# Of so many sessions a browser keeps the link.
KEPT_LINKS = 10


class CheckInForm(forms.Form):
    number = forms.CharField(
        label=_("Student number"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    digits = forms.RegexField(
        rf"^\d{{{LAST_DIGITS}}}$",
        label=_("Last four digits of your mobile number"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class FeedbackForm(forms.Form):
    content = forms.TypedChoiceField(
        label=_("What was taught"),
        coerce=int,
        choices=MARKS,
        widget=forms.RadioSelect,
        help_text=_("1 is bad, 5 is very good."),
    )
    teaching = forms.TypedChoiceField(
        label=_("How it was taught"), coerce=int, choices=MARKS, widget=forms.RadioSelect
    )
    value = forms.TypedChoiceField(
        label=_("Use for your work"), coerce=int, choices=MARKS, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip


# -- checking in ---------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def training_check_in(request: Any, code: str) -> HttpResponse:
    """Who opens the code in time is let in; then a number and the digits, or one's own link."""
    now = timezone.now()
    pk = check_in_codes.date_of(code, now)
    if pk is None and (pk := _admitted(request, code)) is None:
        return _no_code(request)
    date = _date(pk)
    if date is None:
        return _no_code(request)
    if request.method != "POST":
        request.session[ADMITTED] = {
            "code": code, "date": pk, "until": (now + TO_TYPE).timestamp()
        }  # fmt: skip
    if request.method == "POST":
        return _come(request, date)
    return _door(request, date, CheckInForm())


def _admitted(request: Any, code: str) -> int | None:
    """The date that this browser opened by this code a moment ago."""
    let = request.session.get(ADMITTED) or {}
    if let.get("code") != code or let.get("until", 0) < timezone.now().timestamp():
        return None
    return int(let["date"])


def _date(pk: int) -> SessionDate | None:
    rows = SessionDate.objects.standing().select_related("session__course", "space")
    return rows.filter(pk=pk).first()


def _come(request: Any, date: SessionDate) -> HttpResponse:
    if "own" in request.POST:
        return _come_by_link(request, date)
    form = CheckInForm(request.POST)
    if not form.is_valid():
        return _door(request, date, form, status=422)
    typed = form.cleaned_data
    admitted = admit(request, "check_in_failed", typed=typed["number"])
    if admitted is None:
        return respond_429(request)
    found = _seat_of(date, typed["number"], typed["digits"])
    if found is None:
        form.add_error(
            None,
            _("Nobody with this number and these digits has a seat. Ask the staff in the room."),
        )
        return _door(request, date, form, status=422)
    admitted.rollback()
    return _checked_in(request, date, *found)


def _seat_of(date: SessionDate, number: str, digits: str) -> tuple[int, int] | None:
    """Organisation and key of the one seat; none where two universities have such a learner."""
    with as_system():
        rows = Seat.objects.filter(
            session=date.session_id,
            state=SeatState.BOOKED,
            learner__number=number.strip().upper(),
            learner__mobile__endswith=digits,
        )
        found = list(rows.values_list("tenant", "pk")[:2])
    return found[0] if len(found) == 1 else None


def _come_by_link(request: Any, date: SessionDate) -> HttpResponse:
    told = _own_link(request, date)
    if told is None:
        return _door(request, date, CheckInForm(), status=404)
    with personal_links.opened(told, timezone.now(), request_id=_request_id()) as seat:
        found = (seat.tenant_id, seat.pk) if seat and seat.session_id == date.session_id else None
    return _checked_in(request, date, *found) if found else _no_code(request)


def _checked_in(request: Any, date: SessionDate, tenant_id: int, pk: int) -> HttpResponse:
    with enter_tenant(tenant_id, request_id=_request_id()):
        seat = Seat.objects.select_related("learner", "membership__user").get(pk=pk)
        actor = Actor(None, tenant_id, request_id=_request_id())
        mark, problem, status = None, "", 200
        try:
            mark = check_in(actor=actor, now=timezone.now(), seat=seat, date=date)
        except DomainError as error:
            problem, status = str(error), error.status
        context = {"date": date, "mark": mark, "problem": problem, "name": name_of(seat)}
        return render(request, "training/checked_in.html", context, status=status)


def _door(request: Any, date: SessionDate, form: CheckInForm, *, status: int = 200) -> HttpResponse:
    context = {
        "date": date,
        "form": form,
        "has_link": _own_link(request, date) is not None,
        "is_open": check_in_codes.is_open(date, timezone.now()),
    }
    return render(request, "training/check_in.html", context, status=status)


def _own_link(request: Any, date: SessionDate) -> personal_links.Told | None:
    token = (request.session.get(LINKS) or {}).get(str(date.session_id))
    return personal_links.read(token) if token else None


def _no_code(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="check_in")
    return render(request, "training/check_in_over.html", {"refused": True}, status=404)


# -- one's own seat ------------------------------------------------------------------------------


def by_link(view: View) -> View:
    """The view gets the seat that the link names, inside its organisation."""

    @never_cache
    @wraps(view)
    def opened(request: Any, token: str) -> HttpResponse:
        admitted = admit(request, "seat_link_failed", typed=personal_links.claimed(token))
        if admitted is None:
            return respond_429(request)
        told = personal_links.read(token)
        if told is None:
            return _no_link(request)
        admitted.rollback()
        now = timezone.now()
        with personal_links.opened(told, now, request_id=_request_id()) as seat:
            if seat is None:
                return _no_link(request)
            response = view(request, seat, token)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@require_safe
@by_link
def training_seat(request: Any, seat: Seat, token: str) -> HttpResponse:
    """Dates, marks, the certificate, and how it was; this browser then checks in by one button."""
    links = request.session.get(LINKS) or {}
    kept = list(links.items())[-(KEPT_LINKS - 1) :]
    request.session[LINKS] = {**dict(kept), str(seat.session_id): token}
    return _seat_page(request, seat, token, FeedbackForm())


@require_POST
@by_link
def training_feedback(request: Any, seat: Seat, token: str) -> HttpResponse:
    form = FeedbackForm(request.POST)

    def give() -> None:
        actor = Actor(None, seat.tenant_id, request_id=_request_id())
        give_feedback(actor=actor, now=timezone.now(), seat=seat, **form.cleaned_data)

    if form.is_valid() and is_done(form, give):
        return redirect("training_seat", token=token)
    return _seat_page(request, seat, token, form, status=422)


def _seat_page(
    request: Any, seat: Seat, token: str, form: FeedbackForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    dates = list(seat.session.dates.standing().select_related("space"))
    marks = {mark.date_id: mark for mark in AttendanceMark.objects.counting().filter(seat=seat)}
    certificate = (
        Certificate.objects.of_source(seat).filter(state="issued").select_related("tenant").first()
    )
    is_over = all(date.ends_at <= now for date in dates)
    told = Feedback.objects.filter(seat=seat).exists()
    context = {
        "seat": seat,
        "session": seat.session,
        "name": name_of(seat),
        "dates": [(date, marks.get(date.pk)) for date in dates],
        "certificate_path": _path_of(certificate),
        "token": token,
        "form": form,
        "may_tell": is_over and not told and seat.state in THERE,
        "told": told,
        "state": seat.get_state_display(),
    }
    return render(request, "training/own_seat.html", context, status=status)


def _path_of(certificate: Certificate | None) -> str:
    """The certificate's own page for its holder; nothing while there is none."""
    if certificate is None or certificate.erased_at is not None:
        return ""
    token = certificate_token(certificate, certificate.tenant.slug)
    return reverse("own_certificate", kwargs={"token": token})


def _no_link(request: Any) -> HttpResponse:
    security_log.tell(Event.LINK_REFUSED, kind="seat")
    return render(request, "training/own_seat_over.html", {"refused": True}, status=404)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))
