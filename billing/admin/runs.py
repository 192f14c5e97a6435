"""Runs of bills: begun, looked at, issued, stopped and continued."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.staff_jobs import progress_of, shown_again
from billing.models import Invoice, InvoiceRun, InvoiceState, RunState, Series
from billing.operations import runs
from billing.permissions import permissions
from foundation.money import format_money
from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.staff_table import table
from foundation.steps import Step, StepAdmin, StepForm, day_input

ACTION = "issue_bills"
S = RunState
AT_WORK = frozenset(runs.AT_WORK.values())


class RunForm(OperationForm):
    class Meta:
        model = InvoiceRun
        fields = ["upto", "issue_on"]
        widgets = {"upto": day_input(), "issue_on": day_input()}

    def operate(self) -> InvoiceRun:
        return runs.begin_run(actor=self.actor, now=self.now, **self.cleaned_data)


class IssueForm(StepForm):
    def operate(self) -> InvoiceRun:
        return runs.issue_run(actor=self.actor, now=self.now, run=self.row)


class StopForm(StepForm):
    def operate(self) -> InvoiceRun:
        return runs.stop_run(actor=self.actor, now=self.now, run=self.row)


class ContinueForm(StepForm):
    def operate(self) -> InvoiceRun:
        return runs.continue_run(actor=self.actor, now=self.now, run=self.row)


class DropForm(StepForm):
    def operate(self) -> InvoiceRun:
        return runs.drop_run(actor=self.actor, now=self.now, run=self.row)


def _is_idle(row: InvoiceRun) -> bool:
    return runs.is_idle(row, runs.job_of(row))


def _is_at_work(row: InvoiceRun) -> bool:
    return row.state in AT_WORK and not _is_idle(row)


def _can_drop(row: InvoiceRun) -> bool:
    return row.state == S.READY or _is_idle(row)


class BillInline(ReadInline):
    model = Invoice
    fields = ["tenant", "number", "state", "series", "lines_count", "sum", "due_on", "page_of"]
    readonly_fields = fields
    ordering = ["pk"]
    verbose_name_plural = _("bills of the run")

    def get_queryset(self, request: Any) -> Any:
        rows = super().get_queryset(request).select_related("tenant")
        return rows.annotate(lines_there=Count("lines"))

    @admin.display(description=_("lines"))
    def lines_count(self, row: Any) -> int:
        return int(row.lines_there)

    @admin.display(description=_("total"))
    def sum(self, row: Invoice) -> str:
        return format_money(row.total, row.currency)

    @admin.display(description=_("page"))
    def page_of(self, row: Invoice) -> str:
        return self.page(row)


@admin.register(InvoiceRun)
class InvoiceRunAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "read_bills"
    adds = ACTION
    add_form = RunForm
    list_display = ["upto", "issue_on", "state", "planned", "issued", "created_by", "created_at"]
    list_filter = ["state"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]
    inlines = [BillInline]
    fields = [
        *("upto", "issue_on", "state", "progress", "planned", "issued", "sums"),
        *("created_by", "created_at"),
    ]
    readonly_fields = ["progress", "sums"]
    steps = [
        Step(
            "issue", _("Issue the bills"), IssueForm, ACTION, frozenset({S.READY}), primary=True,
            when=lambda row: row.planned > 0,
            note=_("Each gets its number and is frozen: from then on only a credit note corrects it."),
        ),
        Step(
            "pause", _("Stop"), StopForm, ACTION, AT_WORK, when=_is_at_work,
            note=_("The work stops after the bills it is at. It can be continued."),
        ),
        Step(
            "continuation", _("Continue"), ContinueForm, ACTION, AT_WORK | {S.STOPPED},
            primary=True, when=_is_idle,
        ),
        Step(
            "drop", _("Drop the drafts"), DropForm, ACTION, AT_WORK | {S.READY, S.STOPPED},
            when=_can_drop,
            note=_("Their charges can be billed again. What is issued stays issued."),
        ),
    ]  # fmt: skip

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        return {"upto": today, "issue_on": today}

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Shown again by itself while it is being worked on."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        row = self.get_object(request, object_id)
        return shown_again(answer) if row is not None and _is_at_work(row) else answer

    @admin.display(description=_("progress"))
    def progress(self, row: InvoiceRun) -> str:
        return progress_of(runs.job_of(row))

    @admin.display(description=_("sums"))
    def sums(self, row: InvoiceRun) -> Any:
        bills = Invoice.objects.filter(run=row).exclude(state=InvoiceState.DROPPED)
        found = bills.order_by("series", "currency").values_list("series", "currency")
        rows = found.annotate(count=Count("pk"), sum=Sum("total"))
        heads = (_("series"), _("bills"), _("total"))
        return table(heads, ((Series(s).label, n, format_money(t, c)) for s, c, n, t in rows))
