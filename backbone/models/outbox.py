"""The outbox: what must happen after a commit, written down in the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant

MAX_TRIES = 8
# A relay that dies in the middle is forgotten after this long; an effect takes less.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, now: datetime) -> OutboxQuerySet:
        return self.filter(done_at=None, given_up_at=None, next_at__lte=now)

    def waiting(self) -> OutboxQuerySet:
        return self.filter(done_at=None, given_up_at=None)

    def given_up(self) -> OutboxQuerySet:
        return self.exclude(given_up_at=None)


class OutboxMessage(models.Model):
    """One effect outside the database. It may happen twice, so every effect is keyed."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=60)
    # Ids and choices; no secrets, staff can read it.
    payload = models.JSONField(_("payload"), default=dict)
    key = models.CharField(_("key"), max_length=200)
    request_id = models.CharField(_("request"), max_length=64, blank=True, default="")
    created_at = models.DateTimeField(_("written"), db_default=Now())
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), db_default=Now())
    done_at = models.DateTimeField(_("done"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)
    error = models.CharField(_("last error"), max_length=500, blank=True, default="")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(done_at=None, given_up_at=None),
                name="outbox_due",
            ),
            models.Index(
                fields=["given_up_at"],
                condition=Q(given_up_at__isnull=False),
                name="outbox_given_up",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="outbox_once"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(given_up_at=None), name="outbox_done_or_given_up"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="outbox_has_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def pause(self) -> timedelta:
        """How long to wait after the latest failure: 5, 10, 20 seconds … ten minutes."""
        return min(FIRST_PAUSE * 2 ** max(self.tries - 1, 0), LONGEST_PAUSE)
