"""Issuing: the draft is frozen, takes its number and stands in the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing import entries, telling
from billing.letterhead import Letterhead
from billing.models import BillingTerms, Charge, Invoice, InvoiceLine, InvoiceState, InvoiceTax
from billing.operations import drafting
from billing.operations.numbering import next_numbers, reference_of, written
from billing.operations.rows import lock_invoice, money_accounts
from billing.permissions import permissions
from billing.taxes import sums_by_rate
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from ledger.operations.accounts import BookKey, locked_in_books
from ledger.operations.posting import named_by
from ledger.operations.posting_many import Posting, post_all
from tenants.models import Tenant

# What a bill gets when it is issued.
FROZEN = [
    *("state", "due_on", "issued_on", "issued_by", "parties", "total"),
    *("year", "sequence", "number", "reference"),
]
IN_FUTURE = _("This day is in the future.")


@operation
def issue(
    *, actor: Actor, now: datetime, invoice: Invoice, issued_on: date | None = None
) -> Invoice:
    """Issue a draft, dated today or ``issued_on`` (a day of the park, not in the future).

    It is due when its charges are, but not before the days of the terms are over. Raises
    NotPermitted, WrongState, InvalidInput for a day in the future, DomainError
    ``voucher_in_open_period`` for a day whose books are closed.
    """
    permissions.require(actor, "issue_bills")
    today = timezone.localdate(now)
    if issued_on and issued_on > today:
        raise InvalidInput(fields={"issued_on": IN_FUTURE})
    own = lock_invoice(actor, invoice, InvoiceState.DRAFT)
    return issue_locked(actor, now, own, issued_on or today)


def issue_locked(actor: Actor, now: datetime, own: Invoice, on: date) -> Invoice:
    """What ``issue`` does, for operations that have permitted and locked."""
    return issue_all(actor, now, [own], on)[0]


def issue_all(
    actor: Actor,
    now: datetime,
    bills: Sequence[Invoice],
    on: date,
    also: Sequence[BookKey] = (),
) -> Sequence[Invoice]:
    """Issue these drafts, locked in the order of their keys and with their organisations loaded, in
    as many statements as one takes. ``also`` are accounts that the caller posts to next."""
    lines = _lines_of(bills)
    taxes = {own.pk: _taxes_of(own, lines[own.pk]) for own in bills}
    InvoiceTax.objects.bulk_create(each for own in bills for each in taxes[own.pk])
    _number(bills, on)
    head, earliest = Letterhead(), on + timedelta(days=BillingTerms.on(on).due_days)
    for own in bills:
        own.move_to(InvoiceState.ISSUED)
        own.due_on = max(own.due_on, earliest)
        own.issued_on, own.issued_by_id = on, actor.user_id
        own.parties = head.parties(own.tenant, own.currency)
        own.total = sum((line.amount for line in lines[own.pk]), own.total * 0)
    Invoice.objects.bulk_update(bills, FROZEN)
    entered = [_posting(own, lines[own.pk], taxes[own.pk], on) for own in bills]
    if also:
        locked_in_books([*also, *(key for each in entered for key in each.accounts)])
    post_all(actor=actor, now=now, postings=entered)
    telling.tell_issued(actor, now, bills)
    return bills


def _lines_of(bills: Sequence[Invoice]) -> dict[int, list[InvoiceLine]]:
    found: dict[int, list[InvoiceLine]] = {own.pk: [] for own in bills}
    tenants = {own.tenant_id for own in bills}
    rows = InvoiceLine.objects.filter(tenant_id__in=tenants, invoice__in=found)
    for line in rows.order_by("invoice_id", "position"):
        found[line.invoice_id].append(line)
    return found


def _taxes_of(own: Invoice, lines: Sequence[InvoiceLine]) -> list[InvoiceTax]:
    sums = sums_by_rate([(line.tax_rate, line.amount) for line in lines], own.currency)
    known = {"tenant_id": own.tenant_id, "invoice": own}
    return [InvoiceTax(rate=s.rate, gross=s.gross, tax=s.tax, **known) for s in sums]


def _number(bills: Sequence[Invoice], on: date) -> None:
    given = next_numbers([(own.tenant_id, own.series) for own in bills], on.year)
    for own, sequence in zip(bills, given, strict=True):
        own.year, own.sequence = on.year, sequence
        own.number = written(own.tenant, own.series, on.year, sequence)
        own.reference = reference_of(own.tenant, own.number)


def _posting(
    own: Invoice, lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax], on: date
) -> Posting:
    legs = entries.billed(
        [(line.kind, line.tax_rate, line.amount) for line in lines],
        {each.rate: each.tax for each in taxes},
        own.currency,
    )
    return Posting(own.tenant_id, named_by(own), "issued", on, legs, memo=own.number)


def bill(
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    charges: Sequence[Charge],
    *,
    into: Sequence[str] = (),
) -> Invoice:
    """Draft and issue at once, as a part of an operation above, which has permitted it and may
    have it paid in the same transaction (``into``: the account that the money comes into)."""
    made = drafting.draft_of(tenant, charges)
    made.tenant = tenant
    codes = money_accounts(tenant.pk, made.currency) | set(into)
    if into and made.is_deposit:
        codes |= {entries.DEPOSIT, entries.DEPOSIT_DUE}
    also = [(tenant.pk, code, made.currency) for code in codes]
    return issue_all(actor, now, [made], timezone.localdate(now), also)[0]
