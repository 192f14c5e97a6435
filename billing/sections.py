"""What stands between an organisation and the park, for its page in the staff site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.sections import Line, Section
from billing.balances import (
    LEFT,
    OPEN,
    Sums,
    deposits_held,
    refunds_under_way,
    sums,
    tries_under_way,
    with_credit,
)
from billing.clearance import rows_of
from billing.models import Charge, Invoice, Payment
from billing.permissions import permissions
from billing.queries import as_text, totals
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.home import Destination
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    if not permissions.permits(actor, "read_bills"):
        return None
    lines = [*_owed(actor, tenant, now), *_owing(actor, tenant)]
    if not lines and not Charge.objects.visible_to(actor).filter(tenant=tenant).exists():
        return None
    return Section(_("Bills"), lines, to=rows_of(tenant, "invoice"), order=43)


def _owed(actor: Actor, tenant: Tenant, now: datetime) -> Iterator[Line]:
    """By the organisation."""
    charges = Charge.objects.visible_to(actor).filter(tenant=tenant).to_bill()
    bills = Invoice.objects.visible_to(actor).filter(tenant=tenant)
    late = bills.overdue(timezone.localdate(now))
    to = rows_of(tenant, "charge", state__exact="open")
    yield from _line(_("Not billed yet"), totals(charges), to)
    to = rows_of(tenant, "invoice")
    yield from _line(pgettext_lazy("bills", "Open"), sums(bills.open(), OPEN), to)
    yield from _line(_("Of these overdue"), sums(late, OPEN), to, warning=True)


def _owing(actor: Actor, tenant: Tenant) -> Iterator[Line]:
    """By the park, or nobody knows."""
    paid = Payment.objects.visible_to(actor).filter(tenant=tenant)
    payments, refunds = rows_of(tenant, "payment"), rows_of(tenant, "refund")
    credit = pgettext_lazy("of an organisation", "Credit")
    yield from _line(credit, sums(with_credit(paid), LEFT), payments)
    yield from _line(_("Deposit held"), deposits_held(tenant), payments)
    yield from _line(_("Refunds under way"), sums(refunds_under_way(tenant), "amount"), refunds)
    unknown = sums(tries_under_way(tenant), "amount")
    yield from _line(_("Payments under way"), unknown, payments, warning=True)


def _line(
    label: Sentence, found: Sums, to: Destination, *, warning: bool = False
) -> Iterator[Line]:
    if found:
        yield Line(label, as_text(found), to, warning=warning)
