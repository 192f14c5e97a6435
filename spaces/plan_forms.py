"""What the pages of floors ask: a day, a picture with its scale, rectangles."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from spaces.models import Box, FloorPlan
from spaces.models.plans import WHOLE

# Room for two thousand spaces.
LONGEST_SHAPES = 200_000
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
NUMBERS = ("x", "y", "width", "height")
UNREADABLE = _("The rectangles could not be read. Reload the page and draw again.")


def day_field(**values: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
        **values,
    )


class DayForm(forms.Form):
    day = day_field(label=_("Day"), required=False)

    @property
    def chosen(self) -> date | None:
        return self.cleaned_data.get("day") if self.is_valid() else None


class PictureForm(forms.Form):
    file = forms.FileField(
        label=_("Picture of the floor"),
        required=False,
        max_length=None,
        help_text=_("PNG, JPEG or WebP, at most 20 MB and 40 million pixels."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    metres_wide = FloorPlan._meta.get_field("metres_wide").formfield(
        label=_("Metres that the whole picture is wide"),
        help_text=_("From its left to its right edge, margins included."),
    )


def _number(label: Any, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=WHOLE,
        widget=forms.NumberInput(),
        error_messages={"required": _("Say a whole number.")},
    )


class ShapesForm(forms.Form):
    """One rectangle by its numbers, or with the script everything that was drawn."""

    use_required_attribute = False

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    # {code: [x, y, width, height, rotation]}, filled by the script.
    shapes = forms.CharField(
        required=False, max_length=LONGEST_SHAPES, widget=forms.HiddenInput, strip=True
    )
    space = forms.ChoiceField(label=pgettext_lazy("plan", "Space"))
    x = _number(_("From the left"), 0)
    y = _number(_("From the top"), 0)
    width = _number(_("Width"), 1)
    height = _number(_("Height"), 1)
    rotation = forms.IntegerField(
        label=_("Turned by degrees"),
        min_value=0,
        max_value=359,
        required=False,
        widget=forms.NumberInput(),
    )
    removed = forms.BooleanField(label=_("Take it off the plan"), required=False)

    def __init__(self, *args: Any, codes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].choices = list(codes.items())  # type: ignore[attr-defined]

    def clean_shapes(self) -> dict[str, Box] | None:
        said = self.cleaned_data["shapes"]
        if not said:
            return None
        try:
            found = json.loads(said)
            return {str(code): Box._make(map(_whole, numbers)) for code, numbers in found.items()}
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ValidationError(UNREADABLE) from error

    def clean(self) -> dict[str, Any]:
        """The numbers count for nothing beside what was drawn, or of what is taken off."""
        found = super().clean() or {}
        if found.get("shapes") is not None or found.get("removed"):
            for name in (*NUMBERS, "rotation"):
                self.errors.pop(name, None)
        return found

    def wanted(self, there: dict[str, Box]) -> dict[str, Box]:
        """Every rectangle that the plan is to have, by code."""
        found = self.cleaned_data
        if found["shapes"] is not None:
            return dict(found["shapes"])
        wanted = dict(there)
        wanted.pop(found["space"], None)
        if not found["removed"]:
            numbers = [found[name] for name in NUMBERS]
            wanted[found["space"]] = Box._make([*numbers, found["rotation"] or 0])
        return wanted


def _whole(value: Any) -> int:
    if type(value) is not int or not -WHOLE <= value <= WHOLE:
        raise ValueError(value)
    return value
