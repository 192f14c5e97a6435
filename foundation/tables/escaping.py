"""Cells a spreadsheet would run as formulas, made harmless in CSV and restored on the way back.

An apostrophe goes before a text that starts with a formula's first character, and before one that
already has such apostrophes; so taking one away again restores exactly what was there. Numbers,
negative ones too, are left alone.
"""

from __future__ import annotations

import re

# = + - @, their full-width twins, tab, carriage return and line feed.
STARTS = r"=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
RISKY = re.compile(rf"'*[{STARTS}]")
ESCAPED = re.compile(rf"''*[{STARTS}]")
NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?", re.ASCII)


def escape_cell(text: str) -> str:
    """The text as it may stand in a CSV file."""
    return f"'{text}" if RISKY.match(text) and not NUMBER.fullmatch(text) else text


def unescape_cell(text: str) -> str:
    """What stood there before ``escape_cell``."""
    return text[1:] if ESCAPED.match(text) else text
