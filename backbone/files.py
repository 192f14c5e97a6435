"""Names and types of files, judged without trusting whoever sent them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from foundation.archives import UnreadableArchive, entries_of

LONGEST_NAME = 200
HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"

SIGNATURES: list[tuple[bytes, str]] = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
    (b"\x1f\x8b", "application/gzip"),
]
OFFICE = "application/vnd.openxmlformats-officedocument."
ZIP_FOLDERS = {
    "xl/": OFFICE + "spreadsheetml.sheet",
    "word/": OFFICE + "wordprocessingml.document",
    "ppt/": OFFICE + "presentationml.presentation",
}
# Control characters, those that make "gnp.exe" look like "exe.png", halves of characters, and
# the two that break lines.
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# What Windows refuses in a name, or takes for a device or a second stream of the file.
FORBIDDEN = re.compile(r'[<>:"|?*]')
DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")


def plain_name(name: str) -> str:
    """The last part of a path-like name without hidden characters, at most 200 long.

    Every system can save it. The suffix survives shortening; a name of nothing becomes ``file``.
    """
    name = "".join(c for c in name if unicodedata.category(c) not in HIDDEN)
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = FORBIDDEN.sub("_", name).strip().lstrip(". ").rstrip(". ")
    if DEVICES.match(name):
        name = f"_{name}"
    if len(name) > LONGEST_NAME:
        suffix = Path(name).suffix[:20]
        name = name[: LONGEST_NAME - len(suffix)] + suffix
    return name or "file"


def content_type_of(path: Path, name: str) -> str:
    """The type that the bytes show. The name only tells CSV from other plain text."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for signature, content_type in SIGNATURES:
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _type_of_zip(path)
    if b"\x00" not in head:
        return "text/csv" if name.lower().endswith(".csv") else "text/plain"
    return UNKNOWN


def _type_of_zip(path: Path) -> str:
    try:
        with path.open("rb") as file:
            names = [entry.filename for entry in entries_of(file)]
    except UnreadableArchive:
        return "application/zip"
    if "[Content_Types].xml" in names:
        for folder, content_type in ZIP_FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return content_type
    return "application/zip"
