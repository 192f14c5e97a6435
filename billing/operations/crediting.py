"""Credit notes: what of an issued bill is taken back, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing import entries
from billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, InvoiceTax, Series
from billing.operations import paying
from billing.operations.numbering import next_number
from billing.operations.rows import lock_books, lock_invoice
from billing.operations.spreading import spread
from billing.permissions import permissions
from billing.taxes import ZERO, tax_to_credit
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.money import quantize
from foundation.operations import operation
from ledger.operations import posting

BEYOND_LINE = _("This is more than the line has left to credit.")

Amounts = Mapping[int, Decimal]


@operation
def credit(
    *,
    actor: Actor,
    now: datetime,
    invoice: Invoice,
    reason: str,
    amounts: Amounts | None = None,
) -> CreditNote:
    """Take back ``amounts`` (key of a line → amount with tax, in the bill's currency), or all that
    is left of every line.

    What was paid beyond the rest becomes the organisation's credit. Raises NotPermitted,
    WrongState, InvalidInput for nothing or parts of a minor unit, DomainError
    ``invoice_line_not_beyond`` for more than a line has, ``credit_note_says_why``.
    """
    permissions.require(actor, "credit_bills")
    own = lock_invoice(actor, invoice)
    if amounts is None:
        rows = InvoiceLine.objects.filter(tenant_id=own.tenant_id, invoice=own)
        amounts = {line.pk: line.left_to_credit for line in rows if line.left_to_credit}
    return credit_lines(actor, now, own, amounts, reason)


def credit_lines(
    actor: Actor, now: datetime, own: Invoice, amounts: Amounts, reason: str
) -> CreditNote:
    """What ``credit`` does, for operations that have permitted it and locked the bill."""
    lines = _checked(own, amounts)
    total = sum((amount for _line, amount in lines), ZERO)
    givers = paying.givers(own, total)
    before = _so_far(own)
    taxes = _credit_taxes(own, lines)
    note = _note(actor, now, own, total, sum(taxes.values(), ZERO), reason)
    for line, amount in lines:
        line.credited += amount
    InvoiceLine.objects.bulk_update([line for line, _amount in lines], ["credited"])
    legs = entries.credited(before, _so_far(own), own.currency)
    if givers:
        codes = [leg.code for leg in legs]
        lock_books(own.tenant_id, own.currency, codes, deposits=own.is_deposit)
    paying.free(actor, now, own, total, givers)
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(tenant_id=own.tenant_id, note=note, line=line, amount=amount)
        for line, amount in lines
    )
    own.credited += total
    own.save(update_fields=["credited"])
    spread(own, note.issued_on, note.number)
    posting.post(
        actor=actor,
        now=now,
        tenant=own.tenant,
        source=note,
        event="issued",
        effective_on=note.issued_on,
        legs=legs,
        memo=note.number,
    )
    return note


def _checked(own: Invoice, amounts: Amounts) -> list[tuple[InvoiceLine, Decimal]]:
    rows = InvoiceLine.objects.filter(tenant_id=own.tenant_id, invoice=own, pk__in=amounts)
    found = [(line, amounts[line.pk]) for line in rows.order_by("position") if amounts[line.pk]]
    if not found or len(rows) != len(amounts):
        raise InvalidInput(_("Say how much of which line is credited."), code="credit_nothing")
    for line, amount in found:
        if amount < 0 or amount != quantize(amount, own.currency):
            raise InvalidInput(_("This is no amount of this currency."), code="credit_amount")
        if amount > line.left_to_credit:
            raise DomainError(BEYOND_LINE, code="invoice_line_not_beyond")
    return found


def _so_far(own: Invoice) -> entries.Credited:
    """What is credited of the bill: by kind and rate with tax, and the tax of each rate."""
    lines = InvoiceLine.objects.filter(tenant_id=own.tenant_id, invoice=own, credited__gt=0)
    taxes = InvoiceTax.objects.filter(tenant_id=own.tenant_id, invoice=own)
    return (
        list(lines.values_list("kind", "tax_rate", "credited")),
        dict(taxes.values_list("rate", "credited_tax")),
    )


def _credit_taxes(own: Invoice, lines: list[tuple[InvoiceLine, Decimal]]) -> dict[Decimal, Decimal]:
    """The tax of each rate in what is credited, added to what was credited before."""
    found: dict[Decimal, Decimal] = {}
    for row in InvoiceTax.objects.filter(tenant_id=own.tenant_id, invoice=own):
        more = sum((amount for line, amount in lines if line.tax_rate == row.rate), ZERO)
        if not more:
            continue
        found[row.rate] = tax_to_credit(
            row.gross, row.tax, row.credited_gross, more, row.rate, own.currency
        )
        row.credited_gross += more
        row.credited_tax += found[row.rate]
        row.save(update_fields=["credited_gross", "credited_tax"])
    return found


def _note(
    actor: Actor, now: datetime, own: Invoice, total: Decimal, tax: Decimal, reason: str
) -> CreditNote:
    on = timezone.localdate(now)
    sequence, number = next_number(own.tenant, Series.CREDIT, on)
    return CreditNote.objects.create(
        tenant_id=own.tenant_id,
        invoice=own,
        year=on.year,
        sequence=sequence,
        number=number,
        currency=own.currency,
        total=total,
        tax=tax,
        reason=reason.strip(),
        issued_on=on,
        issued_by_id=actor.user_id,
    )
