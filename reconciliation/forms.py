"""What the staff's pages of reconciliation ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from banking.models import BankAccount
from billing.models import Invoice
from foundation.steps import day_input
from reconciliation.models import AsideReason
from reconciliation.operations.accepting import Part
from tenants.models import Tenant

ZERO = Decimal(0)
SIDES = [("", _("In and out")), ("in", _("Money in")), ("out", _("Money out"))]
BILL, KEPT = "bill-", "kept-"
LARGEST_KEY = 2**62


class FilterForm(forms.Form):
    account = forms.ModelChoiceField(
        label=_("Account"), queryset=BankAccount.objects.all(), required=False,
        empty_label=_("All accounts"),
    )  # fmt: skip
    side = forms.ChoiceField(label=_("Side"), choices=SIDES, required=False)
    until = forms.DateField(label=_("Booked until"), required=False, widget=day_input())


class AsideForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why"), choices=AsideReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class ParkingForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False,
        help_text=_("What was tried to find the payer."),
    )  # fmt: skip


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Bills by number, reference, organisation or amount"),
        max_length=100,
        required=False,
    )


class SplitForm(forms.Form):
    """An amount for each bill that is shown, and whose credit the rest is."""

    credit_to = forms.ModelChoiceField(
        label=_("Credit of"), queryset=Tenant.objects.none(), required=False,
        empty_label=_("Nobody: it stays open"),
    )  # fmt: skip
    credit = forms.DecimalField(
        label=pgettext_lazy("amount", "Credit"), required=False, min_value=0,
        max_digits=18, decimal_places=4,
    )  # fmt: skip

    def __init__(self, *args: Any, bills: Sequence[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bills = bills
        own: Any = self.fields["credit_to"]
        own.queryset = Tenant.objects.exclude(pk=Tenant.objects.operator().pk).order_by("name")
        for bill in bills:
            self.fields[f"{BILL}{bill.pk}"] = forms.DecimalField(
                label=bill.number, required=False, min_value=0, max_digits=18, decimal_places=4
            )
            self.fields[f"{KEPT}{bill.pk}"] = forms.BooleanField(
                label=_("Write off the rest"), required=False
            )

    def rows(self) -> Iterable[tuple[Invoice, Any, Any]]:
        return [(b, self[f"{BILL}{b.pk}"], self[f"{KEPT}{b.pk}"]) for b in self.bills]

    def parts(self) -> list[Part]:
        """One for each organisation that gets something."""
        said = self.cleaned_data
        shares: dict[Tenant, dict[int, Decimal]] = defaultdict(dict)
        off: dict[int, Decimal] = {}
        for bill in self.bills:
            if amount := said[f"{BILL}{bill.pk}"]:
                shares[bill.tenant][bill.pk] = amount
                if said[f"{KEPT}{bill.pk}"] and bill.open_amount > amount:
                    off[bill.pk] = bill.open_amount - amount
        rest, payer = said["credit"] or ZERO, said["credit_to"]
        if payer is not None and rest:
            shares.setdefault(payer, {})
        return [
            Part(
                tenant,
                sum(own.values(), ZERO) + (rest if tenant == payer else ZERO),
                own,
                {key: off[key] for key in own if key in off},
            )
            for tenant, own in shares.items()
        ]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if bool(said.get("credit")) != bool(said.get("credit_to")):
            self.add_error("credit", _("Say how much is credit, and whose."))
        return said


def bills_said(data: Any) -> list[int]:
    """Keys of bills for which something was typed: they stay on the page whatever is searched."""
    keys = [name.removeprefix(BILL) for name in data if name.startswith(BILL) and data[name]]
    return [int(key) for key in keys if key.isdecimal() and int(key) < LARGEST_KEY][:50]
