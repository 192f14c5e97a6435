"""What opens a page without an account: the code at a door, the address of a calendar feed."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from spaces.models import Space
from tenants.models import Tenant, User


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


class Door(models.Model):
    """The door of a space has a page with the day's plan and a QR code; a new nonce makes the
    printed code void."""

    space = models.OneToOneField(
        Space, models.PROTECT, related_name="door", verbose_name=_("space")
    )
    nonce = models.CharField(max_length=20, default=new_nonce, editable=False)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("code at a door")
        verbose_name_plural = _("codes at doors")
        ordering = ["space__code"]

    def __str__(self) -> str:
        return str(self.space)


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, actor: Actor) -> FeedQuerySet:
        """One's own: whoever has the address reads what its owner does."""
        return self.filter(tenant_id=actor.tenant_id, user_id=actor.user_id)

    def live(self) -> FeedQuerySet:
        return self.filter(ended_at=None)


class Feed(models.Model):
    """The address of a calendar that a phone or a mail program fetches by itself.

    Of a person in an organisation: what they have booked. Of a space: when it is taken, for
    whoever made the address; what is their own organisation's has its name.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    space = models.ForeignKey(Space, models.PROTECT, related_name="+", null=True)
    nonce = models.CharField(max_length=20, default=new_nonce, editable=False)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "space"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="feed_once",
                violation_error_message=_("There is such an address already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.space or self.user)
