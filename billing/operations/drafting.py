"""Drafts of bills: gathered from charges, altered, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from billing.models import (
    Charge,
    ChargeKind,
    ChargeState,
    Invoice,
    InvoiceLine,
    InvoiceRun,
    InvoiceState,
    Series,
)
from billing.operations.rows import lock_invoice
from billing.permissions import permissions
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from tenants.models import Tenant

ONE_PAPER = _("A bill has charges of one organisation and currency, and deposits by themselves.")
NOTHING = _("There is nothing to bill.")
FIGURES = ["kind", "what", "period", "quantity", "unit", "unit_price", "tax_rate", "amount"]


@operation
def draft(
    *, actor: Actor, now: datetime, tenant: Tenant, charges: Sequence[Charge], note: str = ""
) -> Invoice:
    """A draft of these open charges, due when the last of them is.

    Raises NotPermitted, DomainError ``one_paper`` for charges of two currencies or of deposits
    among others, ``nothing_to_bill``, ``charge_billed_once``, WrongState for what is closed.
    """
    permissions.require(actor, "issue_bills")
    return draft_of(tenant, charges, note=note)


def draft_of(
    tenant: Tenant, charges: Sequence[Charge], *, run: InvoiceRun | None = None, note: str = ""
) -> Invoice:
    """What ``draft`` does, for operations that have permitted it."""
    (made,) = draft_all([_locked(tenant, charges)], run=run, note=note)
    return made


def draft_all(
    papers: Sequence[Sequence[Charge]], *, run: InvoiceRun | None = None, note: str = ""
) -> list[Invoice]:
    """A draft for each of these: open charges of one organisation, locked."""
    made = Invoice.objects.bulk_create([_draft(rows, run, note) for rows in papers])
    InvoiceLine.objects.bulk_create(
        line_of(own, position, row)
        for own, rows in zip(made, papers, strict=True)
        for position, row in enumerate(rows, 1)
    )
    return made


def _draft(rows: Sequence[Charge], run: InvoiceRun | None, note: str) -> Invoice:
    series, currency = _one_paper(rows)
    return Invoice(
        tenant_id=rows[0].tenant_id,
        series=series,
        currency=currency,
        due_on=max(row.due_on for row in rows),
        total=sum((row.amount for row in rows), rows[0].amount * 0),
        run=run,
        note=note.strip(),
    )


def line_of(invoice: Invoice, position: int, charge: Charge) -> InvoiceLine:
    figures = {name: getattr(charge, name) for name in FIGURES}
    return InvoiceLine(
        tenant_id=invoice.tenant_id, invoice=invoice, charge=charge, position=position, **figures
    )


def _locked(tenant: Tenant, charges: Sequence[Charge]) -> list[Charge]:
    rows = Charge.objects.filter(tenant=tenant, pk__in=[each.pk for each in charges])
    found = list(rows.select_for_update(of=("self",)).order_by("period", "pk"))
    if any(row.state != ChargeState.OPEN for row in found):
        raise WrongState
    return found


def _one_paper(rows: Sequence[Charge]) -> tuple[Series, str]:
    if not rows:
        raise DomainError(NOTHING, code="nothing_to_bill")
    papers = {paper_of(row) for row in rows}
    if len(papers) > 1:
        raise DomainError(ONE_PAPER, code="one_paper")
    return papers.pop()


def paper_of(charge: Charge) -> tuple[Series, str]:
    """Series and currency of the bill that it goes on."""
    is_deposit = charge.kind == ChargeKind.DEPOSIT
    return Series.DEPOSIT if is_deposit else Series.BILL, charge.currency


@operation
def drop(*, actor: Actor, now: datetime, invoice: Invoice) -> Invoice:
    """The draft goes; its charges can be billed again. Raises NotPermitted, WrongState."""
    permissions.require(actor, "issue_bills")
    return drop_locked(lock_invoice(actor, invoice, InvoiceState.DRAFT))


def drop_locked(own: Invoice) -> Invoice:
    drop_all([own])
    return own


def drop_all(drafts: Sequence[Invoice]) -> None:
    """These locked drafts go; their charges can be billed again."""
    tenants = {own.tenant_id for own in drafts}
    InvoiceLine.objects.filter(tenant_id__in=tenants, invoice__in=drafts).delete()
    for own in drafts:
        own.move_to(InvoiceState.DROPPED)
        own.total = own.total * 0
    Invoice.objects.filter(tenant_id__in=tenants, pk__in=[own.pk for own in drafts]).update(
        state=InvoiceState.DROPPED, total=0
    )


@operation
def set_due(*, actor: Actor, now: datetime, invoice: Invoice, due_on: date) -> Invoice:
    """When a draft is to be paid. Raises NotPermitted, WrongState."""
    permissions.require(actor, "issue_bills")
    own = lock_invoice(actor, invoice, InvoiceState.DRAFT)
    own.due_on = due_on
    own.save(update_fields=["due_on"])
    return own


def take_off(line: InvoiceLine) -> None:
    """Off a draft that is locked; one with nothing on it is dropped."""
    own = line.invoice
    line.delete()
    rest = InvoiceLine.objects.filter(tenant_id=own.tenant_id, invoice=own)
    if not rest.exists():
        drop_locked(own)
        return
    own.total = sum(rest.values_list("amount", flat=True), own.total * 0)
    own.save(update_fields=["total"])


def lock_bill_of(charge_id: int) -> Invoice | None:
    """The bill, or draft, that a charge is on, locked."""
    key = bill_key_of(charge_id)
    return Invoice.objects.select_for_update(of=("self",)).get(pk=key) if key else None


def bill_key_of(charge_id: int) -> int | None:
    line = InvoiceLine.objects.filter(charge_id=charge_id).values_list("invoice_id", flat=True)
    return line.first()


def take_off_of(charge: Charge) -> None:
    """Off its draft, if it is on one."""
    bill = lock_bill_of(charge.pk)
    if bill and bill.state == InvoiceState.DRAFT:
        line = InvoiceLine.objects.filter(tenant_id=bill.tenant_id, charge=charge).get()
        line.invoice = bill
        take_off(line)
