"""How long what the portal keeps about people is kept, as rows with their source."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backbone.retention import personal_data_of
from tenants.models import Tenant


class RetentionRuleQuerySet(models.QuerySet["RetentionRule"]):
    def in_force(self, on: date) -> RetentionRuleQuerySet:
        """Of each kind of data the newest rule that has begun."""
        begun = self.filter(starts_on__lte=on)
        return begun.order_by("tenant", "data", "-starts_on").distinct("tenant", "data")


class RetentionRule(models.Model):
    """From ``starts_on`` on, data of this kind is erased so many days after its time began."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    # A code of backbone.retention.
    data = models.CharField(_("data"), max_length=60)
    days = models.PositiveIntegerField(_("kept for (days)"))
    starts_on = models.DateField(_("in force from"))
    source = models.CharField(_("by which rule"), max_length=300)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "data", "starts_on"],
                name="retention_rule_once",
                violation_error_message=_("There is a rule for this data from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(days__gt=0, days__lte=36_525),
                name="retention_rule_days",
                violation_error_message=_("Give a number of days between 1 and 36,525."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="retention_rule_source",
                violation_error_message=_("Name the rule or the decision behind this time."),
            ),
        ]

    def __str__(self) -> str:
        known = personal_data_of(self.data)
        return str(known.label) if known else self.data
