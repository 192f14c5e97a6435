"""Days on which the park is open though the week says closed, or closed though it says open."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from spaces.models.tree import Named


class ParkDay(Named):
    """A public holiday, or the Saturday or Sunday that is worked for one (调休)."""

    day = models.DateField(_("day"))
    is_open = models.BooleanField(
        _("a working day"), default=False, help_text=_("On for a weekend that is worked.")
    )

    class Meta:
        verbose_name = _("holiday or make-up working day")
        verbose_name_plural = _("holidays and make-up working days")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                name="park_day_once",
                violation_error_message=_("This day stands in the list already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
