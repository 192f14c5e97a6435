"""What the pages of the training centre in the staff site share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.steps import StepForm
from spaces.admin.tree import moment_input
from training.models import Trainer

__all__ = ["SEARCHED", "ReasonForm", "moment_field", "moment_input", "trainers_field"]

SEARCHED = ["tenant__name", "tenant__name_en", "tenant__slug"]


def moment_field(label: Any, **values: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=moment_input(), **values)


def trainers_field() -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        Trainer.objects.in_use(),
        label=_("Trainers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ReasonForm(StepForm):
    """A step that asks why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
