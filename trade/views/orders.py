"""The list of orders with its filters and exports, and one order."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from foundation import countries
from foundation.money import format_number
from trade.exports import DIRECT_ROWS, TYPES, write_orders
from trade.forms import OrderFilterForm
from trade.operations.exports import start_export
from trade.permissions import permissions
from trade.queries import order_detail, orders_page
from trade.queries.choices import choices, net_totals, product_amounts
from trade.queries.neighbours import neighbours, trail_of
from trade.queries.orders import OrderFilter, filtered

OLDEST_FIRST = "ordered_on"


@require_safe
def orders(request: Any) -> HttpResponse:
    """What is chosen lives in the address, so a link shows the same rows to a colleague."""
    form = _filter(request)
    wanted = form.wanted()
    page = orders_page(
        request.actor,
        wanted,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        oldest_first=request.GET.get("sort") == OLDEST_FIRST,
        count=not wanted.sku or bool(wanted.q),
    )
    sku = wanted.sku
    totals = net_totals(request.actor, wanted) if page.rows else None
    amounts = product_amounts(request.actor, page.rows, sku) if sku and page.rows else {}
    context = {
        "form": form,
        "page": page,
        "rows": [(row, amounts.get(row.pk)) for row in page.rows],
        "sku": sku,
        "totals": totals,
        # The sum of one product has counted its orders already.
        "count_text": format_number(page.count or sum(total.orders for total in totals or [])),
        "is_filtered": wanted != OrderFilter(),
        "exports": _export_addresses(request),
        "may_import": permissions.permits(request.actor, "import_orders"),
    }
    return render(request, "trade/orders.html", context)


@require_safe
def export(request: Any, kind: str) -> HttpResponse:
    """What the list shows, as a file; a large one is made by a job."""
    if kind not in TYPES:
        raise Http404
    wanted = _filter(request).wanted()
    found = filtered(request.actor, wanted)
    if found[: DIRECT_ROWS + 1].count() > DIRECT_ROWS:
        said = asdict(wanted) | {"period": str(wanted.period), "kind": kind}
        said["language"] = get_language()
        job = start_export(actor=request.actor, now=timezone.now(), wanted=said)
        return redirect("backbone:job", tenant=request.tenant.slug, pk=job.pk)
    out = BytesIO()
    write_orders(out, kind, found.order_by("-ordered_on", "-pk"))
    name = f"orders-{wanted.period}.{kind}"
    return HttpResponse(out.getvalue(), content_type=TYPES[kind], headers=_as_file(name))


@require_safe
def order(request: Any, order_id: int) -> HttpResponse:
    found, lines = order_detail(request.actor, order_id)
    older, newer = neighbours(request.actor, found)
    imports = {line.order_import_id: line.order_import for line in lines}
    context = {
        "order": found,
        "lines": lines,
        "older": older,
        "newer": newer,
        "imports": [own for _pk, own in sorted(imports.items())],
        "trail": trail_of(request.actor, found),
    }
    return render(request, "trade/order.html", context)


def _filter(request: Any) -> OrderFilterForm:
    there = choices(request.actor)
    language = get_language() or "en"
    known = [code for code in there.countries if code in countries.CODES or code in ("ZZ", "EU")]
    names = {code: f"{code} {countries.name(code, language)}" for code in known}
    return OrderFilterForm(request.GET, choices=there, names=names)


def _export_addresses(request: Any) -> list[tuple[str, str]]:
    query = request.GET.copy()
    for name in ("after", "before", "sort"):
        query.pop(name, None)
    base = request.path.rstrip("/")
    return [(kind.upper(), f"{base}/export.{kind}?{query.urlencode()}") for kind in ("xlsx", "csv")]


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
