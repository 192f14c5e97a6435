"""The park's billing terms and tax rates: rows with a day, to read and to add."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.models import BillingTerms, TaxRate
from billing.operations import terms
from billing.permissions import permissions
from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import day_input


class TermsForm(OperationForm):
    class Meta:
        model = BillingTerms
        fields = [
            *("valid_from", "due_days", "remind_ahead", "remind_after", "remind_last"),
            *("late_percent", "late_cap", "tolerance"),
        ]
        widgets = {"valid_from": day_input()}

    def operate(self) -> BillingTerms:
        return terms.add_terms(actor=self.actor, now=self.now, **self.cleaned_data)


class RateForm(OperationForm):
    source = forms.CharField(
        label=_("Rule"), max_length=200, help_text=_("The law or notice that sets this rate.")
    )

    class Meta:
        model = TaxRate
        fields = ["kind", "valid_from", "percent", "source"]
        widgets = {"valid_from": day_input()}

    def operate(self) -> TaxRate:
        return terms.add_tax_rate(actor=self.actor, now=self.now, **self.cleaned_data)


@admin.register(BillingTerms)
class BillingTermsAdmin(OperationAdmin):
    permissions = permissions
    reads = "read_bills"
    adds = "change_terms"
    add_form = TermsForm
    list_display = [
        *("valid_from", "due_days", "remind_ahead", "remind_after", "remind_last"),
        *("late_percent", "late_cap", "tolerance"),
    ]
    ordering = ["-valid_from"]


@admin.register(TaxRate)
class TaxRateAdmin(OperationAdmin):
    permissions = permissions
    reads = "read_bills"
    adds = "change_terms"
    add_form = RateForm
    list_display = ["kind", "valid_from", "percent", "source"]
    list_filter = ["kind"]
    ordering = ["kind", "-valid_from"]
