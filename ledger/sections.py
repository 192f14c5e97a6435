"""An organisation's books, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import format_money
from ledger.chart import shared_kinds
from ledger.models import Account
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """The accounts that the organisation sees itself, each with its balance."""
    own = Account.objects.visible_to(actor).filter(tenant=tenant)
    if not own.exists():
        return None
    rows = Destination("admin:ledger_account_changelist", query={"q": tenant.slug})
    lines = [
        Line(
            f"{account.label} {account.currency}",
            format_money(account.balance, account.currency),
            rows,
        )
        for account in own.filter(kind__in=shared_kinds())
    ]
    return Section(_("Books"), lines, to=rows, order=42)
