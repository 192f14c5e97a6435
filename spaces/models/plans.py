"""The picture of a floor, and where on it each of its spaces lies."""

from __future__ import annotations

from typing import NamedTuple

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.models import Document
from spaces.models.tree import Floor, Space

# Shapes are measured in thousandths of the picture: of its width across, of its height down.
WHOLE = 1000


class FloorPlan(models.Model):
    """A floor's picture and its scale. ``version`` counts each change, of the shapes too, so that
    two who draw at once find out about each other."""

    floor = models.OneToOneField(
        Floor,
        models.PROTECT,
        related_name="plan",
        verbose_name=pgettext_lazy("building", "floor"),
    )
    # A file of the park.
    picture = models.ForeignKey(
        Document, models.PROTECT, related_name="+", verbose_name=_("picture")
    )
    pixels_wide = models.PositiveIntegerField(_("width in pixels"))
    pixels_high = models.PositiveIntegerField(_("height in pixels"))
    metres_wide = models.DecimalField(
        _("metres that the picture is wide"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(1), MaxValueValidator(2000)],
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("floor plan")
        verbose_name_plural = _("floor plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(metres_wide__gte=1, metres_wide__lte=2000),
                name="plan_scale",
                violation_error_message=_("The picture is between 1 and 2,000 metres wide."),
            ),
            models.CheckConstraint(
                condition=Q(pixels_wide__gt=0, pixels_high__gt=0), name="plan_pixels"
            ),
        ]

    def __str__(self) -> str:
        return str(self.floor)


class Box(NamedTuple):
    """A rectangle on a plan, in thousandths of the picture; turned by degrees around its middle,
    clockwise. What lies inside the picture is the rectangle before it is turned."""

    x: int
    y: int
    width: int
    height: int
    rotation: int = 0


class Shape(models.Model):
    """Where a space lies on the plan of its floor. All of it is known, or there is no row."""

    space = models.OneToOneField(
        Space, models.PROTECT, related_name="shape", verbose_name=_("space")
    )
    plan = models.ForeignKey(
        FloorPlan, models.PROTECT, related_name="shapes", verbose_name=_("floor plan")
    )
    x = models.PositiveSmallIntegerField(_("from the left"))
    y = models.PositiveSmallIntegerField(_("from the top"))
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    rotation = models.PositiveSmallIntegerField(_("turned by degrees"), default=0)

    class Meta:
        verbose_name = _("shape on a plan")
        verbose_name_plural = _("shapes on plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0)
                & Q(width__lte=WHOLE - F("x"), height__lte=WHOLE - F("y")),
                name="shape_inside",
                violation_error_message=_("A shape lies inside the picture."),
            ),
            models.CheckConstraint(
                condition=Q(rotation__lt=360),
                name="shape_turn",
                violation_error_message=_("A shape is turned by 0 to 359 degrees."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.space)

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.width, self.height, self.rotation)
