from __future__ import annotations

import pytest

from banking.models import BankAccount
from tenants.models import Membership
from tests.banking.making import account


@pytest.fixture
def own_account(staff: Membership) -> BankAccount:
    """An account of the park in EUR."""
    return account(staff)
