"""The calendar of what can be booked: by week, by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from offices.calendar import Calendar, calendar, week_of
from offices.forms import CalendarForm
from offices.permissions import permissions
from offices.queries import bookable


@require_GET
def week(request: Any) -> HttpResponse:
    return _page(request, "offices/week.html", whole_week=True)


@require_GET
def day(request: Any) -> HttpResponse:
    return _page(request, "offices/day.html", whole_week=False)


def _page(request: Any, template: str, *, whole_week: bool) -> HttpResponse:
    permissions.require(request.actor, "book_spaces")
    today = timezone.localdate()
    let = list(bookable(request.actor, request.tenant))
    form = CalendarForm(request.GET or None, spaces=let, today=today)
    chosen = form.day_or(today)
    days = week_of(chosen) if whole_week else [chosen]
    shown = calendar(actor=request.actor, spaces=form.chosen(let), days=days, now=timezone.now())
    return render(request, template, _context(shown, form, chosen, today))


def _context(shown: Calendar, form: CalendarForm, chosen: date, today: date) -> dict[str, Any]:
    step = timedelta(days=len(shown.days))
    return {
        "shown": shown,
        "form": form,
        "day": chosen,
        "today": today,
        "before": chosen - step,
        "after": chosen + step,
        "type": form.type_or_none(),
    }
