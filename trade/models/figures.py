"""Sums kept beside the orders, written in the transaction that writes the lines.

``net_cny`` is the net amount at the reference rate of each day, unrounded; null where no rate is
known. ``provisional`` says that a rate was missing or more than seven days old.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from trade.models.imports import Channel, OwnQuerySet
from trade.models.orders import Direction, exact_amount


def cny_amount(**options: Any) -> models.DecimalField:
    """An exact amount times a rate of 18 places would need more; 12 keep every fen of a total."""
    return models.DecimalField(max_digits=38, decimal_places=12, **options)


class DailySales(models.Model):
    """What was sold on one business day, by channel, direction, country and currency."""

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    day = models.DateField(_("day"))
    channel = models.ForeignKey(
        Channel, models.PROTECT, db_index=False, verbose_name=_("sales channel")
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    orders = models.IntegerField(_("orders"))
    cancelled_orders = models.IntegerField(_("orders with cancellations"))
    lines = models.IntegerField(_("lines"))
    gross = exact_amount(verbose_name=_("gross"))
    cancelled = exact_amount(verbose_name=_("cancelled"))
    net = models.GeneratedField(
        expression=F("gross") - F("cancelled"),
        output_field=exact_amount(),
        db_persist=True,
        verbose_name=_("net"),
    )
    cny_per_unit = models.DecimalField(
        _("CNY per unit"), max_digits=30, decimal_places=18, null=True
    )
    # The day whose rate it is: the day itself, or the last one before it that has a rate.
    rate_on = models.DateField(_("rate of"), null=True)
    net_cny = models.GeneratedField(
        expression=(F("gross") - F("cancelled")) * F("cny_per_unit"),
        output_field=cny_amount(),
        db_persist=True,
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily sales")
        verbose_name_plural = _("daily sales")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "day", "channel", "direction", "country", "currency"],
                name="daily_sales_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.country} {self.currency}"


class MonthlySales(models.Model):
    """One organisation's month by direction and currency: what the park may see of it."""

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    currency = models.CharField(_("currency"), max_length=3)
    orders = models.IntegerField(_("orders"))
    cancelled_orders = models.IntegerField(_("orders with cancellations"))
    lines = models.IntegerField(_("lines"))
    gross = exact_amount(verbose_name=_("gross"))
    cancelled = exact_amount(verbose_name=_("cancelled"))
    net = models.GeneratedField(
        expression=F("gross") - F("cancelled"),
        output_field=exact_amount(),
        db_persist=True,
        verbose_name=_("net"),
    )
    net_cny = cny_amount(verbose_name=_("net in CNY"), null=True)
    provisional = models.BooleanField(_("provisional"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly sales")
        verbose_name_plural = _("monthly sales")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month", "direction", "currency"], name="monthly_sales_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_direction_display()} {self.currency}"


class MonthlyProductSales(models.Model):
    """What one product sold in a month, by direction and currency."""

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organisation"),
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    sku = models.CharField(_("product code"), max_length=80)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    currency = models.CharField(_("currency"), max_length=3)
    # The longest description seen: platforms cut them, people leave them out.
    description = models.CharField(_("description"), max_length=1000, blank=True)
    lines = models.IntegerField(_("lines"))
    quantity = models.DecimalField(_("quantity"), max_digits=30, decimal_places=4)
    gross = exact_amount(verbose_name=_("gross"))
    cancelled = exact_amount(verbose_name=_("cancelled"))
    net = models.GeneratedField(
        expression=F("gross") - F("cancelled"),
        output_field=exact_amount(),
        db_persist=True,
        verbose_name=_("net"),
    )
    net_cny = cny_amount(verbose_name=_("net in CNY"), null=True)
    provisional = models.BooleanField(_("provisional"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly product sales")
        verbose_name_plural = _("monthly product sales")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month", "sku", "direction", "currency"],
                name="monthly_product_sales_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.sku}"
