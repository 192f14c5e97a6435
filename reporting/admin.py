"""Targets in the staff site."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from foundation.staff import OperationAdmin, OperationForm
from reporting import operations
from reporting.models import ParkProfile, Target
from reporting.permissions import permissions


class ParkAdmin(OperationAdmin):
    """The park's own rows and no other organisation's."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).of_the_park()


class TargetForm(OperationForm):
    class Meta:
        model = Target
        fields = ["metric", "measure", "value", "starts_on", "ends_on", "source"]

    def operate(self) -> Target:
        known = self.instance if self.instance.pk else None
        return operations.set_target(
            actor=self.actor, now=self.now, target=known, **self.cleaned_data
        )


@admin.register(Target)
class TargetAdmin(ParkAdmin):
    permissions = permissions
    add_form = change_form = TargetForm
    adds = changes = "set_target"
    list_display = ["metric", "measure", "value", "starts_on", "ends_on", "source"]


class ParkProfileForm(OperationForm):
    class Meta:
        model = ParkProfile
        fields = ["floor_area", "opened_on"]

    def operate(self) -> ParkProfile:
        return operations.describe_park(actor=self.actor, now=self.now, **self.cleaned_data)


@admin.register(ParkProfile)
class ParkProfileAdmin(ParkAdmin):
    permissions = permissions
    add_form = change_form = ParkProfileForm
    adds = changes = "set_target"
    list_display = ["floor_area", "opened_on"]
