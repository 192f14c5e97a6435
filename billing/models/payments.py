"""Money that came in or may have, and what of it went to which bill."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from banking.models import BankAccount
from billing.models.invoices import Invoice
from billing.models.owned import OwnedQuerySet, currency, owner
from ledger.models.accounts import MoneyField


class PaymentMethod(models.TextChoices):
    BANK = "bank", pgettext_lazy("payment", "Bank transfer")
    CASH = "cash", pgettext_lazy("payment", "Cash")
    DEPOSIT = "deposit", pgettext_lazy("payment", "Out of the deposit")
    PROVIDER = "provider", pgettext_lazy("payment", "Payment provider")


class PaymentOutcome(models.TextChoices):
    """``UNKNOWN``: nobody knows whether the money moved. Like ``PENDING`` it blocks another try."""

    PENDING = "pending", pgettext_lazy("payment", "Under way")
    UNKNOWN = "unknown", pgettext_lazy("payment", "Outcome unknown")
    SUCCEEDED = "succeeded", pgettext_lazy("payment", "Received")
    FAILED = "failed", pgettext_lazy("payment", "Failed")
    # Undone: the bank took it back, or it was recorded by mistake.
    RETURNED = "returned", pgettext_lazy("payment", "Taken back")


S = PaymentOutcome
UNDER_WAY = [S.PENDING, S.UNKNOWN]


class Payment(Lifecycle):
    """``applied`` is what went to bills, ``refunded`` what went back; the rest is the
    organisation's credit."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.PENDING: frozenset({S.UNKNOWN, S.SUCCEEDED, S.FAILED}),
        S.UNKNOWN: frozenset({S.SUCCEEDED, S.FAILED}),
        S.SUCCEEDED: frozenset({S.RETURNED}),
        S.FAILED: frozenset(),
        S.RETURNED: frozenset(),
    }

    tenant = owner()
    method = models.CharField(_("how"), max_length=10, choices=PaymentMethod.choices)
    state = models.CharField(_("state"), max_length=10, choices=S.choices)
    amount = MoneyField(_("amount"))
    currency = currency()
    received_on = models.DateField(_("received"), null=True)
    applied = MoneyField(_("applied to bills"), default=0)
    refunded = MoneyField(_("paid back"), default=0)
    # The bank's reference, a receipt's number, the provider's name of it.
    reference = models.CharField(_("reference"), max_length=140, blank=True, default="")
    note = models.CharField(pgettext_lazy("bill", "note"), max_length=500, blank=True, default="")
    # Where it came in; of the park's own accounts the portal's role sees none, so the database
    # alone looks after the key.
    account = models.ForeignKey(
        BankAccount, models.DO_NOTHING, related_name="+", null=True, verbose_name=_("bank account")
    )
    # What a provider was asked for, and by which name it knows the payment.
    provider = models.CharField(_("provider"), max_length=40, blank=True, default="")
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="tries", null=True, db_index=False,
        verbose_name=_("bill"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("recorded by"),
    )  # fmt: skip

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["tenant", "state"], name="payment_of_tenant")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(method__in=PaymentMethod.values), name="payment_method_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_above_zero",
                violation_error_message=_("An amount is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(applied__gte=0, refunded__gte=0)
                & Q(amount__gte=F("applied") + F("refunded")),
                name="payment_not_beyond",
                violation_error_message=_("This is more than is left of the payment."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.SUCCEEDED) | Q(applied=0, refunded=0),
                name="payment_only_received_counts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.SUCCEEDED, S.RETURNED]) | Q(received_on__isnull=False),
                name="payment_received_when",
            ),
            # A second try while nobody knows about the first pays twice.
            models.UniqueConstraint(
                fields=["tenant", "invoice"],
                condition=Q(state__in=UNDER_WAY),
                name="payment_one_under_way",
                violation_error_message=_(
                    "A payment of this bill is under way, and its outcome is not known yet."
                ),
            ),
            # With a provider the bill is named, and the other way round.
            models.CheckConstraint(
                condition=Q(method=PaymentMethod.PROVIDER, invoice__isnull=False) & ~Q(provider="")
                | ~Q(method=PaymentMethod.PROVIDER) & Q(invoice=None, provider=""),
                name="payment_provider_names_bill",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.reference}".strip()

    @property
    def credit(self) -> Decimal:
        """What is left of it, in its currency."""
        if self.state != S.SUCCEEDED:
            return Decimal(0)
        return self.amount - self.applied - self.refunded


class Allocation(models.Model):
    """``amount`` of a payment went to a bill; below zero it was taken away again. Never altered:
    the two stored sums are the sums of these."""

    tenant = owner()
    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="allocations", db_index=False,
        verbose_name=_("payment"),
    )  # fmt: skip
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="allocations", db_index=False,
        verbose_name=_("bill"),
    )  # fmt: skip
    amount = MoneyField(_("amount"))
    on = models.DateField(_("counts for"))
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["tenant", "invoice"], name="allocation_of_invoice"),
            models.Index(fields=["tenant", "payment"], name="allocation_of_payment"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_not_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
