"""Drafts: gathered from open charges of one kind of paper, altered, dropped."""

from __future__ import annotations

import pytest

from billing.models import Charge, Invoice, InvoiceLine
from billing.operations import charging, drafting, issuing
from foundation.errors import InvalidInput, NotPermitted, WrongState
from tests.billing.making import (
    KINDS,
    NOW,
    TODAY,
    D,
    anew,
    charged,
    days,
    drafted,
    issued,
    lines_of,
    overview,
    refused,
    right,
    taxed,
)
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db


def draft(staff, tenant, *charges):
    with office(staff) as actor:
        return drafting.draft(actor=actor, now=NOW, tenant=tenant, charges=charges)


def test_a_draft_has_its_charges_in_turn_and_is_due_with_the_last(staff, enterprise):
    taxed(rent="9")
    late = charged(staff, enterprise, "50", period=TODAY + days(1), due_on=TODAY + days(9))
    rent = charged(staff, enterprise, "100", kind=KINDS.RENT, what="A-101")
    made = draft(staff, enterprise, late, rent)
    assert (made.total, made.due_on, made.number, made.series) == (150, TODAY + days(9), "", "B")
    first, second = lines_of(made)
    assert (first.charge_id, first.what, first.tax_rate) == (rent.pk, "A-101", D(9))
    assert (second.charge_id, second.amount) == (late.pk, 50)
    right()


def test_deposits_have_a_paper_of_their_own(staff, enterprise):
    deposit = charged(staff, enterprise, "500", kind=KINDS.DEPOSIT)
    other = charged(staff, enterprise)
    with refused("one_paper"):
        draft(staff, enterprise, deposit, other)
    assert draft(staff, enterprise, deposit).series == "D"


def test_what_does_not_go_on_one_bill_is_refused(staff, enterprise, neighbour):
    ours, dollars = charged(staff, enterprise), charged(staff, enterprise, currency="USD")
    strange = charged(staff, neighbour)
    with refused("one_paper"):
        draft(staff, enterprise, ours, dollars)
    with refused("nothing_to_bill"):
        draft(staff, enterprise)
    with refused("nothing_to_bill"):
        draft(staff, enterprise, strange)


def test_a_charge_is_billed_once(staff, enterprise):
    charge = charged(staff, enterprise)
    made = draft(staff, enterprise, charge)
    with refused("charge_billed_once"):
        draft(staff, enterprise, charge)
    with office(staff) as actor:
        issuing.issue(actor=actor, now=NOW, invoice=made)
    with refused("charge_billed_once"):
        draft(staff, enterprise, charge)


def test_what_is_closed_is_not_billed(staff, enterprise):
    charge = charged(staff, enterprise)
    with office(staff) as actor:
        charging.waive(actor=actor, now=NOW, charge=charge, reason="Agreed")
    with refused(kind=WrongState):
        draft(staff, enterprise, charge)


def test_a_dropped_draft_gives_its_charges_back(staff, enterprise):
    charge = charged(staff, enterprise)
    made = draft(staff, enterprise, charge)
    with office(staff) as actor:
        drafting.drop(actor=actor, now=NOW, invoice=made)
    assert (anew(made).state, anew(made).total, lines_of(made)) == ("dropped", 0, [])
    with overview():
        assert list(Charge.objects.to_bill()) == [charge]
    assert draft(staff, enterprise, charge).total == 100
    with refused(kind=WrongState), office(staff) as actor:
        drafting.drop(actor=actor, now=NOW, invoice=made)
    right()


def test_an_issued_bill_is_neither_dropped_nor_due_otherwise(staff, enterprise):
    bill = issued(staff, enterprise)
    for call in (drafting.drop, lambda **known: drafting.set_due(due_on=TODAY, **known)):
        with refused(kind=WrongState), office(staff) as actor:
            call(actor=actor, now=NOW, invoice=bill)


def test_a_draft_is_due_on_another_day(staff, enterprise):
    made = drafted(staff, enterprise)
    with office(staff) as actor:
        drafting.set_due(actor=actor, now=NOW, invoice=made, due_on=TODAY + days(40))
        issuing.issue(actor=actor, now=NOW, invoice=made)
    assert anew(made).due_on == TODAY + days(40)


def test_a_waived_charge_goes_off_its_draft_and_the_last_takes_it_along(staff, enterprise):
    made = drafted(staff, enterprise, "100", "50")
    with overview():
        rows = list(Charge.objects.order_by("pk"))
    with office(staff) as actor:
        charging.waive(actor=actor, now=NOW, charge=rows[0], reason="Agreed")
    assert (anew(made).state, anew(made).total, len(lines_of(made))) == ("draft", 50, 1)
    right()
    with office(staff) as actor:
        charging.waive(actor=actor, now=NOW, charge=rows[1], reason="Agreed")
    assert (anew(made).state, anew(made).total) == ("dropped", 0)
    right()


@pytest.mark.parametrize("role", ["operations", "coordinator", "member"])
def test_others_of_the_staff_draft_nothing(make, park, staff, enterprise, role):
    charge, made = charged(staff, enterprise), drafted(staff, enterprise)
    weaker = make.member(park, role, is_staff=True)
    with refused(kind=NotPermitted):
        draft(weaker, enterprise, charge)
    for call in (drafting.drop, lambda **known: drafting.set_due(due_on=TODAY, **known)):
        with refused(kind=NotPermitted), office(weaker) as actor:
            call(actor=actor, now=NOW, invoice=made)


def test_an_organisation_sees_no_draft_and_makes_none(owner, staff, enterprise):
    charge, made = charged(staff, enterprise), drafted(staff, enterprise)
    bill = issued(staff, enterprise)
    with portal(owner) as actor:
        assert list(Invoice.objects.visible_to(actor)) == [bill]
        with pytest.raises(NotPermitted):
            drafting.draft(actor=actor, now=NOW, tenant=enterprise, charges=[charge])
        with pytest.raises(NotPermitted):
            drafting.drop(actor=actor, now=NOW, invoice=made)


def test_a_charge_of_half_a_fen_is_none(staff, enterprise):
    with refused(kind=InvalidInput):
        charged(staff, enterprise, "0.004")
    with overview():
        assert InvoiceLine.objects.count() == 0
