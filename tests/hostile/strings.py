"""Odd text for every door that takes words, and the judge of what became of it.

For forms, query parameters, headers and the API alike: ``sample`` says which strings to send,
``is_same`` whether what was read is what was written, ``leaks`` whether a page would run it.
"""

from __future__ import annotations

import json
import os
import random
import re
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from tests.proof import FULL
from tests.shared_data import shared

# Which of the strings an ordinary run takes; printed by the tests that use it.
SEED = int(os.environ.get("PARK_SEED", "1"))


def _zalgo(text: str, marks: int) -> str:
    flood = "".join(chr(0x0300 + number % 0x70) for number in range(marks))
    return "".join(letter + flood for letter in text)


# 𠮷 has four bytes in UTF-8; then both directions, an override, no width, joined, combined.
LETTERS = "𠮷野家 مرحبا \u202etxt.exe\u202c \u200bא\u2067ב\u2069 👩‍👩‍👧 " + _zalgo("zalgo", 9)
MARKUP = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{% now 'Y' %}"
    "${7*7}%s%(name)s%n{0}{name!r}\\1'; DROP TABLE tenants_user; --\\"
)


@dataclass(frozen=True, slots=True)
class Odd:
    """One string, with a name that can be printed."""

    name: str
    text: str

    def is_looked_at(self, door: str) -> bool:
        """Whether the pages that show it are opened after it was typed into ``door``.

        In an ordinary run two strings must do. In a full one all of ALWAYS are looked at, of the
        others one in twenty at a door: over all doors each is, many times. To open every page
        for each string would take hours, and how a page escapes is the same for all of them.
        """
        if self.text in (LETTERS, MARKUP):
            return True
        return FULL and (self in ALWAYS or self in turns(door, [self], of=20))

    @property
    def is_storable(self) -> bool:
        """Whether UTF-8 and PostgreSQL have it; the rest must be refused everywhere."""
        return not re.search("[\x00\ud800-\udfff]", self.text)

    def __str__(self) -> str:
        return self.name


# Those that break something of their own kind; an ordinary run sends each of them everywhere.
ALWAYS = [
    Odd("NUL", "a\x00b"),
    Odd("lone surrogate", "a\ud800b"),
    Odd("letters of all kinds", LETTERS),
    Odd("markup, formats and SQL", MARKUP),
    Odd("10,000 characters", "漫长的话 " * 2000),
    Odd("huge number", "9" * 5000),
    Odd("formula and lines", "=HYPERLINK(\"http://a.example\")\r\n\t+1\u2028-1\n@x"),
    Odd("nothing but space", " \t\u3000\u00a0\u200b "),
]  # fmt: skip

# An ordinary run takes some of these and of the naughty strings, by the seed.
SOMETIMES = [
    Odd("script and quotes", "\"'><script>alert(1)</script>"),
    Odd("template", "{{7*7}}{% now 'Y' %}"),
    Odd("SQL", "'; DROP TABLE tenants_user; --"),
    Odd("NUL alone", "\x00"),
    Odd("NUL at the end", "ends\x00"),
    Odd("low surrogate", "\udfff"),
    Odd("surrogates the wrong way round", "\udc00\ud800"),
    Odd("surrogate pair in two halves", "\ud842\udfb7"),
    Odd("replacement character", "a\ufffdb"),
    Odd("no characters", "\ufffe\uffff\U0010ffff"),
    Odd("byte order mark", "\ufeffname"),
    Odd("𠮷 alone", "𠮷"),
    Odd("right to left override", "\u202e\u202dname\u202c"),
    Odd("unclosed isolates", "\u2066\u2067\u2068" * 20),
    Odd("zalgo", _zalgo("zalgo", 200)),
    Odd("one very long word", "x" * 3000),
    Odd("70,000 characters", "长" * 70_000),
    Odd("carriage return", "one\rtwo"),
    Odd("header injection", "one\r\nSet-Cookie: a=b\r\n\r\n<html>"),
    Odd("control characters", "".join(map(chr, range(1, 32))) + "\x7f\x80\x9f"),
    Odd("terminal escape", "\x1b]0;title\x07\x1b[2J"),
    Odd("formula", "=1+1"),
    Odd("full-width formula", "＝cmd|' /C calc'!A0"),
    Odd("minus formula", "-2+3+cmd|' /C calc'!A0"),
    Odd("at formula", "@SUM(1+1)*cmd|' /C calc'!A0"),
    Odd("tab formula", "\t=1+1"),
    Odd("attribute", '" autofocus onfocus=alert(1) x="'),
    Odd("expression of the staff site's theme", "'+alert(1)+'"),
    Odd("closing a script", "</script><script>alert(1)</script>"),
    Odd("closing a text box", "</textarea></title><svg onload=alert(1)>"),
    Odd("address that runs", "javascript:alert(1)"),
    Odd("other host", "//elsewhere.example/a"),
    Odd("path", "../../../../etc/passwd"),
    Odd("entities", "&lt;script&gt;&amp;amp;&#0;&#xD800;"),
    Odd("format with an index", "%(x)s%d%%%"),
    Odd("braces", "{0.__class__}{}{{}}"),
    Odd("one apostrophe", "O'Neil"),
    Odd("one backslash", "a\\"),
    Odd("LIKE", "100%_\\%"),
    Odd("regular expression", "(a+)+$[[:alpha:]]{999999}"),
    Odd("1e400", "1e400"),
    Odd("minus nothing", "-0"),
    Odd("not a number", "NaN"),
    Odd("infinity", "-Infinity"),
    Odd("full-width digits", "１２３"),
    Odd("arabic digits", "٣٤٥"),
    Odd("superscript digit", "²"),
    Odd("digits with underscores", "1_000"),
    Odd("beyond 64 bits", "9223372036854775808"),
    Odd("below 64 bits", "-9223372036854775809"),
    Odd("beyond 32 bits", "2147483648"),
    Odd("many decimals", "0." + "0" * 400 + "1"),
    Odd("year nought", "0000-00-00"),
    Odd("year 10000", "10000-01-01"),
    Odd("a day that is not", "2026-02-30"),
    Odd("years the wrong way round", "2026-12-31..2026-01-01"),
    Odd("first day of all", "0001-01-01..0001-01-01"),
    Odd("last day of all", "9999-12-31..9999-12-31"),
    Odd("cursor", "2026-01-01_9223372036854775808"),
    Odd("cursor of digits that are not", "9999-12-31_１_0"),
    Odd("list", "1,2,,3,"),
    Odd("JSON", '{"a": [1, null, "\\ud800"]}'),
    Odd("JSON nested deep", "[" * 2000),
    Odd("XML", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    Odd("language", "zh-Hans-CN-x-" + "a" * 300),
    Odd("sort", "-pk,password,__class__"),
    Odd("look-up", "tenant__memberships__user__password__startswith"),
]  # fmt: skip


@cache
def naughty() -> list[Odd]:
    """The Big List of Naughty Strings: 515 of them, written by nobody here."""
    path = shared("edge-inputs", "naughty-strings", "blns.json")
    texts = json.loads(path.read_text(encoding="utf-8"))
    return [Odd(f"naughty {number}", text) for number, text in enumerate(texts)]


def everything() -> list[Odd]:
    return [*ALWAYS, *SOMETIMES, *naughty()]


def sample(door: str, count: int, *, always: int = len(ALWAYS)) -> list[Odd]:
    """The strings for one door: all in a full run, else ``count`` and the first of ALWAYS.

    Which ones follows from SEED and the door's name, so a failure can be repeated.
    """
    if FULL:
        return everything()
    chance = random.Random(f"{SEED} {door}")  # noqa: S311
    rest = [*ALWAYS[always:], *SOMETIMES, *chance.sample(naughty(), 40)]
    return [*ALWAYS[:always], *chance.sample(rest, count)]


def turns(door: str, strings: list[Odd], *, of: int) -> list[Odd]:
    """One in ``of``, others at another door: what a full run takes where all of them everywhere
    would be days, and over all doors it takes each of them many times."""
    return [odd for odd in strings if crc32(f"{door} {odd.name}".encode()) % of == 0]


def few(door: str, *, of: int = 50) -> list[Odd]:
    """Where text is not kept: in a full run those that break something, and some of the others."""
    if not FULL:
        return sample(door, 1, always=0)
    return [*ALWAYS, *turns(door, [*SOMETIMES, *naughty()], of=of)]


# -- the judge ---------------------------------------------------------------------------------


def as_kept(text: str) -> set[str]:
    """What a field may make of it: as written, or without space around, as forms document."""
    return {text, text.strip()}


def is_same(written: str, read: object) -> bool:
    """Whether the stored value is what was written."""
    return read in as_kept(written)


def leaks(written: str, page: str) -> bool:
    """Whether markup of the string stands in the page unescaped.

    What is too short cannot be told from the page's own.
    """
    text = written.strip()
    return len(text) > 5 and any(sign in text for sign in '<>"') and text in page
