"""Reference rates of the day; the same for everybody, so without an organisation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RateSource(models.TextChoices):
    """Where a rate comes from; of several for one day the first in this order counts."""

    CFETS = "cfets", _("RMB central parity rate (CFETS)")
    ECB = "ecb", _("European Central Bank, by way of the euro")
    DEMO = "demo", _("Invented for the demo")


class ReferenceRate(models.Model):
    """How many yuan one unit of a currency was worth on a day, according to a source."""

    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    cny_per_unit = models.DecimalField(_("CNY per unit"), max_digits=30, decimal_places=18)
    source = models.CharField(_("source"), max_length=8, choices=RateSource)

    class Meta:
        verbose_name = _("reference rate")
        verbose_name_plural = _("reference rates")
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "day", "source"],
                name="rate_once",
                violation_error_message=_("This source has a rate for this day already."),
            ),
            models.CheckConstraint(
                condition=Q(cny_per_unit__gt=0),
                name="rate_positive",
                violation_error_message=_("A rate is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="rate_currency_iso"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
