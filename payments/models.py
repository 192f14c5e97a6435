"""What providers said, once each; and payments through them as staff look at them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.lifecycle import Lifecycle, Transitions
from billing.models import Payment, PaymentMethod, PaymentOutcome
from billing.models.owned import OwnedQuerySet
from ledger.models.accounts import MoneyField


class News(models.TextChoices):
    """What a provider may say of a payment; as ``PaymentOutcome`` calls it."""

    PENDING = PaymentOutcome.PENDING.value, pgettext_lazy("payment", "Under way")
    SUCCEEDED = PaymentOutcome.SUCCEEDED.value, pgettext_lazy("payment", "Received")
    FAILED = PaymentOutcome.FAILED.value, pgettext_lazy("payment", "Failed")


# What a ref of a payment through a provider is made with, here and in its messages.
REFS = "online_payment"
FINAL = (News.SUCCEEDED, News.FAILED)


class EventState(models.TextChoices):
    # Never seen outside of the transaction that takes the event in.
    TAKEN_IN = "taken_in", pgettext_lazy("news", "Taken in")
    HANDLED = "handled", pgettext_lazy("news", "Handled")
    STALE = "stale", pgettext_lazy("news", "Old news, dropped")
    UNMATCHED = "unmatched", pgettext_lazy("news", "No such payment")
    CONTRADICTS = "contradicts", pgettext_lazy("news", "Contradicts what is known")
    LOOKED_INTO = "looked_into", pgettext_lazy("news", "Looked into")


S = EventState
# Somebody has to look into these.
OPEN = (S.UNMATCHED, S.CONTRADICTS)


class InboxEvent(Lifecycle):
    """One thing that a provider said, with the number it gave to it: a second copy is not kept.

    Of what came only what is needed is kept, and nothing about the payer. ``amount`` is the whole
    payment's in ``currency``. Without a tenant: whose it is follows from the payment, and news of
    an unknown one are nobody's.
    """

    TRANSITIONS: ClassVar[Transitions] = {
        S.TAKEN_IN: frozenset({S.HANDLED, S.STALE, S.UNMATCHED, S.CONTRADICTS}),
        S.UNMATCHED: frozenset({S.HANDLED, S.STALE, S.CONTRADICTS, S.LOOKED_INTO}),
        S.CONTRADICTS: frozenset({S.LOOKED_INTO}),
        S.HANDLED: frozenset(),
        S.STALE: frozenset(),
        S.LOOKED_INTO: frozenset(),
    }

    provider = models.CharField(_("provider"), max_length=40)
    event_id = models.CharField(_("provider's number of it"), max_length=100)
    # The ref that the provider was given for the payment, as it came back.
    payment_ref = models.CharField(_("payment"), max_length=64)
    outcome = models.CharField(_("what it says"), max_length=10, choices=News.choices)
    occurred_at = models.DateTimeField(_("happened"))
    amount = MoneyField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reference = models.CharField(_("provider's reference"), max_length=140, blank=True, default="")
    state = models.CharField(_("state"), max_length=12, choices=S.choices, default=S.TAKEN_IN)
    received_at = models.DateTimeField(_("received"), db_default=Now(), editable=False)
    note = models.CharField(_("what came of it"), max_length=500, blank=True, default="")
    looked_into_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", null=True,
        verbose_name=_("looked into by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("news of a provider")
        verbose_name_plural = _("news of providers")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["provider", "payment_ref"], name="inbox_event_of_payment"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=OPEN),
                name="inbox_event_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="inbox_event_once"),
            models.CheckConstraint(condition=Q(state__in=S.values), name="inbox_event_state_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=News.values), name="inbox_event_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(state=S.LOOKED_INTO, looked_into_by__isnull=False) & ~Q(note="")
                | ~Q(state=S.LOOKED_INTO) & Q(looked_into_by=None, note=""),
                name="inbox_event_looked_into_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class ThroughProvider(OwnedQuerySet):
    def under_way(self) -> ThroughProvider:
        return self.filter(state__in=[PaymentOutcome.PENDING, PaymentOutcome.UNKNOWN])


class _OnlineManager(models.Manager[Any]):
    def get_queryset(self) -> Any:
        rows = ThroughProvider(self.model, using=self._db)
        return rows.filter(method=PaymentMethod.PROVIDER)


class OnlinePayment(Payment):
    """Payments of billing that go through a provider."""

    objects: ClassVar[Any] = _OnlineManager.from_queryset(ThroughProvider)()

    class Meta:
        proxy = True
        verbose_name = _("online payment")
        verbose_name_plural = _("online payments")
