"""Step five: what is told about an import. Amounts are exact decimals as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from trade.pipeline.countries import Labels

VERDICTS = """
select verdict, count(*) from import_rows group by verdict order by verdict
"""
TOTALS = """
select count(*) filter (where sale_lines > 0), count(*) filter (where cancellation_lines > 0),
  coalesce(sum(gross), 0), coalesce(sum(cancelled), 0), min(said_on), max(said_on),
  coalesce(array_agg(distinct said_country), '{}'), coalesce(array_agg(distinct currency), '{}')
from import_heads
"""
AMOUNTS = """
select currency, sum(gross), sum(cancelled) from import_heads group by currency order by currency
"""


def compose(cursor: Any, *, rows_read: int, inserted: int, labels: Labels) -> dict[str, Any]:
    """The JSON answer. ``gross``, ``cancelled``, ``net`` describe the file, known lines included.

    They are null where the file holds several currencies; ``amounts`` has them for each.
    """
    cursor.execute(VERDICTS)
    verdicts = dict(cursor.fetchall())
    sales, cancellations = verdicts.pop("sale", 0), verdicts.pop("cancellation", 0)
    cursor.execute(AMOUNTS)
    amounts = {currency: _amounts(gross, cancelled) for currency, gross, cancelled in cursor}
    cursor.execute(TOTALS)
    orders, cancelled_orders, gross, cancelled, first_on, last_on, countries, currencies = (
        cursor.fetchone()
    )
    one_currency = len(currencies) < 2
    return {
        "rows_read": rows_read,
        "sale_lines": sales,
        "cancellation_lines": cancellations,
        "skipped": _by_reason(verdicts, "skipped:"),
        "rejected": _by_reason(verdicts, "rejected:"),
        "orders": orders,
        "cancelled_orders": cancelled_orders,
        "inserted": inserted,
        "already_known": sales + cancellations - inserted,
        **(
            _amounts(gross, cancelled)
            if one_currency
            else dict.fromkeys(("gross", "cancelled", "net"))
        ),
        "currency": currencies[0] if len(currencies) == 1 else None,
        "amounts": amounts,
        "first_day": first_on and first_on.isoformat(),
        "last_day": last_on and last_on.isoformat(),
        "countries": sorted(countries),
        "unmapped_countries": sorted(labels.unmapped),
    }


def _by_reason(verdicts: dict[str, int], prefix: str) -> dict[str, int]:
    return {
        key.removeprefix(prefix): count for key, count in verdicts.items() if key.startswith(prefix)
    }


def _amounts(gross: Decimal, cancelled: Decimal) -> dict[str, str]:
    return {
        "gross": _exact(gross),
        "cancelled": _exact(cancelled),
        "net": _exact(gross - cancelled),
    }


def _exact(amount: Decimal) -> str:
    """All decimals that say something, at least two."""
    text = f"{amount:f}"
    integer, _point, places = text.partition(".")
    return f"{integer}.{places.rstrip('0').ljust(2, '0')}"
