"""A unit of a lease in the staff site: it moves with the state of its lease."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.steps import Step, StepAdmin, StepForm
from leasing.admin.lease_steps import UNIT
from leasing.models import LeaseUnit
from leasing.operations import drafting
from leasing.permissions import permissions

DRAFT = frozenset({"draft"})


class UnitChangeForm(StepForm):
    model_fields = UNIT

    def operate(self) -> Any:
        return drafting.change_unit(
            actor=self.actor, now=self.now, unit=self.row, **self.cleaned_data
        )


class UnitRemovalForm(StepForm):
    def operate(self) -> Any:
        self.leads_to = reverse("admin:leasing_lease_change", args=[self.row.lease_id])
        return drafting.remove_unit(actor=self.actor, now=self.now, unit=self.row)


@admin.register(LeaseUnit)
class LeaseUnitAdmin(StepAdmin):
    permissions = permissions
    reads = "read_leases"
    steps = [
        Step("change", _("Change the unit"), UnitChangeForm, "let_spaces", DRAFT, primary=True),
        Step("removal", _("Take the unit out"), UnitRemovalForm, "let_spaces", DRAFT),
    ]
    list_display = ["space", "lease", "area", "price", "starts_on", "ends_on"]
    list_select_related = ["lease", "space"]
    search_fields = ["space__code", "lease__number"]
    ordering = ["-pk"]
    fields = ["lease", "space", *UNIT]

    def state_of(self, row: LeaseUnit) -> str:
        return str(row.lease.state)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
