"""Posting and reversing: once, balanced, in open days, and nothing changed by a refusal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from foundation import currencies
from foundation.errors import DomainError, InvalidInput, WrongState
from ledger.models import Account, Entry, Voucher
from ledger.models.accounts import THOUSANDTHS, WHOLE
from ledger.operations import accounts
from ledger.operations.posting import credit, debit, reverse
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
from tests.spaces.making import office

pytestmark = pytest.mark.django_db


def undone(tenant, voucher, **values):
    with inside(tenant) as actor:
        return reverse(actor=actor, now=NOW, voucher=voucher, effective_on=TODAY, **values)


def test_a_bill_is_owed_and_earned(enterprise):
    voucher = billed(enterprise, "1234.56")
    assert balances(enterprise) == {
        "receivable CNY": Decimal("1234.56"), "revenue:rent CNY": Decimal("1234.56")
    }  # fmt: skip
    with overview():
        rows = Entry.objects.filter(voucher=voucher).values_list("leg", "side", "number", "balance")
        stored = Voucher.objects.get(pk=voucher.pk)
        assert list(rows) == [(1, "D", 1, Decimal("1234.56")), (2, "C", 1, Decimal("1234.56"))]
    assert (stored.legs, stored.effective_on) == (2, TODAY)
    assert stored.recorded_at == voucher.recorded_at


def test_entries_are_numbered_and_balanced_in_turn(enterprise):
    for amount in ("10", "20.50", "30"):
        billed(enterprise, amount)
    with overview():
        rows = Entry.objects.filter(account=account(enterprise)).order_by("number")
        assert list(rows.values_list("number", "balance")) == [
            (1, Decimal(10)), (2, Decimal("30.5")), (3, Decimal("60.5"))
        ]  # fmt: skip


def test_currencies_are_balanced_each_for_itself(enterprise):
    legs = [
        *(debit("receivable", Decimal(100), "CNY"), credit("revenue:rent", Decimal(100), "CNY")),
        *(debit("receivable", Decimal(7), "JPY"), credit("revenue:rent", Decimal(7), "JPY")),
    ]
    billed(enterprise, legs=legs)
    assert balances(enterprise)["receivable JPY"] == 7
    crooked = [debit("receivable", Decimal(7), "JPY"), credit("revenue:rent", Decimal(7), "CNY")]
    with pytest.raises(InvalidInput) as refusal:
        billed(enterprise, legs=crooked)
    assert refusal.value.code == "voucher_zero_sum"


def test_the_same_event_again_gives_the_first(enterprise):
    cause = source()
    first = billed(enterprise, source=cause)
    before = everything()
    assert billed(enterprise, source=cause, memo="other words") == first
    assert everything() == before
    assert billed(enterprise, source=cause, event="another") != first


def test_the_same_event_for_a_neighbour_is_another(enterprise, neighbour):
    cause = source()
    assert billed(enterprise, source=cause) != billed(neighbour, source=cause)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "100.01"},
        {"effective_on": TODAY - timedelta(days=1)},
        {"legs": [debit("receivable", Decimal(100), "CNY"), credit("tax:9", Decimal(100), "CNY")]},
    ],
    ids=["amount", "day", "account"],
)
def test_the_same_event_with_other_content_is_refused(enterprise, other):
    cause = source()
    billed(enterprise, source=cause)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        billed(enterprise, source=cause, **other)
    assert refusal.value.code == "voucher_differs"
    assert everything() == before


def pair(amount, *, currency="CNY", code="revenue:rent"):
    return [debit("receivable", amount, currency), credit(code, amount, currency)]


REFUSED = {
    "voucher_two_legs": [debit("receivable", Decimal(1), "CNY")],
    "voucher_zero_sum": [
        debit("receivable", Decimal(1), "CNY"), credit("revenue:rent", Decimal(2), "CNY")
    ],
    "entry_above_zero": pair(Decimal(0)),
    "entry_not_decimal": pair(0.1),
    "entry_too_large": pair(Decimal(10) ** 16),
    "entry_whole_units": pair(Decimal("0.001")),
    "unknown_account": pair(Decimal(1), code="pocket"),
    "unknown_currency": pair(Decimal(1), currency="XXX"),
    "account_code_form": pair(Decimal(1), code="revenue:Rent A"),
}  # fmt: skip


@pytest.mark.parametrize("code", REFUSED)
def test_legs_that_cannot_be_are_refused(enterprise, code):
    billed(enterprise)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        billed(enterprise, legs=REFUSED[code])
    assert refusal.value.code == code
    assert everything() == before


def test_a_deposit_is_not_overdrawn(enterprise):
    deposited(enterprise, "100.00")
    before = everything()
    legs = [
        debit("deposit", Decimal("100.01"), "CNY"),
        credit("bank:icbc", Decimal("100.01"), "CNY"),
    ]
    with pytest.raises(DomainError) as refusal:
        billed(enterprise, legs=legs)
    assert refusal.value.code == "account_floor"
    assert everything() == before


def test_what_is_reversed_is_undone(enterprise):
    voucher = billed(enterprise)
    made = undone(enterprise, voucher, memo="a mistake")
    assert set(balances(enterprise).values()) == {0}
    assert (made.reverses_id, made.source_id) == (voucher.pk, voucher.source_id)


def test_a_voucher_is_reversed_once_and_a_reversal_never(enterprise):
    voucher = billed(enterprise)
    made = undone(enterprise, voucher)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        undone(enterprise, voucher)
    assert refusal.value.code == "voucher_reversed_once"
    with pytest.raises(WrongState):
        undone(enterprise, made)
    assert everything() == before


def test_what_was_reversed_is_not_posted_anew_by_its_event(enterprise):
    cause = source()
    voucher = billed(enterprise, source=cause)
    undone(enterprise, voucher)
    assert billed(enterprise, source=cause) == voucher
    assert balances(enterprise)["receivable CNY"] == 0


def test_a_neighbours_voucher_is_not_there_to_reverse(enterprise, neighbour):
    voucher = billed(enterprise)
    before = everything()
    with pytest.raises(Voucher.DoesNotExist):
        undone(neighbour, voucher)
    assert everything() == before


def moved(member, verb, row):
    with office(member) as actor:
        return getattr(accounts, verb)(actor=actor, now=NOW, account=row)


def test_a_frozen_account_takes_nothing_until_it_is_thawed(enterprise, staff):
    billed(enterprise)
    own = account(enterprise)
    moved(staff, "freeze", own)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        billed(enterprise)
    assert refusal.value.code == "account_takes_entries"
    assert everything() == before
    moved(staff, "thaw", own)
    billed(enterprise)


def test_an_account_is_closed_when_it_is_empty(enterprise, staff):
    voucher = billed(enterprise)
    own = account(enterprise)
    with pytest.raises(DomainError) as refusal:
        moved(staff, "close", own)
    assert refusal.value.code == "account_closed_empty"
    undone(enterprise, voucher)
    moved(staff, "close", own)
    for verb in ("freeze", "thaw", "close"):
        with pytest.raises(WrongState):
            moved(staff, verb, own)


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_a_weaker_role_freezes_nothing(enterprise, park, make, role):
    billed(enterprise)
    weaker = make.member(park, role, is_staff=True)
    for verb in ("freeze", "thaw", "close"):
        with pytest.raises(DomainError) as refusal:
            moved(weaker, verb, account(enterprise))
        assert refusal.value.code == "not_permitted"


def test_the_rows_that_one_sees(enterprise, neighbour, staff, owner, make):
    billed(enterprise)
    billed(neighbour)
    clerk = make.member(enterprise, "member")
    seen = {}
    for name, member in {"owner": owner, "clerk": clerk}.items():
        with inside(enterprise):
            actor = member.actor()
            seen[name] = [
                list(model.objects.visible_to(actor).values_list("tenant", flat=True).distinct())
                for model in (Account, Voucher, Entry)
            ]
    assert seen == {"owner": [[enterprise.pk]] * 3, "clerk": [[], [], []]}
    with inside(enterprise):
        # What the park earns from it stands in its books, and is the park's view.
        assert [a.code for a in Account.objects.visible_to(owner.actor())] == ["receivable"]
        assert Entry.objects.visible_to(owner.actor()).count() == 1
    with office(staff) as actor:
        assert Account.objects.visible_to(actor).count() == 4


def test_minor_units_are_the_houses():
    known = {
        n: sorted(c for c in currencies.CODES if currencies.minor_units(c) == n) for n in (0, 3)
    }
    assert known == {0: sorted(WHOLE), 3: sorted(THOUSANDTHS)}
    assert {currencies.minor_units(code) for code in currencies.CODES} == {0, 2, 3}


def test_an_account_of_other_decimal_places_is_refused(enterprise):
    row = Account(tenant=enterprise, code="receivable", currency="JPY", minor_units=2, side="D")
    with inside(enterprise), pytest.raises(IntegrityError), transaction.atomic():
        row.save()
