"""Links to files for another device."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings

from backbone.links import Link
from backbone.models import Document
from backbone.operations.documents import open_document, readable_document
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted
from foundation.operations import operation
from tenants.models import Membership
from tenants.trail import record_link


@operation
def make_link(*, actor: Actor, now: datetime, document_id: int) -> tuple[Document, Link]:
    """A link with which a file opens without signing in, for ``FILE_LINK_MINUTES``.

    The trail keeps who made it and until when it works. Raises NotPermitted unless a person asks,
    a DomainError with the code ``not_found`` for a file that is not there or not theirs.
    """
    if actor.user_id is None:
        raise NotPermitted
    document = readable_document(actor, document_id)
    until = (now + timedelta(minutes=settings.FILE_LINK_MINUTES)).replace(microsecond=0)
    record_link(Document, document.pk, after={"name": document.name, "until": until.isoformat()})
    return document, Link(actor.tenant_id, document.pk, actor.user_id, until)


@operation
def open_link(*, actor: Actor, now: datetime, link: Link) -> tuple[Document, BinaryIO]:
    """The file and its bytes for whoever has the link; the caller closes it.

    ``actor`` is the system, in the link's organisation. Raises a DomainError with the code
    ``not_found`` when the file is gone, or its maker may not read it any more; BytesMissing.
    """
    members = Membership.objects.current().filter(tenant_id=actor.tenant_id, user__is_active=True)
    maker = members.filter(user_id=link.user_id).first()
    if maker is None:
        raise DomainError(code="not_found")
    return open_document(actor=maker.actor(), now=now, document_id=link.document_id)
