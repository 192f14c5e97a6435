"""The park's holidays and make-up working days: a list, a form each, and a year at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from foundation.errors import DomainError
from foundation.refusals import show_refusal
from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import day_input
from spaces.models import ParkDay
from spaces.operations.days import load_year, set_day
from spaces.permissions import permissions


class DayForm(OperationForm):
    class Meta:
        model = ParkDay
        fields = ["day", "name_zh", "name_en", "is_open"]
        widgets = {"day": day_input()}

    def operate(self) -> ParkDay:
        own = self.instance if self.instance.pk else None
        return set_day(actor=self.actor, now=self.now, row=own, **self.cleaned_data)


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2001, max_value=2100)


@admin.register(ParkDay)
class ParkDayAdmin(OperationAdmin):
    permissions = permissions
    reads = "see_spaces"
    adds = changes = "manage_spaces"
    add_form = change_form = DayForm
    list_display = ["day", "name", "is_open"]
    list_filter = ["is_open"]
    ordering = ["-day"]
    actions_list = ("load_public_holidays",)

    @admin.display(description=_("name"))
    def name(self, row: ParkDay) -> str:
        return row.name

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.year_view)
        return [path("year/", page, name="park_days_year"), *super().get_urls()]

    def has_load_permission(self, request: Any) -> bool:
        return self.may(request, self.adds)

    @action(
        description=_("Load public holidays"),
        url_path="to-year",
        permissions=["load"],
        icon="event_upcoming",
    )
    def load_public_holidays(self, request: Any) -> HttpResponse:
        return redirect("admin:park_days_year")

    def year_view(self, request: Any) -> HttpResponse:
        """The public holidays of one year, put into the list."""
        permissions.require(request.actor, "manage_spaces")
        sent = request.POST if request.method == "POST" else None
        form = YearForm(sent, initial={"year": timezone.localdate().year})
        if form.is_bound and form.is_valid() and _loaded(request, form):
            return redirect("admin:spaces_parkday_changelist")
        values = {**self.admin_site.each_context(request), "title": _("Load public holidays")}
        return render(request, "spaces/year.html", {**values, "form": form})


def _loaded(request: Any, form: YearForm) -> bool:
    try:
        count = load_year(actor=request.actor, now=timezone.now(), **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        return False
    messages.success(
        request,
        ngettext("%(count)s day is new.", "%(count)s days are new.", count) % {"count": count},
    )
    return True
