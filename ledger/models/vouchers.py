"""What was posted: vouchers and their entries. Nothing here is ever altered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from ledger.chart import shared_kinds
from ledger.models.accounts import Account, MoneyField, Side
from ledger.permissions import permissions
from tenants.models import Tenant


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def visible_to(self, actor: Actor) -> VoucherQuerySet:
        if not permissions.permits(actor, "read_books"):
            return self.none()
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)


class Voucher(models.Model):
    """One business event in the books of one organisation: its entries sum to nothing in each
    currency, judged when the transaction that writes it ends.

    ``effective_on`` is the park's day it counts for, ``recorded_at`` the moment it was written.
    Source and event name what happened in the app above, and happen once. ``legs`` is how many
    entries it has; so nobody adds one later.
    """

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("books of")
    )
    effective_on = models.DateField(_("counts for"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    source_type = models.CharField(_("posted for"), max_length=60)
    source_id = models.BigIntegerField()
    event = models.CharField(_("event"), max_length=80)
    memo = models.CharField(_("text"), max_length=200, blank=True, default="")
    legs = models.PositiveSmallIntegerField(_("entries"))
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="reversed_by",
        null=True,
        db_index=False,
        verbose_name=_("reverses"),
    )
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("posted by"),
    )

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("ledger", "voucher")
        verbose_name_plural = pgettext_lazy("ledger", "vouchers")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["tenant", "effective_on"], name="voucher_of_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source_type", "source_id", "event"],
                name="voucher_once",
                violation_error_message=_("This is posted already."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "reverses"],
                name="voucher_reversed_once",
                violation_error_message=_("This is reversed already."),
            ),
            models.CheckConstraint(
                condition=Q(legs__gte=2),
                name="voucher_two_legs",
                violation_error_message=_("A voucher has two entries or more."),
            ),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reverses=F("pk")), name="voucher_reverses_another"
            ),
            models.CheckConstraint(
                condition=~Q(source_type="") & ~Q(event=""), name="voucher_has_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.memo or self.event}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, actor: Actor) -> EntryQuerySet:
        if not permissions.permits(actor, "read_books"):
            return self.none()
        if actor.is_staff:
            return self
        return self.filter(tenant_id=actor.tenant_id, account__kind__in=shared_kinds())


class Entry(models.Model):
    """``amount`` is above zero, whole in the currency's minor unit, on one ``side``.

    ``number`` counts the account's entries without a gap, and ``balance`` is the account's after
    this one: both are given by the trigger that adds the entry to the account, under the lock of
    the account's row, so that they are right however many post at once.
    """

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("books of")
    )
    voucher = models.ForeignKey(
        Voucher,
        models.PROTECT,
        related_name="entries",
        db_index=False,
        verbose_name=pgettext_lazy("ledger", "voucher"),
    )
    # The key in the database has the currency with it (ledger/migrations).
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="entries",
        db_index=False,
        db_constraint=False,
        verbose_name=pgettext_lazy("ledger", "account"),
    )
    leg = models.PositiveSmallIntegerField(_("no."))
    currency = models.CharField(_("currency"), max_length=3)
    side = models.CharField(_("side"), max_length=1, choices=Side.choices)
    amount = MoneyField(_("amount"))
    number = models.BigIntegerField(_("line"))
    balance = MoneyField(_("balance"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("ledger", "entry")
        verbose_name_plural = pgettext_lazy("ledger", "entries")
        ordering = ["voucher", "leg"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "voucher", "leg"], name="entry_leg_once"),
            models.UniqueConstraint(fields=["tenant", "account", "number"], name="entry_in_turn"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="entry_above_zero",
                violation_error_message=_("An amount is above zero."),
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="entry_side_known"),
            models.CheckConstraint(condition=Q(leg__gte=1), name="entry_leg_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.amount} {self.currency}"
