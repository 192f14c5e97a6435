"""What an organisation has free each month of a type of space, all its people together."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from spaces.models import SpaceType
from tenants.models import Tenant


class AllowanceQuerySet(models.QuerySet["Allowance"]):
    def visible_to(self, actor: Actor) -> AllowanceQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def on(self, day: date) -> AllowanceQuerySet:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Allowance(models.Model):
    """So many minutes of each calendar month, where the park is; what is left does not roll over.

    A booking counts in the month in which it begins. Beyond it an hour costs ``hour_price``, in
    CNY, or what the rule of the type says.
    """

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    type = models.ForeignKey(
        SpaceType, models.PROTECT, related_name="allowances", verbose_name=_("type of space")
    )
    minutes = models.PositiveIntegerField(_("minutes a month"))
    hour_price = models.DecimalField(
        _("price of an hour beyond it, in CNY"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Empty: the price of the type."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty: until further notice.")
    )

    objects = AllowanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        ordering = ["tenant", "type", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "type", "starts_on"],
                name="allowance_once",
                violation_error_message=_("There is an allowance of this type from that day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="allowance_span",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0),
                name="allowance_minutes",
                violation_error_message=_("An allowance has minutes."),
            ),
            models.CheckConstraint(
                condition=Q(hour_price=None) | Q(hour_price__gte=0),
                name="allowance_price",
                violation_error_message=_("A price is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}: {self.type}"
