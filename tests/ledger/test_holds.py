"""Two-phase amounts: held, captured, let go, expired."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from backbone.clearance import clearance
from foundation.errors import DomainError, InvalidInput, WrongState
from ledger import housekeeping
from ledger.models import Hold, HoldState
from ledger.operations import holds
from ledger.operations.posting import credit, debit
from tests.ledger.making import (
    NOW,
    TODAY,
    account,
    balances,
    billed,
    deposited,
    everything,
    inside,
    overview,
    source,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def held(tenant, amount="60", *, now=NOW, **values):
    known = {
        "source": source(), "event": "damages", "code": "deposit", "into": "revenue:damage",
        "amount": Decimal(amount), "currency": "CNY", "expires_at": LATER, "memo": "Damages",
    }  # fmt: skip
    with inside(tenant) as actor:
        return holds.hold(actor=actor, now=now, tenant=tenant, **{**known, **values})


def captured(tenant, row, amount=None, *, now=NOW):
    with inside(tenant) as actor:
        amount = None if amount is None else Decimal(amount)
        return holds.capture(actor=actor, now=now, hold=row, effective_on=TODAY, amount=amount)


def voided(tenant, row):
    with inside(tenant) as actor:
        return holds.void(actor=actor, now=NOW, hold=row)


def stored(row):
    with overview():
        return Hold.objects.get(pk=row.pk)


def out_of_deposit(amount):
    sum_ = Decimal(amount)
    return [debit("deposit", sum_, "CNY"), credit("bank:icbc", sum_, "CNY")]


@pytest.fixture(autouse=True)
def _deposit(enterprise):
    deposited(enterprise, "100")


def test_what_is_held_is_not_spent(enterprise):
    held(enterprise)
    own = account(enterprise, "deposit")
    assert [own.balance, own.held, own.available] == list(map(Decimal, (100, 60, 40)))
    with pytest.raises(DomainError) as refusal:
        billed(enterprise, legs=out_of_deposit("40.01"))
    assert refusal.value.code == "account_floor"
    billed(enterprise, legs=out_of_deposit("40"))


def test_no_more_is_held_than_there_is(enterprise):
    held(enterprise)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        held(enterprise, "40.01")
    assert refusal.value.code == "account_floor"
    assert everything() == before


@pytest.mark.parametrize(("amount", "taken"), [(None, 60), ("25.50", Decimal("25.5"))])
def test_it_is_captured_whole_or_in_part(enterprise, amount, taken):
    row = held(enterprise)
    voucher = captured(enterprise, row, amount)
    assert balances(enterprise)["revenue:damage CNY"] == taken
    own = account(enterprise, "deposit")
    assert (own.balance, own.held) == (Decimal(100) - taken, Decimal(0))
    assert (stored(row).state, stored(row).voucher_id) == (HoldState.CAPTURED, voucher.pk)


def test_the_whole_deposit_is_captured(enterprise):
    captured(enterprise, held(enterprise, "100"))
    assert account(enterprise, "deposit").available == 0


def test_capturing_again_gives_the_same_voucher(enterprise):
    row = held(enterprise)
    voucher = captured(enterprise, row)
    before = everything()
    assert captured(enterprise, row) == voucher
    assert everything() == before


def test_more_than_is_held_is_not_captured(enterprise):
    row = held(enterprise)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        captured(enterprise, row, "60.01")
    assert refusal.value.code == "hold_not_beyond"
    assert everything() == before


def test_it_is_let_go(enterprise):
    row = held(enterprise)
    voided(enterprise, row)
    assert account(enterprise, "deposit").available == 100
    assert stored(row).state == HoldState.VOIDED


def end(tenant, row, state):
    if state == HoldState.CAPTURED:
        captured(tenant, row)
    elif state == HoldState.VOIDED:
        voided(tenant, row)
    else:
        with inside(tenant):
            housekeeping.tidy(LATER)


@pytest.mark.parametrize("state", [HoldState.CAPTURED, HoldState.VOIDED, HoldState.EXPIRED])
def test_it_ends_once(enterprise, state):
    row = held(enterprise)
    end(enterprise, row, state)
    assert stored(row).state == state
    before = everything()
    with pytest.raises(WrongState):
        voided(enterprise, row)
    with pytest.raises(WrongState):
        captured(enterprise, row, "1")
    assert everything() == before


def test_whose_time_is_over_is_in_nobodys_way(enterprise):
    row = held(enterprise)
    with pytest.raises(DomainError) as refusal:
        captured(enterprise, row, now=LATER)
    assert refusal.value.code == "hold_over"
    held(enterprise, "100", now=LATER, expires_at=LATER + timedelta(hours=1))
    assert stored(row).state == HoldState.EXPIRED
    assert account(enterprise, "deposit").held == 100


def test_the_same_again_gives_the_first_and_other_figures_are_refused(enterprise):
    cause = source()
    row = held(enterprise, source=cause)
    before = everything()
    assert held(enterprise, source=cause) == row
    with pytest.raises(DomainError) as refusal:
        held(enterprise, "61", source=cause)
    assert refusal.value.code == "hold_differs"
    assert everything() == before


@pytest.mark.parametrize(
    "wrong",
    [{"expires_at": NOW}, {"amount": Decimal(0)}, {"amount": Decimal("0.005")}, {"code": "pocket"}],
    ids=["over already", "nothing", "half a fen", "no such account"],
)
def test_what_cannot_be_held(enterprise, wrong):
    before = everything()
    with pytest.raises(InvalidInput):
        held(enterprise, **wrong)
    assert everything() == before


def test_a_neighbours_hold_is_not_there(enterprise, neighbour):
    row = held(enterprise)
    before = everything()
    for verb in (captured, voided):
        with pytest.raises(Hold.DoesNotExist):
            verb(neighbour, row)
    assert everything() == before


def test_who_leaves_is_told_what_is_held(enterprise):
    row = held(enterprise)
    with overview():
        assert [item.code for item in clearance(enterprise, NOW)["ledger"]] == ["amount_held"]
    voided(enterprise, row)
    with overview():
        assert clearance(enterprise, NOW)["ledger"] == []
