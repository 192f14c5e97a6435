"""A file of bytes as text: certain where the bytes say it, else every reading that is possible.

Which one is right shows in the header: only one of them has names of columns that are known.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from foundation.tables import encodings

# Chinese banks export GB18030, those of Western and Central Europe a code page of Windows.
GUESSES = ("gb18030", "cp1252", "cp1250", "latin-1", "big5")
UTF16_SAMPLE = 4000


def texts_of(data: bytes) -> Iterator[str]:
    """The text in each encoding that the bytes allow, the likeliest first."""
    seen = encodings.survey(io.BytesIO(data))
    if seen.mark:
        yield data.decode(seen.mark, "replace")
    elif name := _wide(data):
        yield data.decode(name, "replace")
    elif seen.is_utf8:
        yield data.decode("utf-8")
    else:
        yield from _guesses(data)


def text_of(data: bytes) -> str:
    """One text, for formats whose marks are ASCII in any case."""
    return next(texts_of(data), "")


def western_text_of(data: bytes) -> str:
    """One text for SWIFT and OFX: UTF-8 where it is, else the code page of Windows or Latin-1."""
    seen = encodings.survey(io.BytesIO(data))
    if seen.mark or seen.is_utf8 or _wide(data):
        return text_of(data)
    for name in ("cp1252", "latin-1"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every second byte of plain letters is zero."""
    head = data[:UTF16_SAMPLE]
    if len(head) < 4 or head.count(0) < len(head) // 8:
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _guesses(data: bytes) -> Iterator[str]:
    for name in GUESSES:
        try:
            yield data.decode(name)
        except UnicodeDecodeError:
            continue
