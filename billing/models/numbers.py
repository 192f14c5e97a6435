"""Numbers of papers: without a gap in each organisation's own series of a year.

A series over the whole park would tell everybody how many bills their neighbours get.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.models.owned import OwnedQuerySet, owner


class Series(models.TextChoices):
    BILL = "B", pgettext_lazy("series of numbers", "Bills")
    DEPOSIT = "D", pgettext_lazy("series of numbers", "Deposits")
    CREDIT = "C", pgettext_lazy("series of numbers", "Credit notes")


class NumberSeries(models.Model):
    """``last`` is the number given last: whoever gives the next locks this row until the paper is
    issued or is not, so that no number is missing and none is there twice."""

    tenant = owner()
    series = models.CharField(_("series"), max_length=1, choices=Series.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")
        ordering = ["tenant", "year", "series"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "series", "year"], name="number_series_once"),
            models.CheckConstraint(
                condition=Q(series__in=Series.values), name="number_series_known"
            ),
            models.CheckConstraint(condition=Q(last__gte=1), name="number_series_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.series}{self.year}"
