"""Rules by which idle hours of a space go to students."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.steps import Step, StepForm
from training.admin.catalogue import KeptAdmin, KeptForm
from training.models import IdleRule
from training.models.idle import WEEKDAYS
from training.operations import idle

ACTION = "manage_sessions"


class IdleRuleForm(KeptForm):
    keep, row_name = idle.keep_idle_rule, "rule"
    weekdays = forms.TypedMultipleChoiceField(
        label=_("days of the week"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = IdleRule
        fields = [
            *("space", "course", "seats", "weekdays", "starts_at", "ends_at"),
            *("release_hours", "takeback_hours"),
        ]


class EndForm(StepForm):
    def operate(self) -> Any:
        return idle.end_idle_rule(actor=self.actor, now=self.now, rule=self.row)


ENDING = Step(
    "ending",
    pgettext_lazy("rule", "End"),
    EndForm,
    ACTION,
    frozenset({"in_use"}),
    note=_("Sessions that it made stay as they are."),
)


@admin.register(IdleRule)
class IdleRuleAdmin(KeptAdmin):
    add_form = change_form = IdleRuleForm
    changes = adds = ACTION
    steps = [ENDING]
    list_display = ["__str__", "course", "days", "release_hours", "takeback_hours", "ended_at"]
    list_select_related = ["space", "course"]

    def state_of(self, row: IdleRule) -> str:
        return "ended" if row.ended_at else "in_use"

    @admin.display(description=_("days of the week"))
    def days(self, row: IdleRule) -> str:
        names = dict(WEEKDAYS)
        return ", ".join(str(names[each]) for each in row.weekdays)
