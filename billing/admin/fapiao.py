"""Tax invoices that organisations asked for: issued at the tax bureau, recorded here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.admin.shared import SEARCHED, OfOrganisation, ReasonForm, ToldOnly, link_to
from billing.models import Fapiao, FapiaoState
from billing.operations import fapiao
from billing.permissions import permissions
from foundation.money import NOTHING, format_money
from foundation.steps import Step, StepAdmin, StepForm, day_input

S = FapiaoState
ACTION = "record_fapiao"


def _number(**known: Any) -> forms.CharField:
    return forms.CharField(
        max_length=40,
        help_text=_("20 digits, as the tax bureau gave them."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **known,
    )


class IssueForm(StepForm):
    page = "billing/staff/step.html"
    number = _number(label=_("Number of the fapiao"))
    issued_on = forms.DateField(label=pgettext_lazy("fapiao", "Issued on"), widget=day_input())
    file = forms.FileField(
        label=_("File"),
        help_text=_("The PDF or OFD that the tax bureau gave, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.ofd"}),
        max_length=400,
        allow_empty_file=True,
        required=False,
    )
    done = _("The fapiao is recorded. The organisation finds it at its bill.")

    def prepare(self) -> None:
        self.initial["issued_on"] = timezone.localdate()
        self.facts = _facts(self.row)

    def operate(self) -> Fapiao:
        return fapiao.record_issued(
            actor=self.actor, now=self.now, fapiao=self.row, **self.cleaned_data
        )


class WithdrawalForm(StepForm):
    def operate(self) -> Fapiao:
        return fapiao.withdraw(actor=self.actor, now=self.now, fapiao=self.row)


class RedRequestForm(ReasonForm):
    def operate(self) -> Fapiao:
        return fapiao.request_red(
            actor=self.actor, now=self.now, fapiao=self.row, **self.cleaned_data
        )


class RedForm(StepForm):
    red_number = _number(label=_("Number of the red fapiao"))

    def operate(self) -> Fapiao:
        return fapiao.record_red(
            actor=self.actor, now=self.now, fapiao=self.row, **self.cleaned_data
        )


class RedDropForm(StepForm):
    def operate(self) -> Fapiao:
        return fapiao.drop_red(actor=self.actor, now=self.now, fapiao=self.row)


def _facts(row: Fapiao) -> list[tuple[Any, Any]]:
    """What the tax bureau is to put on it."""
    return [
        (_("Kind"), row.get_kind_display()),
        (pgettext_lazy("fapiao", "Title"), row.title),
        (_("Tax number"), row.tax_number or NOTHING),
        (_("Amount"), format_money(row.amount, row.invoice.currency)),
        (_("Bill"), row.invoice),
    ]


@admin.register(Fapiao)
class FapiaoAdmin(ToldOnly, StepAdmin):
    permissions = permissions
    reads = "read_bills"
    list_display = ["named", "tenant", "bill", "kind", "sum", "state", "created_at"]
    list_filter = ["state", "kind", OfOrganisation]
    list_select_related = ["tenant", "invoice"]
    search_fields = ["number", "title", "invoice__number", *SEARCHED]
    ordering = ["-pk"]
    fields = [
        *("tenant", "bill", "kind", "title", "tax_number", "sum", "state", "number"),
        *("issued_on", "file", "reason", "red_number", "created_at", "requested_by"),
    ]
    told_with = {
        "issued_on": "issued_on", "file": "document_id", "reason": "reason",
        "red_number": "red_number",
    }  # fmt: skip
    steps = [
        Step(
            "issued", _("Record it as issued"), IssueForm, ACTION, frozenset({S.REQUESTED}),
            primary=True, note=_("Issue it at the tax bureau first, with these figures."),
        ),
        Step(
            "withdrawal", _("Drop the request"), WithdrawalForm, "ask_for_fapiao",
            frozenset({S.REQUESTED}), note=_("Another can be asked for then."),
        ),
        Step(
            "red-request", _("A red one is requested"), RedRequestForm, ACTION,
            frozenset({S.ISSUED}), note=_("It is cancelled at the tax bureau by a red one."),
        ),
        Step(
            "red", _("Record the red one"), RedForm, ACTION, frozenset({S.RED_REQUESTED}),
            primary=True, note=_("It counts no more then, and another can be asked for."),
        ),
        Step(
            "red-end", _("There is no red one"), RedDropForm, ACTION,
            frozenset({S.RED_REQUESTED}), note=_("The fapiao stands as it was."),
        ),
    ]  # fmt: skip

    @admin.display(description=_("number"), ordering="number")
    def named(self, row: Fapiao) -> str:
        return row.number or NOTHING

    @admin.display(description=_("bill"))
    def bill(self, row: Fapiao) -> str:
        return link_to(row.invoice)

    @admin.display(description=_("amount"))
    def sum(self, row: Fapiao) -> str:
        return format_money(row.amount, row.invoice.currency)

    @admin.display(description=_("file"))
    def file(self, row: Fapiao) -> str:
        if row.document is None:
            return NOTHING
        where = reverse("admin:staff_file", kwargs={"pk": row.document_id})
        return format_html('<a class="staff-button" href="{}">{}</a>', where, row.document.name)
