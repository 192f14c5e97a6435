"""Money that goes back to an organisation: asked for by one, approved by another, then paid."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from banking.models import BankAccount
from billing.models.owned import OwnedQuerySet, currency, owner
from billing.models.payments import Payment
from foundation.money import format_money
from ledger.models.accounts import MoneyField


class RefundState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("refund", "Requested")
    APPROVED = "approved", pgettext_lazy("refund", "Approved")
    PAID = "paid", pgettext_lazy("refund", "Paid")
    REJECTED = "rejected", pgettext_lazy("refund", "Rejected")


S = RefundState


class Refund(Lifecycle):
    """Of the credit of one payment; from the request on the amount is spoken for
    (``Payment.refunded``), until it is rejected."""

    TRANSITIONS: ClassVar[Transitions] = {
        S.REQUESTED: frozenset({S.APPROVED, S.REJECTED}),
        S.APPROVED: frozenset({S.PAID, S.REJECTED}),
        S.PAID: frozenset(),
        S.REJECTED: frozenset(),
    }

    tenant = owner()
    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="refunds", db_index=False, verbose_name=_("payment")
    )
    amount = MoneyField(_("amount"))
    currency = currency()
    to_account = models.CharField(_("to which account"), max_length=200)
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.REQUESTED)
    created_at = models.DateTimeField(_("requested"), db_default=Now(), editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("requested by"),
    )  # fmt: skip
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("decided by"),
    )  # fmt: skip
    decision_reason = models.CharField(_("why rejected"), max_length=500, blank=True, default="")
    paid_on = models.DateField(_("paid on"), null=True)
    account = models.ForeignKey(
        BankAccount, models.DO_NOTHING, related_name="+", null=True, verbose_name=_("bank account")
    )
    reference = models.CharField(_("bank's reference"), max_length=140, blank=True, default="")

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="refund_state_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="refund_above_zero",
                violation_error_message=_("An amount is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.REQUESTED, S.REJECTED])
                | Q(decided_by__isnull=False, requested_by__isnull=False)
                & ~Q(decided_by=F("requested_by")),
                name="refund_by_two",
                violation_error_message=_("Somebody else than who asked for it has to approve."),
            ),
            models.CheckConstraint(
                condition=~Q(state=S.PAID) | Q(paid_on__isnull=False), name="refund_paid_when"
            ),
            models.CheckConstraint(
                condition=~Q(state=S.REJECTED) | ~Q(decision_reason=""),
                name="refund_rejected_says_why",
                violation_error_message=_("Say why it is rejected."),
            ),
        ]

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)
