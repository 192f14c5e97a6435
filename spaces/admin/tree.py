"""Spaces in the staff site: which there are, what they are now, and what can be done with each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.money import NOTHING, format_number
from foundation.staff import OperationAdmin, OperationForm, ReadInline
from foundation.steps import Step, StepAdmin, StepForm
from spaces import queries
from spaces.models import Occupancy, OccupancyKind, Space, SpaceKind
from spaces.operations import closing, tree
from spaces.permissions import permissions
from spaces.queries import SpaceState

USED = frozenset({"used"})
RETIRED = frozenset({"retired"})
MOMENT = timedelta(microseconds=1)
BASIC = [
    *("type", "code", "name_zh", "name_en", "area", "quantity"),
    *("lets_by_lease", "lets_by_hour", "counts_in_statistics"),
]


class AddSpaceForm(OperationForm):
    class Meta:
        model = Space
        fields = ["kind", "floor", "parent", *BASIC]
        help_texts = {
            "floor": _("Kits and operators may go without; a desk lies where its unit lies."),
            "parent": _("Of desks only."),
            "quantity": _("More than one: counted instead of taken by one at a time."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Space.objects.in_use().filter(kind=SpaceKind.UNIT).order_by("code")
        self.fields["parent"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if parent := given.get("parent"):
            given["floor"] = parent.floor
        return given

    def operate(self) -> Space:
        return tree.add_space(actor=self.actor, now=self.now, **self.cleaned_data)


# -- steps -----------------------------------------------------------------------------------------


def moment_input() -> forms.DateTimeInput:
    """A moment, chosen in the browser's own calendar and clock."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ClosingForm(StepForm):
    """From when until when, and why; calls ``operation``."""

    operation: Any = None
    start = forms.DateTimeField(label=_("From"), widget=moment_input())
    end = forms.DateTimeField(
        label=_("Until"),
        widget=moment_input(),
        required=False,
        help_text=_("Empty: until further notice."),
    )
    reason = forms.CharField(label=_("Why"), max_length=500)

    def prepare(self) -> None:
        now = timezone.localtime(self.now)
        self.initial.setdefault("start", now.replace(second=0, microsecond=0))

    def operate(self) -> Any:
        return type(self).operation(
            actor=self.actor, now=self.now, space=self.row, **self.cleaned_data
        )


class MaintenanceForm(ClosingForm):
    operation = staticmethod(closing.put_into_maintenance)


class BlockForm(ClosingForm):
    operation = staticmethod(closing.block_space)


class ChangeForm(StepForm):
    model_fields = BASIC

    def operate(self) -> Any:
        return tree.change_space(
            actor=self.actor, now=self.now, space=self.row, **self.cleaned_data
        )


class RetireForm(StepForm):
    def operate(self) -> Any:
        return tree.retire_space(actor=self.actor, now=self.now, space=self.row)


class RestoreForm(StepForm):
    def operate(self) -> Any:
        return tree.restore_space(actor=self.actor, now=self.now, space=self.row)


STEPS = [
    Step("change", _("Change"), ChangeForm, "manage_spaces", USED),
    Step(
        "maintenance", _("Put into maintenance"), MaintenanceForm, "close_spaces", USED,
        note=_(
            "Nobody can take it in that time; of a unit its desks neither. Refused where "
            "somebody has it then."
        ),
    ),
    Step(
        "block", _("Block"), BlockForm, "close_spaces", USED,
        note=_("Keeps it from being taken for another reason than maintenance."),
    ),
    Step(
        "retirement", _("Take out of use"), RetireForm, "manage_spaces", USED,
        note=_("It cannot be taken any more. What happened in it stays on record."),
    ),
    Step("restoration", _("Put back into use"), RestoreForm, "manage_spaces", RETIRED, primary=True),
]  # fmt: skip


# -- lists -----------------------------------------------------------------------------------------


class InUse(admin.SimpleListFilter):
    """In use unless asked otherwise; what was retired is looked for on purpose."""

    title = _("use")
    parameter_name = "use"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("used", _("in use")), ("retired", _("out of use"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == "retired":
            return queryset.exclude(retired_at=None)
        return queryset.in_use() if self.value() == "used" else queryset


class Now(admin.SimpleListFilter):
    """What spaces are taken for at this moment."""

    title = _("now")
    parameter_name = "now"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nothing", pgettext_lazy("space", "Free")), *OccupancyKind.choices]

    def queryset(self, request: Any, queryset: Any) -> Any:
        now = timezone.now()
        here = Occupancy.objects.standing(now).overlapping(now, now + MOMENT)
        here = here.filter(space=OuterRef("pk"))
        if self.value() == "nothing":
            return queryset.filter(~Exists(here))
        if self.value() in OccupancyKind.values:
            return queryset.filter(Exists(here.filter(kind=self.value())))
        return queryset


class OccupancyInline(ReadInline):
    """What has it now and later."""

    model = Occupancy
    fk_name = "space"
    verbose_name_plural = _("Now and later")
    fields = ["tenant", "kind", "state", "starts", "ends", "amount", "reason", "page"]
    readonly_fields = fields

    def get_queryset(self, request: Any) -> Any:
        ahead = super().get_queryset(request).ahead(timezone.now())
        return ahead.select_related("tenant", "space").order_by("during")

    @admin.display(description=_("from"))
    def starts(self, row: Occupancy) -> Any:
        return row.starts_at

    @admin.display(description=_("until"))
    def ends(self, row: Occupancy) -> Any:
        return row.ends_at or _("further notice")


class DeskInline(ReadInline):
    model = Space
    fk_name = "parent"
    verbose_name_plural = _("Desks")
    fields = ["code", "name", "quantity", "retired_at", "page"]
    readonly_fields = fields

    @admin.display(description=_("name"))
    def name(self, row: Space) -> str:
        return row.name


@admin.register(Space)
class SpaceAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_spaces"
    add_form, adds = AddSpaceForm, "manage_spaces"
    steps = STEPS
    list_display = ["code", "name", "kind", "type", "floor", "size", "how_many", "is_now"]
    list_filter = [InUse, Now, "kind", "floor__building", "type", "lets_by_lease", "lets_by_hour"]
    list_select_related = ["type", "floor__building", "parent"]
    search_fields = ["code", "name_zh", "name_en"]
    ordering = ["code"]
    inlines = [OccupancyInline, DeskInline]
    fields = ["kind", "floor", "parent", "is_now", "retired_at", *BASIC]

    def state_of(self, row: Space) -> str:
        return "used" if row.retired_at is None else "retired"

    def get_inlines(self, request: Any, obj: Any = None) -> list[Any]:
        if obj is None:
            return []
        return self.inlines if obj.kind == SpaceKind.UNIT else [OccupancyInline]

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return redirect(self.row_url(obj))

    def get_changelist_instance(self, request: Any) -> Any:
        """The states of the page's spaces are read together."""
        shown = super().get_changelist_instance(request)
        self._mark(request, list(shown.result_list))
        return shown

    def get_object(self, request: Any, object_id: str, from_field: Any = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self._mark(request, [row])
        return row

    def _mark(self, request: Any, spaces: list[Space]) -> None:
        known = queries.states_now(actor=request.actor, spaces=spaces, now=timezone.now())
        for space in spaces:
            space.state_now = known[space.pk]  # type: ignore[attr-defined]

    @admin.display(description=_("name"), ordering="name_zh")
    def name(self, space: Space) -> str:
        return space.name

    @admin.display(description=_("area in m²"), ordering="area")
    def size(self, space: Space) -> str:
        return NOTHING if space.area is None else format_number(space.area.normalize())

    @admin.display(description=_("how many"), ordering="quantity")
    def how_many(self, space: Space) -> int:
        return space.quantity

    @admin.display(description=_("now"))
    def is_now(self, space: Space) -> str:
        if space.retired_at is not None:
            return str(capfirst(_("out of use")))
        return str(SpaceState(space.state_now).label)  # type: ignore[attr-defined]
