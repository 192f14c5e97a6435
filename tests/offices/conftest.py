from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from offices.models import BookingRule
from offices.operations.rules import set_rule
from tenants.kinds import Role, TenantKind
from tests.spaces.conftest import grounds, rival
from tests.spaces.making import NOW, Grounds, office

__all__ = ["grounds", "rival"]


@pytest.fixture
def rule(grounds: Grounds) -> BookingRule:
    """Open all day, every day, so that no test depends on the hour at which it runs."""
    return set_for(grounds)


def set_for(grounds: Grounds, **values: Any) -> BookingRule:
    known: dict[str, Any] = {
        "kinds": [TenantKind.ENTERPRISE],
        "roles": [Role.OWNER, Role.MEMBER],
        "opens_on": list(range(1, 8)),
        "opens_at": time(0),
        "closes_at": time(23, 59, 59),
        "ladder": [[48, 0], [12, 50], [0, 100]],
        "hour_price": Decimal(100),
        "minutes_after": 15,
    }
    old = BookingRule.objects.filter(type=grounds.type).first()
    with office(grounds.lead) as actor:
        made = known | {"type": grounds.type} | values
        return set_rule(actor=actor, now=NOW, rule=old, **made)
