"""Money that came in: one payment to many bills, the rest credit; taken away, returned, written off."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest

from banking.models import BankAccount
from billing.models import BillingTerms, Invoice, Payment
from billing.operations import paying
from foundation.errors import InvalidInput, NotPermitted, WrongState
from ledger.operations import posting
from tests.billing.making import (
    KINDS,
    NOW,
    TODAY,
    D,
    anew,
    balances,
    charges_of,
    days,
    drafted,
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


def apply(staff, payment, shares):
    with office(staff) as actor:
        keys = {bill.pk: D(share) for bill, share in shares.items()}
        return paying.apply(actor=actor, now=NOW, payment=payment, shares=keys)


def take_away(staff, payment, bill, amount):
    with office(staff) as actor:
        return paying.take_away(
            actor=actor, now=NOW, payment=payment, invoice=bill, amount=D(amount)
        )


def give_back(staff, payment, reason="The bank took it back"):
    with office(staff) as actor:
        return paying.return_payment(actor=actor, now=NOW, payment=payment, reason=reason)


def write_off(staff, bill, amount):
    with office(staff) as actor:
        return paying.write_off(actor=actor, now=NOW, invoice=bill, amount=D(amount))


def test_one_payment_pays_many_bills_and_the_rest_is_credit(staff, enterprise):
    first, second = issued(staff, enterprise, "100", "20"), issued(staff, enterprise, "50")
    paid = received(staff, enterprise, "200", {first: "110", second: "50"})
    assert (anew(paid).applied, anew(paid).credit) == (160, 40)
    assert (anew(first).payment_state, anew(second).payment_state) == ("partly", "paid")
    assert charges_of(first) == [("settled", 100), ("open", 10)]
    books = balances(enterprise)
    assert (books["receivable CNY"], books["unapplied CNY"], books["bank:cash CNY"]) == (
        10,
        40,
        200,
    )
    right()
    apply(staff, paid, {first: "10"})
    assert (anew(first).payment_state, anew(paid).credit) == ("paid", 30)
    assert charges_of(first) == [("settled", 100), ("settled", 20)]
    right()


def test_more_than_is_open_or_left_is_refused(staff, enterprise):
    bill = issued(staff, enterprise, "100")
    with refused("invoice_not_beyond"):
        received(staff, enterprise, "200", {bill: "100.01"})
    with refused("payment_not_beyond"):
        received(staff, enterprise, "50", {bill: "60"})
    paid = received(staff, enterprise, "50", {bill: "40"})
    with refused("payment_not_beyond"):
        apply(staff, paid, {bill: "10.01"})


def test_what_does_not_go_together_is_refused(staff, enterprise, neighbour):
    bill = issued(staff, enterprise, currency="USD")
    draft, strange = drafted(staff, enterprise), issued(staff, neighbour)
    with refused("other_currency"):
        received(staff, enterprise, "100", {bill: "100"})
    with refused(kind=WrongState):
        received(staff, enterprise, "100", {draft: "100"})
    with refused(kind=Invoice.DoesNotExist):
        received(staff, enterprise, "100", {strange: "100"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": D("0")}, {"amount": D("-5")}, {"amount": D("0.001")}, {"reference": " "},
        {"received_on": TODAY + days(1)}, {"method": "deposit"}, {"method": "provider"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(staff, enterprise, wrong):
    with refused(kind=InvalidInput):
        received(staff, enterprise, **({"amount": "100"} | wrong))


def test_it_comes_into_an_account_of_its_currency(staff, enterprise):
    with overview():
        account = BankAccount.objects.create(
            holder="Park", number="6222000011112222", bank="ICBC", currency="CNY"
        )
    received(staff, enterprise, "100", account=account)
    assert balances(enterprise) == {
        f"bank:{account.pk} CNY": 100, "unapplied CNY": 100, "receivable CNY": 0,
    }  # fmt: skip
    with refused(kind=InvalidInput):
        received(staff, enterprise, "100", account=account, currency="USD")


def test_what_was_put_to_the_wrong_bill_is_taken_away(staff, enterprise, neighbour):
    bill = issued(staff, enterprise, "100")
    paid = received(staff, enterprise, "80", {bill: "80"})
    with refused("allocation_not_beyond"):
        take_away(staff, paid, bill, "80.01")
    take_away(staff, paid, bill, "30")
    assert (anew(paid).credit, anew(bill).open_amount) == (30, 50)
    assert charges_of(bill) == [("open", 50)]
    strange = received(staff, neighbour, "5")
    with refused(kind=Payment.DoesNotExist):
        take_away(staff, strange, bill, "1")
    right()


def test_a_returned_payment_opens_its_bills_and_reverses_its_voucher(staff, enterprise):
    first, second = issued(staff, enterprise, "100"), issued(staff, enterprise, "50")
    deposit = issued(staff, enterprise, "30", kind=KINDS.DEPOSIT)
    paid = received(staff, enterprise, "200", {first: "100", second: "20", deposit: "30"})
    give_back(staff, paid)
    assert (anew(paid).state, anew(paid).applied) == ("returned", 0)
    assert charges_of(first) == charges_of(second) == [("open", 0)]
    books = balances(enterprise)
    assert (books["receivable CNY"], books["unapplied CNY"], books["bank:cash CNY"]) == (180, 0, 0)
    right()
    with refused(kind=WrongState):
        give_back(staff, paid)
    with refused(kind=WrongState):
        apply(staff, paid, {first: "1"})


def test_it_is_not_returned_without_a_reason_or_when_a_part_went_back(staff, enterprise):
    paid = received(staff, enterprise, "100")
    with refused(kind=InvalidInput):
        give_back(staff, paid, " ")
    requested(staff, paid, 1)
    with refused("payment_only_received_counts"):
        give_back(staff, paid)


def test_little_is_written_off_and_more_is_not(staff, enterprise):
    with overview():
        BillingTerms.objects.create(valid_from=TODAY - days(9), tolerance=D("2.00"))
    bill = issued(staff, enterprise, "100")
    received(staff, enterprise, "98.50", {bill: "98.50"})
    with refused("invoice_not_beyond"):
        write_off(staff, bill, "1.51")
    write_off(staff, bill, "1")
    with refused("beyond_tolerance"):
        write_off(staff, bill, "1.01")
    write_off(staff, bill, "0.50")
    assert anew(bill).payment_state == "paid"
    assert charges_of(bill) == [("settled", 100)]
    assert balances(enterprise)["writeoff CNY"] == D("1.50")
    right()


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_what_is_no_amount_is_not_written_off(staff, enterprise, amount):
    bill = issued(staff, enterprise)
    with refused(kind=InvalidInput):
        write_off(staff, bill, amount)


def test_a_deposit_of_which_little_is_written_off_is_held_whole(staff, enterprise):
    bill = issued(staff, enterprise, "100", kind=KINDS.DEPOSIT)
    write_off(staff, bill, "1")
    assert balances(enterprise) == {
        "receivable CNY": 99, "deposit_due CNY": 99, "deposit CNY": 1, "writeoff CNY": 1,
    }  # fmt: skip
    right()


CALLS = {
    "receive": lambda staff, paid, bill: received(staff, bill.tenant, "1"),
    "apply": lambda staff, paid, bill: apply(staff, paid, {bill: "1"}),
    "take away": lambda staff, paid, bill: take_away(staff, paid, bill, "1"),
    "return": lambda staff, paid, bill: give_back(staff, paid),
    "write off": lambda staff, paid, bill: write_off(staff, bill, "1"),
}


@pytest.mark.parametrize("call", CALLS)
def test_others_do_none_of_it(make, park, staff, enterprise, call):
    bill = issued(staff, enterprise)
    paid = received(staff, enterprise, "50", {bill: "10"})
    for role in ("operations", "coordinator", "member"):
        weaker = make.member(park, role, is_staff=True)
        with refused(kind=NotPermitted):
            CALLS[call](weaker, paid, bill)


def test_organisations_do_none_of_it(owner, staff, enterprise):
    bill = issued(staff, enterprise)
    paid = received(staff, enterprise, "50", {bill: "10"})
    known: dict[str, Any] = {"now": NOW, "payment": paid}
    for call in (
        partial(paying.apply, shares={bill.pk: D(1)}, **known),
        partial(paying.take_away, invoice=bill, amount=D(1), **known),
        partial(paying.return_payment, reason="No", **known),
        partial(paying.write_off, now=NOW, invoice=bill, amount=D(1)),
    ):
        with refused(kind=NotPermitted), portal(owner) as actor:
            call(actor=actor)


# -- many at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_that_want_the_same_credit_one_gets_it(staff, enterprise):
    pairs = [
        (received(staff, enterprise, "100"), issued(staff, enterprise), issued(staff, enterprise))
        for _each in range(5)
    ]
    tries = [partial(apply, staff, paid, {b: "100"}) for paid, *two in pairs for b in two]
    assert burst(tries, clients=8) == {DONE: 5, "payment_not_beyond": 5}
    right()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_pay_the_same_bill_one_does(staff, enterprise):
    bills = [issued(staff, enterprise) for _each in range(5)]
    tries = [
        partial(received, staff, enterprise, "100", {b: "100"}) for b in bills for _two in "ab"
    ]
    assert burst(tries, clients=8) == {DONE: 5, "invoice_not_beyond": 5}
    right()


@pytest.mark.django_db(transaction=True)
def test_paying_returning_and_taking_away_in_any_order_do_not_wait_in_a_ring(staff, enterprise):
    bills = [issued(staff, enterprise, "500") for _each in range(3)]
    paid = [received(staff, enterprise, "90", dict.fromkeys(bills, "30")) for _each in range(8)]
    tries = [partial(give_back, staff, each) for each in paid[:4]]
    tries += [partial(take_away, staff, each, bills[2], "30") for each in paid[4:]]
    tries += [
        partial(received, staff, enterprise, "20", dict.fromkeys(bills[:2], "10")) for _e in "abcd"
    ]
    tries += [partial(issued, staff, enterprise) for _each in "abcd"]
    assert burst(tries, clients=8) == {DONE: 16}
    right()


@pytest.fixture
def unguarded(monkeypatch):
    """The sums are read before the lock and written as they were read."""
    monkeypatch.setattr(paying, "lock_invoices", _unlocked(Invoice))
    monkeypatch.setattr(paying, "lock_payment", lambda tenant, key: Payment.objects.get(pk=key))


def _unlocked(model):
    return lambda tenant, keys: {
        row.pk: row for row in model.objects.filter(tenant_id=tenant, pk__in=set(keys))
    }


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_a_credit_would_be_spent_twice(staff, enterprise, unguarded, monkeypatch):
    checked = posting.check_amount

    def slowly(*args):
        time.sleep(0.1)
        return checked(*args)

    paid = received(staff, enterprise, "100")
    bills = [issued(staff, enterprise) for _each in range(4)]
    monkeypatch.setattr(paying, "lock_for", lambda *_args: None)
    monkeypatch.setattr(posting, "check_amount", slowly)
    outcomes = burst([partial(apply, staff, paid, {b: "100"}) for b in bills], clients=4)
    assert outcomes != {DONE: 1, "payment_not_beyond": 3}
