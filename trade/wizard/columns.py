"""Which column of a file is probably what; a person has the last word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

from trade.models import ImportMapping
from trade.pipeline.rules import TARGETS, wanted_columns
from trade.presets import PRESETS

# Names that platforms give their columns, separated by commas; the translation of each line
# holds the names in the other language. Letters and digits alone are compared.
NAMES = {
    "number": gettext_noop(
        "order number, order no, order id, invoice no, invoice number, amazon-order-id"
    ),
    "ordered_at": gettext_noop(
        "ordered at, order date, order time, invoice date, purchase date, created at, paid at"
    ),
    "sku": gettext_noop("sku, product code, stock code, item number, article number, item code"),
    "description": gettext_noop("description, product name, item name, product, title"),
    "quantity": gettext_noop("quantity, qty, pieces, quantity purchased, number of items"),
    "unit_price": gettext_noop("unit price, price, item price, price per unit"),
    "country": gettext_noop("country, ship country, destination, country of delivery, region"),
    "currency": gettext_noop("currency, currency code"),
    "direction": gettext_noop("direction, trade direction"),
}
LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Fit:
    """A saved mapping or a preset, and the columns of it that the file lacks."""

    name: str
    missing: list[str]
    mapping: ImportMapping | None = None

    @property
    def fits(self) -> bool:
        return not self.missing


def fits(headers: Iterable[str], saved: Iterable[ImportMapping]) -> list[Fit]:
    """Saved mappings, then presets not adopted yet; those that fit the file come first."""
    there = {_folded(header) for header in headers}
    mine = [Fit(m.name, _missing(m, there), m) for m in saved]
    known = {fit.name for fit in mine}
    offered = [
        Fit(name, _missing(_unsaved(preset), there))
        for name, preset in PRESETS.items()
        if name not in known
    ]
    return sorted(mine + offered, key=lambda fit: not fit.fits)


def guess(headers: list[str]) -> dict[str, str]:
    """Our name -> header, for what can be recognised; each header once."""
    left = {_letters(header): header for header in reversed(headers)}
    found = {}
    for target in TARGETS:
        for name in _names(target):
            if name in left:
                found[target] = left.pop(name)
                break
    return found


def _names(target: str) -> list[str]:
    said = []
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            said += translation.gettext(NAMES[target]).split(",")
    return list(dict.fromkeys(_letters(name) for name in said))


def _missing(mapping: ImportMapping, there: set[str]) -> list[str]:
    """Columns the mapping names; one that is neither needed nor there is missed as well."""
    return [header for header in wanted_columns(mapping).values() if _folded(header) not in there]


def _unsaved(preset: dict) -> ImportMapping:
    return ImportMapping(**{key: value for key, value in preset.items() if key != "channel"})


def _folded(header: str) -> str:
    return " ".join(header.split()).casefold()


def _letters(header: str) -> str:
    return LETTERS.sub("", header).casefold()
