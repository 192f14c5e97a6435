"""Bills and payments, for programs of the organisation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from billing.models import (
    Allocation,
    ChargeKind,
    Invoice,
    Payment,
    PaymentMethod,
    PaymentOutcome,
    PaymentState,
    Series,
)
from billing.permissions import permissions
from gateway.paging import page_of
from gateway.serializers import ExactField, PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible

SCOPE = "bills.read"
WHOSE = _("For keys of an owner, a manager or the finance.")
OPEN, OVERDUE, SETTLED = "open", "overdue", "settled"


class BillShape(Shape):
    id = RefField("bill", source="pk")
    number = serializers.CharField()
    series = serializers.ChoiceField(
        [each for each in Series.choices if each[0] != Series.CREDIT],
        help_text=_("`B` for bills, `D` for deposits."),
    )
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    currency = serializers.CharField()
    total = ExactField(help_text=_("With tax, in `currency`."))
    paid = ExactField()
    credited = ExactField(help_text=_("Taken back by credit notes."))
    written_off = ExactField()
    open = ExactField(source="open_amount", help_text=_("total − paid − credited − written_off"))
    payment_state = serializers.ChoiceField(PaymentState.choices)
    overdue = serializers.SerializerMethodField(help_text=_("As of today."))
    reference = serializers.CharField(help_text=_("For the bank, by ISO 11649."))

    def get_overdue(self, row: Invoice) -> bool:
        return row.is_overdue(timezone.localdate())


class BillLineShape(Shape):
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(ChargeKind.choices)
    what = serializers.CharField()
    period = serializers.DateField(help_text=_("The first day of what it pays for."))
    quantity = ExactField()
    unit = serializers.CharField()
    unit_price = ExactField()
    tax_rate = ExactField(help_text=_("In percent."))
    amount = ExactField(help_text=_("With tax."))
    credited = ExactField()


class BillTaxShape(Shape):
    rate = ExactField(help_text=_("In percent."))
    gross = ExactField(help_text=_("Sum of the lines of that rate, with tax."))
    tax = ExactField(help_text=_("Drawn out of the sum, rounded once."))


class CreditNoteShape(Shape):
    number = serializers.CharField()
    issued_on = serializers.DateField()
    total = ExactField()
    tax = ExactField()
    reason = serializers.CharField()


class PayToShape(Shape):
    holder = serializers.CharField()
    number = serializers.CharField()
    bank = serializers.CharField()
    swift = serializers.CharField()


class BillDetailShape(BillShape):
    pay_to = PayToShape(
        source="parties.pay_to", allow_null=True, help_text=_("The park's account of that day.")
    )
    lines = BillLineShape(many=True)
    taxes = BillTaxShape(many=True)
    credit_notes = CreditNoteShape(many=True)


class BillQuery(PageQuery):
    state = serializers.ChoiceField(
        [OPEN, OVERDUE, SETTLED], required=False, help_text=_("`overdue` as of today.")
    )
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False)
    since = serializers.DateField(required=False, help_text=_("Issued on this day or later."))
    until = serializers.DateField(required=False, help_text=_("Issued on this day or before."))


class AllocationShape(Shape):
    bill = RefField("bill", source="invoice_id")
    number = serializers.CharField(source="invoice.number")
    amount = ExactField(help_text=_("Below zero it was taken away again."))
    on = serializers.DateField()


class PaymentShape(Shape):
    id = RefField("payment", source="pk")
    method = serializers.ChoiceField(PaymentMethod.choices)
    state = serializers.ChoiceField(PaymentOutcome.choices)
    received_on = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    amount = ExactField()
    applied = ExactField(help_text=_("What went to bills."))
    refunded = ExactField(help_text=_("What goes back, or went."))
    credit = ExactField(help_text=_("What is left: amount − applied − refunded, once received."))
    reference = serializers.CharField()
    allocations = AllocationShape(many=True)


class Bills(ListView):
    calls: ClassVar = {"GET": Call(SCOPE, _("Bills of the organisation, newest first"), WHOSE)}
    query_class = BillQuery
    row_class = BillShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "read_bills")
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        return page_of(_filtered(self.actor, **asked), cursor, limit, kind="bill")


class BillDetail(ApiView):
    calls: ClassVar = {"GET": Call(SCOPE, _("One bill with lines, taxes and credit notes"), WHOSE)}
    row_class = BillDetailShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        permissions.require(self.actor, "read_bills")
        return self.shown(get_visible(_own(self.actor), ref, "bill"))


class Payments(ListView):
    calls: ClassVar = {
        "GET": Call(SCOPE, _("Payments and the bills they went to, newest first"), WHOSE)
    }
    row_class = PaymentShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "read_bills")
        parts = Allocation.objects.select_related("invoice").order_by("pk")
        own = Payment.objects.visible_to(self.actor).filter(tenant_id=self.actor.tenant_id)
        rows = own.prefetch_related(Prefetch("allocations", parts))
        return page_of(rows, asked["cursor"], asked["limit"], kind="payment")


def _own(actor: Any) -> Any:
    own = Invoice.objects.visible_to(actor).filter(tenant_id=actor.tenant_id)
    return own.of_organisation()


def _filtered(
    actor: Any, state: str = "", currency: str = "", since: Any = None, until: Any = None
) -> Any:
    rows = _own(actor)
    if state == OPEN:
        rows = rows.open()
    if state == OVERDUE:
        rows = rows.overdue(timezone.localdate())
    if state == SETTLED:
        rows = rows.filter(total=F("paid") + F("credited") + F("written_off"))
    exact = {"currency": currency, "issued_on__gte": since, "issued_on__lte": until}
    return rows.filter(**{name: value for name, value in exact.items() if value})
