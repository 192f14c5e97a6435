"""Keys of programs, and the answers that a repeated call gets again."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from tenants.kinds import Role
from tenants.models import Tenant


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Actor) -> ApiKeyQuerySet:
        return self.filter(tenant_id=actor.tenant_id)

    def in_force(self, now: datetime) -> ApiKeyQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now)


class ApiKey(models.Model):
    """A program's key to one organisation: what it may do, for how long, and when it was used.

    It acts as one role and for some scopes; an owner's role is never among them.
    """

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    # SHA-256 of the whole key, see gateway.secrets.
    digest = models.CharField(max_length=64, editable=False)
    role = models.CharField(_("acts as"), max_length=12, choices=Role.choices)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("may"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    # Exact to a minute: writing it at each call would make calls wait for one another.
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    # The key that took its place; until ``expires_at`` both work.
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("replaced by"),
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="api_key_prefix_once"),
            models.UniqueConstraint(fields=["tenant", "replaced_by"], name="api_key_replaces_one"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_key_digest_only"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="api_key_has_name"),
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0),
                name="api_key_has_scope",
                violation_error_message=_("Choose at least one thing the key may do."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role for role in Role.values if role != Role.OWNER]),
                name="api_key_no_owner",
                violation_error_message=_("A key never acts as an owner."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="api_key_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (pk_{self.prefix}_…)"

    def is_in_force(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    def actor(self, *, request_id: str = "") -> Actor:
        """A program acting with this key."""
        return Actor(
            user_id=None,
            tenant_id=self.tenant_id,
            roles=frozenset({self.role}),
            request_id=request_id,
            key_id=self.pk,
        )


class IdempotentAnswer(models.Model):
    """What a call that made something answered, so that its repetition makes nothing new.

    Written in the transaction that made it: both are there, or neither. Kept two days.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    # SHA-256 of method, address and body; another request under the same key is refused.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("answer to a repeated call")
        verbose_name_plural = _("answers to repeated calls")
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotent_oldest")]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="idempotency_key_once"),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=300), name="idempotent_success_only"
            ),
        ]

    def __str__(self) -> str:
        return self.key
