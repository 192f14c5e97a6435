"""Every export, opened again: no cell of it is a formula or a link.

Texts of the population begin with ``=``, ``+`` and ``@``; which routes are exports, their answers
say, so one added later is opened without anybody's help.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from foundation.tables import writing
from foundation.tables.escaping import NUMBER, RISKY
from tests.clients import fresh_client
from tests.routes import routes
from tests.walls.arguments import paths
from tests.walls.population import Population, population

__all__ = ["population"]
QUERIES = ("", "?period=all&direction=all", "?period=all")


def downloads(park: Population) -> Iterator[tuple[str, bytes]]:
    """(address, bytes) of everything that the owner's pages give as a file."""
    client = fresh_client(park.amber.owner.user)
    for route in routes():
        if not (route.is_of_organisation and route.is_named):
            continue
        for path, query in product(paths(route, park.amber), QUERIES):
            answer = client.get(path + query)
            if "attachment" in answer.headers.get("Content-Disposition", ""):
                body: Any = answer
                yield path, b"".join(body) if answer.streaming else answer.content
            elif answer.status_code == 200:
                break  # a page, and with other rows or queries it is one too


def live(path: str, content: bytes) -> list[str]:
    """What a spreadsheet would run or open."""
    if content.startswith(b"PK"):
        return [f"{path}: {found}" for found in _in_workbook(content)]
    if ".csv" in path or content.startswith(b"\xef\xbb\xbf"):
        return [f"{path}: {cell!r}" for cell in _cells(content) if _runs(cell)]
    return []


def _in_workbook(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        text = " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return re.findall(r"<f[ >]|<hyperlink|externalLink", text)


def _cells(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row]


def _runs(cell: str) -> bool:
    return bool(RISKY.match(cell)) and not cell.startswith("'") and not NUMBER.fullmatch(cell)


def own_exports(park: Population) -> list[tuple[str, bytes]]:
    """Without the files that people uploaded themselves: those come back byte for byte."""
    return [(path, body) for path, body in downloads(park) if "/files/" not in path]


def test_no_cell_of_any_export_is_live(population: Population) -> None:
    found = own_exports(population)
    assert len(found) >= 5
    written = b"".join(body for path, body in found if ".csv" in path).decode("utf-8", "replace")
    assert population.amber.mark.names_in(written)
    assert [each for path, body in found for each in live(path, body)] == []


def test_control_without_escaping_a_formula_is_seen(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "escape_cell", lambda text: text)
    assert [each for path, body in own_exports(population) for each in live(path, body)]


def test_every_download_is_one(population: Population) -> None:
    """A download that a browser would show instead could run in the portal's own name."""
    client, seen = fresh_client(population.amber.owner.user), 0
    for route in routes():
        if route.is_of_organisation and route.is_named:
            for path in paths(route, population.amber, rows=1):
                answer = client.get(path)
                kind = answer.headers.get("Content-Type", "")
                if answer.status_code == 200 and "text/html" not in kind:
                    seen += 1
                    assert answer.headers["Content-Disposition"].startswith("attachment"), path
                    assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    assert seen >= 5
