"""Both sides of a bill and where to pay it, as they are on the day it is issued."""

from __future__ import annotations

from typing import Any

from banking.models import BankAccount
from tenants.isolation.context import as_system
from tenants.models import Tenant


class Letterhead:
    """The park's side of bills, read once for all bills that are issued together.

    Frozen into each bill, because its organisation sees neither the park's accounts nor what its
    own name was on that day.
    """

    def __init__(self) -> None:
        with as_system():
            self._park = _side(Tenant.objects.operator())
            rows = BankAccount.objects.for_bills()
            self._accounts = {row.currency: _account(row) for row in rows}

    def parties(self, tenant: Tenant, currency: str) -> dict[str, Any]:
        """``park``, ``payer`` and ``pay_to`` (None where the park has no account in that
        currency)."""
        pay_to = self._accounts.get(currency)
        return {"park": self._park, "payer": _side(tenant), "pay_to": pay_to}


def _side(tenant: Tenant) -> dict[str, str]:
    return {
        "name": tenant.name,
        "name_en": tenant.name_en or tenant.name,
        "registration_number": tenant.registration_number,
    }


def _account(account: BankAccount) -> dict[str, str]:
    return {
        "holder": account.holder,
        "number": account.number,
        "bank": account.bank,
        "swift": account.swift,
    }
