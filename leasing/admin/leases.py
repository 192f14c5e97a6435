"""The register of leases in the staff site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from foundation.money import format_money
from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.staff_table import table
from foundation.steps import StepAdmin
from leasing.admin.lease_steps import COPIED, PAPERLESS, SECOND, STEPS
from leasing.approval_rules import reasons
from leasing.models import Handover, Lease, LeaseState, LeaseStep, LeaseUnit
from leasing.operations import drafting
from leasing.operations.holding import clashes
from leasing.permissions import permissions
from leasing.presentation import charges_shown, compared
from leasing.schedule import total
from leasing.terms import schedule_of
from residency.admin.papers import file_link

SEARCHED = ["tenant__name", "tenant__name_en", "tenant__slug"]
# Fields that are shown once the lease has what they stand on.
STANDS_ON = {
    "text_file": "document_id",
    "copy_file": "signed_copy_id",
    "before_and_after": "previous_id",
    **{
        name: name
        for name in (
            *("previous", "index_from", "terms", "terms_en", "first_approver", "second_approver"),
            *("copy_refusal", "signed_on", "closed_on", "reason"),
        )
    },
}
ASKED_BEFORE = ("asked_twice", "in_the_way")
BEFORE = (LeaseState.DRAFT, LeaseState.APPROVING, LeaseState.REJECTED)


class LeaseForm(OperationForm):
    class Meta:
        model = Lease
        fields = ["tenant", *drafting.TERMS]

    def operate(self) -> Lease:
        return drafting.draft_lease(actor=self.actor, now=self.now, **self.cleaned_data)


class UnitInline(ReadInline):
    model = LeaseUnit
    verbose_name_plural = _("units")
    fields = ["space", "area", "price", "starts_on", "ends_on", "page"]
    readonly_fields = fields


class HandoverInline(ReadInline):
    model = Handover
    verbose_name_plural = _("handover sheets")
    fields = ["kind", "held_on", "state", "page"]
    readonly_fields = fields


class StepInline(ReadInline):
    model = LeaseStep
    verbose_name_plural = _("steps")
    fields = ["at", "kind", "by", "said"]
    readonly_fields = fields


class Ending(admin.SimpleListFilter):
    title = _("last day")
    parameter_name = "ending"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        days = [(str(n), _now("within %(days)s days") % {"days": n}) for n in (30, 60, 90)]
        return [("over", _("over, and not handed back")), *days]

    def queryset(self, request: Any, queryset: Any) -> QuerySet:
        today = timezone.localdate()
        if self.value() == "over":
            return queryset.overstaying(today)
        if self.value() in ("30", "60", "90"):
            return queryset.ending_within(int(self.value() or 0), today)
        return queryset


def _is_told(row: Lease, name: str) -> bool:
    if name in ASKED_BEFORE:
        return row.state in BEFORE
    return name not in STANDS_ON or bool(getattr(row, STANDS_ON[name]))


@admin.register(Lease)
class LeaseAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "read_leases"
    add_form, adds = LeaseForm, "let_spaces"
    steps = STEPS
    list_display = ["number", "tenant", "state", "starts_on", "last_on", "spaces"]
    list_filter = ["state", "origin", Ending]
    list_select_related = ["tenant"]
    search_fields = ["number", "units__space__code", *SEARCHED]
    autocomplete_fields = ["tenant"]
    ordering = ["-starts_on", "-pk"]
    inlines = [UnitInline, HandoverInline, StepInline]
    fields = [
        *("number", "tenant", "state", "origin", "previous", "starts_on", "ends_on", "last_on"),
        *("period_months", "advance_days", "rent_free_months", "deposit_months", "deposit_sum"),
        *("index_percent", "index_from", "late_percent", "late_cap", "terms", "terms_en"),
        *("asked_twice", "in_the_way", "drafted_by", "first_approver", "second_approver"),
        *("text_file", "copy_file", "copy_refusal", "signed_on", "closed_on", "reason"),
        *("before_and_after", "rent", "charges"),
    ]

    def state_of(self, row: Lease) -> str:
        if row.state == LeaseState.APPROVING and row.first_approver_id:
            return SECOND
        if row.state != LeaseState.AWAITING:
            return row.state
        if row.document_id is None:
            return PAPERLESS
        return COPIED if row.signed_copy_id else row.state

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the lease has no word for yet, or no more, is left out: the page is long enough."""
        found = super().get_fields(request, obj)
        return [name for name in found if obj is None or _is_told(obj, name)]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("units__space")

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """To the draft, where units are added."""
        return redirect(self.row_url(obj))

    @admin.display(description=_("units"))
    def spaces(self, row: Lease) -> str:
        return ", ".join(unit.space.code for unit in row.units.all())

    @admin.display(description=_("deposit"))
    def deposit_sum(self, row: Lease) -> str:
        return format_money(row.deposit, row.currency)

    @admin.display(description=_("why two approve it"))
    def asked_twice(self, row: Lease) -> Any:
        found = reasons(row) if row.state in BEFORE else []
        return table([_("Reason")], [[str(reason)] for reason in found])

    @admin.display(description=_("taken by others now"))
    def in_the_way(self, row: Lease) -> str:
        found = clashes(row, timezone.now()) if row.state in BEFORE else []
        return ", ".join(str(space) for space in found) or "--"

    @admin.display(description=_("contract"))
    def text_file(self, row: Lease) -> str:
        return file_link(row.document)

    @admin.display(description=_("signed copy"))
    def copy_file(self, row: Lease) -> str:
        return file_link(row.signed_copy)

    @admin.display(description=_("before and after"))
    def before_and_after(self, row: Lease) -> Any:
        found = compared(row.previous, row) if row.previous else []
        rows = [[each.label, each.before, each.after] for each in found if each.is_changed]
        return table(["", _("Before"), _("After")], rows)

    @admin.display(description=_("schedule of rent"))
    def rent(self, row: Lease) -> Any:
        periods = schedule_of(row)
        rows = [
            [f"{p.starts_on} – {p.ends_on}", p.due_on, format_money(p.total, row.currency)]
            for p in periods
        ]
        whole = [[_("Total"), "", format_money(total(periods), row.currency)]] if rows else []
        return table([_("Period"), _("Due on"), _("Amount")], [*rows, *whole])

    @admin.display(description=_("charges"))
    def charges(self, row: Lease) -> Any:
        rows = [
            [
                each.row.get_kind_display(),
                each.row.period,
                each.row.due_on,
                format_money(each.row.amount, each.row.currency),
                each.row.get_state_display(),
                format_money(each.late_fee, row.currency) if each.late_fee else "",
            ]
            for each in charges_shown(row, timezone.localdate())
        ]
        heads = [_("Kind"), _("Period from"), _("Due on"), _("Amount"), _("State"), _("Late fee")]
        return table(heads, rows)
