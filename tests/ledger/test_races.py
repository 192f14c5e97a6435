"""Many at once: a voucher is reversed once, an event posted once, a floor held, nothing deadlocks."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from foundation.errors import DomainError
from ledger.checking import drifts
from ledger.models import Voucher
from ledger.operations import holds
from ledger.operations.posting import credit, debit, reverse
from tests import databases
from tests.ledger.making import (
    NOW,
    TODAY,
    account,
    balances,
    billed,
    deposited,
    inside,
    overview,
    rows_of,
    source,
)
from tests.proof import FULL
from tests.spaces.bursts import DONE, burst

pytestmark = pytest.mark.django_db(transaction=True)
REVERSED = 500 if FULL else 40
POSTED = 400 if FULL else 60


def right():
    with overview():
        assert list(drifts()) == []


def undo(tenant, voucher):
    with inside(tenant) as actor:
        reverse(actor=actor, now=NOW, voucher=voucher, effective_on=TODAY)


def twice_each(enterprise):
    vouchers = [billed(enterprise) for _each in range(REVERSED)]
    # The two tries of one voucher side by side, in clients of their own.
    return burst([partial(undo, enterprise, voucher) for voucher in vouchers for _two in "ab"])


def test_each_voucher_is_reversed_once(enterprise):
    assert twice_each(enterprise) == {DONE: REVERSED, "voucher_reversed_once": REVERSED}
    assert set(balances(enterprise).values()) == {0}
    right()


def test_an_event_is_posted_once_however_many_bring_it(enterprise):
    causes = [source() for _each in range(POSTED // 4)]
    outcomes = burst([partial(billed, enterprise, source=cause) for cause in causes * 4])
    assert outcomes == {DONE: len(causes) * 4}
    with overview():
        assert Voucher.objects.count() == len(causes)
    assert balances(enterprise)["receivable CNY"] == 100 * len(causes)
    right()


def test_a_deposit_is_given_out_once(enterprise):
    deposited(enterprise, "100.00")
    back = [debit("deposit", Decimal(10), "CNY"), credit("bank:icbc", Decimal(10), "CNY")]
    outcomes = burst([lambda: billed(enterprise, legs=back) for _each in range(30)])
    assert outcomes == {DONE: 10, "account_floor": 20}
    assert balances(enterprise)["deposit CNY"] == 0
    right()


def test_accounts_in_any_order_do_not_deadlock(enterprise):
    """Each names its accounts in another order, and some are opened on the way."""
    dice = random.Random(7)
    codes = [f"revenue:r{number}" for number in range(6)]

    def attempt():
        legs = [debit("receivable", Decimal(3), "CNY")]
        legs += [credit(code, Decimal(1), "CNY") for code in dice.sample(codes, 3)]
        dice.shuffle(legs)
        return lambda: billed(enterprise, legs=legs)

    assert burst([attempt() for _each in range(POSTED)]) == {DONE: POSTED}
    assert balances(enterprise)["receivable CNY"] == 3 * POSTED
    right()


def test_a_hold_is_captured_or_let_go_and_never_both(enterprise):
    deposited(enterprise, "1000.00")
    with inside(enterprise) as actor:
        rows = [
            holds.hold(
                actor=actor, now=NOW, tenant=enterprise, source=source(), event="damages",
                code="deposit", into="revenue:damage", amount=Decimal(10), currency="CNY",
                expires_at=NOW + timedelta(hours=1),
            )
            for _each in range(20)
        ]  # fmt: skip

    def captured(row):
        with inside(enterprise) as actor:
            holds.capture(actor=actor, now=NOW, hold=row, effective_on=TODAY)

    def voided(row):
        with inside(enterprise) as actor:
            holds.void(actor=actor, now=NOW, hold=row)

    tries = [lambda r=row, v=verb: v(r) for row in rows for verb in (captured, voided)]
    assert burst(tries) == {DONE: 20, "wrong_state": 20}
    assert account(enterprise, "deposit").held == 0
    right()


# -- the same without the guard ------------------------------------------------------------------------


@pytest.fixture
def unguarded():
    """The key by which a voucher is reversed once, and the one of its event, are off."""
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        cursor.execute("alter table ledger_voucher drop constraint voucher_reversed_once")
        yield cursor
        databases.empty(name)
        cursor.execute(
            "alter table ledger_voucher add constraint voucher_reversed_once "
            "unique (tenant_id, reverses_id)"
        )


def test_without_the_key_it_would_be_reversed_twice(enterprise, unguarded):
    """By a statement that gives its reversal another event, as a careless operation would."""
    voucher = billed(enterprise)
    undo(enterprise, voucher)
    _again(enterprise, voucher)
    assert balances(enterprise)["receivable CNY"] == -100


def test_with_the_key_it_is_not(enterprise):
    voucher = billed(enterprise)
    undo(enterprise, voucher)
    with pytest.raises(DomainError) as refusal:
        _again(enterprise, voucher)
    assert refusal.value.code == "voucher_reversed_once"
    assert balances(enterprise)["receivable CNY"] == 0


def _again(enterprise, voucher):
    voucher = Voucher(
        pk=voucher.pk, tenant=enterprise, source_type=voucher.source_type,
        source_id=voucher.source_id + 10**6,
    )  # fmt: skip
    undo(enterprise, voucher)


def test_numbers_have_no_gap(enterprise):
    """Refused postings leave none behind."""
    deposited(enterprise)
    out = [debit("deposit", Decimal(999), "CNY"), credit("bank:icbc", Decimal(999), "CNY")]
    for _each in range(3):
        with pytest.raises(DomainError):
            billed(enterprise, legs=out)
    deposited(enterprise)
    numbers = rows_of("select number from ledger_entry order by account_id, number")
    assert [number for (number,) in numbers] == [1, 2, 1, 2]
