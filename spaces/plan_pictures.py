"""Pictures of floors: what kind of file, how many pixels, judged from the bytes alone.

Nothing here unpacks a picture: the portal keeps the bytes and the browser draws them.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from backbone.purposes import register_purpose
from foundation.errors import InvalidInput
from tenants.kinds import Role

PURPOSE = "spaces.plan"
LARGEST_BYTES = 20 * 1024 * 1024
# A browser keeps four bytes for each pixel: at most 160 MB, for which every phone has room.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 16_000
SMALLEST_SIDE = 50
TAIL_BYTES = 1024
# Frames of JPEG that say how large the picture is; the others in this row say other things.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Pixels(NamedTuple):
    wide: int
    high: int


class Unreadable(Exception):
    """The bytes do not hold what their beginning promises."""


def register() -> None:
    register_purpose(PURPOSE, label=_("Floor plan"), readers=Role.values)


def pixels_of(path: Path, content_type: str) -> Pixels:
    """How large the picture is. Raises InvalidInput for what is no PNG, JPEG or WebP, for one
    that breaks off, and for one of too many or too few pixels."""
    read = READERS.get(content_type)
    if read is None:
        raise InvalidInput(_("Bring a picture: PNG, JPEG or WebP."), code="file_type")
    try:
        found = read(path.read_bytes())
    except (Unreadable, struct.error, IndexError) as error:
        raise InvalidInput(
            _("This picture is damaged or not complete. Save it again and bring that."),
            code="picture_damaged",
        ) from error
    if max(found) > LONGEST_SIDE or found.wide * found.high > MOST_PIXELS:
        raise InvalidInput(
            _("This picture has too many pixels: at most 40 million, and 16,000 on a side."),
            code="picture_too_large",
        )
    if min(found) < SMALLEST_SIDE:
        raise InvalidInput(
            _("This picture is too small: at least 50 pixels on a side."),
            code="picture_too_small",
        )
    return found


def _png(data: bytes) -> Pixels:
    if data[12:16] != b"IHDR" or b"IEND" not in data[-TAIL_BYTES:]:
        raise Unreadable
    return Pixels(*struct.unpack(">II", data[16:24]))


def _jpeg(data: bytes) -> Pixels:
    """Walks from segment to segment to the frame that says the size."""
    if b"\xff\xd9" not in data[-TAIL_BYTES:]:
        raise Unreadable
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in JPEG_FRAMES:
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            return Pixels(wide, high)
        at += 1 if marker == 0xFF else 2 + _length(data, at + 2)
    raise Unreadable


def _length(data: bytes, at: int) -> int:
    (found,) = struct.unpack(">H", data[at : at + 2])
    if found < 2:
        raise Unreadable
    return int(found)


def _webp(data: bytes) -> Pixels:
    (length,) = struct.unpack("<I", data[4:8])
    if length + 8 > len(data):
        raise Unreadable
    kind = data[12:16]
    if kind == b"VP8X":
        return Pixels(_three_bytes(data, 24) + 1, _three_bytes(data, 27) + 1)
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack("<I", data[21:25])
        return Pixels((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        wide, high = struct.unpack("<HH", data[26:30])
        return Pixels(wide & 0x3FFF, high & 0x3FFF)
    raise Unreadable


def _three_bytes(data: bytes, at: int) -> int:
    if len(data) < at + 3:
        raise Unreadable
    return int.from_bytes(data[at : at + 3], "little")


READERS = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}
