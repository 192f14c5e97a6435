"""Rows whose state changes leave a trail of it; whatever else they say stays."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Account, Hold, Voucher
from ledger.operations import accounts, holds
from tenants.models import TrailEntry
from tests.ledger.making import NOW, TODAY, account, billed, deposited, inside, overview, source
from tests.spaces.making import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(enterprise):
    deposited(enterprise)
    with inside(enterprise) as actor:
        return holds.hold(
            actor=actor, now=NOW, tenant=enterprise, source=source(), event="damages",
            code="deposit", into="revenue:damage", amount=Decimal(10), currency="CNY",
            expires_at=NOW + timedelta(days=1),
        )  # fmt: skip


def told(table, row):
    with overview():
        entries = TrailEntry.objects.filter(table=table, row_id=row.pk).order_by("pk")
        return [
            (entry.action, entry.user_id, (entry.after or {}).get("state")) for entry in entries
        ]


def test_the_trail_has_who_froze_an_account_and_no_sums(enterprise, staff):
    billed(enterprise)
    own = account(enterprise)
    with office(staff) as actor:
        accounts.freeze(actor=actor, now=NOW, account=own)
    assert told("ledger_account", own) == [
        ("insert", None, "open"), ("update", staff.user_id, "frozen")
    ]  # fmt: skip


def test_the_trail_has_vouchers_and_how_holds_ended(enterprise, held):
    with inside(enterprise) as actor:
        voucher = holds.capture(actor=actor, now=NOW, hold=held, effective_on=TODAY)
    assert told("ledger_hold", held) == [("insert", None, "held"), ("update", None, "captured")]
    assert told("ledger_voucher", voucher) == [("insert", None, None)]


@pytest.mark.parametrize(
    ("model", "change"),
    [
        *((Account, change) for change in ({"code": "tax"}, {"floor": -5}, {"held": 0})),
        *((Hold, change) for change in ({"amount": 1}, {"memo": "x"}, {"expires_at": NOW})),
    ],
    ids=lambda each: str(each).partition(":")[0].strip("{}<>") if isinstance(each, dict) else None,
)
def test_facts_stay(enterprise, held, model, change):
    with inside(enterprise), pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(tenant=enterprise, pk__in=[held.pk, held.account_id]).update(**change)


def test_an_ended_hold_does_not_begin_again(enterprise, held):
    with inside(enterprise) as actor:
        holds.void(actor=actor, now=NOW, hold=held)
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.update(state="held", ended_at=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=held.pk).update(memo="x")


def test_a_hold_does_not_begin_ended(enterprise, held):
    values = {
        "tenant": enterprise, "account_id": held.account_id, "into_id": held.into_id,
        "currency": "CNY", "amount": 1, "source_type": "x", "source_id": 1, "event": "x",
        "expires_at": NOW, "state": "voided", "ended_at": NOW,
    }  # fmt: skip
    with inside(enterprise), pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(**values)


def test_a_voucher_tells_what_it_is(enterprise):
    assert str(billed(enterprise)) == f"{TODAY} Rent"
    with overview():
        assert Voucher.objects.get().legs == 2
