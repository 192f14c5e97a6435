"""One charge that is paid by itself: it gets a bill of its own if it has none."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from billing.models import Charge, Invoice, PaymentState
from billing.operations import single
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from tests.billing.making import (
    KINDS,
    NOW,
    TODAY,
    anew,
    charged,
    days,
    drafted,
    issued,
    lines_of,
    overview,
    received,
    refused,
    right,
)
from tests.spaces.bursts import DONE, burst
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db


def pay(staff, charge, **values) -> Any:
    known: dict[str, Any] = {"paid_on": TODAY, "note": "Receipt 7"} | values
    with office(staff) as actor:
        return single.record_payment(actor=actor, now=NOW, charge=charge, **known)


def charge_of(bill, number=0):
    line = lines_of(bill)[number]
    with overview():
        return Charge.objects.get(pk=line.charge_id)


@pytest.mark.parametrize("kind", [KINDS.BOOKING, KINDS.DEPOSIT])
def test_it_is_billed_and_the_bill_is_paid(staff, enterprise, kind):
    charge = pay(staff, charged(staff, enterprise, kind=kind), paid_on=TODAY - days(2))
    assert (charge.state, charge.settled, charge.note) == ("settled", 100, "Receipt 7")
    with overview():
        bill = Invoice.objects.get()
    assert bill.total == 100
    assert bill.payment_state == PaymentState.PAID
    right()


def test_what_is_open_alone_on_its_bill_is_paid_there(staff, enterprise):
    bill = issued(staff, enterprise, "100", "50")
    received(staff, enterprise, "120", {bill: "120"})
    assert pay(staff, charge_of(bill, 1)).state == "settled"
    assert anew(bill).payment_state == "paid"
    right()


def test_with_others_open_the_bill_is_paid_and_not_the_charge(staff, enterprise):
    for bill in (issued(staff, enterprise, "100", "50"), drafted(staff, enterprise)):
        with refused("bill_has_more"):
            pay(staff, charge_of(bill))


def test_what_is_closed_or_cannot_be_is_refused(staff, enterprise):
    charge = charged(staff, enterprise)
    with refused(kind=InvalidInput):
        pay(staff, charge, paid_on=TODAY + days(1))
    with refused(kind=InvalidInput):
        pay(staff, charge, note=" ")
    pay(staff, charge)
    with refused(kind=WrongState):
        pay(staff, charge)


def test_others_record_nothing(make, park, owner, staff, enterprise):
    charge = charged(staff, enterprise)
    with refused(kind=NotPermitted):
        pay(make.member(park, "operations", is_staff=True), charge)
    with refused(kind=NotPermitted), portal(owner) as actor:
        single.record_payment(actor=actor, now=NOW, charge=charge, paid_on=TODAY, note="x")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_record_it_at_once_one_does(staff, enterprise):
    charges = [charged(staff, enterprise) for _each in range(6)]
    tries = [partial(pay, staff, each) for each in charges for _two in "ab"]
    tries += [partial(received, staff, enterprise, "5") for _each in range(6)]
    outcomes = burst(tries, clients=8)
    assert outcomes[DONE] == 12, outcomes
    with overview():
        assert Charge.objects.filter(state="settled").count() == 6
    right()


def test_the_sentence_names_the_bill(staff, enterprise):
    bill = issued(staff, enterprise, "100", "50")
    with pytest.raises(DomainError) as refusal:
        pay(staff, charge_of(bill))
    assert bill.number in str(refusal.value)
