"""Bills of one organisation that are, or can be, paid online, and what the provider said of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from payments.operations import receiving, settling
from tenants.models import Membership
from tests.payments.making import begun, billed, news


def fill(mark: Any, member: Membership, lead: Membership, now: datetime) -> None:
    """A try of unknown outcome after one under way, and a bill that is open; of the news one that
    was handled and, the newest, one that nobody can place."""
    unknown, waiting, _open = (billed(member, lead, what=mark.word("charge")) for _each in range(3))
    under_way = begun(member, waiting)
    silent = begun(member, unknown)
    settling.give_up(silent, now + timedelta(hours=1))
    for message in (news(under_way, "pending"), news(under_way, payment_ref="long-gone")):
        receiving.take_in(now=now, provider="offline", message=message)
