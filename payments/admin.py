"""Online payments and what providers said, in the staff site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models import PaymentOutcome
from foundation.money import format_money
from foundation.refs import pk_of, ref_of
from foundation.steps import Step, StepAdmin, StepForm
from payments.models import OPEN, REFS, EventState, InboxEvent, News, OnlinePayment
from payments.operations import settling
from payments.permissions import permissions

UNDER_WAY = frozenset({PaymentOutcome.PENDING, PaymentOutcome.UNKNOWN})
SILENT = _("The provider has no outcome to tell yet.")


class AskingForm(StepForm):
    def operate(self) -> Any:
        found = settling.ask(actor=self.actor, now=self.now, payment=self.row)
        if found.state in UNDER_WAY:
            self.done = SILENT
        return found


class OutcomeForm(StepForm):
    outcome = forms.ChoiceField(
        label=_("What became of it"),
        widget=forms.RadioSelect,
        choices=[
            (News.SUCCEEDED.value, pgettext_lazy("payment", "Received")),
            (News.FAILED.value, pgettext_lazy("payment", "Failed")),
        ],
    )
    reason = forms.CharField(
        label=_("How you know"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as the provider's statement and the line in it."),
    )

    def operate(self) -> Any:
        return settling.record_outcome(
            actor=self.actor, now=self.now, payment=self.row, **self.cleaned_data
        )


@admin.register(OnlinePayment)
class OnlinePaymentAdmin(StepAdmin):
    permissions = permissions
    reads = "see_inbox"
    list_display = ["created_at", "tenant", "invoice", "sum", "provider", "state"]
    list_filter = ["state", "provider"]
    list_select_related = ["tenant", "invoice"]
    search_fields = [
        *("tenant__name", "tenant__name_en", "tenant__slug"),
        *("invoice__number", "reference"),
    ]
    ordering = ["-pk"]
    fields = [
        *("tenant", "invoice", "sum", "state", "provider", "known_as", "reference"),
        *("created_at", "recorded_by", "received_on", "note", "said"),
    ]
    steps = [
        Step(
            "asking", _("Ask the provider"), AskingForm, "record_outcome", UNDER_WAY, primary=True,
            note=_("What the provider knows by now is taken as if it had said so itself."),
        ),
        Step(
            "outcome", _("Record the outcome"), OutcomeForm, "record_outcome",
            frozenset({PaymentOutcome.UNKNOWN}),
            note=_("Only when you know from elsewhere. It cannot be taken back here."),
        ),
    ]  # fmt: skip

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: OnlinePayment) -> str:
        return format_money(row.amount, row.currency)

    @admin.display(description=_("the provider knows it as"))
    def known_as(self, row: OnlinePayment) -> str:
        return ref_of(row.pk, REFS)

    @admin.display(description=_("news of it"))
    def said(self, row: OnlinePayment) -> Any:
        known = {"provider": row.provider, "payment_ref": self.known_as(row)}
        events = InboxEvent.objects.filter(**known)
        said = [f"{each.get_outcome_display()} ({each.get_state_display()})" for each in events]
        return " · ".join(said) or "--"


class LookedIntoForm(StepForm):
    note = forms.CharField(
        label=_("What came of it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def operate(self) -> Any:
        return settling.look_into(
            actor=self.actor, now=self.now, event=self.row, **self.cleaned_data
        )


class AgainForm(StepForm):
    def operate(self) -> Any:
        return settling.take_in_again(actor=self.actor, now=self.now, event=self.row)


@admin.register(InboxEvent)
class InboxEventAdmin(StepAdmin):
    permissions = permissions
    reads = "see_inbox"
    list_display = ["received_at", "provider", "outcome", "sum", "occurred_at", "state"]
    list_filter = ["state", "provider", "outcome"]
    search_fields = ["event_id", "payment_ref", "reference"]
    ordering = ["-pk"]
    fields = [
        *("provider", "event_id", "outcome", "sum", "reference", "occurred_at", "received_at"),
        *("state", "of_payment", "note", "looked_into_by"),
    ]
    steps = [
        Step(
            "looking", _("Looked into"), LookedIntoForm, "look_into_news", frozenset(OPEN),
            primary=True,
            note=_("The news change nothing by themselves: record the money where it belongs first."),
        ),
        Step(
            "again", _("Look for its payment again"), AgainForm, "look_into_news",
            frozenset({EventState.UNMATCHED}),
        ),
    ]  # fmt: skip

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, row: InboxEvent) -> str:
        return format_money(row.amount, row.currency)

    @admin.display(description=_("payment"))
    def of_payment(self, row: InboxEvent) -> Any:
        try:
            found = OnlinePayment.objects.filter(pk=pk_of(row.payment_ref, REFS)).first()
        except ValueError:
            found = None
        if found is None:
            return row.payment_ref or "--"
        page = f"../../../onlinepayment/{found.pk}/change/"
        return format_html('<a href="{}">{}</a>', page, found.invoice)
