"""Sales orders and their lines. Written by imports only, changed by nobody else so far."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trade.models.imports import Channel, OrderImport, OwnQuerySet


class Direction(models.TextChoices):
    EXPORT = "export", pgettext_lazy("direction of trade", "Export")
    IMPORT = "import", pgettext_lazy("direction of trade", "Import")
    DOMESTIC = "domestic", pgettext_lazy("direction of trade", "Domestic")


class LineKind(models.TextChoices):
    SALE = "sale", _("Sale")
    CANCELLATION = "cancellation", _("Cancellation")


def exact_amount(**options: Any) -> models.DecimalField:
    """Exact products of quantity and price: nothing is rounded before it is printed."""
    return models.DecimalField(max_digits=38, decimal_places=8, **options)


class Order(models.Model):
    """One order of a channel, or its cancellation where the platform gives that its own number.

    ``gross`` sums the sale lines, ``cancelled`` the cancellation lines as a positive amount, both
    in ``currency``. Platform orders; not verified by customs.
    """

    # The channel's key carries the tenant, so this one needs no check of its own.
    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("organisation"),
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, db_index=False, verbose_name=_("sales channel")
    )
    number = models.CharField(_("order number"), max_length=64)
    ordered_at = models.DateTimeField(_("ordered at"))
    # The business day in the park's zone.
    ordered_on = models.DateField(_("ordered on"))
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    country = models.CharField(_("country"), max_length=2)
    # As it stood in the file, so that a label mapped later moves the orders it belongs to.
    country_label = models.CharField(_("country label"), max_length=80, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    sale_lines = models.IntegerField(_("sale lines"))
    cancellation_lines = models.IntegerField(_("cancellation lines"))
    gross = exact_amount(verbose_name=_("gross"))
    cancelled = exact_amount(verbose_name=_("cancelled"))
    net = models.GeneratedField(
        expression=F("gross") - F("cancelled"),
        output_field=exact_amount(),
        db_persist=True,
        verbose_name=_("net"),
    )
    last_import = models.ForeignKey(
        OrderImport,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("last import"),
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [models.Index(fields=["tenant", "-ordered_on", "-id"], name="order_newest")]
        constraints = [
            # Number before channel: the same index finds an order by the start of its number.
            models.UniqueConstraint(
                fields=["tenant", "number", "channel"], name="order_number_once"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="order_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="order_country_iso"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="order_currency_iso"
            ),
            models.CheckConstraint(
                condition=Q(
                    sale_lines__gte=0, cancellation_lines__gte=0, gross__gte=0, cancelled__gte=0
                ),
                name="order_totals_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line of an order. A cancellation line has a negative quantity and amount.

    Identical lines of one order are different lines: ``line_key`` says what a line holds and
    ``occurrence`` counts its likes within the order, so the same file changes nothing twice.
    """

    # No constraints of their own: the order's key carries the tenant, and the import is judged
    # for all lines of a statement together by the trigger trade_lines_of_import.
    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("organisation"),
    )  # fmt: skip
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("order")
    )
    order_import = models.ForeignKey(
        OrderImport, models.PROTECT, related_name="+", db_column="import_id", db_index=False, db_constraint=False,
        verbose_name=_("import"),
    )  # fmt: skip
    line_no = models.IntegerField(_("row in the file"))
    ordered_on = models.DateField(_("ordered on"))
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind)
    sku = models.CharField(_("product code"), max_length=80)
    description = models.CharField(_("description"), max_length=1000, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=4)
    unit_price = models.DecimalField(_("unit price"), max_digits=20, decimal_places=4)
    amount = models.GeneratedField(
        expression=F("quantity") * F("unit_price"), output_field=exact_amount(), db_persist=True,
        verbose_name=_("amount"),
    )  # fmt: skip
    line_key = models.UUIDField(_("content key"))
    occurrence = models.IntegerField(_("occurrence"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [models.Index(fields=["tenant", "sku", "ordered_on"], name="line_of_product")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "order", "line_key", "occurrence"], name="order_line_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.SALE, quantity__gt=0)
                | Q(kind=LineKind.CANCELLATION, quantity__lt=0),
                name="line_quantity_fits_kind",
            ),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="line_price_positive"),
            models.CheckConstraint(condition=Q(occurrence__gt=0), name="line_occurrence_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} × {self.quantity}"
