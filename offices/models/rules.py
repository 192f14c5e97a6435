"""The rule that a type of space is booked by: the park's own row, changed by its staff."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from spaces.models import SpaceType
from tenants.kinds import Role, TenantKind

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
# Design of the park's bookings, 4.5: free until two days before, half until twelve hours before.
LADDER = [[48, 0], [12, 50], [0, 100]]


def usual_ladder() -> list[list[int]]:
    return [list(rung) for rung in LADDER]


class BookingRule(models.Model):
    """Who may book spaces of a type, when, for how long and at what price."""

    type = models.OneToOneField(
        SpaceType, models.PROTECT, related_name="booking_rule", verbose_name=_("type of space")
    )
    kinds = ArrayField(
        models.CharField(max_length=20, choices=TenantKind.choices),
        verbose_name=_("organisations that may book"),
    )
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices),
        verbose_name=_("roles that may book"),
    )
    opens_on = ArrayField(
        models.PositiveSmallIntegerField(choices=WEEKDAYS), verbose_name=_("open on")
    )
    keeps_holidays = models.BooleanField(
        _("closed on public holidays"),
        default=True,
        help_text=_("And open on the weekends that are worked for them."),
    )
    opens_at = models.TimeField(_("opens at"), default=time(8))
    closes_at = models.TimeField(_("closes at"), default=time(20))
    slot_minutes = models.PositiveSmallIntegerField(_("minutes of a slot"), default=30)
    days_ahead = models.PositiveSmallIntegerField(_("days ahead"), default=30)
    least_minutes = models.PositiveSmallIntegerField(_("minutes at least"), default=30)
    most_minutes = models.PositiveSmallIntegerField(_("minutes at most"), default=240)
    minutes_before = models.PositiveSmallIntegerField(_("minutes kept free before"), default=0)
    minutes_after = models.PositiveSmallIntegerField(_("minutes kept free after"), default=0)
    most_ahead = models.PositiveSmallIntegerField(
        _("bookings ahead at most"), default=10, help_text=_("For each organisation.")
    )
    needs_approval = models.BooleanField(_("the park confirms each booking"), default=False)
    early_minutes = models.PositiveSmallIntegerField(_("check-in opens minutes before"), default=10)
    late_minutes = models.PositiveSmallIntegerField(_("check-in closes minutes after"), default=15)
    hour_price = models.DecimalField(
        _("price of an hour in CNY"), max_digits=10, decimal_places=2, default=Decimal(0)
    )
    # Pairs of hours before the start and per cent of the price, the most hours first.
    ladder = ArrayField(
        ArrayField(models.PositiveSmallIntegerField(), size=2),
        verbose_name=_("cancellation"),
        default=usual_ladder,
    )

    class Meta:
        verbose_name = _("booking rule")
        verbose_name_plural = _("booking rules")
        ordering = ["type__position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="booking_rule_hours",
                violation_error_message=_("It closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=240),
                name="booking_rule_slot",
                violation_error_message=_("A slot has between 5 and 240 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(least_minutes__gte=F("slot_minutes"))
                & Q(most_minutes__gte=F("least_minutes"), most_minutes__lte=1440),
                name="booking_rule_minutes",
                violation_error_message=_(
                    "At least a slot, at most a day, and at most not below at least."
                ),
            ),
            models.CheckConstraint(
                condition=Q(late_minutes__gte=1, late_minutes__lt=F("least_minutes")),
                name="booking_rule_check_in",
                violation_error_message=_("Check-in closes after the start and before the end."),
            ),
            models.CheckConstraint(
                condition=Q(hour_price__gte=0),
                name="booking_rule_price",
                violation_error_message=_("A price is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.type)


def per_cent_of(ladder: Any, hours: float) -> int:
    """What part of the price is due so many hours before the start; of no rung that fits, all."""
    for rung_hours, per_cent in ladder:
        if hours >= rung_hours:
            return int(per_cent)
    return int(ladder[-1][1]) if ladder else 0
