"""Deposits: asked for on a paper of their own, held once they are paid, let go as credit."""

from __future__ import annotations

import pytest

from billing.operations import deposits, paying
from foundation.operations import operation
from tests.billing.making import (
    KINDS,
    NOW,
    D,
    anew,
    balances,
    issued,
    overview,
    received,
    refused,
    right,
)
from tests.spaces.making import office

pytestmark = pytest.mark.django_db


@operation
def release(*, staff, tenant, amount, currency="CNY"):
    """As an operation above does it."""
    with office(staff) as actor:
        return deposits.release(actor, NOW, tenant, D(amount), currency, "Handover 7")


def held(tenant, currency="CNY"):
    with overview():
        return deposits.held(tenant.pk, currency)


def test_it_is_owed_then_held(staff, enterprise):
    bill = issued(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    assert balances(enterprise) == {"receivable CNY": 500, "deposit_due CNY": 500}
    assert held(enterprise) == 0
    received(staff, enterprise, "300", {bill: "300"})
    assert (held(enterprise), balances(enterprise)["deposit_due CNY"]) == (300, 200)
    right()


def test_it_becomes_credit_that_pays_another_bill(staff, enterprise):
    deposit = issued(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    received(staff, enterprise, "500", {deposit: "500"})
    damage = issued(staff, enterprise, "120", kind=KINDS.DAMAGE)
    freed = release(staff=staff, tenant=enterprise, amount=500)
    with office(staff) as actor:
        paying.apply(actor=actor, now=NOW, payment=freed, shares={damage.pk: D(120)})
    assert (held(enterprise), anew(freed).credit) == (0, 380)
    assert (anew(damage).payment_state, anew(deposit).payment_state) == ("paid", "paid")
    right()


def test_no_more_than_is_held_is_let_go(staff, enterprise):
    bill = issued(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    received(staff, enterprise, "200", {bill: "200"})
    with refused("account_floor"):
        release(staff=staff, tenant=enterprise, amount="200.01")
    with refused("account_floor"):
        release(staff=staff, tenant=enterprise, amount=1, currency="USD")
    release(staff=staff, tenant=enterprise, amount=200)
    with refused("account_floor"):
        release(staff=staff, tenant=enterprise, amount="0.01")
    right()


def test_a_deposit_that_was_let_go_is_not_taken_off_its_bill(staff, enterprise):
    """The payment that made it cannot be undone once the park does not hold it any more."""
    bill = issued(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    paid = received(staff, enterprise, "500", {bill: "500"})
    freed = release(staff=staff, tenant=enterprise, amount=500)
    with refused("account_floor"), office(staff) as actor:
        paying.return_payment(actor=actor, now=NOW, payment=paid, reason="No")
    with office(staff) as actor:
        paying.return_payment(actor=actor, now=NOW, payment=freed, reason="Too early")
    assert held(enterprise) == 500
    right()
