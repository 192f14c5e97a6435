"""The figures of an online-retail file by Python's csv module: what the import must say."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from trade.presets import ONLINE_RETAIL


def figures(path: Path) -> dict[str, Any]:
    """The issue's rules, one row after the other, with nothing of the pipeline's."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kinds = [kind_of(row) for row in rows]
    kept = [
        (kind, row)
        for kind, row in zip(kinds, rows, strict=True)
        if kind in ("sale", "cancellation")
    ]
    gross, cancelled = _sum(kept, "sale"), -_sum(kept, "cancellation")
    first_of: dict[str, str] = defaultdict(lambda: "9")
    for _kind, row in kept:
        first_of[row["InvoiceNo"]] = min(first_of[row["InvoiceNo"]], row["InvoiceDate"])
    days = [moment[:10] for moment in first_of.values()]
    labels = ONLINE_RETAIL["country_labels"]
    return {
        "rows_read": len(rows),
        "sale_lines": kinds.count("sale"),
        "cancellation_lines": kinds.count("cancellation"),
        "skipped": dict(Counter(kind for kind in kinds if kind not in ("sale", "cancellation"))),
        "rejected": {},
        "orders": len({row["InvoiceNo"] for kind, row in kept if kind == "sale"}),
        "cancelled_orders": len({row["InvoiceNo"] for kind, row in kept if kind == "cancellation"}),
        "gross": gross,
        "cancelled": cancelled,
        "net": gross - cancelled,
        "first_day": min(days),
        "last_day": max(days),
        "countries": sorted({labels[row["Country"]] for _kind, row in kept}),
    }


def kind_of(row: dict[str, str]) -> str:
    quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
    if row["InvoiceNo"].startswith("A"):
        return "adjustment"
    if price <= 0:
        return "zero_price" if price == 0 else "negative_price"
    if row["InvoiceNo"].startswith("C"):
        return "cancellation" if quantity < 0 else "positive_quantity_in_cancellation"
    return "sale" if quantity > 0 else "negative_quantity"


def _sum(kept: Iterable[tuple[str, dict[str, str]]], kind: str) -> Decimal:
    amounts = (int(row["Quantity"]) * Decimal(row["UnitPrice"]) for own, row in kept if own == kind)
    return sum(amounts, Decimal(0))


def said(result: dict[str, Any]) -> dict[str, Any]:
    """The import's answer, amounts as numbers, for comparison."""
    return result | {name: Decimal(result[name]) for name in ("gross", "cancelled", "net")}


def assert_identities(result: dict[str, Any]) -> None:
    accepted = result["sale_lines"] + result["cancellation_lines"]
    kept_out = sum(result["skipped"].values()) + sum(result["rejected"].values())
    assert result["rows_read"] == accepted + kept_out
    assert accepted == result["inserted"] + result["already_known"]
