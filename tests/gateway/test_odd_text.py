"""Odd text in every free-text place of the API: kept as it came, or refused with a problem."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.gateway.conftest import Program
from tests.hostile.strings import is_same, sample
from tests.proof import FULL

COUNT = 600 if FULL else 12
QUERIES = [
    *(("orders", name) for name in ("q", "sku", "period", "country", "currency", "cursor")),
    *(("jobs", name) for name in ("cursor", "state", "limit")),
    *(("sales/by-month", name) for name in ("period", "direction")),
]


def refused_well(answer: Any) -> bool:
    kind = answer.headers["Content-Type"]
    return 400 <= answer.status_code < 500 and kind == "application/problem+json"


@pytest.fixture(autouse=True)
def _unthrottled(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6


@pytest.mark.parametrize(("path", "name"), QUERIES)
def test_in_a_query(program: Program, path: str, name: str) -> None:
    for odd in sample(f"api {path} {name}", COUNT):
        answer = program.get(path, {name: odd.text.encode("utf-8", "surrogatepass")})
        assert answer.status_code == 200 or refused_well(answer), odd.name


@pytest.mark.parametrize("field", ["mapping", "encoding"])
def test_in_a_form(program: Program, field: str) -> None:
    for odd in sample(f"api {field}", COUNT):
        file = io.BytesIO(b"order number\n1\n")
        file.name = "orders.csv"
        said = {"mapping": "portal-orders", field: odd.text.encode("utf-8", "surrogatepass")}
        answer = program.post("order-imports", {"file": file, **said})
        assert answer.status_code == 201 or refused_well(answer), odd.name


def test_as_the_name_of_a_file(program: Program) -> None:
    """What may stand in a file's name is kept; ``backbone.files.plain_name`` says what is not."""
    file = io.BytesIO(b"order number\n1\n")
    file.name = "订单 𠮷野家 ‰ 2026.csv"
    answer = program.post("order-imports", {"file": file, "mapping": "portal-orders"})
    assert answer.status_code == 201
    assert is_same(file.name, answer.json()["file"])
