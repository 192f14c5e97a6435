"""A check of a whole file as plain values: small enough to keep, complete enough to show."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from xlsxwriter.utility import xl_col_to_name

from backbone.models import Job
from backbone.sentences import for_reader, in_every_language
from foundation.errors import Sentence
from trade.models import Direction, LineKind, OrderImport
from trade.pipeline.check import Check
from trade.pipeline.reasons import Problem, sentence
from trade.pipeline.rules import wanted_columns

CHECK_JOB = "trade.check_orders"
# Above these a check takes longer than a page may.
LARGEST_CHECKED_AT_ONCE = {"csv": 6 * 1024 * 1024, "xlsx": 1024 * 1024}
MOST_LINES_AT_ONCE = 100_000
LONGEST_CELL = 80
OUTCOMES: dict[str, Sentence] = {
    "sale": LineKind.SALE.label,
    "cancellation": LineKind.CANCELLATION.label,
    "skipped": _("Skipped"),
    "rejected": _("Rejected"),
}
# The column that decides why a row is skipped.
DECIDED_BY = {
    "adjustment": "number",
    "negative_price": "unit_price",
    "zero_price": "unit_price",
    "zero_quantity": "quantity",
    "negative_quantity": "quantity",
    "positive_quantity_in_cancellation": "quantity",
}


def reading_of(order_import: OrderImport) -> str:
    """Names everything that decides what a check finds; the file itself never changes."""
    mapping = order_import.mapping
    rules = {
        field.attname: getattr(mapping, field.attname)
        for field in (mapping._meta.concrete_fields if mapping else [])
    }
    said = [
        str(order_import.document.storage_key), order_import.encoding, order_import.delimiter,
        order_import.sheet, rules,
    ]  # fmt: skip
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_small(order_import: OrderImport) -> bool:
    """Whether a page can wait for its check: few bytes, and in a text not many tiny rows."""
    document, kind = order_import.document, "csv" if order_import.delimiter else "xlsx"
    if document.size > LARGEST_CHECKED_AT_ONCE[kind]:
        return False
    if kind == "xlsx":
        return True
    with document.open() as file:
        content = file.read()
    return max(content.count(b"\n"), content.count(b"\r")) <= MOST_LINES_AT_ONCE


def report_of(check: Check, order_import: OrderImport) -> dict[str, Any]:
    """As JSON: counts, problems with an example each, the first rows as they would be stored."""
    return {
        "rows_read": check.rows_read,
        "sale_lines": check.sale_lines,
        "cancellation_lines": check.cancellation_lines,
        "skipped": check.skipped,
        "rejected": check.rejected,
        "problems": [_problem(problem, check, order_import) for problem in check.problems],
        "stored": [_stored(row) for row in check.stored_rows],
        "rejected_document": check.rejected_document,
        "countries": check.countries,
        "unmapped": check.unmapped_countries,
        "remarks": [
            in_every_language(r.message, {**r.params, "row": r.row, "column": r.column})
            for r in check.remarks
        ],
    }


def latest_check_job(order_import: OrderImport, reading: str) -> Job | None:
    """The job that checked the file, or is checking it, in this reading."""
    jobs = Job.objects.filter(tenant_id=order_import.tenant_id, kind=CHECK_JOB)
    return jobs.filter(payload__import_id=order_import.pk, payload__reading=reading).last()


def _problem(problem: Problem, check: Check, order_import: OrderImport) -> dict[str, Any]:
    code, _colon, target = problem.reason.partition(":")
    place = _place_of(target or DECIDED_BY.get(code, ""), check, order_import)
    cells = check.examples.get(problem.first_line, [])
    return {
        "reason": problem.reason,
        "is_rejection": problem.is_rejection,
        "count": problem.count,
        "row": problem.first_line,
        "column": check.headers[place] if place is not None else "",
        "letter": xl_col_to_name(place) if place is not None else "",
        "value": _cell(cells, place),
    }


def _cell(cells: list[str], place: int | None) -> str:
    """As much as is shown; a zero byte could not be kept with a job."""
    if place is None or place >= len(cells):
        return ""
    return cells[place][:LONGEST_CELL].replace("\0", "")


def _place_of(target: str, check: Check, order_import: OrderImport) -> int | None:
    mapping = order_import.mapping
    if mapping is None:
        return None
    header = " ".join(wanted_columns(mapping).get(target, "").split()).casefold()
    folded = [name.casefold() for name in check.headers]
    return folded.index(header) if header in folded else None


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime) else value


def shown(report: dict[str, Any]) -> dict[str, Any]:
    """The report with sentences in the reader's language."""
    return report | {
        "problems": [p | {"sentence": capfirst(sentence(p["reason"]))} for p in report["problems"]],
        "remarks": [for_reader(said) for said in report["remarks"]],
        "stored": [_shown_row(row) for row in report["stored"]],
    }


def _shown_row(row: dict[str, Any]) -> dict[str, Any]:
    outcome = row["verdict"].partition(":")[0]
    moment = row["ordered_at"] and datetime.fromisoformat(row["ordered_at"])
    directions = dict(Direction.choices)
    return row | {
        "becomes": OUTCOMES.get(outcome, outcome),
        "moment": moment,
        "direction_label": directions.get(row["direction"], row["direction"]),
    }
