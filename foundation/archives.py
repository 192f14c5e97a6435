"""The directory of a ZIP archive, read without trusting what it states about itself."""

from __future__ import annotations

import struct
import zipfile
from typing import IO

# Room for ten thousand entries with names of ordinary length; an office document has dozens.
MAX_DIRECTORY_BYTES = 1024 * 1024


class UnreadableArchive(Exception):
    """Damaged, or its directory is larger than any honest one."""


def entries_of(source: IO[bytes]) -> list[zipfile.ZipInfo]:
    """What the archive holds; nothing is unpacked. Raises UnreadableArchive."""
    try:
        with zipfile.ZipFile(_InSmallParts(source)) as archive:
            return archive.infolist()
    except (
        zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, EOFError,
        struct.error,
    ) as error:  # fmt: skip
        raise UnreadableArchive from error


class _InSmallParts:
    """The file as ``zipfile`` uses it; a directory is read at once, so a large one is refused."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.seek, self.tell, self.seekable = source.seek, source.tell, source.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("the directory is too large")
        return self._source.read(size if size >= 0 else MAX_DIRECTORY_BYTES)
