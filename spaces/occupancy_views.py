"""The staff's page of occupancy, and the rows behind each of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from foundation.refs import pk_of, ref_of
from spaces.models import Floor, Occupancy, Space
from spaces.occupancy_figures import HORIZONS, Letting, Share, Vacancy, area_of, month_ends
from spaces.permissions import permissions
from spaces.plan_floor import last_day_or_minute
from spaces.plan_forms import DayForm, day_field

SEES = "see_spaces"
WHAT = {
    "leasable": _("Units that count as leasable area"),
    "occupied": _("Units on lease"),
    "free": _("Units not on lease"),
    "ending": _("Leases that end"),
}


@dataclass(frozen=True, slots=True)
class FloorLine:
    """A floor's figures, or (None) the park's."""

    share: Share
    vacancies: list[Vacancy]

    @property
    def ref(self) -> str:
        return ref_of(self.share.floor.pk, "floor") if self.share.floor else ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A unit that is counted, with the lease that makes it so and what follows that."""

    unit: Space
    lease: Occupancy | None = None
    follows: Occupancy | None = None

    @property
    def until(self) -> str:
        end = self.lease.last_moment if self.lease else None
        return last_day_or_minute(end) if end else ""


class RowsForm(forms.Form):
    """Which figure, of which day and floor; from a link of the page of occupancy."""

    what = forms.ChoiceField(choices=list(WHAT.items()))
    day = day_field(required=False)
    floor = forms.CharField(required=False, max_length=40)
    within = forms.TypedChoiceField(
        choices=[(each, each) for each in HORIZONS], coerce=int, required=False
    )

    def clean_floor(self) -> Floor | None:
        said = self.cleaned_data["floor"]
        if not said:
            return None
        try:
            return Floor.objects.select_related("building").get(pk=pk_of(said, "floor"))
        except (ValueError, Floor.DoesNotExist) as error:
            raise forms.ValidationError(_("There is no such floor.")) from error


@require_safe
def occupancy(request: Any) -> HttpResponse:
    """By contracted area: on a day by floor, over twelve months, and what ends soon."""
    permissions.require(request.actor, SEES)
    form = DayForm(request.GET)
    day = form.chosen or timezone.localdate()
    months = month_ends(day)
    letting = Letting(min(months))
    floors: list[Floor | None] = [*Floor.objects.select_related("building"), None]
    ahead = [letting.vacancy(day, days) for days in HORIZONS]
    values = {
        "title": _("Occupancy"),
        "form": form,
        "day": day,
        "horizons": HORIZONS,
        "floors": [FloorLine(letting.share(day, f), [v.of(f) for v in ahead]) for f in floors],
        "months": [(each, letting.share(each)) for each in months],
        "endings": ahead[-1].endings,
    }
    return render(request, "spaces/plan_occupancy.html", admin.site.each_context(request) | values)


@require_safe
def rows(request: Any) -> HttpResponse:
    """Exactly the units and leases that one figure of the page of occupancy adds up."""
    permissions.require(request.actor, SEES)
    form = RowsForm(request.GET)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {"what": "leasable"}
    what: str = asked["what"]
    day: date = asked.get("day") or timezone.localdate()
    floor: Floor | None = asked.get("floor")
    within: int = asked.get("within") or max(HORIZONS)
    found = _counted(what, day, within)
    found = [row for row in found if floor is None or row.unit.floor_id == floor.pk]
    values = {
        "title": WHAT[what],
        "form": form,
        "rows": found,
        "area": area_of(row.unit for row in found),
        "day": day,
        "until": day + timedelta(days=within) if what == "ending" else None,
        "floor": floor,
    }
    return render(request, "spaces/plan_rows.html", admin.site.each_context(request) | values)


def _counted(what: str, day: date, within: int) -> list[Counted]:
    letting = Letting(day)
    if what == "ending":
        ends = letting.vacancy(day, within).endings
        return [Counted(each.lease.space, each.lease, each.follows) for each in ends]
    let = {row.space_id: row for row in letting.let(day)}
    every = [Counted(unit, let.get(unit.pk)) for unit in letting.leasable(day)]
    return [
        row
        for row in every
        if what == "leasable" or (row.lease is not None) == (what == "occupied")
    ]
