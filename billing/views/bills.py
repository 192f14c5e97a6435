"""The organisation's bills: what is to be paid, how, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backbone.models import Document
from backbone.paging import page_of
from billing.balances import LEFT, balances, deposits_held, sums, with_credit
from billing.models import (
    Allocation,
    Charge,
    Fapiao,
    FapiaoState,
    Invoice,
    Payment,
    Refund,
    RefundState,
)
from billing.models.payments import UNDER_WAY
from billing.papers.paynow import paynow_payload
from billing.permissions import permissions
from billing.presentation import TONES, pay_to, tone_of
from billing.queries import as_text
from billing.ways_to_pay import ways_to_pay
from foundation.home import address_of
from foundation.money import quantize
from foundation.qr import qr_code

# More than these are in the workbook.
SHOWN = 100
OVER = (FapiaoState.DROPPED, FapiaoState.RED_ISSUED)


@require_safe
def bills(request: Any) -> HttpResponse:
    """Those that are open, first due first, then the settled ones, newest first."""
    permissions.require(request.actor, "read_bills")
    own = own_bills(request)
    today = timezone.localdate()
    page = page_of(own.filter(total=F("paid") + F("credited") + F("written_off")), request.GET)
    is_first = page.newer is None
    waiting = list(own.open().order_by("due_on", "pk")[: SHOWN + 1]) if is_first else []
    context = {
        "open": [(row, tone_of(row, today), row.is_overdue(today)) for row in waiting[:SHOWN]],
        "has_more": len(waiting) > SHOWN,
        "settled": [(row, tone_of(row, today)) for row in page.rows],
        "page": page,
        "is_first": is_first,
        "balances": balances(own, _payments(request), today),
        "not_billed": Charge.objects.visible_to(request.actor).to_bill().exists(),
    }
    return render(request, "billing/bills.html", context)


@require_safe
def bill(request: Any, pk: int) -> HttpResponse:
    permissions.require(request.actor, "read_bills")
    own = own_bill(request, pk)
    today = timezone.localdate()
    fapiao = list(own.fapiao.exclude(state=FapiaoState.DROPPED))
    context = {
        "bill": own,
        "tone": tone_of(own, today),
        "is_late": own.is_overdue(today),
        "lines": own.lines.all(),
        "taxes": own.taxes.filter(tax__gt=0),
        "allocations": _allocations(own),
        "notes": own.credit_notes.prefetch_related("lines__line"),
        "reminders": own.reminders.order_by("step"),
        "fapiao": [(row, TONES[row.state], _file(request, row)) for row in fapiao],
        "may_ask": may_ask(request, own, fapiao),
        "may_withdraw": may_withdraw(request, fapiao),
        "under_way": own.tries.filter(state__in=UNDER_WAY).first(),
        "pay_to": pay_to(own),
        "amount": f"{quantize(own.open_amount, own.currency):f}",
        "paynow": _paynow(own),
        "ways": _ways(request, own),
    }
    return render(request, "billing/bill.html", context)


@require_safe
def payments(request: Any) -> HttpResponse:
    """What came in or may have, with the bills it went to; what is left is credit."""
    permissions.require(request.actor, "read_bills")
    own = _payments(request)
    page = page_of(own, request.GET)
    went = _went_to(page.rows)
    refunds = _refunds(page.rows)
    context = {
        "page": page,
        "rows": [
            (row, TONES[row.state], went.get(row.pk, []), refunds.get(row.pk, []))
            for row in page.rows
        ],
        "credit": as_text(sums(with_credit(own), LEFT)),
        "deposit": as_text(deposits_held(request.actor.tenant_id)),
    }
    return render(request, "billing/payments.html", context)


def own_bills(request: Any) -> Any:
    return Invoice.objects.visible_to(request.actor).of_organisation()


def own_bill(request: Any, pk: int) -> Invoice:
    found: Invoice = get_object_or_404(own_bills(request), pk=pk)
    return found


def may_ask(request: Any, own: Invoice, fapiao: Iterable[Fapiao]) -> bool:
    """For a sale that is not credited whole and has no fapiao that stands."""
    stands = any(row.state not in OVER for row in fapiao)
    is_sale = not own.is_deposit and own.credited < own.total
    return is_sale and not stands and permissions.permits(request.actor, "ask_for_fapiao")


def may_withdraw(request: Any, fapiao: Iterable[Fapiao]) -> bool:
    waits = any(row.state == FapiaoState.REQUESTED for row in fapiao)
    return waits and permissions.permits(request.actor, "ask_for_fapiao")


def _payments(request: Any) -> QuerySet[Payment]:
    return Payment.objects.visible_to(request.actor)


def _allocations(own: Invoice) -> Any:
    return own.allocations.select_related("payment").order_by("on", "pk")


@dataclass(frozen=True, slots=True)
class Share:
    """What of a payment is on a bill in the end."""

    bill: Invoice
    amount: Any


def _went_to(rows: list[Payment]) -> dict[int, list[Share]]:
    found: dict[tuple[int, int], Share] = {}
    owners = {row.tenant_id for row in rows}
    parts = Allocation.objects.filter(tenant_id__in=owners, payment__in=rows)
    for part in parts.select_related("invoice"):
        key = (part.payment_id, part.invoice_id)
        before = found[key].amount if key in found else 0
        found[key] = Share(part.invoice, before + part.amount)
    shares: dict[int, list[Share]] = {}
    for (payment, _of), share in found.items():
        if share.amount:
            shares.setdefault(payment, []).append(share)
    return shares


def _refunds(rows: list[Payment]) -> dict[int, list[Refund]]:
    """What of them goes back, or went."""
    owners = {row.tenant_id for row in rows}
    own = Refund.objects.filter(tenant_id__in=owners, payment__in=rows)
    found: dict[int, list[Refund]] = {}
    for refund in own.exclude(state=RefundState.REJECTED).order_by("pk"):
        found.setdefault(refund.payment_id, []).append(refund)
    return found


def _ways(request: Any, own: Invoice) -> list[tuple[Any, str]]:
    where = {"tenant": request.tenant.slug}
    return [(way.label, address_of(way.to, where)) for way in ways_to_pay(request.actor, own)]


def _paynow(own: Invoice) -> str:
    payload = paynow_payload(own)
    return qr_code(payload, str(_("PayNow code of this bill"))) if payload else ""


def _file(request: Any, fapiao: Fapiao) -> Document | None:
    """Its file where the reader may open it."""
    if fapiao.document_id is None:
        return None
    return Document.objects.visible_to(request.actor).filter(pk=fapiao.document_id).first()
