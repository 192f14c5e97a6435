"""Holds whose time is over are in nobody's way: whoever locks their account ends them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ledger.models import Account, Hold, HoldState


def lapse(accounts: Iterable[Account], now: datetime) -> int:
    """End the overdue holds of these locked accounts; gives how many."""
    holding = [account for account in accounts if account.held]
    if not holding:
        return 0
    books = {account.tenant_id for account in holding}
    own = Hold.objects.filter(tenant_id__in=books, account__in=holding)
    return own.overdue(now).update(state=HoldState.EXPIRED, ended_at=now)
