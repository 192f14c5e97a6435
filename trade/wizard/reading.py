"""How an uploaded file can be read: its encodings with previews, separators and sheets."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from foundation.errors import Sentence
from foundation.tables import encodings
from foundation.tables.encodings import Candidate
from foundation.tables.errors import TableError
from foundation.tables.source import ZIP_START, Table, open_table
from tenants.isolation import tenant_cache
from trade.models import OrderImport

SAMPLE_ROWS = 20
LONGEST_CELL = 200
KEPT_SECONDS = 24 * 3600


@dataclass
class Look:
    """The beginning of a file in one reading. ``problem`` says why there is none."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problem: Sentence = ""

    def samples(self, index: int, count: int = 3) -> list[str]:
        """The first different values of a column that are not blank."""
        values = (row[index].strip() for _line, row in self.rows if index < len(row))
        return list(dict.fromkeys(value for value in values if value))[:count]


def look_at(order_import: OrderImport) -> Look:
    """The file's beginning as the import would read it; kept, for a workbook takes a while."""
    chosen = (order_import.encoding, order_import.delimiter, order_import.sheet)
    key = f"trade.look:{order_import.document.storage_key}:{':'.join(map(hex_of, chosen))}"
    kept = tenant_cache.get(key)
    if kept is not None:
        return Look(**kept)
    found = _look(order_import, *chosen)
    tenant_cache.set(key, asdict(found), seconds=KEPT_SECONDS)
    return found


def candidates_of(order_import: OrderImport) -> list[Candidate]:
    """The encodings a person may choose from; empty for a workbook, which says it itself.

    Kept like the look: judging a large file takes several passes over it.
    """
    key = f"trade.encodings:{order_import.document.storage_key}"
    kept = tenant_cache.get(key)
    if kept is None:
        kept = [[each.encoding, list(each.lines)] for each in _candidates(order_import)]
        tenant_cache.set(key, kept, seconds=KEPT_SECONDS)
    return [Candidate(encoding, tuple(lines)) for encoding, lines in kept]


def _candidates(order_import: OrderImport) -> list[Candidate]:
    with order_import.document.open() as file:
        if file.read(4) == ZIP_START:
            return []
        judgement = encodings.judge(file)
    if judgement.encoding and not any(
        judgement.encoding == candidate.encoding for candidate in judgement.candidates
    ):
        return [Candidate(judgement.encoding, ()), *judgement.candidates]
    return list(judgement.candidates)


def hex_of(text: str) -> str:
    """For a cache key: no blanks, no letters that memcached would refuse."""
    return text.encode().hex()


def _look(order_import: OrderImport, encoding: str, delimiter: str, sheet: str) -> Look:
    document = order_import.document
    with document.open() as file:
        kind = "xlsx" if file.read(4) == ZIP_START else "csv"
    try:
        with open_table(
            document.path,
            filename=document.name,
            encoding=encoding or None,
            delimiter=delimiter or None,
            sheet=sheet or None,
        ) as table:
            return _of_table(table)
    except TableError as error:
        return Look(kind, encoding, delimiter, sheet, problem=str(error))


def _of_table(table: Table) -> Look:
    values: dict[str, Any] = {
        "encoding": table.encoding,
        "delimiter": table.delimiter if table.kind == "csv" else "",
        "sheet": table.sheet or "",
        "sheets": table.sheets,
        "headers": table.headers,
        "rows": [_shortened(*row) for row in table.preview(SAMPLE_ROWS)],
    }
    return Look(table.kind, **values)


def _shortened(line: int, cells: list[str]) -> tuple[int, list[str]]:
    return line, [cell[:LONGEST_CELL] for cell in cells]
