"""Programmes, courses, trainers and funding lines: lists with a form each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.staff import OperationAdmin, OperationForm
from foundation.steps import Step, StepAdmin, StepForm, day_input
from training.models import Course, FundingLine, Programme, Trainer
from training.operations import catalogue
from training.permissions import permissions

ACTION = "manage_catalogue"
NAMES = ["code", "name_zh", "name_en"]
WORDS = ["description_zh", "description_en"]


class KeptForm(OperationForm):
    """Adds a row and changes it by one operation, which knows it as ``row_name``."""

    keep: Any = None
    row_name = ""

    def operate(self) -> Any:
        own = self.instance if self.instance.pk else None
        known = {"actor": self.actor, "now": self.now, **self.cleaned_data}
        return type(self).keep(**known, **{self.row_name: own})


class RetireForm(StepForm):
    def operate(self) -> Any:
        return catalogue.retire(actor=self.actor, now=self.now, row=self.row)


RETIREMENT = Step(
    "retirement",
    pgettext_lazy("training", "Retire"),
    RetireForm,
    ACTION,
    frozenset({"in_use"}),
    note=_("Nothing new is made of it; what there is stays."),
)


class KeptAdmin(StepAdmin, OperationAdmin):
    permissions = permissions
    reads = "see_training"
    adds = changes = ACTION
    steps = [RETIREMENT]

    def state_of(self, row: Any) -> str:
        return "retired" if row.retired_at else "in_use"

    @admin.display(description=_("name"))
    def name(self, row: Any) -> str:
        return str(row.name)


class ProgrammeForm(KeptForm):
    keep, row_name = catalogue.keep_programme, "programme"

    class Meta:
        model = Programme
        fields = [*NAMES, *WORDS, "position"]


@admin.register(Programme)
class ProgrammeAdmin(KeptAdmin):
    add_form = change_form = ProgrammeForm
    list_display = ["name", "code", "position", "retired_at"]


class CourseForm(KeptForm):
    keep, row_name = catalogue.keep_course, "course"
    required = forms.ModelMultipleChoiceField(
        Course.objects.none(),
        label=_("Courses to have passed before"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Course
        fields = [
            *("programme", *NAMES, *WORDS, "minutes", "minutes_per_hour", "price", "language"),
            *("attendance_percent", "test_required", "certificate_kind"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["required"]
        field.queryset = Course.objects.in_use().exclude(pk=self.instance.pk).order_by("code")
        if self.instance.pk:
            field.initial = [row.required_id for row in self.instance.required_rows.all()]


@admin.register(Course)
class CourseAdmin(KeptAdmin):
    add_form = change_form = CourseForm
    list_display = ["name", "code", "programme", "hours", "price", "retired_at"]
    list_filter = ["programme", "certificate_kind"]
    list_select_related = ["programme"]
    search_fields = ["code", "name_zh", "name_en"]
    ordering = ["code"]

    @admin.display(description=pgettext_lazy("training", "hours"))
    def hours(self, row: Course) -> Any:
        return row.hours


class TrainerForm(KeptForm):
    keep, row_name = catalogue.keep_trainer, "trainer"

    class Meta:
        model = Trainer
        fields = ["name_zh", "name_en", "title_zh", "title_en"]


@admin.register(Trainer)
class TrainerAdmin(KeptAdmin):
    add_form = change_form = TrainerForm
    list_display = ["name", "title", "retired_at"]
    search_fields = ["name_zh", "name_en"]

    @admin.display(description=_("title"))
    def title(self, row: Trainer) -> str:
        return row.title


class FundingLineForm(KeptForm):
    keep, row_name = catalogue.keep_funding_line, "line"

    class Meta:
        model = FundingLine
        fields = ["code", "name", "seats", "starts_on", "ends_on"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}


@admin.register(FundingLine)
class FundingLineAdmin(OperationAdmin):
    permissions = permissions
    reads = "see_training"
    adds = changes = ACTION
    add_form = change_form = FundingLineForm
    list_display = ["code", "name", "seats", "starts_on", "ends_on"]
    search_fields = ["code", "name"]
