"""Refunds: asked for by one, approved by another, paid; never more than is credit."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Any

import pytest
from django.db import connection

from banking.models import BankAccount
from billing.models import Payment
from billing.operations import paying, refunding
from foundation.errors import InvalidInput, NotPermitted, WrongState
from tests import databases
from tests.billing.making import (
    NOW,
    TODAY,
    D,
    anew,
    balances,
    days,
    issued,
    overview,
    received,
    refused,
    requested,
    right,
)
from tests.spaces.bursts import DONE, burst
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(make, park):
    """Somebody else who may approve."""
    return make.member(park, "manager", is_staff=True)


def approve(member, refund):
    with office(member) as actor:
        return refunding.approve(actor=actor, now=NOW, refund=refund)


def reject(member, refund, reason="Not so"):
    with office(member) as actor:
        return refunding.reject(actor=actor, now=NOW, refund=refund, reason=reason)


def pay(member, refund, **values):
    known: dict[str, Any] = {"paid_on": TODAY, "reference": "ICBC 9"} | values
    with office(member) as actor:
        return refunding.pay_refund(actor=actor, now=NOW, refund=refund, **known)


def test_from_the_request_to_the_bank(staff, other, enterprise):
    paid = received(staff, enterprise, "100")
    refund = requested(staff, paid, 60)
    assert (anew(paid).credit, balances(enterprise)["unapplied CNY"]) == (40, 100)
    right()
    approve(other, refund)
    books = balances(enterprise)
    assert (books["unapplied CNY"], books["refunds_due CNY"]) == (40, 60)
    right()
    pay(staff, refund)
    books = balances(enterprise)
    assert (books["refunds_due CNY"], books["bank:cash CNY"]) == (0, 40)
    assert (anew(refund).state, anew(refund).paid_on) == ("paid", TODAY)
    right()


def test_nobody_approves_what_they_asked_for(staff, enterprise):
    refund = requested(staff, received(staff, enterprise, "100"), 60)
    with refused("refund_by_two"):
        approve(staff, refund)


@pytest.fixture
def unguarded(transactional_db):
    """The constraint that asks for two people is off."""
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        cursor.execute(DEFINITION)
        (definition,) = cursor.fetchone()
        cursor.execute("alter table billing_refund drop constraint refund_by_two")
        yield
        databases.empty(name)
        cursor.execute(f"alter table billing_refund add constraint refund_by_two {definition}")


DEFINITION = "select pg_get_constraintdef(oid) from pg_constraint where conname = 'refund_by_two'"


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_one_alone_would_do(unguarded, staff, enterprise):
    refund = requested(staff, received(staff, enterprise, "100"), 60)
    assert approve(staff, refund).state == "approved"


def test_it_can_go_nowhere_else_meanwhile(staff, enterprise):
    bill = issued(staff, enterprise)
    paid = received(staff, enterprise, "100")
    requested(staff, paid, 60)
    with refused("payment_not_beyond"), office(staff) as actor:
        paying.apply(actor=actor, now=NOW, payment=paid, shares={bill.pk: D("40.01")})
    with refused("payment_not_beyond"):
        requested(staff, paid, "40.01")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_what_is_no_amount_is_refused(staff, enterprise, amount):
    paid = received(staff, enterprise, "100")
    with refused(kind=InvalidInput):
        requested(staff, paid, amount)


def test_what_is_rejected_stays_credit(staff, other, enterprise):
    paid = received(staff, enterprise, "100")
    first, second = requested(staff, paid, 60), requested(staff, paid, 30)
    with refused("refund_rejected_says_why"):
        reject(other, first, " ")
    reject(other, first)
    assert anew(paid).credit == 70
    right()
    approve(other, second)
    reject(other, second)
    assert (anew(paid).credit, balances(enterprise)["unapplied CNY"]) == (100, 100)
    right()
    for call in (approve, reject, pay):
        with refused(kind=WrongState):
            call(other, second)


def test_it_is_paid_once_approved_and_once(staff, other, enterprise):
    refund = requested(staff, received(staff, enterprise, "100"), 60)
    with refused(kind=WrongState):
        pay(staff, refund)
    approve(other, refund)
    for wrong in ({"paid_on": TODAY + days(1)}, {"reference": " "}):
        with refused(kind=InvalidInput):
            pay(staff, refund, **wrong)
    pay(staff, refund)
    for call in (pay, reject):
        with refused(kind=WrongState):
            call(other, refund)


def test_it_goes_out_of_an_account_of_its_currency(staff, other, enterprise):
    with overview():
        ours, dollars = (
            BankAccount.objects.create(
                holder="Park", number="6222000011112222", bank="ICBC", currency=currency
            )
            for currency in ("CNY", "USD")
        )
    refund = requested(staff, received(staff, enterprise, "100"), 60)
    approve(other, refund)
    with refused(kind=InvalidInput):
        pay(staff, refund, account=dollars)
    pay(staff, refund, account=ours)
    assert balances(enterprise)[f"bank:{ours.pk} CNY"] == -60
    right()


def test_it_says_where_to(staff, enterprise):
    paid = received(staff, enterprise, "100")
    with refused(kind=InvalidInput), office(staff) as actor:
        refunding.request_refund(
            actor=actor, now=NOW, payment=paid, amount=D(1), to_account=" ", reason="x"
        )


def test_others_do_none_of_it(make, park, owner, staff, enterprise):
    paid = received(staff, enterprise, "100")
    refund = requested(staff, paid, 60)
    finance = make.member(park, "finance", is_staff=True)
    for call in (approve, reject):
        with refused(kind=NotPermitted):
            call(finance, refund)
    weaker = make.member(park, "operations", is_staff=True)
    with refused(kind=NotPermitted):
        pay(weaker, refund)
    with refused(kind=NotPermitted):
        requested(weaker, paid, 1)
    with refused(kind=NotPermitted), portal(owner) as actor:
        refunding.approve(actor=actor, now=NOW, refund=refund)


@pytest.mark.django_db(transaction=True)
def test_of_many_decisions_at_once_one_counts(staff, other, enterprise):
    paid = received(staff, enterprise, "100")
    refunds = [requested(staff, paid, 10) for _each in range(5)]
    tries = [partial(call, other, each) for each in refunds for call in (approve, approve)]
    assert burst(tries, clients=8) == {DONE: 5, "wrong_state": 5}
    tries = [partial(pay, staff, each) for each in refunds for _two in "ab"]
    assert burst(tries, clients=8) == {DONE: 5, "wrong_state": 5}
    assert balances(enterprise)["bank:cash CNY"] == 50
    right()


@pytest.mark.django_db(transaction=True)
def test_credit_is_paid_back_once(staff, enterprise):
    paid = received(staff, enterprise, "100")
    tries = [partial(requested, staff, paid, 100) for _each in range(8)]
    assert burst(tries, clients=8) == {DONE: 1, "payment_not_beyond": 7}
    with overview():
        assert Payment.objects.get().credit == 0
    right()
