"""What the park asks for a type of space; a lease below it needs a second word."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from spaces.models import SpaceType


class ListPrice(models.Model):
    """Of one m² and month, in CNY."""

    type = models.OneToOneField(
        SpaceType, models.PROTECT, related_name="list_price", verbose_name=_("type of space")
    )
    price = models.DecimalField(_("CNY per m² and month"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gt=0),
                name="list_price_above_zero",
                violation_error_message=_("A price is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.type)
