"""Files of a few kinds that people bring: a scan, a photo, a paper of the tax bureau.

``store_document`` keeps whatever it is given; this refuses the other kinds in a sentence that
stands at the field. What is judged are the bytes, whatever the name says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backbone.models import Document
from backbone.operations.documents import store_document
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is taken: content types, bytes at the most, and the sentence for the rest."""

    types: frozenset[str]
    limit: int
    refusal: str | Promise


# A scan of thirty pages in colour.
SIGNED_COPY = Kinds(
    types=frozenset({"application/pdf", "image/jpeg", "image/png"}),
    limit=20 * MEBIBYTE,
    refusal=_("Upload a PDF, or a picture (JPEG or PNG) of the signed pages."),
)


@operation
def store_upload(
    *,
    actor: Actor,
    now: datetime,
    tenant_id: int,
    file: IO[bytes] | Any,
    name: str,
    purpose: str,
    kinds: Kinds,
) -> Document:
    """Keep a file for the organisation that it is about, which staff may bring too.

    Raises InvalidInput for one that is empty, too large or of another kind; call it inside
    ``nothing_left_behind``, which takes the bytes of such a file away.
    """
    document = store_document(
        actor=replace(actor, tenant_id=tenant_id),
        now=now,
        file=file,
        name=name,
        purpose=purpose,
        limit=kinds.limit,
    )
    if document.content_type not in kinds.types:
        raise InvalidInput(fields={"file": kinds.refusal})
    return document
