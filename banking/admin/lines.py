"""Statements and their lines in the staff site, to read and to search."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from banking.models import Statement, StatementLine
from banking.permissions import permissions
from foundation.money import format_money
from foundation.staff import StaffAdmin


class Side(admin.SimpleListFilter):
    title = _("side")
    parameter_name = "side"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in", _("money in")), ("out", _("money out"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "in":
            return queryset.filter(amount__gt=0)
        return queryset.filter(amount__lt=0) if self.value() == "out" else queryset


@admin.register(StatementLine)
class StatementLineAdmin(StaffAdmin):
    permissions = permissions
    reads = "see_statements"
    list_display = [
        "booked_on",
        "sum",
        "counterparty_name",
        "own_reference",
        "remittance",
        "account",
    ]
    list_filter = [Side, "account", "currency", "is_reversal"]
    list_select_related = ["account"]
    date_hierarchy = "booked_on"
    search_fields = [
        *("counterparty_name", "counterparty_account", "remittance"),
        *("bank_reference", "own_reference", "payee_reference"),
    ]
    ordering = ["-booked_on", "-pk"]
    fields = [
        *("account", "booked_on", "value_on", "clock", "sum", "is_reversal", "counterparty_name"),
        *("counterparty_account", "remittance", "own_reference", "payee_reference"),
        *("bank_reference", "transaction_code", "balance", "from_file", "place", "erased_at"),
    ]

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: StatementLine) -> str:
        return format_money(row.amount, row.currency)

    @admin.display(description=_("balance after it"))
    def balance(self, row: StatementLine) -> str:
        return format_money(row.balance_after, row.currency)

    @admin.display(description=_("file"))
    def from_file(self, row: StatementLine) -> Any:
        file = row.statement.file
        address = reverse("admin:banking_statementfile_change", args=[file.pk])
        return format_html('<a href="{}">{}</a>', address, file)


@admin.register(Statement)
class StatementAdmin(StaffAdmin):
    permissions = permissions
    reads = "see_statements"
    list_display = [
        "account",
        "number",
        "page",
        "first_on",
        "last_on",
        "opens",
        "closes",
        "lines_new",
    ]
    list_filter = ["account", "kind"]
    list_select_related = ["account"]
    date_hierarchy = "last_on"
    search_fields = ["number", "identity"]
    ordering = ["-last_on", "-pk"]
    fields = [
        *("account", "file", "kind", "identity", "number", "page", "first_on", "last_on"),
        *("opens", "opening_on", "closes", "closing_on", "lines_read", "lines_new"),
    ]

    @admin.display(description=_("opening balance"))
    def opens(self, row: Statement) -> str:
        return format_money(row.opening, row.currency)

    @admin.display(description=_("closing balance"))
    def closes(self, row: Statement) -> str:
        return format_money(row.closing, row.currency)
