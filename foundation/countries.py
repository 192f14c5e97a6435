"""ISO 3166-1 alpha-2 countries and territories with their names, from CLDR by way of Babel."""

from __future__ import annotations

from functools import cache

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from foundation.errors import InvalidInput

UNKNOWN = "ZZ"
# CLDR knows these beside ISO 3166-1: reserved codes, groupings, test locales, the unknown.
NOT_ISO = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", UNKNOWN)
)


def _iso_codes() -> frozenset[str]:
    territories = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in territories if len(code) == 2 and code.isalpha()) - NOT_ISO


CODES = _iso_codes()


def validate(code: str) -> str:
    """The code in capitals, ZZ (unknown) included; raises InvalidInput for any other."""
    plain = code.strip().upper()
    if plain not in CODES and plain != UNKNOWN:
        raise InvalidInput(
            _("“%(code)s” is not a country code such as CN or SG."),
            code="unknown_country",
            params={"code": code},
        )
    return plain


@cache
def name(code: str, language: str) -> str:
    """The name in that language; ZZ has one too."""
    return Locale.parse(to_locale(language)).territories[code]


def choices(language: str) -> list[tuple[str, str]]:
    """(code, name) sorted by code, the unknown last."""
    return [(code, name(code, language)) for code in (*sorted(CODES), UNKNOWN)]


@cache
def by_name() -> dict[str, str]:
    """Lower-case English or Chinese name -> code, for files that hold names instead of codes."""
    found: dict[str, str] = {}
    for language in ("zh_Hans", "en"):
        names = Locale.parse(language).territories
        found.update({names[code].casefold(): code for code in CODES})
    return found
