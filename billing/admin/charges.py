"""Charges of all organisations: to read, to record as paid, to waive."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models import Charge, ChargeState
from billing.operations import charging, single
from billing.permissions import permissions
from foundation.money import format_money
from foundation.steps import Step, StepAdmin, StepForm, day_input

OPEN = frozenset({ChargeState.OPEN})


class PaymentForm(StepForm):
    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())
    note = forms.CharField(
        label=_("How"), max_length=500, help_text=_("The bank's reference, or a receipt's number.")
    )

    def prepare(self) -> None:
        self.initial["paid_on"] = timezone.localdate()

    def operate(self) -> Any:
        return single.record_payment(
            actor=self.actor, now=self.now, charge=self.row, **self.cleaned_data
        )


class WaiverForm(StepForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def operate(self) -> Any:
        return charging.waive(actor=self.actor, now=self.now, charge=self.row, **self.cleaned_data)


class Overdue(admin.SimpleListFilter):
    title = _("due")
    parameter_name = "overdue"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("overdue"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.open().filter(due_on__lt=timezone.localdate())
        return queryset


@admin.register(Charge)
class ChargeAdmin(StepAdmin):
    permissions = permissions
    reads = "read_charges"
    list_display = ["what", "tenant", "kind", "period", "sum", "due_on", "state"]
    list_filter = ["state", "kind", Overdue]
    list_select_related = ["tenant"]
    search_fields = ["what", "tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["-due_on", "-pk"]
    fields = [
        *("tenant", "kind", "what", "period", "sum", "due_on", "state"),
        *("created_at", "closed_on", "closed_by", "note"),
    ]
    steps = [
        Step("payment", _("Record as paid"), PaymentForm, "record_payment", OPEN, primary=True),
        Step(
            "waiver",
            _("Waive"),
            WaiverForm,
            "waive_charges",
            OPEN,
            note=_("It need not be paid. The reason stays with it."),
        ),
    ]

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Charge) -> str:
        return format_money(row.amount, row.currency)
