"""What the staff site asks for each step of a bill."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.shared import AccountField, ReasonForm, amount_field, plain
from billing.models import (
    BillingTerms,
    Fapiao,
    FapiaoKind,
    FapiaoState,
    Invoice,
    InvoiceState,
    PaymentMethod,
)
from billing.operations import crediting, drafting, fapiao, issuing, paying
from billing.taxes import ZERO
from foundation.money import format_money
from foundation.steps import Step, StepForm, day_input

# Where an issued bill is: ``InvoiceAdmin.state_of``.
DRAFT, OPEN, SETTLED, CREDITED = "draft", "open", "settled", "credited"
WHOLE, LINES = "whole", "lines"


class IssueForm(StepForm):
    issued_on = forms.DateField(label=_("Date of the bill"), widget=day_input())
    done = _("The bill is issued.")

    def prepare(self) -> None:
        self.initial["issued_on"] = timezone.localdate()

    def operate(self) -> Invoice:
        return issuing.issue(actor=self.actor, now=self.now, invoice=self.row, **self.cleaned_data)


class DueForm(StepForm):
    model_fields = ["due_on"]

    def operate(self) -> Invoice:
        return drafting.set_due(
            actor=self.actor, now=self.now, invoice=self.row, **self.cleaned_data
        )


class DropForm(StepForm):
    done = _("The draft is dropped. Its charges can be billed again.")

    def operate(self) -> Invoice:
        return drafting.drop(actor=self.actor, now=self.now, invoice=self.row)


class CreditForm(ReasonForm):
    """All of the bill or parts of its lines; what would come of it is shown before it is done."""

    page = "billing/staff/step.html"
    done = _("The credit note is issued.")
    how = forms.ChoiceField(
        label=_("How much"),
        choices=[
            (WHOLE, _("All that is left of every line")),
            (LINES, _("The amounts below")),
        ],
        initial=WHOLE,
        widget=forms.RadioSelect,
    )
    # The amounts of which the reader has seen what comes of them.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.lines = [line for line in self.row.lines.order_by("position") if line.left_to_credit]
        for line in self.lines:
            left = format_money(line.left_to_credit, self.row.currency)
            self.fields[f"line_{line.pk}"] = amount_field(
                label=_("%(line)s: at most %(amount)s") % {"line": line, "amount": left},
                required=False,
            )
        self.order_fields(["how", *(f"line_{line.pk}" for line in self.lines), "reason", "seen"])
        self.facts: list[tuple[Any, str]] = []

    def amounts(self) -> dict[int, Decimal]:
        if self.cleaned_data.get("how") == WHOLE:
            return {line.pk: line.left_to_credit for line in self.lines}
        said = ((line.pk, self.cleaned_data.get(f"line_{line.pk}")) for line in self.lines)
        return {key: amount for key, amount in said if amount}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        amounts = self.amounts()
        shown = ";".join(f"{key}:{plain(each, self.row.currency)}" for key, each in amounts.items())
        if amounts and not self.errors and found.get("seen") != shown:
            self.facts = self._preview(sum(amounts.values(), ZERO))
            self.data = {**self.data.dict(), "seen": shown}  # type: ignore[attr-defined]
            self.add_error(None, _("Look at what comes of it, and send it once more."))
        return found

    def _preview(self, total: Decimal) -> list[tuple[Any, str]]:
        """The sums of the bill afterwards, and which payments give way."""
        bill = self.row
        freed = max(total - bill.open_amount, ZERO)
        rows = [
            (_("Credit note"), total),
            (_("Open on the bill then"), max(bill.open_amount - total, ZERO)),
            (_("Paid before that becomes credit of the organisation"), freed),
        ]
        return [(label, format_money(amount, bill.currency)) for label, amount in rows]

    def operate(self) -> Any:
        made = crediting.credit(
            actor=self.actor,
            now=self.now,
            invoice=self.row,
            reason=self.cleaned_data["reason"],
            amounts=self.amounts(),
        )
        self.leads_to = reverse("admin:billing_creditnote_change", args=[made.pk])
        return made


class PaymentForm(StepForm):
    """One payment of this bill; what is beyond it stays as credit."""

    amount = amount_field(label=_("Amount"))
    received_on = forms.DateField(label=_("Received on"), widget=day_input())
    account = AccountField()
    reference = forms.CharField(
        label=_("Reference"),
        max_length=140,
        help_text=_("The bank's reference, or a receipt's number."),
    )
    done = _("The payment is recorded.")

    def prepare(self) -> None:
        self.fields["account"].offer(self.row.currency)  # type: ignore[attr-defined]
        accounts = self.fields["account"].queryset  # type: ignore[attr-defined]
        self.initial = {
            "amount": plain(self.row.open_amount, self.row.currency),
            "received_on": timezone.localdate(),
            "account": accounts.first(),
        }

    def operate(self) -> Any:
        said = self.cleaned_data
        return paying.receive(
            actor=self.actor,
            now=self.now,
            tenant=self.row.tenant,
            currency=self.row.currency,
            method=PaymentMethod.BANK if said["account"] else PaymentMethod.CASH,
            shares={self.row.pk: min(said["amount"], self.row.open_amount)},
            **said,
        )


class WriteOffForm(StepForm):
    done = _("The rest is written off.")

    def operate(self) -> Invoice:
        return paying.write_off(
            actor=self.actor, now=self.now, invoice=self.row, amount=self.row.open_amount
        )


class FapiaoForm(StepForm):
    """Asked for by the park in the name of the organisation."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FapiaoKind.choices)
    title = forms.CharField(label=pgettext_lazy("fapiao", "Title"), max_length=140)
    tax_number = forms.CharField(label=_("Tax number"), max_length=20, required=False)

    def prepare(self) -> None:
        payer = self.row.parties.get("payer", {})
        self.initial = {
            "title": payer.get("name", ""),
            "tax_number": payer.get("registration_number", ""),
        }

    def operate(self) -> Fapiao:
        made = fapiao.request(actor=self.actor, now=self.now, invoice=self.row, **self.cleaned_data)
        self.leads_to = reverse("admin:billing_fapiao_change", args=[made.pk])
        return made


def _within_tolerance(row: Invoice) -> bool:
    tolerance = BillingTerms.on(timezone.localdate()).tolerance
    return row.written_off + row.open_amount <= tolerance


def _has_no_fapiao(row: Invoice) -> bool:
    over = [FapiaoState.DROPPED, FapiaoState.RED_ISSUED]
    return not row.is_deposit and not row.fapiao.exclude(state__in=over).exists()


def _step(
    name: str, label: Any, form: type[StepForm], action: str, *states: str, **more: Any
) -> Step:
    return Step(name, label, form, action, frozenset(states), **more)


STEPS = [
    _step(
        "issue", pgettext_lazy("bill", "Issue"), IssueForm, "issue_bills", DRAFT, primary=True,
        note=_("It takes its number and is frozen; a mistake is credited from then on."),
    ),
    _step("due", _("Change the due date"), DueForm, "issue_bills", DRAFT),
    _step(
        "dropping", _("Drop the draft"), DropForm, "issue_bills", DRAFT,
        note=_("Its charges stay, and can be billed again."),
    ),
    _step(
        "payment", _("Record a payment"), PaymentForm, "record_payment", OPEN, primary=True,
        note=_("What is paid beyond this bill stays as credit of the organisation."),
    ),
    _step(
        "credit", pgettext_lazy("bill", "Credit it"), CreditForm, "credit_bills", OPEN, SETTLED,
        note=_("A credit note takes back what was billed. This cannot be undone."),
    ),
    _step(
        "write-off", _("Write off the rest"), WriteOffForm, "write_off", OPEN,
        when=_within_tolerance,
        note=_("What a bank kept of a transfer. The bill is settled then."),
    ),
    _step(
        "fapiao", _("Ask for a fapiao"), FapiaoForm, "ask_for_fapiao", OPEN, SETTLED,
        when=_has_no_fapiao,
    ),
]  # fmt: skip


def state_of(row: Invoice) -> str:
    if row.state != InvoiceState.ISSUED:
        return str(row.state)
    if row.open_amount:
        return OPEN
    return CREDITED if row.credited == row.total else SETTLED
