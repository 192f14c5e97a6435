"""Orders and figures as tables people take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import Sentence
from foundation.periods import Period
from foundation.tables.writing import Sheet, write_csv, write_xlsx
from trade.models import Direction, Order
from trade.queries import Figures, Sales

# More than this is made by a job: a page must not wait for it.
DIRECT_ROWS = 5_000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def order_headers() -> list[Sentence]:
    return [
        _("Order number"), _("Ordered at"), _("Sales channel"), _("Direction"), _("Country"),
        _("Country label"), _("Currency"), _("Sale lines"), _("Cancellation lines"), _("Gross"),
        _("Cancelled"), _("Net"),
    ]  # fmt: skip


def order_rows(orders: QuerySet[Order] | Iterable[Order]) -> Iterator[list[Any]]:
    found = orders.iterator(2_000) if isinstance(orders, QuerySet) else iter(orders)
    directions = dict(Direction.choices)
    for order in found:
        yield [
            order.number, timezone.localtime(order.ordered_at).replace(tzinfo=None),
            order.channel.name, str(directions[order.direction]), order.country,
            order.country_label, order.currency, order.sale_lines, order.cancellation_lines,
            order.gross.normalize() + 0, order.cancelled.normalize() + 0, order.net.normalize() + 0,
        ]  # fmt: skip


def write_orders(out: IO[bytes], kind: str, orders: QuerySet[Order]) -> None:
    if kind == "csv":
        write_csv(out, order_headers(), order_rows(orders))
    else:
        write_xlsx(out, [Sheet(_("Orders"), order_headers(), order_rows(orders))])


def write_figures(
    out: IO[bytes],
    period: Period,
    totals: Figures,
    months: list[Sales],
    countries: list[Sales],
    products: list[Sales],
    *,
    direction: str,
    country_names: dict[str, str],
) -> None:
    """A workbook: what it is about first, then a sheet for months, countries and products."""
    about = [
        (_("Period"), period.label()),
        (_("Direction"), direction),
        (_("Source"), _("Platform orders, not verified by customs")),
        (_("CNY"), _note(totals)),
    ]
    money = [_("Currency"), _("Gross"), _("Cancelled"), _("Net"), _("Net in CNY"), _("Note")]
    counts = [_("Orders"), _("Lines")]
    write_xlsx(
        out,
        [
            Sheet(_("About"), [_("What"), _("Value")], about),
            Sheet(
                _("By month"),
                [_("Month"), *counts, *money],
                ([f"{s.key:%Y-%m}", s.orders, s.lines, *_money(s)] for s in months),
            ),
            Sheet(
                _("By country"),
                [_("Code"), _("Country"), *counts, *money],
                ([s.key, country_names.get(s.key, s.key), s.orders, s.lines, *_money(s)] for s in countries),
            ),
            Sheet(
                _("By product"),
                [_("Product code"), _("Description"), _("Quantity"), _("Lines"), *money],
                ([s.key, s.description, s.quantity, s.lines, *_money(s)] for s in products),
            ),
        ],
    )  # fmt: skip


def _money(row: Sales) -> list[Any]:
    note = _("provisional") if row.provisional else _("earlier rate used") if row.carried else ""
    cny = row.net_cny and round(row.net_cny, 2)
    return [row.currency, row.gross, row.cancelled, row.net, cny, note]


def _note(totals: Figures) -> str:
    if totals.provisional:
        return _("Provisional: a reference rate is missing or more than seven days old.")
    if totals.carried:
        return _("For days without a reference rate the last one before them was used.")
    return _("By the reference rate of each order's day.")
