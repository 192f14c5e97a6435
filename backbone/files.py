"""Names and types of files, judged without trusting whoever sent them."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path

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
# Control characters, and those that make "gnp.exe" look like "exe.png".
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def plain_name(name: str) -> str:
    """The last part of a path-like name without hidden characters, at most 200 long.

    The suffix survives shortening; a name of nothing becomes ``file``.
    """
    name = HIDDEN.sub("", unicodedata.normalize("NFC", name))
    name = re.split(r"[/\\]", name)[-1].strip().lstrip(".").strip()
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
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return "application/zip"
    if "[Content_Types].xml" in names:
        for folder, content_type in ZIP_FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return content_type
    return "application/zip"
