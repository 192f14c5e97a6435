"""Sheets of handing over and taking back in the staff site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from foundation.money import format_money
from foundation.staff import ReadInline
from foundation.staff_table import table
from foundation.steps import Step, StepAdmin, StepForm
from leasing.admin.lease_steps import ReasonForm
from leasing.models import Handover, HandoverKind, HandoverLine, LineKind
from leasing.models.handovers import HandoverState
from leasing.operations import handovers as operations
from leasing.operations.settlement import proposal
from leasing.permissions import permissions
from leasing.presentation import readings
from residency.admin.papers import file_link

OPEN = frozenset({HandoverState.OPEN})
CONFIRM = "confirm_for_park"
AMOUNTS = [
    ("deposit", _("deposit held")),
    ("open_charges", _("open charges")),
    ("late_fee", _("late fee")),
    ("damages", _("damages")),
    ("unused_rent", _("rent charged for days after the last")),
    ("refund", _("deposit to be paid back")),
    ("rent_back", _("rent to be paid back")),
    ("still_owed", _("still owed")),
]


class SheetForm(StepForm):
    model_fields = ["held_on", "notes"]

    def operate(self) -> Any:
        return operations.change_sheet(
            actor=self.actor, now=self.now, handover=self.row, **self.cleaned_data
        )


class LineForm(StepForm):
    def prepare(self) -> None:
        self.take_fields(HandoverLine(), ["kind", "what", "value"])
        kinds = [kind for kind in LineKind if kind != LineKind.PHOTO]
        if self.row.kind == HandoverKind.MOVE_IN:
            kinds.remove(LineKind.DAMAGE)
        self.fields["kind"].choices = [(k.value, k.label) for k in kinds]  # type: ignore[attr-defined]
        self.fields["value"].required = True

    def operate(self) -> Any:
        return operations.add_line(
            actor=self.actor, now=self.now, handover=self.row, **self.cleaned_data
        )


class PhotoForm(StepForm):
    file = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP; at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp"}),
        max_length=400,
        allow_empty_file=True,
    )
    what = forms.CharField(label=_("What it shows"), max_length=200)

    def operate(self) -> Any:
        file, what = self.cleaned_data["file"], self.cleaned_data["what"]
        return operations.add_photo(
            actor=self.actor, now=self.now, handover=self.row, file=file, name=file.name, what=what
        )


class ParkForm(StepForm):
    def operate(self) -> Any:
        return operations.confirm_for_park(actor=self.actor, now=self.now, handover=self.row)


class AloneForm(ReasonForm):
    def operate(self) -> Any:
        return operations.sign_alone(
            actor=self.actor, now=self.now, handover=self.row, **self.cleaned_data
        )


class LineInline(ReadInline):
    model = HandoverLine
    verbose_name_plural = _("lines")
    fields = ["kind", "what", "shown", "page"]
    readonly_fields = fields

    @admin.display(description=_("reading, count or amount"))
    def shown(self, row: HandoverLine) -> str:
        return row.shown


@admin.register(Handover)
class HandoverAdmin(StepAdmin):
    permissions = permissions
    reads = "read_leases"
    list_display = ["lease", "tenant", "kind", "held_on", "state"]
    list_filter = ["kind", "state"]
    list_select_related = ["lease", "tenant"]
    search_fields = ["lease__number", "tenant__name", "tenant__name_en", "tenant__slug"]
    ordering = ["-held_on", "-pk"]
    inlines = [LineInline]
    fields = [
        *("lease", "tenant", "kind", "held_on", "state", "notes", "park_by", "park_at"),
        *("organisation_by", "organisation_at", "alone_because", "compared", "settled"),
    ]
    steps = [
        Step(
            "park", _("Confirm for the park"), ParkForm, CONFIRM, OPEN,
            primary=True,
            when=lambda row: row.park_at is None,
            note=_("The organisation is asked to confirm it then. Any change asks both again."),
        ),
        Step("sheet", _("Day and notes"), SheetForm, CONFIRM, OPEN),
        Step("line", _("Add a meter, keys or a damage"), LineForm, CONFIRM, OPEN),
        Step("photo", _("Add a photo"), PhotoForm, CONFIRM, OPEN),
        Step(
            "alone", _("Sign without the organisation"), AloneForm, "sign_alone", OPEN,
            when=lambda row: row.park_at is not None,
            note=_("When it is gone or does not answer. The reason stays on the sheet."),
        ),
    ]  # fmt: skip

    @admin.display(description=_("meters and keys, before and after"))
    def compared(self, row: Handover) -> Any:
        if row.kind != HandoverKind.CHECK_OUT:
            return "--"
        first = row.lease.handovers.filter(kind=HandoverKind.MOVE_IN).first()
        found = [[str(each.line), *each.shown] for each in readings(first, row)]
        return table(["", _("Before"), _("After"), _("Difference")], found)

    @admin.display(description=_("settlement"))
    def settled(self, row: Handover) -> Any:
        """As it was signed, or what it would be as the sheet stands."""
        if row.kind != HandoverKind.CHECK_OUT:
            return "--"
        found = row.settlement or proposal(row)
        currency = row.lease.currency
        rows = [
            [capfirst(str(label)), format_money(getattr(found, name), currency)]
            for name, label in AMOUNTS
        ]
        return table(["", _("Amount")], rows)


class LineRemovalForm(StepForm):
    def operate(self) -> Any:
        self.leads_to = reverse("admin:leasing_handover_change", args=[self.row.handover_id])
        return operations.remove_line(actor=self.actor, now=self.now, line=self.row)


@admin.register(HandoverLine)
class HandoverLineAdmin(StepAdmin):
    permissions = permissions
    reads = "read_leases"
    steps = [Step("removal", _("Take it off the sheet"), LineRemovalForm, CONFIRM, OPEN)]
    list_display = ["kind", "what", "value", "handover"]
    list_select_related = ["handover__lease"]
    ordering = ["-pk"]
    fields = ["handover", "kind", "what", "value", "photo"]

    def state_of(self, row: HandoverLine) -> str:
        return str(row.handover.state)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("photo"))
    def photo(self, row: HandoverLine) -> str:
        return file_link(row.document)
