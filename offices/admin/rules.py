"""The rules of booking, a row for each type of space."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from foundation.staff import OperationAdmin, OperationForm
from offices.models import BookingRule
from offices.models.rules import WEEKDAYS
from offices.operations.rules import set_rule
from offices.permissions import permissions
from tenants.kinds import Role, TenantKind

BOXES = forms.CheckboxSelectMultiple


class LadderField(forms.CharField):
    """``48:0, 12:50, 0:100`` is free until 48 hours before, half until 12, all from then on."""

    def to_python(self, value: Any) -> Any:
        rungs = [part.split(":") for part in str(value or "").split(",") if part.strip()]
        try:
            found = [[int(hours), int(per_cent)] for hours, per_cent in rungs]
        except ValueError:
            raise forms.ValidationError(_("Write it as in the example.")) from None
        if any(not 0 <= number <= 9999 for rung in found for number in rung):
            raise forms.ValidationError(_("Write it as in the example."))
        return found

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(f"{h}:{p}" for h, p in value or [])


class RuleForm(OperationForm):
    kinds = forms.MultipleChoiceField(
        label=_("Organisations that may book"), choices=TenantKind.choices, widget=BOXES
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles that may book"), choices=Role.choices, widget=BOXES
    )
    opens_on = forms.TypedMultipleChoiceField(
        label=_("Open on"), choices=WEEKDAYS, coerce=int, widget=BOXES
    )
    ladder = LadderField(
        label=_("Cancellation"),
        max_length=200,
        initial="48:0, 12:50, 0:100",
        help_text=_("Hours before the start and per cent of the price: 48:0, 12:50, 0:100."),
    )

    class Meta:
        model = BookingRule
        fields = [
            *("type", "kinds", "roles", "opens_on", "opens_at", "closes_at", "slot_minutes"),
            *("days_ahead", "least_minutes", "most_minutes", "minutes_before", "minutes_after"),
            *("most_ahead", "needs_approval", "early_minutes", "late_minutes", "hour_price"),
            "ladder",
        ]

    def operate(self) -> BookingRule:
        own = self.instance if self.instance.pk else None
        return set_rule(actor=self.actor, now=self.now, rule=own, **self.cleaned_data)


@admin.register(BookingRule)
class BookingRuleAdmin(OperationAdmin):
    permissions = permissions
    reads = "see_bookings"
    adds = changes = "manage_booking_rules"
    add_form = change_form = RuleForm
    list_display = ["type", "opens_at", "closes_at", "slot_minutes", "hour_price", "needs_approval"]
    list_select_related = ["type"]
