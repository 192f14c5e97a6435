"""Both sides of a bill and where to pay it, as they are on the day it is issued."""

from __future__ import annotations

from typing import Any

from banking.models import BankAccount
from tenants.isolation.context import as_system
from tenants.models import Tenant


def parties(tenant: Tenant, currency: str) -> dict[str, Any]:
    """``park``, ``payer`` and ``pay_to`` (None where the park has no account in that currency).

    Frozen into the bill, because its organisation sees neither the park's accounts nor what its
    own name was on that day.
    """
    with as_system():
        park = Tenant.objects.operator()
        account = BankAccount.objects.in_use().filter(currency=currency).order_by("pk").first()
    return {"park": _side(park), "payer": _side(tenant), "pay_to": _account(account)}


def _side(tenant: Tenant) -> dict[str, str]:
    return {
        "name": tenant.name,
        "name_en": tenant.name_en or tenant.name,
        "registration_number": tenant.registration_number,
    }


def _account(account: BankAccount | None) -> dict[str, str] | None:
    if account is None:
        return None
    return {
        "holder": account.holder,
        "number": account.number,
        "bank": account.bank,
        "swift": account.swift,
    }
