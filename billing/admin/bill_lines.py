"""What stands on the page of a bill beside its own facts: lines, taxes, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.shared import link_to
from billing.models import (
    Allocation,
    CreditNote,
    CreditNoteLine,
    Fapiao,
    InvoiceLine,
    InvoiceTax,
    Reminder,
)
from foundation.money import NOTHING, format_money
from foundation.staff import ReadInline


class LineInline(ReadInline):
    model = InvoiceLine
    verbose_name_plural = pgettext_lazy("bill", "lines")
    fields = [
        *("position", "kind", "what", "period", "figures", "tax_rate", "sum", "credited_sum"),
        "page_of_charge",
    ]
    readonly_fields = fields
    ordering = ["position"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice", "charge")

    @admin.display(description=_("quantity"))
    def figures(self, row: InvoiceLine) -> str:
        quantity, price = row.quantity.normalize(), row.unit_price.normalize()
        return f"{quantity:,f} {row.unit} × {price:,f}".replace("  ", " ")

    @admin.display(description=_("amount"))
    def sum(self, row: InvoiceLine) -> str:
        return format_money(row.amount, row.invoice.currency)

    @admin.display(description=_("credited"))
    def credited_sum(self, row: InvoiceLine) -> str:
        return format_money(row.credited, row.invoice.currency) if row.credited else NOTHING

    @admin.display(description=_("charge"))
    def page_of_charge(self, row: InvoiceLine) -> str:
        return self.page(row.charge)


class TaxInline(ReadInline):
    model = InvoiceTax
    verbose_name_plural = _("taxes")
    fields = ["rate", "net_sum", "tax_sum", "gross_sum", "credited_sum"]
    readonly_fields = fields
    ordering = ["rate"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice")

    @admin.display(description=_("without tax"))
    def net_sum(self, row: InvoiceTax) -> str:
        return format_money(row.net, row.invoice.currency)

    @admin.display(description=_("tax"))
    def tax_sum(self, row: InvoiceTax) -> str:
        return format_money(row.tax, row.invoice.currency)

    @admin.display(description=_("sum with tax"))
    def gross_sum(self, row: InvoiceTax) -> str:
        return format_money(row.gross, row.invoice.currency)

    @admin.display(description=_("tax credited"))
    def credited_sum(self, row: InvoiceTax) -> str:
        return format_money(row.credited_tax, row.invoice.currency) if row.credited_tax else NOTHING


class PaymentInline(ReadInline):
    model = Allocation
    verbose_name_plural = _("payments")
    fields = ["of_payment", "sum", "on"]
    readonly_fields = fields
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("payment")

    @admin.display(description=_("payment"))
    def of_payment(self, row: Allocation) -> str:
        return link_to(row.payment)

    @admin.display(description=_("amount"))
    def sum(self, row: Allocation) -> str:
        return format_money(row.amount, row.payment.currency)


class CreditInline(ReadInline):
    model = CreditNote
    fields = ["note", "sum", "reason", "issued_on"]
    readonly_fields = fields
    ordering = ["pk"]

    @admin.display(description=_("number"))
    def note(self, row: CreditNote) -> str:
        return link_to(row)

    @admin.display(description=_("total"))
    def sum(self, row: CreditNote) -> str:
        return format_money(row.total, row.currency)


class CreditedInline(ReadInline):
    model = CreditNoteLine
    verbose_name_plural = pgettext_lazy("bill", "lines")
    fields = ["line", "sum"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("line", "note")

    @admin.display(description=_("amount"))
    def sum(self, row: CreditNoteLine) -> str:
        return format_money(row.amount, row.note.currency)


class ReminderInline(ReadInline):
    model = Reminder
    fields = ["step", "sent_at"]
    readonly_fields = fields
    ordering = ["step"]


class FapiaoInline(ReadInline):
    model = Fapiao
    fields = ["named", "kind", "state", "issued_on"]
    readonly_fields = fields
    ordering = ["pk"]

    @admin.display(description=_("fapiao"))
    def named(self, row: Fapiao) -> str:
        return link_to(row)
