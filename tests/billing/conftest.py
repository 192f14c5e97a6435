from __future__ import annotations

import pytest

from tenants.models import Membership
from tests.billing.owing import Bookkeeper


@pytest.fixture
def desk(staff: Membership) -> Bookkeeper:
    return Bookkeeper(staff)
