"""A file of learners: stored, looked at, and put into the register once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from backbone.models import Document
from foundation.actors import Actor
from tenants.models import Tenant


class RosterQuerySet(models.QuerySet["RosterUpload"]):
    def visible_to(self, actor: Actor) -> RosterQuerySet:
        """A roster is personal data: the park's staff see none."""
        return self.filter(tenant_id=actor.tenant_id)


class RosterUpload(models.Model):
    """``document`` goes after some days, what came of the file stays."""

    tenant = models.ForeignKey(
        Tenant, models.PROTECT, related_name="+", db_index=False, verbose_name=_("university")
    )
    document = models.ForeignKey(
        Document, models.SET_NULL, null=True, related_name="+", verbose_name=_("file")
    )
    name = models.CharField(_("file"), max_length=200)
    # How the file is read; no encoding while somebody has to choose one.
    encoding = models.CharField(_("encoding"), max_length=20, blank=True, default="")
    sheet = models.CharField(_("sheet"), max_length=80, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"), db_default=Now(), editable=False)
    applied_at = models.DateTimeField(_("put into the register"), null=True)
    # Counts by verdict, and of consents that were declared with it.
    result = models.JSONField(_("result"), null=True)

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        indexes = [models.Index(fields=["tenant", "-id"], name="roster_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None, result=None)
                | Q(applied_at__isnull=False, result__isnull=False),
                name="roster_result_when_applied",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_applied(self) -> bool:
        return self.applied_at is not None

    @property
    def is_text(self) -> bool:
        """A table of text, whose encoding may have to be chosen; a workbook says it itself."""
        return self.document is None or "spreadsheetml" not in self.document.content_type
