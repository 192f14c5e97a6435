"""What is no money of an organisation, or of one that is found later; and undoing, by reversal."""

from __future__ import annotations

import pytest

from billing.models import PaymentOutcome, PaymentState
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from ledger.checking import drifts
from ledger.checklist import open_items
from ledger.models import Period
from ledger.operations.periods import make_periods
from reconciliation.checking import CHECKS
from reconciliation.models import Match, MatchKind
from reconciliation.month_end import what_is_open
from reconciliation.operations.accepting import accept, return_money
from reconciliation.operations.aside import identify, park_unidentified, set_aside
from reconciliation.operations.undoing import undo
from tenants.isolation.context import STAFF, Identity, enter
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


def call(staff, operation, **values):
    with office(staff) as actor:
        return operation(actor=actor, now=NOW, **values)


def matched(line):
    with enter(Identity(STAFF)):
        return list(
            Match.objects.filter(tally__line=line).select_related("tally__line").order_by("pk")
        )


def test_what_is_set_aside_posts_nothing_and_comes_back(staff, park):
    for amount in ("3.10", "-3.10"):
        (line,) = booked(staff, came(amount, "Interest"))
        match = call(staff, set_aside, line=line, reason="interest")
        assert (left(line), match.amount) == (0, D("3.10"))
        call(staff, undo, match=match, reason="Not interest")
        assert left(line) == D("3.10")
    with enter(Identity(STAFF)):
        assert {each.undone_why for each in Match.objects.all()} == {"Not interest"}
    books_are_right()


@pytest.mark.parametrize("values", [{"reason": "other"}, {"reason": "x"}, {"reason": ""}])
def test_who_sets_aside_says_why(staff, values):
    (line,) = booked(staff, came("3.10"))
    before = everything()
    with pytest.raises(DomainError):
        call(staff, set_aside, line=line, **values)
    assert everything() == before


def test_an_unidentified_receipt_stands_in_the_parks_books(staff, park, own_account):
    (line,) = booked(staff, came("100.00"))
    match = call(staff, park_unidentified, line=line, note="Asked the bank")
    bank = f"bank:{own_account.pk}"
    assert (balance(park, bank), balance(park, "unidentified"), left(line)) == (100, 100, 0)
    call(staff, undo, match=match, reason="Found at once")
    assert (balance(park, bank), balance(park, "unidentified"), left(line)) == (0, 0, 100)
    books_are_right()


def test_money_that_went_out_and_what_is_dealt_with_are_refused(staff):
    out, line = booked(staff, came("-5.00"), came("5.00"))
    call(staff, set_aside, line=line, reason="own")
    before = everything()
    for each, code in ((out, "line_went_out"), (line, "tally_not_beyond")):
        with pytest.raises(DomainError) as refusal:
            call(staff, park_unidentified, line=each)
        assert refusal.value.code == code
    with pytest.raises(DomainError):
        call(staff, set_aside, line=line, reason="own")
    assert everything() == before


def test_the_payer_is_found_and_the_money_moves_between_the_books(
    staff, park, enterprise, neighbour, own_account
):
    bill = billed(staff, enterprise, "60.00")
    (line,) = booked(staff, came("100.00"))
    match = call(staff, park_unidentified, line=line)
    parts = [part(enterprise, "60.00", shares={bill.pk: D(60)}), part(neighbour, "30.00")]
    made = call(staff, identify, match=match, parts=parts)
    bank = f"bank:{own_account.pk}"
    assert fresh(bill).payment_state == PaymentState.PAID
    assert (balance(park, "unidentified"), left(line)) == (10, 0)
    assert (balance(park, bank), balance(enterprise, bank), balance(neighbour, bank)) == (100, 0, 0)
    assert (balance(park, "between"), balance(enterprise, "between")) == (-90, 60)
    assert balance(neighbour, "unapplied") == 30
    books_are_right()
    call(staff, undo, match=made[0], reason="Another one")
    assert fresh(bill).payment_state == PaymentState.OPEN
    assert (balance(park, "unidentified"), balance(enterprise, "between"), left(line)) == (70, 0, 0)
    standing = [each for each in matched(line) if each.undone_at is None]
    assert sorted((each.kind, each.amount) for each in standing) == [
        ("payment", 30),
        ("unidentified", 10),
        ("unidentified", 60),
    ]
    books_are_right()


def test_no_more_is_found_than_was_unidentified(staff, enterprise):
    (line,) = booked(staff, came("100.00"))
    call(staff, accept, line=line, parts=[part(enterprise, "40.00")])
    match = call(staff, park_unidentified, line=line)
    before = everything()
    for parts in ([part(enterprise, "60.01")], []):
        with pytest.raises(DomainError):
            call(staff, identify, match=match, parts=parts)
    with pytest.raises(WrongState):
        call(staff, identify, match=matched(line)[0], parts=[part(enterprise, "40.00")])
    assert everything() == before


def test_a_payment_is_undone_and_its_bill_is_open_again(staff, enterprise):
    bill = billed(staff, enterprise, "100.00")
    (line,) = booked(staff, came("100.00"))
    known = part(enterprise, "100.00", shares={bill.pk: D(100)})
    (match,) = call(staff, accept, line=line, parts=[known])
    call(staff, undo, match=match, reason="Wrong bill")
    assert (fresh(bill).payment_state, left(line)) == (PaymentState.OPEN, 100)
    assert fresh(match.payment).state == PaymentOutcome.RETURNED
    assert balance(enterprise, "unapplied") == 0
    before = everything()
    with pytest.raises(WrongState):
        call(staff, undo, match=match, reason="Again")
    assert everything() == before
    assert call(staff, accept, line=line, parts=[known])
    books_are_right()


def test_undoing_needs_a_reason_and_a_role(make, park, staff, enterprise):
    (line,) = booked(staff, came("10.00"))
    (match,) = call(staff, accept, line=line, parts=[part(enterprise, "10.00")])
    before = everything()
    with pytest.raises(InvalidInput):
        call(staff, undo, match=match, reason=" ")
    for role in ("operations", "coordinator", "member"):
        who = make.member(park, role, is_staff=True)
        for operation, values in (
            (undo, {"match": match, "reason": "x"}),
            (set_aside, {"line": line, "reason": "own"}),
            (park_unidentified, {"line": line}),
            (identify, {"match": match, "parts": []}),
        ):
            with pytest.raises(NotPermitted):
                call(who, operation, **values)
    assert everything() == before


def test_undoing_what_the_bank_took_back_opens_both_lines(staff, enterprise):
    bill = billed(staff, enterprise, "100.00")
    line, back = booked(staff, came("100.00"), came("-100.00"))
    known = part(enterprise, "100.00", shares={bill.pk: D(100)})
    (match,) = call(staff, accept, line=line, parts=[known])
    other = call(staff, return_money, line=back, payment=match.payment, reason="Returned")
    call(staff, undo, match=other, reason="It was another one")
    assert (left(line), left(back)) == (100, 100)
    call(staff, accept, line=line, parts=[known])
    books_are_right()


def test_what_billing_took_back_by_itself_can_still_be_undone(staff, enterprise):
    from billing.operations.paying import return_payment

    (line,) = booked(staff, came("10.00"))
    (match,) = call(staff, accept, line=line, parts=[part(enterprise, "10.00")])
    call(staff, return_payment, payment=match.payment, reason="By hand")
    with enter(Identity(STAFF)):
        (sentence,) = drifts(CHECKS)
    assert f"Match {match.pk} stands" in sentence
    call(staff, undo, match=match, reason="Taken back there")
    assert left(line) == 10
    books_are_right()


def test_a_month_names_the_lines_that_are_open(staff, enterprise):
    one, _other = booked(staff, came("10.00"), came("-2.00"))
    with office(staff) as actor:
        make_periods(actor=actor, now=NOW)
        month = Period.objects.get(starts_on__lte=TODAY, ends_on__gte=TODAY)
        (item,) = what_is_open(month)
        assert (item.params, item in open_items(month)) == ({"count": 2}, True)
    call(staff, set_aside, line=one, reason="own")
    call(staff, set_aside, line=_other, reason="own")
    with office(staff):
        assert list(what_is_open(month)) == []
        assert MatchKind.ASIDE in {each.kind for each in Match.objects.all()}
