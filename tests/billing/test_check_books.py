"""check_books finds every sum of billing that is not what its rows and the books say."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from billing.checking import CHECKS
from billing.operations import charging, deposits, paying, refunding
from ledger.checking import told
from tests.billing.making import (
    KINDS,
    NOW,
    D,
    charged,
    charges_of,
    credited,
    drafted,
    issued,
    lines_of,
    past_rules,
    received,
    requested,
    taxed,
)
from tests.spaces.making import office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def life(make, park, staff, enterprise, neighbour):
    """Something of everything: drafts, bills partly credited and paid, deposits held and let go,
    refunds in each state, a payment that was taken back."""
    taxed(rent="9", other="6")
    other = make.member(park, "manager", is_staff=True)
    bill = issued(staff, enterprise, "100", "50")
    rent = issued(staff, enterprise, "1000", kind=KINDS.RENT)
    deposit = issued(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    issued(staff, neighbour, "70")
    drafted(staff, enterprise, "12")
    credited(staff, bill, {lines_of(bill)[0].pk: D(30)})
    paid = received(staff, enterprise, "900", {bill: "80", rent: "400"})
    received(staff, enterprise, "500", {deposit: "500"})
    gone = received(staff, enterprise, "7", {rent: "7"})
    asked = [requested(staff, paid, amount) for amount in (10, 20, 30, 40)]
    with office(staff) as actor:
        paying.return_payment(actor=actor, now=NOW, payment=gone, reason="The bank took it back")
        paying.write_off(actor=actor, now=NOW, invoice=bill, amount=D("0.50"))
        deposits.release(actor, NOW, enterprise, D(200), "CNY", "Exit")
        waived = charged(staff, enterprise, "5")
        charging.waive(actor=actor, now=NOW, charge=waived, reason="Agreed")
    with office(other) as actor:
        for refund in asked[1:]:
            refunding.approve(actor=actor, now=NOW, refund=refund)
        refunding.reject(actor=actor, now=NOW, refund=asked[3], reason="Not so")
        refunding.pay_refund(
            actor=actor, now=NOW, refund=asked[2], paid_on=NOW.date(), reference="ICBC 9"
        )
    return bill


def checked():
    out, err = StringIO(), StringIO()
    try:
        call_command("check_books", stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, err.getvalue()
    return 0, out.getvalue()


def one(table, where="true"):
    return f"id = (select min(id) from billing_{table} where {where})"


def update(table, what, where="true"):
    return f"update billing_{table} set {what} where {one(table, where)}"


VOUCHER = "(select min(id) from ledger_voucher where source_type = 'billing.{}' and event = '{}')"
PAYMENT = "state = 'succeeded' and method = 'bank'"
# What is altered, and what is said of it; each names the check that must see it.
DRIFTS = {
    "a bill is the sum of its lines, and of its sums by rate": (
        update("invoice", "total = total + 1", "state = 'issued'"),
        "has the total 151; its lines sum to 150 and its rates to 150.",
    ),
    "the sums by rate are those of the lines": (
        update("invoicetax", "credited_gross = credited_gross + 1"),
        "credited of it are 31, of its lines 30.",
    ),
    "what is credited is the sum of the credit notes": (
        update("invoice", "credited = 31", "credited = 30"),
        "stores 31 as credited; its notes sum to 30",
    ),
    "a credit note is the sum of its lines": (
        update("creditnote", "total = 29"),
        "has the total 29; its lines sum to 30.",
    ),
    "what is credited of a line is the sum of its credits": (
        update("invoiceline", "credited = 3", "credited = 0"),
        "line 2 stores 3 as credited; its credits sum to 0.",
    ),
    "what is paid of a bill is the sum of its allocations": (
        update("invoice", "paid = 79", "paid = 80"),
        "stores 79 as paid; its allocations sum to 80.",
    ),
    "what is applied of a payment is the sum of its allocations": (
        update("payment", "applied = 479", "applied = 480"),
        "stores 479 as applied; its allocations sum to 480.",
    ),
    "payments go to issued bills of their organisation and currency": (
        update("payment", "currency = 'USD'"),
        "which do not go together.",
    ),
    "what is paid back is the sum of the refunds": (
        update("payment", "refunded = 61", "refunded = 60"),
        "stores 61 as paid back; its refunds sum to 60.",
    ),
    "numbers have no gap": (
        update("numberseries", "last = last + 1", "series = 'B'"),
        "gave 3 numbers last; it has 2 papers, up to number 2.",
    ),
    "charges are settled as far as their bills are": (
        update("charge", "settled = settled + 1", "state = 'open' and settled > 0"),
        "is open with 11.5 settled; by bill",
    ),
    "nothing is settled of an open charge without a bill": (
        update("charge", "settled = 1", "amount = 12"),
        "has 1 settled, and no bill says by what.",
    ),
    "the books say of each organisation what its papers say": (
        update("invoice", "written_off = 0.6", "written_off > 0"),
        "Account haihe writeoff CNY has the balance 0.5; bills and payments say 0.6.",
    ),
    "every paper, payment and allocation is in the books": (
        f"update ledger_voucher set event = 'x' where id = {VOUCHER.format('payment', 'received')}",
        "have no voucher for billing.payment",
    ),
    "nothing else of billing is in the books": (
        f"update ledger_voucher set source_id = 99 where id = {VOUCHER.format('refund', 'paid')}",
        "is for billing.refund 99, paid, which is not so.",
    ),
    "payments that were taken back are reversed, and no others": (
        update("payment", "state = 'succeeded'", "state = 'returned'"),
        "is succeeded, and the books say otherwise.",
    ),
}  # fmt: skip
# Other ways in which the balances and the papers can part.
PARTED = {
    "receivable": (
        update("invoice", "total = 71", "total = 70"),
        "Account jinmen receivable CNY has the balance 70; bills and payments say 71.",
    ),
    "unapplied": (
        update("payment", "amount = 901", PAYMENT),
        "Account haihe unapplied CNY has the balance 570; bills and payments say 571.",
    ),
    "a refund that is asked for is credit still": (
        update("refund", "state = 'requested'", "state = 'approved'"),
        "Account haihe refunds_due CNY has the balance 20; bills and payments say 0.",
    ),
    "deposit": (
        update("payment", "amount = 201", "method = 'deposit'"),
        "Account haihe deposit CNY has the balance 300; bills and payments say 299.",
    ),
    "deposits that are due": (
        update("invoice", "paid = 400", "series = 'D'"),
        "Account haihe deposit_due CNY has the balance 0; bills and payments say 100.",
    ),
    "tax": (
        update("invoicetax", "tax = tax + 1", "rate = 9"),
        "Account haihe tax:9 CNY has the balance 82.57; bills and payments say 83.57.",
    ),
    "an account that no paper knows": (
        "update ledger_account set code = 'tax:8' where code = 'tax:9'",
        "Account haihe tax:8 CNY has the balance 82.57; bills and payments say 0.",
    ),
    "a credit note without a voucher": (
        f"update ledger_voucher set event = 'x' where id = {VOUCHER.format('creditnote', 'issued')}",
        "have no voucher for billing.creditnote",
    ),
    "an allocation over another sum": (
        update("allocation", "amount = amount + 1"),
        "have no voucher for billing.allocation",
    ),
    "a bill in the books of nobody": (
        f"update ledger_voucher set event = 'x' where id = {VOUCHER.format('invoice', 'issued')}",
        "is for billing.invoice",
    ),
}  # fmt: skip


def test_each_check_has_a_row_here():
    assert list(DRIFTS) == [check.name for check in CHECKS]


def test_a_life_of_every_kind_passes_and_each_drift_is_named(life):
    code, said = checked()
    assert (code, said[:21]) == (0, "The books are right: "), said
    assert charges_of(life) == [("settled", 100), ("open", D("10.5"))]
    missed = {
        name: said
        for name, (statement, words) in (DRIFTS | PARTED).items()
        if words not in (said := "\n".join(told_after(statement)))
    }
    assert missed == {}


def told_after(statement):
    with past_rules(statement) as cursor:
        for check in CHECKS:
            cursor.execute(check.query)
            yield from told(check, cursor.fetchall())


def test_the_command_says_it_too(life, staff, monkeypatch):
    """Where an operation forgets the charges of the bill that it pays."""
    monkeypatch.setattr("billing.operations.paying.spread", lambda *_args: None, raising=True)
    received(staff, life.tenant, "1", {life: "1"})
    code, said = checked()
    assert (code, "is open with 10.5 settled; by bill" in said) == (1, True)
