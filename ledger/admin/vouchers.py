"""Vouchers with their entries, and holds: to read. They are written by the apps above."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.money import NOTHING, format_money
from foundation.staff import ReadInline, StaffAdmin
from ledger.models import Entry, Hold, Voucher
from ledger.permissions import permissions


class EntryInline(ReadInline):
    model = Entry
    fields = ["account", "debit", "credit", "after"]
    readonly_fields = fields
    ordering = ["leg"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("account")

    @admin.display(description=_("debit"))
    def debit(self, row: Entry) -> str:
        return format_money(row.amount, row.currency) if row.side == "D" else ""

    @admin.display(description=_("credit"))
    def credit(self, row: Entry) -> str:
        return format_money(row.amount, row.currency) if row.side == "C" else ""

    @admin.display(description=_("balance after it"))
    def after(self, row: Entry) -> str:
        return format_money(row.balance, row.currency)


def _link(row: Voucher | None) -> str:
    if row is None:
        return NOTHING
    where = reverse("admin:ledger_voucher_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', where, row)


@admin.register(Voucher)
class VoucherAdmin(StaffAdmin):
    permissions = permissions
    reads = "read_books"
    list_display = ["pk", "effective_on", "tenant", "memo", "sum", "kind"]
    list_display_links = ["pk", "effective_on"]
    list_select_related = ["tenant"]
    date_hierarchy = "effective_on"
    search_fields = ["memo", "event", "tenant__slug", "tenant__name", "tenant__name_en"]
    ordering = ["-pk"]
    fields = [
        *("tenant", "effective_on", "recorded_at", "memo", "source_type", "event"),
        *("original", "reversal", "posted_by"),
    ]
    readonly_fields = fields
    inlines = [EntryInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("entries")

    @admin.display(description=_("amount"))
    def sum(self, row: Voucher) -> str:
        sums: dict[str, Any] = {}
        for entry in row.entries.all():
            if entry.side == "D":
                sums[entry.currency] = sums.get(entry.currency, 0) + entry.amount
        return " · ".join(format_money(sums[code], code) for code in sorted(sums))

    @admin.display(description=_("kind"))
    def kind(self, row: Voucher) -> Any:
        posted = pgettext_lazy("voucher", "Posting")
        return pgettext_lazy("voucher", "Reversal") if row.reverses_id else posted

    @admin.display(description=_("reverses"))
    def original(self, row: Voucher) -> str:
        return _link(row.reverses)

    @admin.display(description=_("reversed by"))
    def reversal(self, row: Voucher) -> str:
        return _link(row.reversed_by.first())


class Standing(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("held now")), ("overdue", _("over, not lapsed yet"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        now = timezone.now()
        if self.value() == "open":
            return queryset.open().filter(expires_at__gt=now)
        return queryset.overdue(now) if self.value() == "overdue" else queryset


@admin.register(Hold)
class HoldAdmin(StaffAdmin):
    permissions = permissions
    reads = "read_books"
    list_display = ["account", "tenant", "sum", "memo", "state", "expires_at"]
    list_filter = [Standing, "state"]
    list_select_related = ["tenant", "account"]
    search_fields = ["memo", "event", "tenant__slug", "tenant__name", "tenant__name_en"]
    ordering = ["-pk"]
    fields = [
        *("tenant", "account", "into", "sum", "taken", "memo", "source_type", "event", "state"),
        *("created_at", "expires_at", "ended_at", "posted"),
    ]
    readonly_fields = fields

    @admin.display(description=_("amount"))
    def sum(self, row: Hold) -> str:
        return format_money(row.amount, row.currency)

    @admin.display(description=_("captured"))
    def taken(self, row: Hold) -> str:
        return format_money(row.captured, row.currency)

    @admin.display(description=pgettext_lazy("ledger", "voucher"))
    def posted(self, row: Hold) -> str:
        return _link(row.voucher)
