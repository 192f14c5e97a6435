"""Which row of a table names its columns, and which column is what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from banking.reading.tables.words import COLUMNS, CURRENCY_WORDS, LABELS, folded
from foundation.currencies import CODES

# A preamble of wallets has some twenty lines.
ROWS_SEARCHED = 60
NAMES = {role: tuple(map(folded, names)) for role, names in COLUMNS.items()}
WITH_UNIT = re.compile(r"^(.*?)[\s(（\[]+([A-Za-z]{3}|元|人民币|美元|欧元|港币)[\s)）\]]*$")


@dataclass
class Header:
    """Where the columns are named, what they are, and what stands above them."""

    row: int
    names: list[str]
    columns: dict[str, int]
    currency: str = ""
    account: str = ""
    holder: str = ""
    above: str = ""
    spare: list[int] = field(default_factory=list)

    @property
    def score(self) -> int:
        return len(self.columns)


def find_header(rows: Sequence[tuple[int, Sequence[str]]]) -> Header | None:
    """The first row that names a date and an amount; None where no row does."""
    for index, (_line, cells) in enumerate(rows[:ROWS_SEARCHED]):
        columns = recognised(cells)
        if "booked_on" in columns and columns.keys() & {"amount", "credit", "debit"}:
            header = Header(index, list(cells), columns)
            _read_above(header, rows[:index])
            header.currency = header.currency or _currency_in(cells, columns)
            # Names at the end may be missing altogether, so a few columns more are spare.
            header.spare = [i for i, cell in enumerate(cells) if not cell.strip()]
            header.spare += range(len(cells), len(cells) + 3)
            return header
    return None


def given_header(names: Sequence[str]) -> Header | None:
    """Columns as a person named them, for a table without names; None without date or amount."""
    columns = recognised(names)
    if "booked_on" not in columns or not columns.keys() & {"amount", "credit", "debit"}:
        return None
    return Header(-1, list(names), columns, currency=_currency_in(names, columns))


def recognised(cells: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name in _names_of(cell):
            places.setdefault(name, place)
    found: dict[str, int] = {}
    taken: set[int] = set()
    for role, names in NAMES.items():
        free = (places[n] for n in names if n in places and places[n] not in taken)
        if (chosen := next(free, None)) is not None:
            found[role] = chosen
            taken.add(chosen)
    return found


def _names_of(cell: str) -> list[str]:
    """The cell's name, and that without a currency or unit at its end."""
    plain = " ".join(cell.split())
    if len(plain) > 60:
        return []
    names = [folded(plain)]
    if unit := WITH_UNIT.match(plain):
        names.append(folded(unit.group(1)))
    return [name for name in names if name]


def _currency_in(cells: Sequence[str], columns: Mapping[str, int]) -> str:
    """Of a name such as "Amount CZK" or "Deposits (SGD)"."""
    for role in ("amount", "credit", "debit"):
        name = " ".join(cells[columns[role]].split()) if role in columns else ""
        unit = WITH_UNIT.match(name)
        if code := currency_of(unit.group(2)) if unit else "":
            return code
        for word, code in CURRENCY_WORDS.items():
            if len(word) > 1 and word in name:
                return code
    return ""


def currency_of(said: str) -> str:
    """The code for what a file calls a currency; "" where it is none."""
    plain = folded(said)
    if plain.upper() in CODES:
        return plain.upper()
    return CURRENCY_WORDS.get(plain, "")


def _read_above(header: Header, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    cells = [[cell.strip() for cell in row if cell.strip()] for _line, row in rows]
    header.above = " ".join(" ".join(row) for row in cells)[:2000]
    for row in cells:
        for label, value in _pairs(row):
            for role, names in LABELS.items():
                if label in map(folded, names) and not getattr(header, role):
                    said = currency_of(value) if role == "currency" else value
                    setattr(header, role, said.strip("[]【】 ")[:140])


def _pairs(row: Sequence[str]) -> list[tuple[str, str]]:
    """(label, value) from "label: value" in one cell, or a label and the cell beside it."""
    pairs = []
    for cell, beside in zip(row, [*row[1:], ""], strict=True):
        label, colon, value = cell.replace("：", ":").partition(":")
        pairs.append((folded(label), value.strip() if colon and value.strip() else beside))
    return pairs
