"""Bills of all kinds for the tests of papers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from billing.models import Charge, ChargeKind, Invoice
from billing.operations import drafting, issuing
from tenants.models import Membership
from tests.spaces.making import NOW, office

TODAY = timezone.localdate(NOW)
_sources = count(1)


def charge(tenant: Any, **values: Any) -> Charge:
    known: dict[str, Any] = {
        "source_type": "tests.thing", "source_id": next(_sources), "period": TODAY,
        "kind": ChargeKind.RENT, "what": "A-101", "unit_price": Decimal(100),
        "amount": Decimal(100), "currency": "CNY", "due_on": TODAY + timedelta(days=10),
    }  # fmt: skip
    return Charge.objects.create(tenant=tenant, **(known | values))


def bill(staff: Membership, tenant: Any, *lines: dict[str, Any], on: date | None = None) -> Invoice:
    """Issued by a member of the park's staff, of a charge for each of these values."""
    with office(staff) as actor:
        charges = [charge(tenant, **values) for values in lines or [{}]]
        made = drafting.draft(actor=actor, now=NOW, tenant=tenant, charges=charges)
        return issuing.issue(actor=actor, now=NOW, invoice=made, issued_on=on)
