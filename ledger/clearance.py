"""What the books mean for an organisation that leaves: what is held has to be taken or let go.

What it owes, and what of its money is left, is for billing to settle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from foundation.home import Destination
from foundation.money import format_money
from ledger.models import Hold
from tenants.models import Tenant

HELD = _("%(total)s of its money is held for %(what)s")


def what_is_held(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    for row in Hold.objects.filter(tenant=tenant, expires_at__gt=now).open():
        yield ClearanceItem(
            "amount_held",
            HELD,
            {"total": format_money(row.amount, row.currency), "what": row.memo or row.event},
            key=str(row.pk),
            staff_to=Destination("admin:ledger_hold_changelist", query={"q": tenant.slug}),
        )
