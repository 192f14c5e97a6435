"""Buildings, floors and types of space: lists with a form each."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from foundation.staff import OperationAdmin, OperationForm
from spaces.models import Building, Floor, SpaceType
from spaces.operations import tree
from spaces.permissions import permissions


class PlaceForm(OperationForm):
    """Adds a row by one operation and changes it by another, which knows it as ``row_name``."""

    add: Any = None
    change: Any = None
    row_name = ""

    def operate(self) -> Any:
        known = {"actor": self.actor, "now": self.now, **self.cleaned_data}
        if self.instance.pk is None:
            return type(self).add(**known)
        return type(self).change(**known, **{self.row_name: self.instance})


class PlaceAdmin(OperationAdmin):
    permissions = permissions
    reads = "see_spaces"
    adds = changes = "manage_spaces"

    @admin.display(description=_("name"))
    def name(self, row: Any) -> str:
        return str(row.name)

    @admin.display(description=_("spaces in use"))
    def in_use(self, row: Any) -> int:
        return int(row.spaces_in_use)


def counted(queryset: Any, path: str) -> Any:
    """How many spaces in use lie behind ``path``."""
    in_use = Count(path, filter=Q(**{f"{path}__retired_at": None}))
    return queryset.annotate(spaces_in_use=in_use)


class BuildingForm(PlaceForm):
    add, change, row_name = tree.add_building, tree.change_building, "building"

    class Meta:
        model = Building
        fields = ["code", "name_zh", "name_en", "position"]


@admin.register(Building)
class BuildingAdmin(PlaceAdmin):
    add_form = change_form = BuildingForm
    list_display = ["name", "code", "in_use", "position"]
    ordering = ["position", "pk"]

    def get_queryset(self, request: Any) -> Any:
        return counted(super().get_queryset(request), "floors__spaces")


class FloorForm(PlaceForm):
    add, row_name = tree.add_floor, "floor"

    class Meta:
        model = Floor
        fields = ["building", "level", "name_zh", "name_en"]


class ChangeFloorForm(PlaceForm):
    change, row_name = tree.change_floor, "floor"

    class Meta:
        model = Floor
        fields = ["level", "name_zh", "name_en"]


@admin.register(Floor)
class FloorAdmin(PlaceAdmin):
    add_form, change_form = FloorForm, ChangeFloorForm
    list_display = ["name", "building", "level", "in_use"]
    list_filter = ["building"]
    list_select_related = ["building"]
    ordering = ["building__position", "building", "level"]

    def get_queryset(self, request: Any) -> Any:
        return counted(super().get_queryset(request), "spaces")


class TypeForm(PlaceForm):
    add, change, row_name = tree.add_type, tree.change_type, "type"

    class Meta:
        model = SpaceType
        fields = ["code", "name_zh", "name_en", "position"]


@admin.register(SpaceType)
class TypeAdmin(PlaceAdmin):
    add_form = change_form = TypeForm
    list_display = ["name", "code", "in_use", "position"]
    ordering = ["position", "pk"]

    def get_queryset(self, request: Any) -> Any:
        return counted(super().get_queryset(request), "spaces")
