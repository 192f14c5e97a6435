"""Bills and credit notes of all organisations in the staff site."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action

from billing.admin import ageing
from billing.admin.bill_lines import (
    CreditedInline,
    CreditInline,
    FapiaoInline,
    LineInline,
    PaymentInline,
    ReminderInline,
    TaxInline,
)
from billing.admin.bill_steps import STEPS, state_of
from billing.admin.downloads import PDF, XLSX, answer, file_name
from billing.admin.shared import SEARCHED, DueUntil, OfOrganisation, ToldOnly, has_rows, link_to
from billing.ageing import LABELS, LIMITS
from billing.models import CreditNote, Invoice, InvoiceState
from billing.papers import bills_xlsx, credit_note_pdf, invoice_pdf
from billing.permissions import permissions
from foundation.money import NOTHING, format_money
from foundation.staff import StaffAdmin
from foundation.steps import StepAdmin


class Settled(admin.SimpleListFilter):
    title = pgettext_lazy("bill", "payment")
    parameter_name = "payment"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", pgettext_lazy("bill", "Open")),
            ("overdue", _("overdue")),
            ("settled", _("settled")),
        ]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.open()
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        if self.value() == "settled":
            return queryset.issued().exclude(pk__in=queryset.open())
        return queryset


class Age(admin.SimpleListFilter):
    """The columns of the page of what is overdue."""

    title = _("overdue for")
    parameter_name = "age"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(place), label) for place, label in enumerate(LABELS)]

    def queryset(self, request: Any, queryset: Any) -> Any:
        said = str(self.value())
        known = {str(place): place for place in range(len(LABELS))}
        today = timezone.localdate()
        return of_age(queryset, known[said], today) if said in known else queryset


def of_age(queryset: Any, age: int, on: date) -> Any:
    """What is open and so long overdue; ``age`` is a place in ``LABELS``."""
    found = queryset.open()
    if age > 0:
        found = found.filter(due_on__lt=on - timedelta(days=LIMITS[age - 1]))
    if age < len(LIMITS):
        found = found.filter(due_on__gte=on - timedelta(days=LIMITS[age]))
    return found


@admin.register(Invoice)
class InvoiceAdmin(ToldOnly, StepAdmin):
    permissions = permissions
    reads = "read_bills"
    steps = STEPS
    list_display = ["named", "tenant", "sum", "open_sum", "due_on", "state", "settled"]
    list_filter = ["state", Settled, Age, "currency", OfOrganisation, DueUntil]
    list_select_related = ["tenant"]
    search_fields = ["number", "reference", *SEARCHED]
    ordering = ["-pk"]
    actions = ["as_xlsx"]
    actions_list = ["overdue_by_age"]
    inlines = [
        *(LineInline, TaxInline, PaymentInline, CreditInline, ReminderInline, FapiaoInline),
    ]
    fields = [
        *("named", "paper", "tenant", "state", "settled", "sum", "paid_sum", "credited_sum"),
        *("written_off_sum", "open_sum", "due_on", "issued_on", "reference", "pay_to", "run"),
        *("note", "created_at", "issued_by"),
    ]
    told_with = {
        "settled": "issued_on", "paid_sum": "paid", "credited_sum": "credited",
        "written_off_sum": "written_off", "open_sum": "issued_on", "issued_on": "issued_on",
        "reference": "reference", "pay_to": "parties", "run": "run_id", "note": "note",
        "issued_by": "issued_by_id", "paper": "issued_on",
    }  # fmt: skip

    def state_of(self, row: Invoice) -> str:
        return state_of(row)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Those with rows."""
        return [each for each in self.inlines if obj and has_rows(each, obj)]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("ageing/", wrap(ageing.page), name="billing_ageing"),
            path("ageing.xlsx", wrap(ageing.workbook), name="billing_ageing_xlsx"),
            path("<path:object_id>/bill.pdf", wrap(self.paper_view), name="billing_invoice_paper"),
            *super().get_urls(),
        ]

    def paper_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bill as its organisation gets it."""
        row = self.get_object(request, object_id)
        if row is None or row.state != InvoiceState.ISSUED:
            raise Http404
        return answer(invoice_pdf(row), file_name(row.number, "pdf"), PDF)

    @admin.display(description=pgettext_lazy("bill", "number"), ordering="number")
    def named(self, row: Invoice) -> str:
        return str(row)

    @admin.display(description=_("total"), ordering="total")
    def sum(self, row: Invoice) -> str:
        return format_money(row.total, row.currency)

    @admin.display(description=_("paid"))
    def paid_sum(self, row: Invoice) -> str:
        return format_money(row.paid, row.currency)

    @admin.display(description=_("credited"))
    def credited_sum(self, row: Invoice) -> str:
        return format_money(row.credited, row.currency)

    @admin.display(description=_("written off"))
    def written_off_sum(self, row: Invoice) -> str:
        return format_money(row.written_off, row.currency)

    @admin.display(description=pgettext_lazy("bill", "open"))
    def open_sum(self, row: Invoice) -> str:
        is_issued = row.state == InvoiceState.ISSUED
        return format_money(row.open_amount, row.currency) if is_issued else NOTHING

    @admin.display(description=pgettext_lazy("bill", "payment"))
    def settled(self, row: Invoice) -> str:
        if row.state != InvoiceState.ISSUED:
            return NOTHING
        if row.is_overdue(timezone.localdate()):
            said = row.payment_state.label, _("overdue")
            return format_html('{} · <strong class="staff-error">{}</strong>', *said)
        return str(row.payment_state.label)

    @admin.display(description=_("to be paid to"))
    def pay_to(self, row: Invoice) -> str:
        said = row.parties.get("pay_to") or {}
        parts = (said.get(name) for name in ("holder", "number", "bank"))
        return " · ".join(filter(None, parts)) or NOTHING

    @admin.display(description=_("PDF"))
    def paper(self, row: Invoice) -> str:
        if row.state != InvoiceState.ISSUED:
            return NOTHING
        where = reverse("admin:billing_invoice_paper", args=[row.pk])
        return format_html('<a class="staff-button" href="{}">{}</a>', where, _("Download"))

    def has_read_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.reads)

    @action(
        description=_("Overdue by age"), url_path="to-ageing", permissions=["read"],
        icon="hourglass_bottom",
    )  # fmt: skip
    def overdue_by_age(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:billing_ageing")

    @admin.action(description=_("Download as a workbook (XLSX)"), permissions=["read"])
    def as_xlsx(self, request: Any, queryset: Any) -> HttpResponse:
        own = queryset.visible_to(request.actor)
        return answer(bills_xlsx(own), file_name("bills", "xlsx"), XLSX)


@admin.register(CreditNote)
class CreditNoteAdmin(StaffAdmin):
    permissions = permissions
    reads = "read_bills"
    list_display = ["number", "tenant", "bill", "sum", "reason", "issued_on"]
    list_filter = ["currency"]
    list_select_related = ["tenant", "invoice"]
    search_fields = ["number", "invoice__number", "reason", *SEARCHED]
    date_hierarchy = "issued_on"
    ordering = ["-pk"]
    inlines = [CreditedInline]
    fields = [
        *("number", "tenant", "bill", "sum", "tax_sum", "reason", "issued_on", "issued_by"),
        "paper",
    ]

    class Media:
        css = {"all": ["staff-pages.css"]}

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.paper_view)
        where = "<path:object_id>/credit-note.pdf"
        return [path(where, page, name="billing_creditnote_paper"), *super().get_urls()]

    def paper_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The credit note as its organisation gets it."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return answer(credit_note_pdf(row), file_name(row.number, "pdf"), PDF)

    @admin.display(description=_("bill"))
    def bill(self, row: CreditNote) -> str:
        return link_to(row.invoice)

    @admin.display(description=_("total"), ordering="total")
    def sum(self, row: CreditNote) -> str:
        return format_money(row.total, row.currency)

    @admin.display(description=_("tax"))
    def tax_sum(self, row: CreditNote) -> str:
        return format_money(row.tax, row.currency)

    @admin.display(description=_("PDF"))
    def paper(self, row: CreditNote) -> str:
        where = reverse("admin:billing_creditnote_paper", args=[row.pk])
        return format_html('<a class="staff-button" href="{}">{}</a>', where, _("Download"))
