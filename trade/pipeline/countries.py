"""Country labels as files hold them, and the ISO 3166 codes they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from foundation import countries


@dataclass(frozen=True)
class Labels:
    """Each label of a file with its code, and those that nobody has mapped yet."""

    resolved: dict[str, str]
    unmapped: list[str]


def resolve(labels: Iterable[str], table: Mapping[str, str]) -> Labels:
    """Look labels up in the organisation's own table, then among codes and common names.

    A label that nobody knows becomes ZZ and stands in ``unmapped``; a blank one is just ZZ.
    """
    own = {label.strip().casefold(): code for label, code in table.items()}
    resolved, unmapped = {}, []
    for label in labels:
        folded = label.strip().casefold()
        code = own.get(folded) or _common(folded)
        if code is None and folded:
            unmapped.append(label)
        resolved[label] = code or countries.UNKNOWN
    return Labels(resolved, unmapped)


def _common(folded: str) -> str | None:
    if folded.upper() in countries.CODES:
        return folded.upper()
    return countries.by_name().get(folded)
