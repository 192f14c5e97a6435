"""Storing, opening and deleting files.

The bytes are on disk before the row is committed and go after the row is gone, so a row
without its file cannot be; a file without a row (a transaction that rolled back, a process
that ended in between) is found by the sweeper.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backbone.files import content_type_of, plain_name
from backbone.models import Document
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation

CHUNK_BYTES = 1024 * 1024
# The files stored inside the innermost ``nothing_left_behind``.
_stored: ContextVar[list[Path] | None] = ContextVar("stored", default=None)
# The largest file anybody may store; an app with a smaller need passes its own ``limit``.
LARGEST_FILE_BYTES = 512 * 1024 * 1024


@operation
def store_document(
    *,
    actor: Actor,
    now: datetime,
    file: IO[bytes] | Any,
    name: str,
    purpose: str,
    expires_on: date | None = None,
    created_by_id: int | None = None,
    limit: int = LARGEST_FILE_BYTES,
) -> Document:
    """Keep the bytes of ``file`` for the actor's organisation, in private storage.

    ``file`` is a binary file or an upload, read from its start; ``limit`` is in bytes. Folders
    in ``name`` are dropped; the type is judged from the content. ``expires_on`` is the last day
    it is kept. Raises InvalidInput when it is empty or too large.
    """
    document = Document(
        tenant_id=actor.tenant_id,
        name=plain_name(name),
        purpose=purpose,
        storage_key=uuid.uuid4(),
        created_by_id=created_by_id or actor.user_id,
        created_at=now,
        expires_on=expires_on,
    )
    document.size, document.sha256 = _write(_chunks(file), document.path, limit)
    try:
        document.content_type = content_type_of(document.path, document.name)
        document.save(force_insert=True)
    except BaseException:
        document.path.unlink(missing_ok=True)
        raise
    if (stored := _stored.get()) is not None:
        stored.append(document.path)
    return document


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Where the block raises, the bytes of what it stored go at once; its rows go by rollback.

    Without it the sweeper finds them a day later.
    """
    stored: list[Path] = []
    token = _stored.set(stored)
    try:
        yield
    except BaseException:
        for path in stored:
            path.unlink(missing_ok=True)
        raise
    finally:
        _stored.reset(token)


@operation
def open_document(*, actor: Actor, now: datetime, document_id: int) -> tuple[Document, BinaryIO]:
    """The file and its bytes, for somebody who may read it; the caller closes it.

    Raises a DomainError with the code ``not_found`` for a file that is not there or not theirs,
    BytesMissing for one whose bytes are not on the disk.
    """
    document = readable_document(actor, document_id)
    return document, document.open()


def readable_document(actor: Actor, document_id: int) -> Document:
    """The file, for somebody who may read it. Raises a DomainError (``not_found``)."""
    document = Document.objects.visible_to(actor).filter(pk=document_id).first()
    if document is None:
        raise DomainError(_("There is no such file."), code="not_found")
    return document


@operation
def delete_document(*, actor: Actor, now: datetime, document: Document) -> None:
    """Forget a file; its bytes go once the transaction is committed."""
    path = document.path
    Document.objects.filter(tenant_id=actor.tenant_id, pk=document.pk).delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def _chunks(file: Any) -> Iterable[bytes]:
    if hasattr(file, "chunks"):
        return file.chunks(CHUNK_BYTES)
    file.seek(0)
    return iter(lambda: file.read(CHUNK_BYTES), b"")


def _write(chunks: Iterable[bytes], path: Path, limit: int) -> tuple[int, str]:
    """Write the bytes so that they outlive a power cut; returns size and SHA-256."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    size, digest = 0, sha256()
    try:
        with path.open("xb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise too_large(limit)
                digest.update(chunk)
                out.write(chunk)
            if not size:
                raise InvalidInput(_("This file is empty."), code="file_empty")
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return size, digest.hexdigest()


def too_large(limit: int) -> InvalidInput:
    """The refusal of a file above ``limit`` bytes."""
    return InvalidInput(
        _("This file is too large; the largest allowed is %(megabytes)s MB."),
        code="file_too_large",
        params={"megabytes": limit // (1024 * 1024)},
    )
