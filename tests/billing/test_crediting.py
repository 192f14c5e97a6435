"""Credit notes: the only correction of an issued bill."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from billing.models import CreditNote
from billing.models import InvoiceTax as Tax
from billing.operations import charging, crediting, issuing, paying
from foundation.errors import InvalidInput, NotPermitted, WrongState
from tests.billing.making import (
    KINDS,
    NOW,
    TODAY,
    D,
    anew,
    balances,
    charged,
    charges_of,
    credited,
    drafted,
    issued,
    lines_of,
    overview,
    received,
    refused,
    right,
    taxed,
)
from tests.spaces.bursts import DONE, burst
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db


def test_a_part_is_taken_back_with_its_tax(staff, enterprise):
    taxed(rent="9")
    bill = issued(staff, enterprise, "109", kind=KINDS.RENT)
    note = credited(staff, bill, {lines_of(bill)[0].pk: D("54.50")})
    assert (note.number, note.total, note.tax) == (
        f"HAIHE-C{TODAY.year}-0001",
        D("54.50"),
        D("4.50"),
    )
    assert (anew(bill).credited, anew(bill).open_amount) == (D("54.50"), D("54.50"))
    assert charges_of(bill) == [("open", D("54.50"))]
    assert balances(enterprise) == {
        "receivable CNY": D("54.50"), "revenue:rent CNY": 50, "tax:9 CNY": D("4.50"),
    }  # fmt: skip
    right()


def test_the_whole_leaves_nothing_in_the_books_however_it_was_cut(staff, enterprise):
    """Kinds of one rate whose shares of the tax do not divide, credited fen by fen."""
    taxed(rent="9", other="9", service="9")
    rows = [("0.07", KINDS.RENT), ("0.11", KINDS.OTHER), ("0.05", KINDS.SERVICE)]
    bill = _mixed(staff, enterprise, rows)
    for _each in range(11):
        amounts = {line.pk: D("0.01") for line in lines_of(bill) if line.left_to_credit}
        credited(staff, bill, amounts)
        right()
    assert set(balances(enterprise).values()) == {0}
    with overview():
        row = Tax.objects.get(invoice=bill)
        notes = list(CreditNote.objects.values_list("tax", flat=True))
    assert (row.credited_tax, sum(notes), min(notes) >= 0) == (row.tax, row.tax, True)
    assert {state for state, _settled in charges_of(bill)} == {"waived"}
    assert anew(bill).payment_state == "credited"


def _mixed(staff, tenant, rows):
    charges = [charged(staff, tenant, amount, kind=kind) for amount, kind in rows]
    with office(staff) as actor:
        return issuing.bill(actor, NOW, tenant, charges)


def test_more_than_a_line_has_is_refused(staff, enterprise):
    taxed(other="6")
    bill = issued(staff, enterprise, "100", "50")
    first, second = lines_of(bill)
    for amounts in ({first.pk: D("100.01")}, {first.pk: D(10), second.pk: D(51)}):
        with refused("invoice_line_not_beyond"):
            credited(staff, bill, amounts)
    credited(staff, bill, {first.pk: D(100)})
    with refused("invoice_line_not_beyond"):
        credited(staff, bill, {first.pk: D("0.01")})


@pytest.mark.parametrize("amount", ["-1", "0.001", "0"])
def test_what_is_no_amount_is_refused(staff, enterprise, amount):
    bill = issued(staff, enterprise)
    with refused(kind=InvalidInput):
        credited(staff, bill, {lines_of(bill)[0].pk: D(amount)})


def test_a_line_of_another_bill_is_refused(staff, enterprise, neighbour):
    bill, other = issued(staff, enterprise), issued(staff, neighbour)
    with refused("credit_nothing"):
        credited(staff, bill, {lines_of(other)[0].pk: D(1)})


def test_nothing_is_left_to_credit_the_second_time(staff, enterprise):
    bill = issued(staff, enterprise)
    credited(staff, bill)
    with refused("credit_nothing"):
        credited(staff, bill)


def test_what_was_paid_becomes_credit_newest_payment_first(staff, enterprise):
    bill = issued(staff, enterprise, "100")
    first = received(staff, enterprise, "60", {bill: "60"})
    second = received(staff, enterprise, "40", {bill: "40"})
    credited(staff, bill, {lines_of(bill)[0].pk: D(50)})
    assert (anew(first).credit, anew(second).credit) == (10, 40)
    assert (anew(bill).paid, anew(bill).open_amount) == (50, 0)
    assert charges_of(bill) == [("settled", 100)]
    right()
    credited(staff, bill)
    assert (anew(first).credit, anew(bill).paid) == (60, 0)
    assert charges_of(bill) == [("waived", 0)]
    right()


def test_what_was_written_off_is_not_credited_as_well(staff, enterprise):
    bill = issued(staff, enterprise, "100")
    with office(staff) as actor:
        paying.write_off(actor=actor, now=NOW, invoice=bill, amount=D(1))
    with refused("invoice_not_beyond"):
        credited(staff, bill)
    credited(staff, bill, {lines_of(bill)[0].pk: D(99)})
    right()


def test_a_paid_deposit_comes_back_as_credit_when_it_is_credited(staff, enterprise):
    bill = issued(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    paid = received(staff, enterprise, "500", {bill: "500"})
    credited(staff, bill)
    assert anew(paid).credit == 500
    assert balances(enterprise) == {
        "bank:cash CNY": 500, "unapplied CNY": 500, "receivable CNY": 0, "deposit CNY": 0,
        "deposit_due CNY": 0,
    }  # fmt: skip
    right()


def test_a_waived_charge_of_an_issued_bill_is_a_credit_note(staff, enterprise):
    bill = issued(staff, enterprise, "100", "50")
    charge = lines_of(bill)[1].charge_id
    with overview():
        row = lines_of(bill)[1].charge
    with office(staff) as actor:
        waived = charging.waive(actor=actor, now=NOW, charge=row, reason="Agreed")
    assert (waived.pk, waived.state, anew(bill).credited) == (charge, "waived", 50)
    right()


def test_a_reason_is_given(staff, enterprise):
    bill = issued(staff, enterprise)
    with refused("credit_note_says_why"), office(staff) as actor:
        crediting.credit(actor=actor, now=NOW, invoice=bill, reason=" ")


def test_a_draft_is_not_credited(staff, enterprise):
    draft = drafted(staff, enterprise)
    with refused(kind=WrongState):
        credited(staff, draft)


@pytest.mark.parametrize("role", ["finance", "operations", "coordinator", "member"])
def test_whoever_takes_the_money_credits_nothing(make, park, staff, enterprise, role):
    bill = issued(staff, enterprise)
    with refused(kind=NotPermitted):
        credited(make.member(park, role, is_staff=True), bill)


def test_organisations_credit_nothing(owner, staff, enterprise):
    bill = issued(staff, enterprise)
    with refused(kind=NotPermitted), portal(owner) as actor:
        crediting.credit(actor=actor, now=NOW, invoice=bill, reason="We like to")


@pytest.mark.django_db(transaction=True)
def test_a_line_is_credited_once_and_crediting_and_paying_do_not_wait_in_a_ring(staff, enterprise):
    """Bills that are paid and credited and paid again at once, in one organisation's books."""
    bills = [issued(staff, enterprise, "100") for _each in range(6)]
    payments = [received(staff, enterprise, "100", {bill: "100"}) for bill in bills[:3]]
    tries: list[Any] = [partial(credited, staff, bill) for bill in bills for _two in "ab"]
    tries += [partial(received, staff, enterprise, "7") for _each in range(8)]
    outcomes = burst(tries, clients=8)
    assert outcomes == {DONE: 14, "credit_nothing": 6}
    assert [anew(payment).credit for payment in payments] == [100] * 3
    right()
