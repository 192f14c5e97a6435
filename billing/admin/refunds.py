"""Refunds: asked for at a payment, approved here by somebody else, then paid."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.shared import (
    SEARCHED,
    AccountField,
    OfOrganisation,
    ReasonForm,
    ToldOnly,
    link_to,
)
from billing.models import Refund, RefundState
from billing.operations import refunding
from billing.permissions import permissions
from foundation.money import format_money
from foundation.steps import Step, StepAdmin, StepForm, day_input

REQUESTED, APPROVED = frozenset({RefundState.REQUESTED}), frozenset({RefundState.APPROVED})


class ApprovalForm(StepForm):
    def operate(self) -> Refund:
        return refunding.approve(actor=self.actor, now=self.now, refund=self.row)


class RejectionForm(ReasonForm):
    def operate(self) -> Refund:
        return refunding.reject(
            actor=self.actor, now=self.now, refund=self.row, **self.cleaned_data
        )


class PaymentForm(StepForm):
    paid_on = forms.DateField(label=_("Paid on"), widget=day_input())
    account = AccountField()
    reference = forms.CharField(label=_("The bank's reference"), max_length=140)

    def prepare(self) -> None:
        self.initial["paid_on"] = timezone.localdate()
        field: Any = self.fields["account"]
        field.offer(self.row.currency)
        self.initial["account"] = field.queryset.first()

    def operate(self) -> Refund:
        return refunding.pay_refund(
            actor=self.actor, now=self.now, refund=self.row, **self.cleaned_data
        )


@admin.register(Refund)
class RefundAdmin(ToldOnly, StepAdmin):
    permissions = permissions
    reads = "read_bills"
    list_display = ["sum", "tenant", "of_payment", "state", "requested_by", "created_at"]
    list_filter = ["state", "currency", OfOrganisation]
    list_select_related = ["tenant", "payment", "requested_by"]
    search_fields = ["reference", "reason", "to_account", *SEARCHED]
    ordering = ["-pk"]
    fields = [
        *("tenant", "sum", "of_payment", "to_account", "reason", "state", "created_at"),
        *("requested_by", "decided_by", "decision_reason", "paid_on", "account", "reference"),
    ]
    told_with = {
        name: name for name in ("decided_by", "decision_reason", "paid_on", "account", "reference")
    }
    steps = [
        Step(
            "approval", _("Approve"), ApprovalForm, "approve_refunds", REQUESTED, primary=True,
            note=_("The amount is owed to the organisation from then on, and can be paid."),
        ),
        Step(
            "payment", _("It is paid"), PaymentForm, "pay_refunds", APPROVED, primary=True,
            note=_("Once the bank has moved the money."),
        ),
        Step(
            "rejection", pgettext_lazy("refund", "Reject"), RejectionForm, "approve_refunds",
            REQUESTED | APPROVED,
            note=_("The amount stays credit of the organisation."),
        ),
    ]  # fmt: skip

    def offered(self, request: Any, row: Any) -> list[Step]:
        """Whoever asked for it does not approve it."""
        asked = row.requested_by_id == request.actor.user_id
        return [s for s in super().offered(request, row) if not (asked and s.name == "approval")]

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: Refund) -> str:
        return format_money(row.amount, row.currency)

    @admin.display(description=_("payment"))
    def of_payment(self, row: Refund) -> str:
        return link_to(row.payment)
