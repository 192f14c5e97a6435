"""Bodies too large for any door are refused by their stated length, before a byte is kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# The largest file of any form, and what the form says beside it.
LARGEST_BODY_BYTES = 260 * 1024 * 1024


class BodyLimit(FileUploadHandler):
    """The first of Django's upload handlers; it keeps nothing and passes on what it lets through."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Raises RequestDataTooBig, which becomes a page with a sentence and the status 413."""
        if content_length > LARGEST_BODY_BYTES:
            raise RequestDataTooBig("larger than any file that is taken")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
