"""A mapping as rules: which column is what, and the verdict on each row as one SQL expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from psycopg2 import sql

from foundation.currencies import CODES
from foundation.tables.errors import TableError
from foundation.tables.normalise import ColumnRule, Kind
from foundation.tables.source import Table
from foundation.tables.values import DateOrder
from trade.models import Direction, ImportMapping


@dataclass(frozen=True)
class Target:
    """One column of orders that a file may hold."""

    label: Any
    kind: Kind = Kind.TEXT
    required: bool = False
    max_length: int = 100
    sql_type: str = "text"


TARGETS: dict[str, Target] = {
    "number": Target(_("order number"), required=True, max_length=64),
    "ordered_at": Target(_("ordered at"), Kind.MOMENT, required=True, sql_type="timestamptz"),
    "sku": Target(_("product code"), required=True, max_length=80),
    "description": Target(_("description"), max_length=1000),
    "quantity": Target(_("quantity"), Kind.DECIMAL, required=True, sql_type="numeric"),
    "unit_price": Target(_("unit price"), Kind.DECIMAL, required=True, sql_type="numeric"),
    "country": Target(_("country"), max_length=80),
    "currency": Target(_("currency"), max_length=3),
    "direction": Target(_("direction"), max_length=20),
}
REQUIRED = [name for name, target in TARGETS.items() if target.required]

# Columns of a file of rejected rows. The second says where a row came from, "57@…" being row 57
# of the import with that ref, so that a mended row that equals another of its order is not taken
# for that one.
REASON_COLUMN, ROW_COLUMN = "import_reason", "import_row"

# Every reason why a row is kept out though it could be read; none of them is an error.
SKIP_REASONS = {
    "adjustment": _("An adjustment of the books, not a sale."),
    "negative_price": _("The price is negative."),
    "zero_price": _("The price is zero."),
    "zero_quantity": _("The quantity is zero."),
    "negative_quantity": _("The quantity is negative, yet the row is no cancellation."),
    "positive_quantity_in_cancellation": _("A cancellation with a positive quantity."),
}
# Reasons for a rejection that the pipeline adds to those of foundation.tables.normalise.
REJECT_REASONS = {
    "unknown": _("%(column)s is not known."),
    "too_precise": _("%(column)s has more than four decimals."),
    "too_large": _("%(column)s is too large."),
    "differs": _("%(column)s differs from that of the order's other rows."),
}


def column_rules(mapping: ImportMapping, table: Table) -> list[ColumnRule]:
    """The rules for reading this table; raises TableError for columns missing or standing twice."""
    places = {name: _place_of(header, table) for name, header in wanted_columns(mapping).items()}
    missing = [header for name, header in wanted_columns(mapping).items() if places[name] is None]
    if missing:
        raise TableError(
            "missing_columns",
            _("Row %(row)s lacks the column %(columns)s. The file has: %(found)s."),
            row=table.header_line,
            params={"columns": ", ".join(missing), "found": ", ".join(table.headers)[:500]},
        )
    rules = [_rule(mapping, name, place) for name, place in places.items()]
    origin = _place_of(ROW_COLUMN, table)
    return rules if origin is None else [*rules, ColumnRule("origin", source=origin)]


def wanted_columns(mapping: ImportMapping) -> dict[str, str]:
    """Our name -> header in the file, only what the mapping's rules need."""
    wanted = {name: mapping.columns.get(name, "") for name in TARGETS}
    if mapping.currency:
        wanted["currency"] = ""
    if mapping.direction_rule != ImportMapping.DirectionRule.COLUMN:
        wanted["direction"] = ""
    needed = [*REQUIRED, *(["currency"] if not mapping.currency else [])]
    needed += ["direction"] if mapping.direction_rule == ImportMapping.DirectionRule.COLUMN else []
    return {
        name: header or str(TARGETS[name].label)
        for name, header in wanted.items()
        if header or name in needed
    }


def _place_of(header: str, table: Table) -> int | None:
    plain = _folded(header)
    places = [index for index, raw in enumerate(table.raw_headers) if _folded(raw) == plain]
    if len(places) > 1:
        raise TableError(
            "double_column",
            _("The column “%(column)s” stands twice in row %(row)s. Rename or remove one of them."),
            row=table.header_line,
            column=header,
        )
    return places[0] if places else None


def _folded(header: str) -> str:
    return " ".join(header.split()).casefold()


def _rule(mapping: ImportMapping, name: str, place: int | None) -> ColumnRule:
    target = TARGETS[name]
    return ColumnRule(
        name,
        target.kind,
        source=place,
        required=target.required,
        max_length=target.max_length,
        decimal_sign=mapping.decimal_sign or None,  # type: ignore[arg-type]
        date_order=DateOrder(mapping.date_order),
    )


def verdict(mapping: ImportMapping, columns: set[str]) -> sql.Composable:
    """sale, cancellation, ``skipped:reason`` or ``rejected:reason:column`` for a staged row."""
    return sql.SQL(
        """case
        when problem is not null then 'rejected:' || rtrim(split_part(problem, ';', 1), ':')
        {refusals}
        when min_scale(quantity) > 4 then 'rejected:too_precise:quantity'
        when min_scale(unit_price) > 4 then 'rejected:too_precise:unit_price'
        when abs(quantity) >= 1e14 then 'rejected:too_large:quantity'
        when abs(unit_price) >= 1e16 then 'rejected:too_large:unit_price'
        when {adjustment} then 'skipped:adjustment'
        when unit_price < 0 then 'skipped:negative_price'
        when unit_price = 0 then 'skipped:zero_price'
        when quantity = 0 then 'skipped:zero_quantity'
        when not {cancellation} then
          case when quantity > 0 then 'sale' else 'skipped:negative_quantity' end
        when quantity < 0 then 'cancellation'
        else 'skipped:positive_quantity_in_cancellation' end"""
    ).format(
        refusals=_refusals(mapping, columns),
        adjustment=_starts_with(mapping.kind_rules.get("adjustment_prefix", "")),
        cancellation=_cancellation(mapping),
    )


def _cancellation(mapping: ImportMapping) -> sql.Composable:
    if mapping.kind_rules.get("cancellation") == "negative_quantity":
        return sql.SQL("(quantity < 0)")
    return _starts_with(mapping.kind_rules.get("cancellation_prefix", ""))


def _starts_with(prefix: str) -> sql.Composable:
    if not prefix:
        return sql.SQL("false")
    return sql.SQL("starts_with(number, {})").format(sql.Literal(prefix))


def _refusals(mapping: ImportMapping, columns: set[str]) -> sql.Composable:
    parts = []
    if "currency" in columns:
        known = sql.Literal(sorted(CODES))
        parts.append(
            sql.SQL(
                "when currency is null then 'rejected:blank:currency' "
                "when not upper(currency) = any ({}) then 'rejected:unknown:currency'"
            ).format(known)
        )
    if "direction" in columns:
        known = sql.Literal(list(Direction.values))
        parts.append(
            sql.SQL(
                "when direction is null then 'rejected:blank:direction' "
                "when not lower(direction) = any ({}) then 'rejected:unknown:direction'"
            ).format(known)
        )
    return sql.SQL(" ").join(parts)
