"""The park's own accounts in the staff site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from banking.models import BankAccount
from banking.operations import accounts
from banking.permissions import permissions
from banking.queries import gaps
from foundation import currencies
from foundation.money import format_money
from foundation.staff import OperationAdmin, OperationForm
from foundation.staff_table import table
from foundation.steps import Step, StepAdmin, StepForm

ACTION = "manage_accounts"
FIELDS = ["holder", "number", "bank", "swift", "currency"]


class AccountForm(OperationForm):
    currency = forms.ChoiceField(label=_("currency"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = BankAccount
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["currency"]
        field.choices = currencies.choices(get_language() or "en")

    def clean_number(self) -> str:
        return accounts.plain(self.cleaned_data["number"])

    def clean_swift(self) -> str:
        return accounts.plain(self.cleaned_data["swift"])

    def operate(self) -> Any:
        own = self.instance if self.instance.pk else None
        return accounts.keep_account(
            actor=self.actor, now=self.now, account=own, **self.cleaned_data
        )


class ClosingForm(StepForm):
    def operate(self) -> Any:
        return accounts.close_account(actor=self.actor, now=self.now, account=self.row)


class BillsForm(StepForm):
    def operate(self) -> Any:
        return accounts.name_on_bills(actor=self.actor, now=self.now, account=self.row)


class ReopeningForm(StepForm):
    def operate(self) -> Any:
        return accounts.reopen_account(actor=self.actor, now=self.now, account=self.row)


@admin.register(BankAccount)
class BankAccountAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_statements"
    adds = changes = ACTION
    add_form = change_form = AccountForm
    steps = [
        Step(
            "bills", pgettext_lazy("bank account", "Name it on bills"), BillsForm, ACTION,
            frozenset({"used"}), note=_(
                "Bills in its currency say from now on to pay into it. What is issued stays."
            ),
        ),
        Step(
            "closing", pgettext_lazy("bank account", "Close"), ClosingForm, ACTION,
            frozenset({"used", "billed"}), note=_("No further file is taken for it; what there is stays."),
        ),
        Step(
            "reopening", pgettext_lazy("bank account", "Use it again"), ReopeningForm, ACTION,
            frozenset({"closed"}),
        ),
    ]  # fmt: skip
    list_display = ["bank", "number", "currency", "holder", "is_on_bills", "closed_at"]
    list_filter = ["currency"]
    search_fields = ["bank", "number", "holder"]
    ordering = ["bank", "number", "currency"]
    readonly_fields = ["is_on_bills", "where_it_jumps", "closed_at"]
    fields = [*FIELDS, "is_on_bills", "where_it_jumps", "closed_at"]

    def state_of(self, row: BankAccount) -> str:
        if row.closed_at is not None:
            return "closed"
        return "billed" if row.is_on_bills else "used"

    @admin.display(description=_("where statements are missing"))
    def where_it_jumps(self, row: BankAccount) -> Any:
        heads = (_("closes with"), _("on"), _("opens with"), _("on"), _("difference"))
        return table(
            heads,
            (
                (
                    format_money(each.before.closing, row.currency),
                    each.before.closing_on or "",
                    format_money(each.after.opening, row.currency),
                    each.after.opening_on or "",
                    format_money(each.difference, row.currency),  # type: ignore[arg-type]
                )
                for each in gaps(row)
            ),
        )
