"""What of billing keeps a month of the books open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import (
    Charge,
    Invoice,
    InvoiceState,
    Payment,
    PaymentOutcome,
    Refund,
    RefundState,
)
from foundation.errors import Sentence
from foundation.home import Destination
from ledger.checklist import OpenItem, register_checklist
from ledger.models import Period

DRAFTS = _("Bills that are due in the month are still drafts: %(count)s.")
UNBILLED = _("Charges that are due in the month are on no bill: %(count)s.")
UNKNOWN = _("Payments of the month have no known outcome: %(count)s.")
UNPAID = _("Refunds of the month are approved and not paid: %(count)s.")


def register() -> None:
    register_checklist("billing", checklist)


def checklist(period: Period) -> Iterator[OpenItem]:
    """Earlier months too: periods close in turn, and one that closed early may have left some."""
    upto = period.ends_on
    drafts = Invoice.objects.filter(state=InvoiceState.DRAFT, due_on__lte=upto)
    unbilled = Charge.objects.to_bill().filter(due_on__lte=upto)
    unknown = Payment.objects.filter(state=PaymentOutcome.UNKNOWN, created_at__date__lte=upto)
    unpaid = Refund.objects.filter(state=RefundState.APPROVED, created_at__date__lte=upto)
    yield from _item(DRAFTS, drafts, state__exact=InvoiceState.DRAFT, due_until=upto)
    yield from _item(UNBILLED, unbilled, billed="no", due_until=upto)
    yield from _item(UNKNOWN, unknown, state__exact=PaymentOutcome.UNKNOWN)
    yield from _item(UNPAID, unpaid, state__exact=RefundState.APPROVED)


def _item(sentence: Sentence, rows: QuerySet[Any], **query: Any) -> Iterator[OpenItem]:
    if count := rows.count():
        view = f"admin:billing_{rows.model._meta.model_name}_changelist"
        yield OpenItem(sentence, {"count": count}, Destination(view, query=query))
