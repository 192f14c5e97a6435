"""All lines that name their bills and pay exactly what is open, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from banking.models import BankAccount, StatementLine
from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.operations import operation
from reconciliation.gathering import proposed
from reconciliation.in_books import booked_for
from reconciliation.operations.accepting import Part, accept
from reconciliation.permissions import permissions
from reconciliation.proposing import Proposal
from reconciliation.queries import open_lines
from tenants.models import Tenant

# A page waits for it.
MOST = 200
ZERO = Decimal(0)


@dataclass
class Summary:
    """``sums`` by currency of what was accepted; ``refused`` lines with the sentence."""

    accepted: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    refused: list[tuple[StatementLine, str]] = field(default_factory=list)


@operation
def accept_certain(
    *, actor: Actor, now: datetime, accounts: Collection[BankAccount] | None = None
) -> Summary:
    """Accept each open line with a certain proposal, oldest first, at most ``MOST`` of them.

    A line that is refused stays as it is and is told of; the others are kept. Two that name the
    same bill are one accepted and one refused. One that may have been recorded by hand before is
    left for a person to look at. Raises NotPermitted.
    """
    permissions.require(actor, "reconcile")
    lines = list(open_lines(actor, accounts=accounts, is_in=True))[::-1]
    found = proposed(actor, lines, today=timezone.localdate(now))
    certain = [line for line in lines if found[line.pk] and found[line.pk][0].is_certain]
    doubtful = booked_for(actor, certain)
    summary = Summary()
    for line in [line for line in certain if line.pk not in doubtful][:MOST]:
        _accept(actor, now, line, found[line.pk][0], summary)
    return summary


def _accept(
    actor: Actor, now: datetime, line: StatementLine, proposal: Proposal, summary: Summary
) -> None:
    try:
        accept(actor=actor, now=now, line=line, parts=parts_of(proposal))
    except DomainError as refusal:
        summary.refused.append((line, str(refusal)))
        return
    summary.accepted += 1
    summary.sums[line.currency] += sum((amount for _bill, amount in proposal.shares), ZERO)


def parts_of(proposal: Proposal) -> list[Part]:
    """A proposal as what ``accept`` takes: a part for each organisation."""
    shares: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for bill, amount in proposal.shares:
        shares[bill.tenant_id][bill.pk] = amount
    if proposal.credit:
        shares.setdefault(proposal.tenant_id, {})
    off = {bill.pk: amount for bill, amount in proposal.written_off}
    tenants = Tenant.objects.in_bulk(list(shares))
    return [
        Part(
            tenants[tenant_id],
            sum(own.values(), ZERO) + (proposal.credit if tenant_id == proposal.tenant_id else 0),
            own,
            {key: off[key] for key in own if key in off},
        )
        for tenant_id, own in shares.items()
    ]
