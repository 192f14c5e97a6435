"""The page of one space on one day, where it is booked: once, again and again, or waited for."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.errors import DomainError
from foundation.refusals import is_done, show_refusal
from offices.forms import BookingForm, DayForm
from offices.operations.bookings import book
from offices.operations.rows import Span
from offices.operations.series import Occurrence, book_series, preview
from offices.operations.waiting import wait
from offices.prices import allowance_on, minutes_left
from offices.queries import bookable, extras_for
from spaces.models import Space
from spaces.queries import busy, day_span
from spaces.working_days import exceptions, is_worked

TAKEN = "space_taken"


class Asking:
    """What somebody asks for of a space, as the request says it."""

    def __init__(self, request: Any, pk: int) -> None:
        self.request = request
        room = get_object_or_404(bookable(request.actor, request.tenant), pk=pk)
        self.room: Space = room
        self.rule = room.type.booking_rule
        self.now = timezone.now()
        today = timezone.localdate(self.now)
        self.days = DayForm({"day": request.GET.get("day") or today})
        self.day = self.days.chosen(today)
        self.is_taken = False

    @cached_property
    def form(self) -> BookingForm:
        sent = self.request.POST if self.request.method == "POST" else None
        extras = extras_for(self.room, self.request.actor, self.request.tenant)
        chosen = {name: self.request.GET.get(name, "") for name in ("start", "minutes")}
        return BookingForm(sent, rule=self.rule, day=self.day, extras=extras, initial=chosen)

    @property
    def known(self) -> dict[str, Any]:
        return {"actor": self.request.actor, "now": self.now, "space": self.room}

    def once(self) -> HttpResponse | None:
        """The booking's page; None with a refusal at the form."""
        try:
            made = book(**self.known, **self.form.said())
        except DomainError as error:
            if error.status == 403:
                raise
            self.is_taken = error.code == TAKEN
            show_refusal(self.form, error)
            return None
        done = _("It is booked.") if made.answer_by is None else _("Asked for.")
        messages.success(self.request, done)
        return redirect("offices:booking", tenant=self.request.tenant.slug, pk=made.pk)

    def waits(self) -> bool:
        said = self.form.said()
        said.pop("extras")
        if not is_done(self.form, lambda: wait(**self.known, **said)):
            return False
        messages.success(
            self.request, _("You are on the waiting list and are told when it is free.")
        )
        return True

    def series(self) -> HttpResponse | None:
        """First each of the times with what is in its way, then all that were chosen."""
        try:
            wanted = self.form.spans()
            if "chosen" in self.request.POST:
                return self._booked(self._chosen(wanted))
            found = preview(wanted=wanted, extras=self.form.chosen_extras(), **self.known)
        except DomainError as error:
            if error.status == 403:
                raise
            show_refusal(self.form, error)
            return None
        return self._previewed(found)

    def _booked(self, wanted: list[Span]) -> HttpResponse:
        purpose, extras = self.form.cleaned_data["purpose"], self.form.chosen_extras()
        made = book_series(wanted=wanted, purpose=purpose, extras=extras, **self.known)
        done = ngettext("%(count)s booking is made.", "%(count)s bookings are made.", len(made))
        messages.success(self.request, done % {"count": len(made)})
        return redirect("offices:bookings", tenant=self.request.tenant.slug)

    def _chosen(self, wanted: list[Span]) -> list[Span]:
        """Of the times of the series those that were ticked; nothing else is ever booked."""
        ticked = {moment for each in self.request.POST.getlist("chosen") if (moment := _read(each))}
        return [span for span in wanted if span[0] in ticked]

    def _previewed(self, found: list[Occurrence]) -> HttpResponse:
        sent = [
            (name, value) for name in self.form.fields for value in self.request.POST.getlist(name)
        ]
        free = sum(not each.problem for each in found)
        context = {"room": self.room, "found": found, "sent": sent, "free": free, "day": self.day}
        return render(self.request, "offices/series.html", context)

    def context(self) -> dict[str, Any]:
        start, end = day_span(self.day)
        known = exceptions(self.day, self.day) if self.rule.keeps_holidays else {}
        own = allowance_on(self.request.tenant.pk, self.rule.type_id, self.day)
        return {
            "room": self.room,
            "rule": self.rule,
            "days": self.days,
            "day": self.day,
            "form": self.form,
            "taken": busy(spaces=[self.room], start=start, end=end, now=self.now),
            "exception": known.get(self.day),
            "is_open": is_worked(self.day, known, self.rule.opens_on),
            "allowance": own,
            "left": minutes_left(own, start) if own else 0,
            "is_taken": self.is_taken,
        }


def _read(said: str) -> datetime | None:
    try:
        return parse_datetime(said)
    except ValueError:
        return None
