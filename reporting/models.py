"""The park's own figures: what it is, what it promised, what it published."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.kinds import TenantKind
from tenants.models import Tenant


class Metric(models.TextChoices):
    """What is counted; the definition of each stands in ``reporting.metrics``."""

    ENTERPRISES = "enterprises", _("Enterprises")
    START_UPS = "start_ups", _("Start-ups")
    EXPORTS = "exports", _("Exports")
    OCCUPANCY = "occupancy", _("Occupancy of leasable area")


class ParkQuerySet(models.QuerySet[Any]):
    """Staff see the rows of every organisation; these figures are the park's own."""

    def of_the_park(self) -> Self:
        return self.filter(tenant__kind=TenantKind.OPERATOR)


class ParkProfile(models.Model):
    """The facts of the park that no other app owns; one row, of the operator."""

    tenant = models.OneToOneField(Tenant, models.PROTECT, related_name="+")
    floor_area = models.DecimalField(_("floor area in m²"), max_digits=12, decimal_places=2)
    opened_on = models.DateField(_("opened on"))

    objects = ParkQuerySet.as_manager()

    class Meta:
        verbose_name = _("park profile")
        verbose_name_plural = _("park profile")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(floor_area__gt=0),
                name="park_area_positive",
                violation_error_message=_("The floor area is more than nothing."),
            )
        ]

    def __str__(self) -> str:
        return str(_("Park profile"))


class Target(models.Model):
    """A figure promised for a span of years, with the definition it is measured by."""

    class Measure(models.TextChoices):
        CUMULATIVE = "cumulative", _("sum over all years of the target")
        YEARLY = "yearly", _("in each year")
        STANDING = "standing", _("reached at the end")

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    metric = models.CharField(_("figure"), max_length=20, choices=Metric.choices)
    measure = models.CharField(_("measured as"), max_length=12, choices=Measure.choices)
    value = models.DecimalField(_("target"), max_digits=20, decimal_places=2)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to and including"))
    source = models.CharField(_("agreed in"), max_length=200)

    objects = ParkQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "metric", "measure", "starts_on"],
                name="target_once",
                violation_error_message=_("This target is there already; change that one."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="target_span",
                violation_error_message=_("A target ends after it starts."),
            ),
            models.CheckConstraint(
                condition=models.Q(value__gt=0),
                name="target_positive",
                violation_error_message=_("A target is more than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.starts_on.year}–{self.ends_on.year}"
