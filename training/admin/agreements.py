"""Seat agreements with universities in the staff site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.staff_table import table
from foundation.steps import Step, StepAdmin, day_input
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training.admin.shared import SEARCHED, ReasonForm
from training.figures import figures_of
from training.models import AgreementState, SeatAgreement, SeatGrant
from training.operations import agreements
from training.permissions import permissions

S = AgreementState
ACTION = "grant_seats"
MOST = 100_000


class AgreementForm(OperationForm):
    tenant = forms.ModelChoiceField(Tenant.objects.none(), label=_("University"))
    seats = forms.IntegerField(label=_("Seats granted"), min_value=1, max_value=MOST)

    class Meta:
        model = SeatAgreement
        fields = ["tenant", "starts_on", "ends_on", "note"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["tenant"]
        universities = Tenant.objects.filter(kind=TenantKind.UNIVERSITY, left_at=None)
        field.queryset = universities.order_by("name")

    def operate(self) -> SeatAgreement:
        return agreements.draft_agreement(actor=self.actor, now=self.now, **self.cleaned_data)


class ActivateForm(ReasonForm):
    def prepare(self) -> None:
        del self.fields["reason"]

    def operate(self) -> Any:
        return agreements.activate_agreement(actor=self.actor, now=self.now, agreement=self.row)


class EndForm(ReasonForm):
    def operate(self) -> Any:
        known = {"actor": self.actor, "now": self.now, "agreement": self.row}
        return agreements.end_agreement(**known, **self.cleaned_data)


class ExtraForm(ReasonForm):
    amount = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST)

    def operate(self) -> Any:
        known = {"actor": self.actor, "now": self.now, "agreement": self.row}
        return agreements.grant_extra(**known, **self.cleaned_data)


class RollForm(ExtraForm):
    to = forms.ModelChoiceField(SeatAgreement.objects.none(), label=_("To the agreement"))

    def prepare(self) -> None:
        field: Any = self.fields["to"]
        others = SeatAgreement.objects.filter(tenant=self.row.tenant_id).exclude(pk=self.row.pk)
        field.queryset = others.exclude(state=S.ENDED)

    def operate(self) -> Any:
        known = {"actor": self.actor, "now": self.now, "agreement": self.row}
        return agreements.roll_over(**known, **self.cleaned_data)


class GrantInline(ReadInline):
    model = SeatGrant
    verbose_name_plural = pgettext_lazy("seat agreement", "lines")
    fields = ["at", "kind", "amount", "reason", "by"]
    readonly_fields = fields


@admin.register(SeatAgreement)
class SeatAgreementAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_agreements"
    adds = ACTION
    add_form = AgreementForm
    list_display = ["number", "tenant", "state", "starts_on", "ends_on", "remaining"]
    list_filter = ["state"]
    list_select_related = ["tenant"]
    search_fields = ["number", *SEARCHED]
    inlines = [GrantInline]
    fields = [
        *("number", "tenant", "state", "starts_on", "ends_on", "note", "previous", "figures"),
        *("ended_on", "closing_reason"),
    ]
    steps = [
        Step("beginning", pgettext_lazy("seat agreement", "Put in force"), ActivateForm, ACTION,
             frozenset({S.DRAFTED}), primary=True),
        Step("extra", _("Grant more seats"), ExtraForm, ACTION, frozenset({S.DRAFTED, S.ACTIVE})),
        Step("rolling", _("Roll seats over"), RollForm, ACTION, frozenset({S.ACTIVE, S.ENDED}),
             note=_("A line in each of the two agreements; no more than what is left.")),
        Step("end", pgettext_lazy("seat agreement", "End it"), EndForm, ACTION,
             frozenset({S.DRAFTED, S.ACTIVE}), note=_("What was booked by it stays.")),
    ]  # fmt: skip

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return redirect(self.row_url(obj))

    @admin.display(description=pgettext_lazy("seats", "remaining"))
    def remaining(self, row: SeatAgreement) -> int:
        return figures_of([row.pk], timezone.now())[row.pk].remaining

    @admin.display(description=pgettext_lazy("seats", "figures"))
    def figures(self, row: SeatAgreement) -> Any:
        found = figures_of([row.pk], timezone.now())[row.pk]
        rows = [[label, amount] for label, amount in found.lines]
        heads = [_("Line"), _("Seats")]
        return table(heads, [*rows, [pgettext_lazy("seats", "Remaining"), found.remaining]])
