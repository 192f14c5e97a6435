"""Files that a job writes for somebody: in their language, kept for some days."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO

from django.utils import timezone, translation

from backbone.models import Document
from backbone.operations.documents import LARGEST_FILE_BYTES, store_document
from backbone.progress import Reports
from foundation.actors import Actor
from foundation.operations import operation


@operation
def keep_export(
    *,
    actor: Actor,
    now: datetime,
    write: Callable[[IO[bytes]], object],
    language: str,
    name: str,
    purpose: str,
    days: int,
    reporter: Reports,
    created_by_id: int | None = None,
    limit: int = LARGEST_FILE_BYTES,
) -> Document:
    """Keep what ``write`` puts into the file that it is given, for ``days`` days from today.

    ``limit`` is in bytes. Raises what ``write`` and ``store_document`` raise, and what ``reporter``
    raises for a job that was cancelled meanwhile: then nothing is kept.
    """
    with translation.override(language), tempfile.TemporaryFile(prefix="park-export-") as out:
        write(out)
        reporter.check()
        return store_document(
            actor=actor,
            now=now,
            file=out,
            name=name,
            purpose=purpose,
            created_by_id=created_by_id,
            expires_on=timezone.localdate(now) + timedelta(days=days),
            limit=limit,
        )
