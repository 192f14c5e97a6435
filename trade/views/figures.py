"""Net sales of a period by month, country and product; every figure leads to its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from operator import itemgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation import countries
from foundation.errors import InvalidInput
from foundation.periods import ALL, Period, month_of, parse, quarter_of, year_of
from trade.exports import TYPES, write_figures
from trade.models import Direction
from trade.permissions import permissions
from trade.queries import Figures, Sales, by_country, by_month, by_product, totals
from trade.queries.choices import DirectionSum, overview
from trade.spans import period_of_days

PRODUCTS_SHOWN = 20
# More a workbook's reader would not scroll through; the list of orders has them all.
PRODUCTS_EXPORTED = 50_000
EVERY = "all"


@dataclass(frozen=True)
class Asked:
    """The address: which days, and which direction ('' for all)."""

    period: Period
    direction: str

    @property
    def filters(self) -> dict[str, Any]:
        return {"direction": self.direction}

    @property
    def query(self) -> dict[str, str]:
        return {"period": str(self.period), "direction": self.direction or EVERY}

    def rows(self, **narrower: str) -> str:
        """The query of the orders list that shows exactly the rows of a figure."""
        said = {"period": str(self.period), "direction": self.direction} | narrower
        return urlencode({name: value for name, value in said.items() if value})


@require_safe
def figures(request: Any) -> HttpResponse:
    permissions.require(request.actor, "see_figures")
    if "from" in request.GET:
        return redirect(f"{request.path}?{_typed_range(request)}")
    period = _period_in(request)
    seen = overview(request.actor, period)
    first, last = seen.first_on, seen.last_on
    asked = Asked(period or (year_of(last) if last else ALL), _direction_in(request))
    context: dict[str, Any] = {
        "asked": asked,
        "has_orders": last is not None,
        "picker": _picker(asked, first, last),
        "directions": _directions(asked),
        "by_direction": _shown_directions(seen.sums, asked),
        "range_error": _complaint(request.GET.get("typed", "")),
    }
    if last is not None:
        context |= _tables(request, asked)
    return render(request, "trade/figures.html", context)


@require_safe
def export(request: Any) -> HttpResponse:
    """The figures shown, all products included, as a workbook."""
    actor, period = request.actor, _period_in(request)
    if period is None:
        last = overview(actor, ALL).last_on
        period = year_of(last) if last else ALL
    asked = Asked(period, _direction_in(request))
    products = by_product(actor, asked.period, limit=PRODUCTS_EXPORTED, **asked.filters)
    out = BytesIO()
    write_figures(
        out,
        asked.period,
        totals(actor, asked.period, **asked.filters),
        by_month(actor, asked.period, **asked.filters),
        by_country(actor, asked.period, **asked.filters),
        products,
        direction=_direction_label(asked.direction),
        country_names=_Names(),
    )
    disposition = content_disposition_header(True, f"figures-{asked.period}.xlsx") or ""
    return HttpResponse(
        out.getvalue(),
        content_type=TYPES["xlsx"],
        headers={"Content-Disposition": disposition},
    )


def _period_in(request: Any) -> Period | None:
    """The period in the address, None where it names none that can be."""
    try:
        return parse(request.GET["period"]) if request.GET.get("period") else None
    except InvalidInput:
        return None


def _direction_in(request: Any) -> str:
    """Exports where the address names none; '' for all."""
    direction = request.GET.get("direction", Direction.EXPORT)
    return str(direction) if direction in Direction.values else ""


def _tables(request: Any, asked: Asked) -> dict[str, Any]:
    actor, period = request.actor, asked.period
    months = by_month(actor, period, **asked.filters)
    total = _summed_up(months)
    places = by_country(actor, period, **asked.filters)
    products = by_product(actor, period, limit=PRODUCTS_SHOWN + 1, **asked.filters)
    return {
        "total": total,
        "total_rows": [(row, asked.rows(currency=row.currency)) for row in total.by_currency],
        "months": [(s, _month_rows(asked, s)) for s in months],
        "countries": [
            (s, _country(s.key), asked.rows(country=s.key, currency=s.currency)) for s in places
        ],
        "products": [
            (s, asked.rows(sku=s.key, currency=s.currency)) for s in products[:PRODUCTS_SHOWN]
        ],
        "products_left_out": len(products) > PRODUCTS_SHOWN,
        "chart": _chart(total, months, places),
        "note": _rate_note(total),
        "all_rows": asked.rows(),
    }


def _summed_up(months: list[Sales]) -> Figures:
    """The months of each currency as one: no order lies in two months."""
    by_currency: dict[str, list[Sales]] = {}
    for row in months:
        by_currency.setdefault(row.currency, []).append(row)
    return Figures([_sum_of(rows) for _currency, rows in sorted(by_currency.items())])


def _sum_of(rows: list[Sales]) -> Sales:
    known = [row.net_cny for row in rows if row.net_cny is not None]
    return Sales(
        key=None,
        currency=rows[0].currency,
        orders=sum(row.orders for row in rows),
        cancelled_orders=sum(row.cancelled_orders for row in rows),
        lines=sum(row.lines for row in rows),
        gross=sum((row.gross for row in rows), Decimal(0)),
        cancelled=sum((row.cancelled for row in rows), Decimal(0)),
        net=sum((row.net for row in rows), Decimal(0)),
        net_cny=sum(known, Decimal(0)) if len(known) == len(rows) else None,
        provisional=any(row.provisional for row in rows),
        carried=any(row.carried for row in rows),
    )


def _month_rows(asked: Asked, row: Sales) -> str:
    """The month, cut where the period begins or ends inside it."""
    month = month_of(row.key)
    start = max(filter(None, [month.start_on, asked.period.start_on]))
    last = min(filter(None, [month.last_on, asked.period.last_on]))
    return asked.rows(period=str(period_of_days(start, last)), currency=row.currency)


def _chart(total: Figures, months: list[Sales], places: list[Sales]) -> dict[str, Any]:
    """What the pictures show: one currency as it is, several in yuan."""
    single = total.by_currency[0].currency if len(total.by_currency) == 1 else ""
    return {
        "currency": single or "CNY",
        "months": _summed(((f"{s.key:%Y-%m}", _amount(s, single)) for s in months), None),
        "countries": _summed(((_country(s.key), _amount(s, single)) for s in places), 10),
    }


def _amount(row: Sales, single: str) -> float:
    # Pixels only; every amount people read is a Decimal in the table beside it.
    return float((row.net if single else row.net_cny) or 0)


def _summed(pairs: Iterable[tuple[str, float]], limit: int | None) -> list[list[Any]]:
    sums: dict[str, float] = {}
    for name, value in pairs:
        sums[name] = sums.get(name, 0.0) + value
    found = [[name, round(value, 2)] for name, value in sums.items()]
    return found if limit is None else sorted(found, key=itemgetter(1), reverse=True)[:limit]


def _rate_note(total: Figures) -> str:
    if total.net_cny is None:
        return _("No reference rate is known for some of these days.")
    if total.provisional:
        return _("Provisional: a reference rate is missing or more than seven days old.")
    if total.carried:
        return _(
            "Some days have no reference rate of their own; the last one before them was used."
        )
    return ""


def _shown_directions(sums: list[DirectionSum], asked: Asked) -> list[dict[str, Any]]:
    """Exports apart from domestic sales and imports, whichever of them is chosen."""
    labels = dict(Direction.choices)
    return [
        {
            "label": labels[row.direction],
            "currency": row.currency,
            "net": row.net,
            "orders": row.orders,
            "rows": asked.rows(direction=row.direction, currency=row.currency),
        }
        for row in sums
    ]


def _directions(asked: Asked) -> list[dict[str, Any]]:
    options = [*Direction.choices, ("", pgettext("filter", "All"))]
    return [
        {
            "label": label,
            "query": urlencode({"period": str(asked.period), "direction": value or EVERY}),
            "is_current": value == asked.direction,
        }
        for value, label in options
    ]


def _direction_label(direction: str) -> str:
    return str(dict(Direction.choices).get(Direction(direction))) if direction else _("All")


def _picker(asked: Asked, first: date | None, last: date | None) -> dict[str, Any]:
    """Years with orders, each with quarters and months; the way back and forth; everything."""

    def choice(period: Period) -> dict[str, Any]:
        query = urlencode(asked.query | {"period": str(period)})
        return {"label": period.label(), "query": query, "is_current": period == asked.period}

    moved = [asked.period.previous(), asked.period.next()]
    years = range(last.year, first.year - 1, -1) if first and last else []
    return {
        "label": asked.period.label(),
        "previous": choice(moved[0]) if moved[0] else None,
        "next": choice(moved[1]) if moved[1] else None,
        "all": choice(ALL),
        "years": [_year(date(year, 1, 1), choice) for year in years],
        "first": asked.period.start_on or first,
        "last": asked.period.last_on or last,
    }


def _year(day: date, choice: Any) -> dict[str, Any]:
    months = year_of(day).months()
    quarters = [quarter_of(m.start_on) for m in months[::3] if m.start_on]
    return {
        "year": choice(year_of(day)),
        "quarters": [choice(quarter) for quarter in quarters],
        "months": [choice(month) for month in months],
    }


def _typed_range(request: Any) -> str:
    """From and until as typed become a period; what cannot be is said on the page."""
    query = {"direction": request.GET.get("direction", Direction.EXPORT)}
    text = f"{request.GET.get('from', '')}..{request.GET.get('until', '')}"
    try:
        typed = parse(text)
        if typed.start_on and typed.last_on:
            typed = period_of_days(typed.start_on, typed.last_on)
        return urlencode(query | {"period": str(typed)})
    except InvalidInput:
        return urlencode(query | {"typed": text})


def _complaint(typed: str) -> str:
    """What is wrong with a span that was typed: no sentence comes out of an address."""
    try:
        parse(typed or str(ALL))
    except InvalidInput as error:
        return str(error)
    return ""


def _country(code: str) -> str:
    known = code in countries.CODES or code in (countries.UNKNOWN, "EU")
    return countries.name(code, get_language() or "en") if known else code


class _Names(dict[str, str]):
    def get(self, key: str, default: Any = None) -> str:
        return _country(key)
