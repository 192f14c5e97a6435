"""Charges of all organisations: to read, to add, to bill, to record as paid, to waive."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from billing.admin.shared import (
    SEARCHED,
    CurrencyField,
    DueUntil,
    OfOrganisation,
    ToldOnly,
    link_to,
)
from billing.models import Charge, ChargeKind, ChargeState, Invoice
from billing.operations import charging, drafting, single
from billing.permissions import permissions
from foundation.errors import DomainError
from foundation.money import NOTHING, format_money
from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import Step, StepAdmin, StepForm, day_input

OPEN = frozenset({ChargeState.OPEN})


class ChargeForm(OperationForm):
    """What no app charges: a key that was lost, a service by agreement."""

    currency = CurrencyField()

    class Meta:
        model = Charge
        fields = [
            *("tenant", "kind", "what", "period", "quantity", "unit", "unit_price", "currency"),
            "due_on",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("quantity", "unit_price"):
            self.fields[name].min_value = Decimal(0)  # type: ignore[attr-defined]
        self.fields["unit_price"].help_text = _("With tax; the amount is quantity by unit price.")
        self.fields["period"].help_text = _("The first day of what it pays for.")

    def operate(self) -> Charge:
        said = dict(self.cleaned_data)
        return charging.charge_by_hand(
            actor=self.actor, now=self.now, debtor=said.pop("tenant"), **said
        )


class BillingForm(StepForm):
    done = _("This is the draft of the bill.")

    def operate(self) -> Invoice:
        made = drafting.draft(
            actor=self.actor, now=self.now, tenant=self.row.tenant, charges=[self.row]
        )
        self.leads_to = reverse("admin:billing_invoice_change", args=[made.pk])
        return made


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


class Billed(admin.SimpleListFilter):
    title = pgettext_lazy("charge", "bill")
    parameter_name = "billed"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("to be billed")), ("yes", _("on a bill"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "no":
            return queryset.to_bill()
        return queryset.exclude(lines=None) if self.value() == "yes" else queryset


def _bill_of(row: Charge) -> Invoice | None:
    return next((line.invoice for line in row.lines.all()), None)


def _paper_of(row: Charge) -> tuple[int, str, bool]:
    """What charges have in common that can stand on one bill."""
    return row.tenant_id, row.currency, row.kind == ChargeKind.DEPOSIT


@admin.register(Charge)
class ChargeAdmin(ToldOnly, StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "read_charges"
    add_form, adds = ChargeForm, "add_charges"
    list_display = ["what", "tenant", "kind", "period", "sum", "due_on", "state", "bill_number"]
    list_filter = ["state", "kind", Overdue, Billed, OfOrganisation, DueUntil]
    list_select_related = ["tenant"]
    search_fields = ["what", *SEARCHED]
    autocomplete_fields = ["tenant"]
    ordering = ["-due_on", "-pk"]
    actions = ["bill_these"]
    fields = [
        *("tenant", "kind", "what", "period", "figures", "sum", "tax_rate", "due_on", "state"),
        *("settled_sum", "bill", "created_at", "closed_on", "closed_by", "note"),
    ]
    told_with = {name: name for name in ("closed_on", "closed_by", "note")}
    steps = [
        Step(
            "bill",
            _("Bill it"),
            BillingForm,
            "issue_bills",
            OPEN,
            primary=True,
            when=lambda row: not row.lines.all(),
            note=_("Makes a draft with this charge alone. It is looked at before it is issued."),
        ),
        Step("payment", _("Record as paid"), PaymentForm, "record_payment", OPEN),
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

    @admin.display(description=_("quantity"))
    def figures(self, row: Charge) -> str:
        price = f"{row.unit_price.normalize():,f}"
        return f"{row.quantity.normalize():,f} {row.unit} × {row.currency} {price}".replace(
            "  ", " "
        )

    @admin.display(description=_("settled"))
    def settled_sum(self, row: Charge) -> str:
        return format_money(row.settled, row.currency)

    @admin.display(description=_("bill"))
    def bill(self, row: Charge) -> str:
        return link_to(_bill_of(row))

    @admin.display(description=_("bill"))
    def bill_number(self, row: Charge) -> str:
        """Without the organisation's short name, which stands beside it."""
        own = _bill_of(row)
        return "-".join(str(own).rsplit("-", 2)[-2:]) if own else NOTHING

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("lines__invoice")

    def has_bill_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "issue_bills")

    @admin.action(description=_("Bill these"), permissions=["bill"])
    def bill_these(self, request: Any, queryset: Any) -> HttpResponse | None:
        """A draft for each organisation and currency, deposits by themselves."""
        made = []
        rows = sorted(queryset.select_related("tenant"), key=lambda row: (_paper_of(row), row.pk))
        for _key, found in groupby(rows, _paper_of):
            if (own := self._drafted(request, list(found))) is not None:
                made.append(own)
        if not made:
            return None
        said = ngettext("%(count)s draft is made.", "%(count)s drafts are made.", len(made))
        messages.success(request, said % {"count": len(made)})
        if len(made) == 1:
            return redirect("admin:billing_invoice_change", made[0].pk)
        return redirect(reverse("admin:billing_invoice_changelist") + "?state__exact=draft")

    def _drafted(self, request: Any, charges: list[Charge]) -> Invoice | None:
        debtor = charges[0].tenant
        try:
            return drafting.draft(
                actor=request.actor, now=timezone.now(), tenant=debtor, charges=charges
            )
        except DomainError as error:
            said = {"organisation": debtor, "why": error}
            messages.error(request, _now("%(organisation)s: %(why)s") % said)
            return None
