"""What became of lines, in the staff site: to read, to search, to undo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from foundation.money import NOTHING
from foundation.steps import Step, StepAdmin, StepForm
from reconciliation.models import Match
from reconciliation.operations.undoing import undo
from reconciliation.permissions import permissions
from reconciliation.presentation import exact


class UndoingForm(StepForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def operate(self) -> Any:
        undo(actor=self.actor, now=self.now, match=self.row, **self.cleaned_data)
        self.leads_to = reverse("admin:reconciliation_line", args=[self.row.tally.line_id])


class Standing(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("stands")), ("no", _("undone"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.standing()
        return queryset.filter(undone_at__isnull=False) if self.value() == "no" else queryset


@admin.register(Match)
class MatchAdmin(StepAdmin):
    permissions = permissions
    reads = "see_lines"
    list_display = ["day", "sum", "kind", "whose", "reason", "made_at", "undone_at"]
    list_filter = [Standing, "kind", "reason"]
    list_select_related = ["tally__line__account", "payment__tenant", "refund__tenant"]
    search_fields = [
        *("payment__tenant__slug", "payment__tenant__name", "payment__tenant__name_en"),
        *("tally__line__bank_reference", "note"),
    ]
    ordering = ["-pk"]
    fields = [
        *("line_page", "day", "sum", "kind", "whose", "row_said", "reason", "note"),
        *("made_at", "made_by", "undone_at", "undone_by", "undone_why"),
    ]
    readonly_fields = fields
    steps = [
        Step(
            "undoing", _("Undo"), UndoingForm, "reconcile", frozenset({"standing"}),
            note=_("A payment is taken back with it: its bills are open again, and so is the line."),
        ),
    ]  # fmt: skip

    @admin.display(description=_("booked on"), ordering="tally__line__booked_on")
    def day(self, row: Match) -> Any:
        return row.tally.line.booked_on

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Match) -> str:
        return exact(row.amount, row.tally.line.currency)

    @admin.display(description=_("organisation"))
    def whose(self, row: Match) -> str:
        return row.row.tenant.display_name if row.row else NOTHING

    @admin.display(description=_("payment or refund"))
    def row_said(self, row: Match) -> str:
        return f"{row.row} · {row.row.get_state_display()}" if row.row else NOTHING

    @admin.display(description=_("statement line"))
    def line_page(self, row: Match) -> str:
        where = reverse("admin:reconciliation_line", args=[row.tally.line_id])
        return format_html('<a class="staff-button" href="{}">{}</a>', where, row.tally.line)
