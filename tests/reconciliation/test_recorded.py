"""A line is money that somebody recorded by hand before: counted once, whichever came first."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from billing.models import Charge, ChargeState, PaymentOutcome
from billing.operations import paying, refunding
from billing.operations.single import record_payment
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from ledger.models import Period
from ledger.operations.periods import close_period, make_periods
from reconciliation.gathering import proposed
from reconciliation.in_books import booked_for
from reconciliation.models import Match, MatchKind
from reconciliation.operations import rows
from reconciliation.operations.accepting import return_money
from reconciliation.operations.many import accept_certain
from reconciliation.operations.recorded import recognise, recognise_refund
from reconciliation.operations.undoing import undo
from tenants.isolation.context import STAFF, Identity, enter
from tests import databases
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
)
from tests.spaces.bursts import DONE, burst

pytestmark = pytest.mark.django_db
ROLES = ["owner", "manager", "finance", "operations", "coordinator", "member"]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def account(own_account):
    return own_account


def call(staff, operation, **values):
    with office(staff) as actor:
        return operation(actor=actor, now=NOW, **values)


def recorded(staff, tenant, amount, account, **values):
    known = {
        "currency": "EUR", "received_on": TODAY, "reference": "by hand", "account": account,
    } | values  # fmt: skip
    return call(staff, paying.receive, tenant=tenant, amount=D(amount), **known)


def found(staff, line):
    with office(staff) as actor:
        return booked_for(actor, [fresh_line(line)]).get(line.pk, [])


def fresh_line(line):
    return type(line).objects.select_related("account", "tally").get(pk=line.pk)


def refunded(make, park, staff, tenant, amount, account, payment=None):
    """A refund that was paid."""
    other = make.member(park, "manager", is_staff=True)
    payment = payment or recorded(staff, tenant, amount, account)
    refund = call(
        staff, refunding.request_refund, payment=payment, amount=D(amount), to_account="X",
        reason="Too much",
    )  # fmt: skip
    call(other, refunding.approve, refund=refund)
    how = {"paid_on": TODAY, "reference": "R1", "account": account}
    return call(staff, refunding.pay_refund, refund=refund, **how)


def test_a_transfer_that_was_recorded_is_not_counted_again(staff, enterprise, account):
    bill = billed(staff, enterprise, "100.00")
    payment = recorded(staff, enterprise, "100.00", account, shares={bill.pk: D(100)})
    (line,) = booked(staff, came("100.00", bill.number))
    (proposal,) = found(staff, line)
    assert (proposal.kind, proposal.row) == (MatchKind.RECORDED, payment)
    match = call(staff, recognise, line=line, payment=payment)
    assert (match.kind, left(line)) == ("recorded", 0)
    assert balance(enterprise, f"bank:{account.pk}") == 100
    assert found(staff, line) == []
    books_are_right()


def test_what_was_recorded_at_a_charge_moves_from_the_till_to_the_account(
    staff, enterprise, account
):
    bill = billed(staff, enterprise, "100.00")
    with enter(Identity(STAFF)):
        charge = Charge.objects.get(lines__invoice=bill)
    paid = call(staff, record_payment, charge=charge, paid_on=TODAY, note="by hand")
    assert paid.state != ChargeState.OPEN
    (line,) = booked(staff, came("100.00"))
    (proposal,) = found(staff, line)
    match = call(staff, recognise, line=line, payment=proposal.row)
    assert balance(enterprise, f"bank:{account.pk}") == 100
    assert balance(enterprise, "bank:cash") == 0
    books_are_right()
    call(staff, undo, match=match, reason="Not this one")
    assert balance(enterprise, f"bank:{account.pk}") == 0
    assert balance(enterprise, "bank:cash") == 100
    assert (left(line), fresh(proposal.row).state) == (100, PaymentOutcome.SUCCEEDED)
    books_are_right()


def test_a_refund_that_was_paid_is_its_line(make, park, staff, enterprise, account):
    refund = refunded(make, park, staff, enterprise, "30.00", account)
    (line,) = booked(staff, came("-30.00", "Refund"))
    assert [each.kind for each in found(staff, line)] == [MatchKind.REFUND]
    before = balance(enterprise, f"bank:{account.pk}")
    match = call(staff, recognise_refund, line=line, refund=refund)
    assert (left(line), balance(enterprise, f"bank:{account.pk}")) == (0, before)
    assert found(staff, line) == []
    books_are_right()
    call(staff, undo, match=match, reason="Not this one")
    assert left(line) == 30


def test_one_line_stands_for_two_transfers(staff, enterprise, neighbour, account):
    first = recorded(staff, enterprise, "60.00", account)
    second = recorded(staff, neighbour, "40.00", account)
    (line,) = booked(staff, came("100.00"))
    for payment in (first, second):
        call(staff, recognise, line=line, payment=payment)
    assert left(line) == 0
    books_are_right()


@pytest.mark.parametrize("days", [-11, -10, 10, 11])
def test_only_what_is_near_is_proposed(staff, enterprise, account, days):
    recorded(staff, enterprise, "100.00", account, received_on=TODAY - 20 * DAY)
    on = TODAY - 20 * DAY + days * DAY
    (line,) = booked(staff, came("100.00", on=on))
    assert bool(found(staff, line)) == (abs(days) <= 10)


def test_the_bank_s_own_reference_comes_first(staff, enterprise, neighbour, account):
    named = recorded(staff, enterprise, "5.00", account, reference="B-NAMED")
    recorded(staff, neighbour, "5.00", account)
    (line,) = booked(staff, came("5.00", reference="B-NAMED"))
    assert found(staff, line)[0].row.pk == named.pk


def test_cash_and_other_amounts_are_not_proposed(staff, enterprise, account):
    recorded(staff, enterprise, "5.00", None, method="cash")
    recorded(staff, enterprise, "5.01", account)
    (line,) = booked(staff, came("5.00"))
    assert found(staff, line) == []


def test_what_is_certain_waits_where_it_may_have_been_recorded(staff, enterprise, account):
    bill = billed(staff, enterprise, "100.00")
    recorded(staff, enterprise, "100.00", account)
    (line,) = booked(staff, came("100.00", bill.reference))
    with office(staff) as actor:
        assert proposed(actor, [line], today=TODAY)[line.pk][0].is_certain
        assert accept_certain(actor=actor, now=NOW).accepted == 0
    assert left(line) == 100


def test_other_facts_are_refused_and_nothing_is_written(make, park, staff, enterprise, account):
    small, cash = (
        recorded(staff, enterprise, "99.00", account),
        recorded(staff, enterprise, "100.00", None, method="cash"),
    )
    large = recorded(staff, enterprise, "101.00", account)
    dollars = recorded(staff, enterprise, "100.00", None, currency="USD")
    refund = refunded(make, park, staff, enterprise, "30.00", account)
    line, out, taken = booked(staff, came("100.00"), came("-99.00"), came("-100.00"))
    returned = recorded(staff, enterprise, "100.00", account)
    call(staff, paying.return_payment, payment=returned, reason="Mistake")
    before = everything()
    tries = [
        (recognise, {"line": line, "payment": cash}, WrongState),
        (recognise, {"line": line, "payment": returned}, WrongState),
        (recognise, {"line": line, "payment": large}, DomainError),
        (recognise, {"line": line, "payment": dollars}, InvalidInput),
        (recognise, {"line": out, "payment": small}, InvalidInput),
        (recognise_refund, {"line": line, "refund": refund}, InvalidInput),
    ]
    for operation, values, error in tries:
        with pytest.raises(error):
            call(staff, operation, **values)
    assert everything() == before
    # A part of a line is none of the mistakes: the rest stays open.
    call(staff, recognise, line=line, payment=small)
    call(staff, recognise_refund, line=taken, refund=refund)
    assert (left(line), left(taken)) == (1, 70)


def test_a_refund_that_is_not_paid_is_refused(staff, enterprise, account):
    payment = recorded(staff, enterprise, "30.00", account)
    refund = call(
        staff, refunding.request_refund, payment=payment, amount=D(30), to_account="X", reason="y"
    )
    (line,) = booked(staff, came("-30.00"))
    with pytest.raises(WrongState):
        call(staff, recognise_refund, line=line, refund=refund)


@pytest.mark.parametrize("role", ROLES)
def test_who_of_the_staff_recognises(make, park, staff, enterprise, account, role):
    payment = recorded(staff, enterprise, "10.00", account)
    (line,) = booked(staff, came("10.00"))
    who = make.member(park, role, is_staff=True)
    if role in ("owner", "manager", "finance"):
        assert call(who, recognise, line=line, payment=payment)
        return
    before = everything()
    with pytest.raises(NotPermitted):
        call(who, recognise, line=line, payment=payment)
    assert everything() == before


def test_an_organisation_recognises_nothing(staff, owner, enterprise, account):
    payment = recorded(staff, enterprise, "10.00", account)
    (line,) = booked(staff, came("10.00"))
    with pytest.raises(NotPermitted):
        recognise(actor=owner.actor(), now=NOW, line=line, payment=payment)


def test_the_bank_takes_back_what_was_recorded(staff, enterprise, account):
    payment = recorded(staff, enterprise, "100.00", account)
    line, back = booked(staff, came("100.00"), came("-100.00"))
    call(staff, recognise, line=line, payment=payment)
    taken = call(staff, return_money, line=back, payment=payment, reason="Returned")
    assert fresh(payment).state == PaymentOutcome.RETURNED
    books_are_right()
    call(staff, undo, match=taken, reason="Another one")
    assert (left(line), left(back)) == (100, 100)
    books_are_right()


def test_the_bank_takes_back_what_was_recorded_without_an_account(staff, enterprise, account):
    payment = recorded(staff, enterprise, "100.00", None)
    line, back = booked(staff, came("100.00"), came("-100.00"))
    with pytest.raises(InvalidInput):
        call(staff, return_money, line=back, payment=payment, reason="Returned")
    call(staff, recognise, line=line, payment=payment)
    (proposal,) = found(staff, back)
    taken = call(staff, return_money, line=back, payment=proposal.row, reason="Returned")

    def money():
        codes = (f"bank:{account.pk}", "bank:cash")
        return [balance(enterprise, code) for code in codes]

    assert money() == [0, 0]
    books_are_right()
    call(staff, undo, match=taken, reason="Another one")
    assert (left(line), left(back), money()) == (100, 100, [0, 0])
    books_are_right()


def test_in_a_closed_month_the_till_gives_nothing(staff, enterprise):
    payment = recorded(staff, enterprise, "10.00", None)
    last = TODAY.replace(day=1) - DAY
    recorded(staff, enterprise, "1.00", None, received_on=last)
    with office(staff) as actor:
        make_periods(actor=actor, now=NOW)
        for month in Period.objects.filter(ends_on__lte=last).order_by("starts_on"):
            close_period(actor=actor, now=NOW, period=month)
    (line,) = booked(staff, came("10.00", on=last))
    before = everything()
    with pytest.raises(DomainError) as refusal:
        call(staff, recognise, line=line, payment=payment)
    assert (refusal.value.code, everything()) == ("voucher_in_open_period", before)


def test_its_button_is_first_on_both_pages(sign_in, staff, enterprise, account):
    bill = billed(staff, enterprise, "100.00")
    payment = recorded(staff, enterprise, "100.00", account)
    (line,) = booked(staff, came("100.00", bill.number))
    desk, key = sign_in(staff), f"recorded:{payment.pk}"
    where = reverse("admin:reconciliation_line", args=[line.pk])
    shown = desk.get(where).content.decode()
    accepting = reverse("admin:reconciliation_acceptance", args=[line.pk])
    assert 0 < shown.index(key) < shown.index(accepting)
    listed = desk.get(reverse("admin:reconciliation")).content.decode()
    assert key in listed
    assert accepting not in listed
    recognition = reverse("admin:reconciliation_recognition", args=[line.pk])
    assert desk.post(recognition, {"proposal": key}).url == reverse("admin:reconciliation")
    assert left(line) == 0
    assert enterprise.name in desk.get(where).content.decode()


# -- at once -----------------------------------------------------------------------------------------


def race(staff, lines, payment):
    return burst([partial(call, staff, recognise, line=line, payment=payment) for line in lines])


@pytest.mark.django_db(transaction=True)
def test_two_lines_at_once_do_not_stand_for_one_transfer(staff, enterprise, account):
    payment = recorded(staff, enterprise, "10.00", account)
    lines = booked(staff, *[came("10.00") for _each in range(6)])
    assert race(staff, lines, payment) == {DONE: 1, "match_of_payment_once": 5}


@pytest.mark.django_db(transaction=True)
def test_without_the_index_they_do(staff, enterprise, account):
    payment = recorded(staff, enterprise, "10.00", account)
    lines = booked(staff, *[came("10.00") for _each in range(6)])
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = 'match_of_payment_once'")
        made = cursor.fetchone()[0]
        cursor.execute("drop index match_of_payment_once")
        try:
            assert race(staff, lines, payment) == {DONE: 6}
        finally:
            # Undone, they are no hindrance to the index.
            cursor.execute("alter table reconciliation_match disable trigger keep_match")
            cursor.execute("update reconciliation_match set undone_at = now(), undone_why = 'test'")
            cursor.execute("alter table reconciliation_match enable trigger keep_match")
            cursor.execute(made)


def test_the_database_knows_which_row_a_kind_has(staff, enterprise, account):
    payment = recorded(staff, enterprise, "10.00", account)
    (line,) = booked(staff, came("10.00"))
    with office(staff) as actor:
        tally = rows.locked(actor, line)
        for kind, row in (("refund", payment), ("aside", payment), ("recorded", None)):
            with (
                pytest.raises(IntegrityError, match="match_kind_has_its_row"),
                transaction.atomic(),
            ):
                Match.objects.create(
                    tally=tally, kind=kind, amount=1, payment=row,
                    reason="other" if kind == "aside" else "", note="x",
                )  # fmt: skip
