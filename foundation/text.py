"""Text that cannot be kept as it came, and is therefore refused rather than mended."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

# PostgreSQL has no NUL in text; a surrogate alone is no character and has no UTF-8.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether the database can hold this text and give it back unchanged."""
    return UNSTORABLE.search(text) is None


def is_utf8(query: bytes) -> bool:
    """Whether a query string or a form's body says nothing that is not UTF-8.

    Django would put replacement characters in the place of what it cannot read, and what is
    stored would no longer be what was sent.
    """
    try:
        unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
