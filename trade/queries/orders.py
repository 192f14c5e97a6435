"""The rows behind a figure: orders page by page, by key instead of by number of page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from foundation.actors import Actor
from foundation.periods import ALL, Period
from foundation.refs import pk_of, ref_of
from trade.models import Order, OrderLine
from trade.permissions import permissions

PAGE_SIZE = 25
# Counting on would cost more than it tells: "more than 1,000" is enough above a list.
COUNT_LIMIT = 1_000
# Above every text that starts with the same letters.
LAST_LETTER = "\U0010ffff"
CURSOR = "order cursor"


@dataclass(frozen=True)
class OrderFilter:
    """What a list of orders is narrowed to; empty values narrow nothing.

    ``q`` is the start of an order number or of a product code; ``sku`` a whole product code.
    """

    period: Period = ALL
    country: str = ""
    currency: str = ""
    channel_id: int | None = None
    direction: str = ""
    sku: str = ""
    q: str = ""


@dataclass(frozen=True)
class Page:
    """One page. ``next`` and ``previous`` are keys for ``orders_page``, '' at an end."""

    rows: list[Order]
    next: str
    previous: str
    count: int
    count_is_capped: bool


def orders_page(
    actor: Actor,
    wanted: OrderFilter,
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    count: bool = True,
    oldest_first: bool = False,
) -> Page:
    """The page after or before a key (both empty: the first). Keys that cannot be are ignored."""
    permissions.require(actor, "see_orders")
    found = filtered(actor, wanted)
    after_key, before_key = _key(after), _key(before)
    onward, back = (_newer, _older) if oldest_first else (_older, _newer)
    rows = back(found, before_key, size)[::-1] if before_key else onward(found, after_key, size)
    more = len(rows) > size
    rows = rows[-size:] if before_key else rows[:size]
    has_next = bool(rows) and (more or bool(before_key)) if before_key else more
    has_previous = more if before_key else bool(rows) and after_key is not None
    total = found.order_by()[: COUNT_LIMIT + 1].count() if count else 0
    return Page(
        rows=rows,
        next=_name(rows[-1]) if has_next else "",
        previous=_name(rows[0]) if has_previous else "",
        count=min(total, COUNT_LIMIT),
        count_is_capped=total > COUNT_LIMIT,
    )


def order_detail(actor: Actor, order_id: int) -> tuple[Order, list[OrderLine]]:
    """An order and its lines in the order of the file, each with the import that brought it.

    Raises Http404 for a stranger's.
    """
    permissions.require(actor, "see_orders")
    order = Order.objects.visible_to(actor).select_related("channel").filter(pk=order_id).first()
    if order is None:
        raise Http404
    lines = OrderLine.objects.filter(tenant_id=order.tenant_id, order_id=order.pk)
    lines = lines.select_related("order_import__document")
    return order, list(lines.order_by("line_no", "id"))


def filtered(actor: Actor, wanted: OrderFilter) -> QuerySet[Order]:
    """All orders that match, unordered: for pages, counts and exports."""
    permissions.require(actor, "see_orders")
    plain = {
        "country": wanted.country,
        "currency": wanted.currency,
        "channel_id": wanted.channel_id,
        "direction": wanted.direction,
        "ordered_on__gte": wanted.period.start_on,
        "ordered_on__lt": wanted.period.end_on,
    }
    found: QuerySet[Order] = Order.objects.visible_to(actor).select_related("channel")
    found = found.filter(
        **{name: value for name, value in plain.items() if value not in (None, "")}
    )
    if wanted.sku:
        found = found.filter(pk__in=_orders_with(actor, wanted.period, sku=wanted.sku))
    if q := wanted.q.strip():
        by_number = Order.objects.visible_to(actor).filter(**_starts_with("number", q))
        by_sku = _orders_with(actor, wanted.period, **_starts_with("sku", q))
        # A union instead of an OR: each side has an index of its own.
        found = found.filter(pk__in=by_number.values("pk").union(by_sku))
    return found


def _orders_with(actor: Actor, period: Period, **conditions: str) -> QuerySet[Any]:
    span = {"ordered_on__gte": period.start_on, "ordered_on__lt": period.end_on}
    lines = OrderLine.objects.visible_to(actor).filter(**conditions)
    lines = lines.filter(**{name: value for name, value in span.items() if value is not None})
    return lines.values("order_id")


def _starts_with(column: str, text: str) -> dict[str, str]:
    """As a range: LIKE is not leakproof, so under row-level security it cannot use the index."""
    return {f"{column}__gte": text, f"{column}__lt": text + LAST_LETTER}


def _older(found: QuerySet[Order], key: tuple[date, int] | None, size: int) -> list[Order]:
    if key:
        found = found.filter(Q(ordered_on__lte=key[0]) & ~Q(ordered_on=key[0], pk__gte=key[1]))
    return list(found.order_by("-ordered_on", "-pk")[: size + 1])


def _newer(found: QuerySet[Order], key: tuple[date, int] | None, size: int) -> list[Order]:
    if key:
        found = found.filter(Q(ordered_on__gte=key[0]) & ~Q(ordered_on=key[0], pk__lte=key[1]))
    return list(found.order_by("ordered_on", "pk")[: size + 1])


def is_page_key(text: str) -> bool:
    """Whether ``orders_page`` can go on from this text."""
    return _key(text) is not None


def _name(order: Order) -> str:
    return f"{order.ordered_on}_{ref_of(order.pk, CURSOR)}"


def _key(text: str) -> tuple[date, int] | None:
    day, _line, ref = text.partition("_")
    try:
        return date.fromisoformat(day), pk_of(ref, CURSOR)
    except ValueError:
        return None
