"""Bills that a bank's text names: by their reference (ISO 11649) or by their number. Pure.

Spaces, hyphens, case and full-width letters do not matter, nor what stands around.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reconciliation.texts import compact, narrow

# Overlapping, so that one that begins within another is seen.
REFERENCE = re.compile(r"(?=(RF\d{2}[A-Z0-9]{10}))")
# ``B2026`` of ``HAIHE-B2026-0001``, where the digits of the number begin.
SERIES = re.compile(r"[A-Z]20\d{2}(?=\d)")
SHORTEST_SEQUENCE = 4


def references_in(text: str) -> list[str]:
    """Whatever looks like a reference of ours, in the order of the text."""
    return [found.group(1) for found in REFERENCE.finditer(compact(text))]


class Numbers:
    """The numbers of bills, found in a text in a time that does not grow with their count."""

    def __init__(self, numbers: Iterable[str]) -> None:
        # ``B20260001`` → whole numbers without hyphens, the longest first: of X-HAIHE and HAIHE
        # the text names the one that it holds whole.
        self._by_end: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for number in numbers:
            whole = compact(number)
            end = compact("".join(number.rsplit("-", 2)[1:]))
            self._by_end[end].append((whole, number))
        for found in self._by_end.values():
            found.sort(key=lambda each: -len(each[0]))

    def named_in(self, text: str) -> list[str]:
        letters, breaks = _letters(text)
        found: dict[str, None] = {}
        for series in SERIES.finditer(letters):
            for end in _ends(letters, breaks, series.end()):
                if number := self._number(letters, series.start(), end):
                    found[number] = None
                    break
        return list(found)

    def _number(self, letters: str, start: int, end: int) -> str:
        known: Sequence[tuple[str, str]] = self._by_end.get(letters[start:end], ())
        return next((number for whole, number in known if letters[:end].endswith(whole)), "")


def _letters(text: str) -> tuple[str, frozenset[int]]:
    """The text's letters and digits, and before which of them something else stood."""
    letters: list[str] = []
    breaks = set()
    for each in narrow(text):
        if each.isalnum():
            letters.append(each)
        else:
            breaks.add(len(letters))
    return "".join(letters), frozenset(breaks)


def _ends(letters: str, breaks: frozenset[int], start: int) -> Iterator[int]:
    """Where the number may end: where the digits stop, and before that at each gap between them.

    The fewest gaps first: after a number another one may follow, such as a year.
    """
    stop = start
    while stop < len(letters) and letters[stop].isdigit():
        stop += 1
        gap = stop in breaks or stop == len(letters) or not letters[stop].isdigit()
        if gap and stop - start >= SHORTEST_SEQUENCE:
            yield stop
