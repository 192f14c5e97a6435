"""Files that people uploaded or that the portal made for them."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from backbone.purposes import purposes_shared_with_park, readable_purposes
from foundation.actors import Actor
from foundation.errors import DomainError
from tenants.models import Tenant

logger = logging.getLogger(__name__)


class BytesMissing(DomainError):
    """The row is there and its bytes are not: a disk was lost, or restored without its database."""

    code = "file_missing"
    status = 404
    message = _("The file is not there any more. If you still have it, upload it again.")


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor) -> DocumentQuerySet:
        """What one stored oneself, and what one's roles may read (``backbone.purposes``).

        Park staff see files of the park's own organisation, and of others what both sides hold,
        such as an agreement: an enterprise's other files are its own affair.
        """
        if actor.is_staff:
            return self._of_park(actor)
        own = self.filter(tenant_id=actor.tenant_id)
        if actor.is_system:
            return own
        if actor.user_id is None:
            return own.filter(readable_purposes(actor.roles))
        return own.filter(Q(created_by_id=actor.user_id) | readable_purposes(actor.roles))

    def _of_park(self, actor: Actor) -> DocumentQuerySet:
        readable = Q(created_by_id=actor.user_id) | readable_purposes(actor.roles)
        shared = Q(purpose__in=purposes_shared_with_park())
        return self.filter((Q(tenant_id=actor.tenant_id) & readable) | shared)


class Document(models.Model):
    """A file in private storage; its bytes never change."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=200)
    # Judged from the bytes; what the browser claimed is not kept.
    content_type = models.CharField(_("type"), max_length=100)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    storage_key = models.UUIDField(default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=40)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("stored by"),
    )
    created_at = models.DateTimeField(_("stored"), db_default=Now())
    # The last day it is kept; None keeps it.
    expires_on = models.DateField(_("kept until"), null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [
            models.Index(fields=["tenant", "-id"], name="document_newest"),
            models.Index(
                fields=["expires_on"],
                condition=Q(expires_on__isnull=False),
                name="document_expiring",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "storage_key"], name="document_own_file"),
            models.CheckConstraint(condition=Q(size__gte=0), name="document_size_positive"),
            models.CheckConstraint(condition=~Q(name=""), name="document_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes are; outside everything a web server serves."""
        return Path(settings.MEDIA_ROOT) / str(self.tenant_id) / str(self.storage_key)

    def open(self) -> BinaryIO:
        """The bytes, from the start; the caller closes it. Raises BytesMissing, and logs it."""
        try:
            return self.path.open("rb")
        except FileNotFoundError as error:
            logger.error("bytes missing: file %s of organisation %s", self.pk, self.tenant_id)
            raise BytesMissing from error
