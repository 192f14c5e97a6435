"""Issuing: the draft is frozen, takes its number and stands in the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing import entries, telling
from billing.letterhead import parties
from billing.models import BillingTerms, Charge, Invoice, InvoiceLine, InvoiceState, InvoiceTax
from billing.operations import drafting
from billing.operations.numbering import next_number, reference_of
from billing.operations.rows import lock_invoice
from billing.permissions import permissions
from billing.taxes import sums_by_rate
from foundation.actors import Actor
from foundation.errors import InvalidInput
from foundation.operations import operation
from ledger.operations import posting
from tenants.models import Tenant

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
    lines = list(InvoiceLine.objects.filter(tenant_id=own.tenant_id, invoice=own))
    taxes = sums_by_rate([(line.tax_rate, line.amount) for line in lines], own.currency)
    InvoiceTax.objects.bulk_create(
        InvoiceTax(
            tenant_id=own.tenant_id, invoice=own, rate=each.rate, gross=each.gross, tax=each.tax
        )
        for each in taxes
    )
    _number(own, on)
    own.move_to(InvoiceState.ISSUED)
    own.due_on = max(own.due_on, on + timedelta(days=BillingTerms.on(on).due_days))
    own.issued_on, own.issued_by_id = on, actor.user_id
    own.parties = parties(own.tenant, own.currency)
    own.total = sum((line.amount for line in lines), own.total * 0)
    own.save()
    posting.post(
        actor=actor,
        now=now,
        tenant=own.tenant,
        source=own,
        event="issued",
        effective_on=on,
        legs=entries.billed(
            [(line.kind, line.tax_rate, line.amount) for line in lines],
            {each.rate: each.tax for each in taxes},
            own.currency,
        ),
        memo=own.number,
    )
    telling.tell_issued(actor, now, own)
    return own


def _number(own: Invoice, on: date) -> None:
    own.sequence, own.number = next_number(own.tenant, own.series, on)
    own.year = on.year
    own.reference = reference_of(own.tenant, own.number)


def bill(actor: Actor, now: datetime, tenant: Tenant, charges: Sequence[Charge]) -> Invoice:
    """Draft and issue at once, as a part of an operation above, which has permitted it."""
    made = drafting.draft_of(tenant, charges)
    made.tenant = tenant
    return issue_locked(actor, now, made, timezone.localdate(now))
