"""What organisations owe the park: one row for each thing that is charged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from billing.permissions import permissions
from foundation.actors import Actor
from ledger.models.accounts import MoneyField
from tenants.models import Tenant


class ChargeKind(models.TextChoices):
    RENT = "rent", pgettext_lazy("charge", "Rent")
    DEPOSIT = "deposit", pgettext_lazy("charge", "Deposit")
    SERVICE = "service", pgettext_lazy("charge", "Service")
    BOOKING = "booking", pgettext_lazy("charge", "Booking")
    LATE = "late", pgettext_lazy("charge", "Late fee")
    DAMAGE = "damage", pgettext_lazy("charge", "Damage")
    OTHER = "other", pgettext_lazy("charge", "Other")


class ChargeState(models.TextChoices):
    OPEN = "open", pgettext_lazy("charge", "Open")
    SETTLED = "settled", pgettext_lazy("charge", "Settled")
    WAIVED = "waived", pgettext_lazy("charge", "Waived")


S = ChargeState


class ChargeQuerySet(models.QuerySet["Charge"]):
    def visible_to(self, actor: Actor) -> ChargeQuerySet:
        """Staff see all, in an organisation those who answer for its money see its own."""
        if not permissions.permits(actor, "read_charges"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def open(self) -> ChargeQuerySet:
        return self.filter(state=S.OPEN)

    def to_bill(self) -> ChargeQuerySet:
        """Owed, and on no bill."""
        return self.open().filter(lines=None)

    def of_source(self, source: models.Model) -> ChargeQuerySet:
        """What was charged for this row of another app."""
        return self.filter(source_type=source._meta.label_lower, source_id=source.pk)


class Charge(Lifecycle):
    """``tenant`` owes it to the park. Outlives whatever it was charged for; never deleted.

    The figures of a charge do not change: a mistake is waived, with the reason. ``settled`` is
    what is no longer owed of it: paid, credited or written off; once that is all, so is the charge. Bills
    are gathered from charges (``billing.models.invoices``).
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.OPEN: frozenset({S.SETTLED, S.WAIVED}),
        # Open again when the bank takes a payment back; waived when what was paid is credited.
        S.SETTLED: frozenset({S.OPEN, S.WAIVED}),
        S.WAIVED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    # The row of another app that it is for: ``leasing.lease`` and its key. No foreign key, so
    # that a debt stands whatever becomes of its cause.
    source_type = models.CharField(_("charged for"), max_length=60)
    source_id = models.BigIntegerField()
    # The first day of what it pays for; with source and kind it names the charge.
    period = models.DateField(_("period from"))
    kind = models.CharField(_("kind"), max_length=10, choices=ChargeKind.choices)
    what = models.CharField(_("what for"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=1)
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="")
    unit_price = models.DecimalField(_("unit price"), max_digits=20, decimal_places=6)
    # Of the price list, card or rule that gave the unit price, with its version.
    rate_card = models.CharField(_("price list"), max_length=80, blank=True, default="")
    tax_rate = models.DecimalField(_("tax rate, %"), max_digits=5, decimal_places=2, default=0)
    # With tax, quantity by unit price.
    amount = MoneyField(_("amount"))
    settled = MoneyField(_("settled"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.OPEN)
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    closed_on = models.DateField(_("paid or waived on"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("recorded by"),
    )
    # How it was paid, or why it was waived.
    note = models.CharField(_("how, or why"), max_length=500, blank=True, default="")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["-due_on", "-pk"]
        indexes = [
            models.Index(fields=["tenant", "state", "due_on"], name="charge_of_tenant"),
            models.Index(fields=["source_type", "source_id"], name="charge_of_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source_type", "source_id", "period", "kind"],
                name="charge_once",
                violation_error_message=_("This is charged already."),
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="charge_state_known"),
            models.CheckConstraint(
                condition=Q(kind__in=ChargeKind.values), name="charge_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="charge_above_zero",
                violation_error_message=_("An amount is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.SETTLED, settled=F("amount"))
                | Q(state=S.OPEN, settled__gte=0, settled__lt=F("amount"))
                | Q(state=S.WAIVED, settled=0),
                name="charge_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=S.OPEN, closed_on=None)
                | (~Q(state=S.OPEN) & Q(closed_on__isnull=False)),
                name="charge_closed_when",
            ),
            models.CheckConstraint(
                condition=Q(state=S.OPEN) | ~Q(note=""),
                name="charge_closed_says_why",
                violation_error_message=_("Say how it was paid, or why it is waived."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.what}"

    @property
    def open_amount(self) -> Decimal:
        return self.amount - self.settled if self.state == S.OPEN else Decimal(0)

    def is_overdue(self, on: date) -> bool:
        return self.state == S.OPEN and self.due_on < on
