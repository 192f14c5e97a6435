"""Payments of all organisations: recorded, applied to bills, taken off again, paid back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanSwitchWidget

from billing.admin.downloads import XLSX, answer, file_name
from billing.admin.shared import (
    SEARCHED,
    AccountField,
    BillAmounts,
    CurrencyField,
    OfOrganisation,
    ReasonForm,
    ToldOnly,
    amount_field,
    has_rows,
    link_to,
    open_bills,
    plain,
)
from billing.models import Allocation, Invoice, Payment, PaymentMethod, PaymentOutcome, Refund
from billing.operations import paying, refunding
from billing.papers import payments_xlsx
from billing.permissions import permissions
from foundation.money import format_money
from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.steps import Step, StepAdmin, StepForm

RECEIVED = frozenset({PaymentOutcome.SUCCEEDED})


class ReceiptForm(OperationForm):
    """What came in; it goes to the oldest open bills, or waits as credit for somebody to say."""

    currency = CurrencyField()
    account = AccountField(is_unfold=True)
    oldest_first = forms.BooleanField(
        label=_("Apply it to open bills, the oldest first"),
        help_text=_("What is left, or all of it without this, is credit: apply it on its page."),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
    )

    class Meta:
        model = Payment
        fields = ["tenant", "amount", "currency", "received_on", "account", "reference", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].offer()  # type: ignore[attr-defined]
        self.fields["received_on"].required = True
        self.fields["reference"].required = True
        self.fields["reference"].help_text = _("The bank's reference, or a receipt's number.")
        self.initial.setdefault("received_on", timezone.localdate())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        account = said.get("account")
        if account and account.currency != said.get("currency"):
            self.add_error("account", _("This account is in another currency."))
        return said

    def operate(self) -> Payment:
        said = dict(self.cleaned_data)
        is_spread = said.pop("oldest_first")
        return paying.receive(
            actor=self.actor,
            now=self.now,
            method=PaymentMethod.BANK if said["account"] else PaymentMethod.CASH,
            shares=self._oldest_first() if is_spread else {},
            **said,
        )

    def _oldest_first(self) -> dict[int, Any]:
        said, shares = self.cleaned_data, {}
        left = said["amount"]
        for bill in open_bills(said["tenant"].pk, said["currency"]):
            if not left:
                break
            shares[bill.pk] = min(left, bill.open_amount)
            left -= shares[bill.pk]
        return shares


class ApplicationForm(BillAmounts, StepForm):
    """Which bills it is for: the oldest first, where nobody says otherwise."""

    done = _("It is applied.")

    def prepare(self) -> None:
        self.ask(open_bills(self.row.tenant_id, self.row.currency), self.row.credit)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors and not self.shares():
            self.add_error(None, _("Say how much goes to which bill."))
        return found

    def operate(self) -> Payment:
        return paying.apply(actor=self.actor, now=self.now, payment=self.row, shares=self.shares())


class RemovalForm(StepForm):
    invoice = forms.ModelChoiceField(Invoice.objects.none(), label=_("Bill"))
    amount = amount_field(
        label=_("Amount"), required=False, help_text=_("Blank: all that is on it.")
    )
    done = _("It is credit of the organisation again.")

    def prepare(self) -> None:
        on = Allocation.objects.filter(tenant_id=self.row.tenant_id, payment=self.row)
        field: Any = self.fields["invoice"]
        field.queryset = Invoice.objects.filter(pk__in=on.values("invoice"), paid__gt=0)

    def operate(self) -> Payment:
        bill = self.cleaned_data["invoice"]
        amount = self.cleaned_data["amount"] or paying.put_to(self.row, bill)
        return paying.take_away(
            actor=self.actor, now=self.now, payment=self.row, invoice=bill, amount=amount
        )


class ReturnForm(ReasonForm):
    done = _("It is taken back. Its bills are open again.")

    def operate(self) -> Payment:
        return paying.return_payment(
            actor=self.actor, now=self.now, payment=self.row, **self.cleaned_data
        )


class RefundForm(ReasonForm):
    amount = amount_field(label=_("Amount"))
    to_account = forms.CharField(
        label=_("To which account"),
        max_length=200,
        help_text=_("Holder, number and bank of the organisation's account."),
    )
    field_order = ["amount", "to_account", "reason"]
    done = _("Somebody else has to approve it.")

    def prepare(self) -> None:
        self.initial["amount"] = plain(self.row.credit, self.row.currency)

    def operate(self) -> Refund:
        made = refunding.request_refund(
            actor=self.actor, now=self.now, payment=self.row, **self.cleaned_data
        )
        self.leads_to = reverse("admin:billing_refund_change", args=[made.pk])
        return made


def _has_credit(row: Payment) -> bool:
    return row.credit > 0


class AllocationInline(ReadInline):
    model = Allocation
    verbose_name_plural = _("bills")
    fields = ["bill", "sum", "on"]
    readonly_fields = fields
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice", "payment")

    @admin.display(description=_("bill"))
    def bill(self, row: Allocation) -> str:
        return link_to(row.invoice)

    @admin.display(description=_("amount"))
    def sum(self, row: Allocation) -> str:
        return format_money(row.amount, row.payment.currency)


class RefundInline(ReadInline):
    model = Refund
    fields = ["refund", "state", "to_account", "reason"]
    readonly_fields = fields
    ordering = ["pk"]

    @admin.display(description=_("refund"))
    def refund(self, row: Refund) -> str:
        return link_to(row)


class WithCredit(admin.SimpleListFilter):
    title = _("credit")
    parameter_name = "credit"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("left", _("some is left"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() != "left":
            return queryset
        received = queryset.filter(state=PaymentOutcome.SUCCEEDED)
        return received.filter(amount__gt=F("applied") + F("refunded"))


@admin.register(Payment)
class PaymentAdmin(ToldOnly, StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "read_bills"
    add_form, adds = ReceiptForm, "record_payment"
    list_display = [
        *("received", "tenant", "method", "sum", "credit_sum", "state", "reference"),
    ]
    list_filter = ["state", WithCredit, "method", "currency", OfOrganisation]
    list_select_related = ["tenant"]
    search_fields = ["reference", "note", "invoice__number", *SEARCHED]
    autocomplete_fields = ["tenant"]
    date_hierarchy = "received_on"
    ordering = ["-pk"]
    actions = ["as_xlsx"]
    inlines = [AllocationInline, RefundInline]
    fields = [
        *("tenant", "method", "state", "sum", "applied_sum", "refunded_sum", "credit_sum"),
        *("received_on", "reference", "account", "provider", "asked_for", "note"),
        *("created_at", "recorded_by"),
    ]
    told_with = {
        "received_on": "received_on", "account": "account_id", "provider": "provider",
        "asked_for": "invoice_id", "note": "note", "refunded_sum": "refunded",
    }  # fmt: skip
    steps = [
        Step(
            "application", _("Apply to bills"), ApplicationForm, "record_payment", RECEIVED,
            primary=True,
            when=lambda row: _has_credit(row)
            and bool(open_bills(row.tenant_id, row.currency)),
            note=_("The oldest first; change the amounts where the payer says otherwise."),
        ),
        Step(
            "removal", _("Take it off a bill"), RemovalForm, "return_payments", RECEIVED,
            when=lambda row: row.applied > 0,
            note=_("The bill is open again by so much."),
        ),
        Step(
            "refund", _("Ask for a refund"), RefundForm, "request_refunds", RECEIVED,
            when=_has_credit,
            note=_("Of what is on no bill. The amount can go nowhere else meanwhile."),
        ),
        Step(
            "return", _("Take it back"), ReturnForm, "return_payments", RECEIVED,
            when=lambda row: not row.refunded,
            note=_("The bank took it back, or it was recorded by mistake. Its bills are open again."),
        ),
    ]  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Those with rows."""
        return [each for each in self.inlines if obj and has_rows(each, obj)]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("invoice", "account")

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """To the payment, where one sees what it was applied to."""
        return redirect(self.row_url(obj))

    @admin.display(description=_("received"), ordering="received_on")
    def received(self, row: Payment) -> Any:
        return row.received_on or row.get_state_display()

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Payment) -> str:
        return format_money(row.amount, row.currency)

    @admin.display(description=_("applied to bills"))
    def applied_sum(self, row: Payment) -> str:
        return format_money(row.applied, row.currency)

    @admin.display(description=_("paid back"))
    def refunded_sum(self, row: Payment) -> str:
        return format_money(row.refunded, row.currency)

    @admin.display(description=_("credit left"))
    def credit_sum(self, row: Payment) -> str:
        return format_money(row.credit, row.currency)

    @admin.display(description=_("asked for by bill"))
    def asked_for(self, row: Payment) -> str:
        return link_to(row.invoice)

    def has_read_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.reads)

    @admin.action(description=_("Download as a workbook (XLSX)"), permissions=["read"])
    def as_xlsx(self, request: Any, queryset: Any) -> HttpResponse:
        own = queryset.visible_to(request.actor)
        return answer(payments_xlsx(own), file_name("payments", "xlsx"), XLSX)
