"""Notices: what happened, told to one person inside the portal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from backbone.sentences import for_reader
from foundation.actors import Actor
from tenants.models import Tenant


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Actor) -> NoticeQuerySet:
        """A notice is for one person; nobody reads another's."""
        return self.filter(tenant_id=actor.tenant_id, user_id=actor.user_id)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    """Kept in every language of the portal, so it reads in whichever the person uses then."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=60)
    title_said = models.JSONField(_("title"))
    body_said = models.JSONField(_("text"), default=dict)
    # A path inside the portal, never another host.
    url = models.CharField(_("address"), max_length=300, blank=True, default="")
    # Given by the sender where the same thing could be told twice.
    key = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("at"), db_default=Now())
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["tenant", "user", "-id"], name="notice_newest"),
            models.Index(
                fields=["tenant", "user"], condition=Q(read_at=None), name="notice_unread"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "key"], condition=~Q(key=""), name="notice_once"
            ),
            models.CheckConstraint(
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//")),
                name="notice_stays_in_portal",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def leads_to(self) -> str:
        """Where it points, "" for nowhere."""
        stays = url_has_allowed_host_and_scheme(self.url, allowed_hosts=None)
        return self.url if stays else ""

    @property
    def title(self) -> str:
        return for_reader(self.title_said)

    @property
    def body(self) -> str:
        return for_reader(self.body_said)
