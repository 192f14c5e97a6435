"""Holds: an amount that is spoken for, until it is taken, let go, or its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from foundation.actors import Actor
from ledger.chart import shared_kinds
from ledger.models.accounts import Account, MoneyField
from ledger.models.vouchers import Voucher
from ledger.permissions import permissions
from tenants.models import Tenant


class HoldState(models.TextChoices):
    HELD = "held", pgettext_lazy("hold", "Held")
    CAPTURED = "captured", pgettext_lazy("hold", "Captured")
    VOIDED = "voided", pgettext_lazy("hold", "Voided")
    EXPIRED = "expired", pgettext_lazy("hold", "Expired")


S = HoldState


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, actor: Actor) -> HoldQuerySet:
        if not permissions.permits(actor, "read_books"):
            return self.none()
        if actor.is_staff:
            return self
        return self.filter(tenant_id=actor.tenant_id, account__kind__in=shared_kinds())

    def open(self) -> HoldQuerySet:
        return self.filter(state=S.HELD)

    def overdue(self, now: datetime) -> HoldQuerySet:
        """Over, and not lapsed yet."""
        return self.open().filter(expires_at__lte=now)


class Hold(Lifecycle):
    """``amount`` of ``account`` is kept for ``into``: the first phase of a posting of two.

    While it is held the account can spend that much less (``account_floor`` counts it); it ends
    once, and a trigger keeps the account's sum of what is held.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.HELD: frozenset({S.CAPTURED, S.VOIDED, S.EXPIRED}),
        S.CAPTURED: frozenset(),
        S.VOIDED: frozenset(),
        S.EXPIRED: frozenset(),
    }

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("books of")
    )
    # The keys in the database have the currency with them (ledger/migrations).
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="holds",
        db_index=False,
        db_constraint=False,
        verbose_name=pgettext_lazy("ledger", "account"),
    )
    into = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("kept for"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount = MoneyField(_("amount"))
    captured = MoneyField(_("captured"), null=True)
    source_type = models.CharField(_("held for"), max_length=60)
    source_id = models.BigIntegerField()
    event = models.CharField(_("event"), max_length=80)
    memo = models.CharField(_("text"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.HELD)
    created_at = models.DateTimeField(_("held since"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("held until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    voucher = models.ForeignKey(
        Voucher,
        models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=pgettext_lazy("ledger", "voucher"),
    )

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("ledger", "hold")
        verbose_name_plural = pgettext_lazy("ledger", "holds")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["tenant", "account"], condition=Q(state="held"), name="hold_open_of_account"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source_type", "source_id", "event"],
                name="hold_once",
                violation_error_message=_("This is held already."),
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="hold_state_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="hold_above_zero",
                violation_error_message=_("An amount is above zero."),
            ),
            models.CheckConstraint(condition=~Q(account=F("into")), name="hold_into_another"),
            models.CheckConstraint(
                condition=Q(state=S.HELD, ended_at=None)
                | (~Q(state=S.HELD) & Q(ended_at__isnull=False)),
                name="hold_ended_when",
            ),
            models.CheckConstraint(
                condition=Q(state=S.CAPTURED, voucher__isnull=False, captured__gt=0)
                | (~Q(state=S.CAPTURED) & Q(voucher=None, captured=None)),
                name="hold_captured_by",
            ),
            models.CheckConstraint(
                condition=Q(captured=None) | Q(captured__lte=F("amount")),
                name="hold_not_beyond",
                violation_error_message=_("More cannot be taken than is held."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.memo or self.event} {self.amount} {self.currency}"
