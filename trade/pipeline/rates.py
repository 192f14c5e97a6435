"""Files of reference rates into the rate table, and the figures that follow from them."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.currencies import CODES
from foundation.tables.errors import TableError
from foundation.tables.source import Table
from foundation.tables.values import parse_date, parse_decimal
from trade.models import RateSource
from trade.pipeline import rebuild
from trade.rates import RATE_AT, RATES_LOCK

MISSING = {"", "N/A", "-", "---"}
# How CFETS heads its columns: yuan for one or a hundred units, or units for one yuan.
CFETS_HEADER = re.compile(r"(?:(100)?\s?([A-Z]{3})/CNY|CNY/([A-Z]{3}))", re.ASCII)
PLACES = Decimal(10) ** -18
# Beyond any currency's worth in yuan, and still exact in the arithmetic used.
SMALLEST, LARGEST = Decimal(10) ** -12, Decimal(10) ** 9

CREATE = """
drop table if exists pg_temp.new_rates;
drop table if exists pg_temp.changed_rates;
create temporary table new_rates (day date, currency text, cny_per_unit numeric) on commit drop;
create temporary table changed_rates (day date, currency text, is_new bool) on commit drop
"""
UPSERT = """
with written as (
  insert into trade_referencerate as r (day, currency, cny_per_unit, source)
  select distinct day, currency, cny_per_unit, %(source)s from new_rates
  on conflict (currency, day, source) do update set cny_per_unit = excluded.cny_per_unit
  where r.cny_per_unit <> excluded.cny_per_unit
  returning day, currency, old is null as is_new
)
insert into changed_rates select * from written
"""
CONTRADICTION = """
select currency, day from new_rates group by currency, day having count(distinct cny_per_unit) > 1
order by day, currency limit 1
"""
SUMMARY = """
select (select count(distinct day) from new_rates), (select min(day) from new_rates),
  (select max(day) from new_rates), count(*) filter (where is_new), count(*) filter (where not is_new)
from changed_rates
"""
# A rate counts from its day until the next one: only sums whose rate turns out different change.
UPDATE_DAYS = f"""
with first as (select currency, min(day) as day from changed_rates group by currency),
pairs as (
  select distinct d.day, d.currency from trade_dailysales d join first f using (currency)
  where d.day >= f.day
), rates as materialized (
  select x.day, x.currency, rate.cny_per_unit, rate.rate_on from pairs x {RATE_AT}
)
update trade_dailysales d set cny_per_unit = r.cny_per_unit, rate_on = r.rate_on
from rates r where r.day = d.day and r.currency = d.currency
  and (d.cny_per_unit, d.rate_on) is distinct from (r.cny_per_unit, r.rate_on)
returning d.tenant_id, date_trunc('month', d.day::timestamp)::date
"""


@dataclass(frozen=True)
class Column:
    """One currency's column: ``units`` of it, worth the cell in yuan; inverted where it is not."""

    place: int
    currency: str
    units: int = 1
    inverted: bool = False


def record(cursor: Any, table: Table) -> dict[str, Any]:
    """Store the table's rates and refresh what depends on them; see operations.record_rates."""
    columns = _cfets_columns(table)
    source = RateSource.CFETS if columns else RateSource.ECB
    without_cny: list[int] = []
    rates = _cfets_rates(table, columns) if columns else _ecb_rates(table, without_cny)
    cursor.execute("select pg_advisory_xact_lock(%s, %s)", list(RATES_LOCK))
    cursor.execute(CREATE)
    lines = "".join(f"{day}\t{currency}\t{rate:f}\n" for day, currency, rate in rates)
    cursor.copy_expert("copy new_rates from stdin", io.StringIO(lines))
    _refuse_contradiction(cursor)
    cursor.execute(UPSERT, {"source": source})
    cursor.execute(SUMMARY)
    days, first_on, last_on, new, changed = cursor.fetchone()
    return {
        "source": source.value,
        "days": days,
        "new": new,
        "changed": changed,
        "without_cny": len(without_cny),
        "first_day": first_on and first_on.isoformat(),
        "last_day": last_on and last_on.isoformat(),
        "figures": refresh_figures(cursor),
    }


def _refuse_contradiction(cursor: Any) -> None:
    cursor.execute(CONTRADICTION)
    if found := cursor.fetchone():
        raise TableError(
            "rate_twice",
            _("The file has two different rates of %(currency)s for %(day)s."),
            params={"currency": found[0], "day": found[1]},
        )


def refresh_figures(cursor: Any) -> int:
    """Bring the sums in yuan up to date with ``changed_rates``; gives how many days changed."""
    cursor.execute("analyze changed_rates")
    cursor.execute(UPDATE_DAYS)
    touched: dict[int, set[date]] = defaultdict(set)
    for tenant_id, month in cursor.fetchall():
        touched[tenant_id].add(month)
    count = cursor.rowcount
    for tenant_id, months in sorted(touched.items()):
        rebuild.months(cursor, tenant_id=tenant_id, months=sorted(months))
        rebuild.products(cursor, tenant_id=tenant_id, months=sorted(months))
    return int(count)


def _ecb_rates(table: Table, without_cny: list[int]) -> Iterator[tuple[date, str, Decimal]]:
    """Units for one euro, turned into yuan for one unit: the euro's yuan divided by them."""
    headers = [header.strip().upper() for header in table.raw_headers]
    if headers[0] != "DATE" or "CNY" not in headers:
        raise TableError(
            "not_rates",
            _(
                "Row %(row)s should start with Date and hold a column CNY, as in the ECB's daily file."
            ),
            row=table.header_line,
        )
    places = {code: place for place, code in enumerate(headers) if re.fullmatch("[A-Z]{3}", code)}
    for line, cells in table.rows():
        if not cells[0].strip():
            continue
        day = _day(cells[0], line)
        yuan = _rate(cells, places["CNY"], "CNY", line)
        if yuan is None:
            without_cny.append(line)
            continue
        yield day, "EUR", _worth(yuan, "CNY", line)
        for currency, place in places.items():
            rate = _rate(cells, place, currency, line)
            if rate is not None and currency != "CNY":
                yield day, currency, _worth(yuan / rate, currency, line)


def _cfets_columns(table: Table) -> list[Column]:
    columns = []
    for place, header in enumerate(table.raw_headers):
        if found := CFETS_HEADER.fullmatch(header.strip().upper()):
            hundred, direct, inverse = found.groups()
            if (direct or inverse) in CODES:
                columns.append(
                    Column(place, direct or inverse, 100 if hundred else 1, bool(inverse))
                )
    return columns


def _cfets_rates(table: Table, columns: list[Column]) -> Iterator[tuple[date, str, Decimal]]:
    for line, cells in table.rows():
        # Below the figures the download ends in lines of explanation.
        if len(cells) < len(table.raw_headers) or not cells[0].strip()[:4].isdecimal():
            continue
        day = _day(cells[0], line)
        for column in columns:
            rate = _rate(cells, column.place, column.currency, line)
            if rate is not None:
                value = 1 / rate if column.inverted else rate / column.units
                yield day, column.currency, _worth(value, column.currency, line)


def _day(cell: str, line: int) -> date:
    try:
        return parse_date(cell)
    except TableError as error:
        raise _unreadable(cell, line, "Date") from error


def _rate(cells: list[str], place: int, currency: str, line: int) -> Decimal | None:
    cell = cells[place].strip() if place < len(cells) else ""
    if cell.upper() in MISSING:
        return None
    try:
        rate = parse_decimal(cell, decimal_sign=".")
    except TableError as error:
        raise _unreadable(cell, line, currency) from error
    if rate <= 0:
        raise _unreadable(cell, line, currency)
    return rate


def _worth(value: Decimal, currency: str, line: int) -> Decimal:
    """Yuan for one unit, rounded to what is stored."""
    if not SMALLEST <= value < LARGEST:
        raise _unreadable(f"{value:.6g}", line, currency)
    return value.quantize(PLACES)


def _unreadable(cell: str, line: int, column: str) -> TableError:
    return TableError(
        "rate_unreadable",
        _("Row %(row)s, column %(column)s: “%(value)s” cannot be read."),
        row=line,
        column=column,
        params={"value": cell[:40]},
    )
