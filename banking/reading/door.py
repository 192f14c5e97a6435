"""The one way in: what kind of file it is shows in its bytes, never in its name."""

from __future__ import annotations

import re

from banking.reading import camt, mt, ofx, xml_tree
from banking.reading.reasons import unreadable
from banking.reading.structure import Hints, Reading
from banking.reading.tables import table
from banking.reading.tables.decoding import western_text_of
from foundation.tables.source import OLE_START, ZIP_START

# Some ten thousand entries of camt; reading it takes fifteen times as much memory.
LARGEST_BYTES = 12 * 1024 * 1024
MARKUP = re.compile(r"\s*<(?:\?xml|!DOCTYPE|[A-Za-z!])")
HTML = re.compile(r"\s*(?:<!DOCTYPE\s+html|<html|<table|<body|<head)", re.IGNORECASE)


def read_file(data: bytes, hints: Hints = Hints()) -> Reading:  # noqa: B008  it is frozen
    """What the file says. Raises Unreadable with a sentence for a bookkeeper, and nothing else."""
    if not data.strip(b"\0 \t\r\n"):
        raise unreadable("empty")
    if len(data) > LARGEST_BYTES:
        raise unreadable("too_large", megabytes=LARGEST_BYTES // (1024 * 1024))
    if data.startswith((ZIP_START, OLE_START)):
        return table.read_workbook(data, hints)
    text = western_text_of(data).removeprefix("\ufeff")
    if ofx.is_ofx(text):
        return ofx.read(text, hints)
    if MARKUP.match(text):
        if HTML.match(text):
            return table.read_text(data, hints)
        return camt.read(xml_tree.parse(data), data, hints)
    if mt.is_mt(text):
        return mt.read(text, hints)
    return table.read_text(data, hints)
