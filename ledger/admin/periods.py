"""Months of the books in the staff site: what keeps one open, closing and reopening."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from foundation.home import address_of
from foundation.staff import ReadInline
from foundation.steps import Step, StepAdmin, StepForm
from ledger.checklist import OpenItem, open_items
from ledger.models import Period, PeriodState, PeriodStep
from ledger.operations import periods
from ledger.permissions import permissions


class ClosingForm(StepForm):
    def operate(self) -> Any:
        return periods.close_period(actor=self.actor, now=self.now, period=self.row)


class ReopeningForm(StepForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def operate(self) -> Any:
        return periods.reopen_period(
            actor=self.actor, now=self.now, period=self.row, **self.cleaned_data
        )


class StepInline(ReadInline):
    model = PeriodStep
    fields = ["kind", "at", "by", "reason"]
    readonly_fields = fields


@admin.register(Period)
class PeriodAdmin(StepAdmin):
    permissions = permissions
    reads = "read_books"
    list_display = ["__str__", "state", "closed_at", "vouchers"]
    list_filter = ["state"]
    ordering = ["-starts_on"]
    fields = ["starts_on", "ends_on", "state", "closed_at", "vouchers", "checklist"]
    readonly_fields = fields
    inlines = [StepInline]
    steps = [
        Step(
            "closing", _("Close the period"), ClosingForm, "close_periods", frozenset({PeriodState.OPEN}),
            primary=True,
            note=_("Nothing more can be posted to it, nor to any day before."),
        ),
        Step(
            "reopening", _("Open the period again"), ReopeningForm, "reopen_periods",
            frozenset({PeriodState.CLOSED}),
            note=_("Figures that were reported may change. The reason stays with the period."),
        ),
    ]  # fmt: skip

    class Media:
        css = {"all": ["staff-pages.css"]}

    @admin.display(description=_("to do before it closes"))
    def checklist(self, row: Period) -> Any:
        items = open_items(row) if row.state == PeriodState.OPEN else []
        if not items:
            return _("nothing")
        rows = format_html_join("", "<li>{}</li>", ((_item(item),) for item in items))
        return format_html('<ul class="staff-todo">{}</ul>', rows)


def _item(item: OpenItem) -> str:
    if item.to is None:
        return str(item)
    return format_html('<a href="{}">{}</a>', address_of(item.to), item)
