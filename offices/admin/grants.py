"""What the park grants and hangs up: allowances of organisations, codes at doors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import Step, StepAdmin, StepForm, day_input
from offices.links import path_of_door
from offices.models import Allowance, Door
from offices.operations.allowances import end_allowance, grant_allowance
from offices.operations.links import set_door
from offices.permissions import permissions


class AllowanceForm(OperationForm):
    class Meta:
        model = Allowance
        fields = ["tenant", "type", "minutes", "hour_price", "starts_on", "ends_on"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def operate(self) -> Allowance:
        return grant_allowance(actor=self.actor, now=self.now, **self.cleaned_data)


class EndForm(StepForm):
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())

    def operate(self) -> None:
        end_allowance(actor=self.actor, now=self.now, allowance=self.row, **self.cleaned_data)


@admin.register(Allowance)
class AllowanceAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_bookings"
    adds = "grant_allowances"
    add_form = AllowanceForm
    list_display = ["tenant", "type", "minutes", "hour_price", "starts_on", "ends_on"]
    list_select_related = ["tenant", "type"]
    search_fields = ["tenant__name", "tenant__name_en", "tenant__slug"]
    fields = ["tenant", "type", "minutes", "hour_price", "starts_on", "ends_on"]
    steps = [
        Step("end", _("End it"), EndForm, "grant_allowances", frozenset({"granted"}), primary=True),
    ]

    def state_of(self, row: Any) -> str:
        return "granted"


class DoorForm(OperationForm):
    class Meta:
        model = Door
        fields = ["space"]

    def operate(self) -> Door:
        return set_door(actor=self.actor, now=self.now, space=self.cleaned_data["space"])


class NewCodeForm(StepForm):
    def operate(self) -> None:
        set_door(actor=self.actor, now=self.now, space=self.row.space)


@admin.register(Door)
class DoorAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_bookings"
    adds = "manage_booking_rules"
    add_form = DoorForm
    list_display = ["space", "since", "page"]
    list_select_related = ["space"]
    search_fields = ["space__code"]
    fields = ["space", "since", "page"]
    readonly_fields = ["page"]
    steps = [
        Step(
            "code",
            pgettext_lazy("door", "New code"),
            NewCodeForm,
            "manage_booking_rules",
            frozenset({"set"}),
            note=_("The code that hangs at the door now opens nothing any more."),
        ),
    ]

    def state_of(self, row: Any) -> str:
        return "set"

    @admin.display(description=_("page at the door"))
    def page(self, row: Door) -> str:
        words = _("Open the page at the door")
        return format_html('<a class="staff-button" href="{}">{}</a>', path_of_door(row), words)
