"""Invitations: who is asked to join, as what, until when, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import Sentence
from tenants.kinds import Role, role_names
from tenants.models import Tenant

LIFETIME = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> InvitationQuerySet:
        return self if actor.is_staff else self.filter(tenant_id=actor.tenant_id)

    def unanswered(self) -> InvitationQuerySet:
        """Neither used nor withdrawn; some may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """Lets one address into one organisation, once, until its last moment."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail address"))
    full_name = models.CharField(_("full name"), max_length=100, blank=True, default="")
    roles = ArrayField(
        models.CharField(max_length=12, choices=Role.choices), verbose_name=_("roles")
    )
    # Of the mail and of the page it leads to.
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=settings.LANGUAGES, default=""
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("invited by"),
    )
    invited_at = models.DateTimeField(_("invited"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), db_default=Now())
    expires_at = models.DateTimeField(_("valid until"))
    # Names this sending in the link. No secret: the link is signed with a key that is not here.
    nonce = models.CharField(max_length=32, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("accepted by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_once",
                violation_error_message=_(
                    "This address has an invitation already. Send that one again."
                ),
            ),
            models.UniqueConstraint(fields=["tenant", "nonce"], name="invitation_nonce"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_address_lower"
            ),
            models.CheckConstraint(
                condition=Q(roles__len__gt=0) & Q(roles__contained_by=list(Role.values)),
                name="invitation_roles_known",
                violation_error_message=_("Choose at least one role."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name or self.email} – {self.tenant}"

    @property
    def role_names(self) -> str:
        return role_names(self.roles)

    def renew(self, now: datetime) -> None:
        """As if sent for the first time: links of earlier mails do not fit any more."""
        self.nonce = get_random_string(32)
        self.sent_at, self.expires_at = now, now + LIFETIME

    def why_over(self, now: datetime) -> Sentence:
        """The sentence for whoever comes too late; "" while it can be accepted."""
        if self.accepted_at is not None:
            return _("This invitation was used already. Sign in with your account.")
        if self.withdrawn_at is not None:
            return _("This invitation was withdrawn. Ask whoever sent it to you.")
        if self.expires_at <= now:
            return _("This invitation has expired. Ask whoever sent it for a new one.")
        return ""
