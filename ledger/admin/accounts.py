"""Accounts of all books in the staff site, their statements, and the trial balance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action

from foundation.money import NOTHING, format_money
from foundation.steps import Step, StepAdmin, StepForm, day_input
from ledger.models import Account, AccountState
from ledger.operations import accounts
from ledger.permissions import permissions
from ledger.queries import statement, totals, trial_balance

OPEN, FROZEN = frozenset({AccountState.OPEN}), frozenset({AccountState.FROZEN})


class FreezingForm(StepForm):
    def operate(self) -> Any:
        return accounts.freeze(actor=self.actor, now=self.now, account=self.row)


class ThawingForm(StepForm):
    def operate(self) -> Any:
        return accounts.thaw(actor=self.actor, now=self.now, account=self.row)


class ClosingForm(StepForm):
    def operate(self) -> Any:
        return accounts.close(actor=self.actor, now=self.now, account=self.row)


class DayForm(forms.Form):
    on = forms.DateField(
        label=_("At the end of"),
        required=False,
        widget=day_input(),
        help_text=_("Without a day: everything that is posted."),
    )


class PageForm(forms.Form):
    """Where a statement goes on: below or above a line."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**62)


@admin.register(Account)
class AccountAdmin(StepAdmin):
    permissions = permissions
    reads = "read_books"
    list_display = ["named", "tenant", "code", "shown_balance", "shown_held", "state"]
    list_filter = ["state", "currency"]
    list_select_related = ["tenant"]
    search_fields = ["code", "tenant__slug", "tenant__name", "tenant__name_en"]
    ordering = ["tenant", "code", "currency"]
    fields = [
        *("tenant", "named", "code", "currency", "side", "shown_balance", "shown_held"),
        *("shown_floor", "entries_count", "state", "created_at", "statement_page"),
    ]
    actions_list = ("show_trial_balance",)
    steps = [
        Step(
            "freezing", _("Freeze"), FreezingForm, "freeze_accounts", OPEN,
            note=_("Nothing is posted to it until it is thawed."),
        ),
        Step("thawing", _("Thaw"), ThawingForm, "freeze_accounts", FROZEN, primary=True),
        Step(
            "closing", _("Close for good"), ClosingForm, "freeze_accounts", OPEN | FROZEN,
            note=_("Its balance has to be zero. This cannot be taken back."),
        ),
    ]  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("trial-balance/", wrap(self.trial_view), name="ledger_trial_balance"),
            path(
                "<path:object_id>/statement/",
                wrap(self.statement_view),
                name="ledger_account_statement",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=pgettext_lazy("ledger", "account"))
    def named(self, row: Account) -> str:
        return row.label

    @admin.display(description=_("balance"))
    def shown_balance(self, row: Account) -> str:
        return format_money(row.balance, row.currency)

    @admin.display(description=_("held"))
    def shown_held(self, row: Account) -> str:
        return format_money(row.held, row.currency) if row.held else NOTHING

    @admin.display(description=_("not below"))
    def shown_floor(self, row: Account) -> str:
        return format_money(row.floor, row.currency)

    @admin.display(description=_("statement"))
    def statement_page(self, row: Account) -> str:
        where = reverse("admin:ledger_account_statement", args=[row.pk])
        return format_html('<a class="staff-button" href="{}">{}</a>', where, _("Statement"))

    def has_trial_permission(self, request: Any) -> bool:
        return self.may(request, self.reads)

    @action(
        description=_("Trial balance"),
        url_path="to-trial-balance",
        permissions=["trial"],
        icon="balance",
    )
    def show_trial_balance(self, request: Any) -> HttpResponse:
        return redirect("admin:ledger_trial_balance")

    def statement_view(self, request: Any, object_id: str) -> HttpResponse:
        """The account's entries with the balance after each, newest first."""
        permissions.require(request.actor, self.reads)
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        form = PageForm(request.GET)
        where = form.cleaned_data if form.is_valid() else {}
        found = statement(row, before=where.get("before"), after=where.get("after"))
        return self._page(request, "ledger/statement.html", _("Statement"), {"statement": found})

    def trial_view(self, request: Any) -> HttpResponse:
        """Every code over all books; debits and credits are equal in each currency."""
        permissions.require(request.actor, self.reads)
        form = DayForm(request.GET)
        day = form.cleaned_data["on"] if form.is_valid() else None
        lines = trial_balance(request.actor, on=day)
        values = {"form": form, "lines": lines, "totals": totals(lines), "day": day}
        return self._page(request, "ledger/trial_balance.html", _("Trial balance"), values)

    def _page(self, request: Any, template: str, title: Any, values: Any) -> HttpResponse:
        known = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, template, {**known, **values, "today": timezone.localdate()})
