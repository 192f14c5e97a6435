"""Payments through a provider: one under way for a bill; unknown blocks another try."""

from __future__ import annotations

from functools import partial

import pytest

from billing.models import Invoice, Payment
from billing.operations import trying
from foundation.errors import NotPermitted, WrongState
from tests.billing.making import (
    NOW,
    anew,
    balances,
    drafted,
    issued,
    overview,
    received,
    refused,
    right,
)
from tests.spaces.bursts import DONE, burst
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db


def begin(owner, bill):
    with portal(owner) as actor:
        return trying.begin(actor=actor, now=NOW, invoice=bill, provider="offline")


def conclude(staff, payment, outcome, **values):
    with office(staff) as actor:
        return trying.conclude(actor=actor, now=NOW, payment=payment, outcome=outcome, **values)


def test_it_is_begun_and_comes_in(owner, staff, enterprise):
    bill = issued(staff, enterprise)
    made = begin(owner, bill)
    assert (made.state, made.amount, anew(bill).paid) == ("pending", 100, 0)
    right()
    conclude(staff, made, "succeeded", reference="TX 7")
    assert (anew(made).credit, anew(made).reference, anew(bill).payment_state) == (
        0,
        "TX 7",
        "paid",
    )
    assert balances(enterprise)["clearing:offline CNY"] == 100
    right()


@pytest.mark.parametrize("between", ["pending", "unknown"])
def test_nobody_tries_again_while_nobody_knows(owner, staff, enterprise, between):
    bill = issued(staff, enterprise)
    made = begin(owner, bill)
    conclude(staff, made, between)
    with refused("payment_one_under_way"):
        begin(owner, bill)
    conclude(staff, made, "failed")
    assert begin(owner, bill).state == "pending"
    right()


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "unknown"])
def test_the_same_news_again_changes_nothing(owner, staff, enterprise, outcome):
    bill = issued(staff, enterprise)
    made = begin(owner, bill)
    conclude(staff, made, outcome)
    before = balances(enterprise)
    conclude(staff, made, outcome)
    assert balances(enterprise) == before
    right()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("succeeded", "failed"), ("succeeded", "unknown"), ("succeeded", "pending"),
        ("succeeded", "returned"), ("failed", "succeeded"), ("failed", "unknown"),
        ("unknown", "pending"), ("unknown", "returned"),
    ],
)  # fmt: skip
def test_news_that_contradicts_is_refused(owner, staff, enterprise, first, then):
    made = begin(owner, issued(staff, enterprise))
    conclude(staff, made, first)
    with refused(kind=WrongState):
        conclude(staff, made, then)


def test_what_came_in_beside_another_payment_is_credit(owner, staff, enterprise):
    bill = issued(staff, enterprise)
    made = begin(owner, bill)
    received(staff, enterprise, "70", {bill: "70"})
    conclude(staff, made, "succeeded")
    assert (anew(made).applied, anew(made).credit, anew(bill).paid) == (30, 70, 100)
    right()


def test_there_is_nothing_to_pay_on_a_settled_bill_and_a_draft_is_not_seen(
    owner, staff, enterprise
):
    bill = issued(staff, enterprise)
    received(staff, enterprise, "100", {bill: "100"})
    with refused(kind=WrongState):
        begin(owner, bill)
    draft = drafted(staff, enterprise)
    with refused(kind=Invoice.DoesNotExist):
        begin(owner, draft)


def test_strangers_and_weaker_ones_begin_nothing(make, owner, staff, enterprise, neighbour):
    bill = issued(staff, enterprise)
    with refused(kind=Invoice.DoesNotExist):
        begin(make.member(neighbour, "owner"), bill)
    with refused(kind=NotPermitted):
        begin(make.member(enterprise, "member"), bill)
    with refused(kind=NotPermitted), office(staff) as actor:
        trying.begin(actor=actor, now=NOW, invoice=bill, provider="offline")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_press_at_once_one_begins(owner, staff, enterprise):
    bill = issued(staff, enterprise)
    outcomes = burst([partial(begin, owner, bill) for _each in range(8)], clients=8)
    assert outcomes == {DONE: 1, "payment_one_under_way": 7}
    with overview():
        assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_news_that_comes_twice_at_once_counts_once(owner, staff, enterprise):
    made = [begin(owner, issued(staff, enterprise)) for _each in range(4)]
    tries = [partial(conclude, staff, each, "succeeded") for each in made for _two in "ab"]
    assert burst(tries, clients=8) == {DONE: 8}
    assert balances(enterprise)["clearing:offline CNY"] == 400
    right()
