"""A bank's line becomes payments: whole, in parts, with a rest, with what the bank kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.models import Payment, PaymentOutcome, PaymentState
from foundation.errors import DomainError, InvalidInput, NotPermitted
from reconciliation.models import Match, Tally
from reconciliation.operations import rows
from reconciliation.operations.accepting import Part, accept, return_money
from reconciliation.operations.many import accept_certain
from tests.banking.making import NOW, office
from tests.reconciliation.making import (
    TODAY,
    D,
    balance,
    billed,
    booked,
    books_are_right,
    came,
    everything,
    fresh,
    left,
    part,
)

pytestmark = pytest.mark.django_db
ROLES = ["owner", "manager", "finance", "operations", "coordinator", "member"]


@pytest.fixture(autouse=True)
def _account(own_account):
    return own_account


def take(staff, line, *parts):
    with office(staff) as actor:
        return accept(actor=actor, now=NOW, line=line, parts=parts)


def test_a_line_pays_its_bill_and_stands_in_the_books(staff, enterprise, own_account):
    bill = billed(staff, enterprise, "100.00")
    (line,) = booked(staff, came("100.00", "Rent"))
    (match,) = take(staff, line, part(enterprise, "100.00", shares={bill.pk: D(100)}))
    paid = fresh(bill)
    assert (paid.payment_state, left(line)) == (PaymentState.PAID, 0)
    payment = fresh(match.payment)
    assert (payment.account_id, payment.received_on) == (own_account.pk, TODAY)
    assert payment.reference == line.bank_reference
    assert balance(enterprise, f"bank:{own_account.pk}") == 100
    assert balance(enterprise, "receivable") == 0
    books_are_right()


def test_a_line_is_split_over_organisations_and_the_rest_is_credit(staff, enterprise, neighbour):
    one, other = billed(staff, enterprise, "60.00"), billed(staff, neighbour, "40.00")
    (line,) = booked(staff, came("110.00"))
    take(
        staff,
        line,
        part(neighbour, "50.00", shares={other.pk: D(40)}),
        part(enterprise, "60.00", shares={one.pk: D(60)}),
    )
    assert {fresh(one).payment_state, fresh(other).payment_state} == {PaymentState.PAID}
    assert (balance(neighbour, "unapplied"), left(line)) == (10, 0)
    books_are_right()


def test_what_is_in_no_part_stays_open(staff, enterprise):
    bill = billed(staff, enterprise, "60.00")
    (line,) = booked(staff, came("100.00"))
    take(staff, line, part(enterprise, "60.00", shares={bill.pk: D(60)}))
    assert left(line) == 40
    take(staff, line, part(enterprise, "40.00"))
    assert left(line) == 0


def test_what_the_bank_kept_is_written_off(staff, enterprise):
    bill = billed(staff, enterprise, "100.00")
    (line,) = booked(staff, came("99.50"))
    own = part(enterprise, "99.50", shares={bill.pk: D("99.50")}, write_off={bill.pk: D("0.50")})
    take(staff, line, own)
    assert (fresh(bill).payment_state, fresh(bill).written_off) == (PaymentState.PAID, D("0.50"))
    assert balance(enterprise, "writeoff") == D("0.50")


REFUSED = {
    "more than the line": lambda t, b: [part(t, "100.01", shares={b.pk: D(100)})],
    "more than the bill": lambda t, b: [part(t, "100.00", shares={b.pk: D("100.01")})],
    "more to bills than the part": lambda t, b: [part(t, "50.00", shares={b.pk: D(60)})],
    "nothing": lambda t, b: [],
    "the same twice": lambda t, b: [part(t, "50.00"), part(t, "50.00")],
    "half a cent": lambda t, b: [part(t, "50.005")],
    "below zero": lambda t, b: [part(t, "-1.00")],
    "more than the tolerance": lambda t, b: [
        part(t, "90.00", shares={b.pk: D(90)}, write_off={b.pk: D(10)})
    ],
    "another bill's write-off": lambda t, b: [part(t, "90.00", write_off={b.pk: D(1)})],
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(staff, enterprise, case):
    bill = billed(staff, enterprise, "100.00")
    (line,) = booked(staff, came("100.00"))
    before = everything()
    with pytest.raises(DomainError):
        take(staff, line, *REFUSED[case](enterprise, bill))
    assert everything() == before


def test_a_bill_of_another_organisation_or_currency_is_refused(staff, enterprise, neighbour):
    foreign, dollars = (
        billed(staff, neighbour, "9.00"),
        billed(staff, enterprise, "9.00", currency="USD"),
    )
    (line,) = booked(staff, came("9.00"))
    before = everything()
    for bill in (foreign, dollars):
        with pytest.raises(Exception) as refusal:  # noqa: PT011  two kinds
            take(staff, line, part(enterprise, "9.00", shares={bill.pk: D(9)}))
        assert type(refusal.value).__name__ in {"DoesNotExist", "DomainError"}
    assert everything() == before


def test_money_that_went_out_pays_no_bill(staff, enterprise):
    (line,) = booked(staff, came("-10.00"))
    before = everything()
    with pytest.raises(InvalidInput) as refusal:
        take(staff, line, part(enterprise, "10.00"))
    assert (refusal.value.code, everything()) == ("line_went_out", before)


def test_an_amount_below_the_minor_unit_is_refused(staff, enterprise):
    with pytest.raises(InvalidInput) as refusal:
        rows.whole(Decimal("1.00500"), "EUR")
    assert refusal.value.code == "line_whole_units"
    assert rows.whole(Decimal("7.00000"), "JPY") == 7


@pytest.mark.parametrize("role", ROLES)
def test_who_of_the_staff_accepts(make, park, staff, enterprise, role):
    (line,) = booked(staff, came("10.00"))
    who = make.member(park, role, is_staff=True)
    if role in ("owner", "manager", "finance"):
        assert take(who, line, part(enterprise, "10.00"))
        return
    before = everything()
    with pytest.raises(NotPermitted):
        take(who, line, part(enterprise, "10.00"))
    assert everything() == before


def test_an_organisation_sees_no_line_and_accepts_none(staff, owner, enterprise):
    (line,) = booked(staff, came("10.00"))
    before = everything()
    with pytest.raises(NotPermitted):
        accept(actor=owner.actor(), now=NOW, line=line, parts=[part(enterprise, "10.00")])
    assert everything() == before


# -- money that went back ----------------------------------------------------------------------------


def test_the_bank_takes_a_payment_back(staff, enterprise):
    bill = billed(staff, enterprise, "100.00")
    line, back = booked(staff, came("100.00"), came("-100.00", "R-transaction"))
    (match,) = take(staff, line, part(enterprise, "100.00", shares={bill.pk: D(100)}))
    with office(staff) as actor:
        known = {"actor": actor, "now": NOW, "payment": match.payment, "reason": "Returned"}
        return_money(line=back, **known)
    assert fresh(match.payment).state == PaymentOutcome.RETURNED
    assert (fresh(bill).payment_state, left(back)) == (PaymentState.OPEN, 0)
    books_are_right()


def test_a_return_of_another_amount_is_refused(staff, enterprise):
    line, back = booked(staff, came("100.00"), came("-99.00"))
    (match,) = take(staff, line, part(enterprise, "100.00"))
    before = everything()
    with office(staff) as actor:
        known = {"actor": actor, "now": NOW, "payment": match.payment, "reason": "Returned"}
        for wrong in (back, line):
            with pytest.raises(InvalidInput):
                return_money(line=wrong, **known)
    assert everything() == before


# -- many --------------------------------------------------------------------------------------------


def test_all_that_is_certain_is_accepted_at_once_and_the_rest_stays(staff, enterprise):
    bills = [billed(staff, enterprise, amount) for amount in ("10.00", "20.00", "30.00")]
    lines = booked(
        staff,
        came("10.00", f"pay {bills[0].reference}"),
        came("20.00", bills[1].number),
        came("29.00", bills[2].number),
        came("10.00", f"again {bills[0].reference}"),
        came("99.00", "who knows"),
    )
    with office(staff) as actor:
        told = accept_certain(actor=actor, now=NOW)
    assert (told.accepted, dict(told.sums)) == (2, {"EUR": D(30)})
    assert [line.pk for line, _why in told.refused] == [lines[3].pk]
    assert [left(line) for line in lines] == [0, 0, 29, 10, 99]


# -- what the database says --------------------------------------------------------------------------


def test_a_match_is_never_altered_and_a_tally_never_written(staff, enterprise):
    (line,) = booked(staff, came("100.00"))
    (match,) = take(staff, line, part(enterprise, "60.00"))
    tries = [
        lambda: Match.objects.filter(pk=match.pk).update(amount=1),
        lambda: Match.objects.filter(pk=match.pk).update(note="x"),
        lambda: Tally.objects.filter(line=line).update(matched=0),
        lambda: Tally.objects.filter(line=line).update(amount=1000),
    ]
    for one in tries:
        with office(staff), pytest.raises(IntegrityError), transaction.atomic():
            one()
    assert left(line) == 40


def test_a_line_of_a_day_to_come_is_refused(staff, enterprise):
    (line,) = booked(staff, came("10.00", on=TODAY + timedelta(days=2)))
    before = everything()
    with pytest.raises(DomainError):
        take(staff, line, part(enterprise, "10.00"))
    assert everything() == before


def test_the_reference_of_a_payment_is_nothing_that_the_payer_wrote(staff, enterprise):
    (line,) = booked(staff, came("10.00", "Anna Schmidt, private", reference=""))
    assert rows.said_by(line) == str(line)
    assert Part(enterprise, D(1)).shares == {}
    assert Payment.objects.model is Payment
