"""Many events at once: what ``post`` does with each, in the books of several organisations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from ledger.models import Account, Entry, Hold, HoldState
from ledger.operations import accounts
from ledger.operations.holds import hold
from ledger.operations.posting import credit, debit
from ledger.operations.posting_many import Posting, post_all
from tests.ledger.making import (
    NOW,
    TODAY,
    balances,
    billed,
    deposited,
    everything,
    inside,
    overview,
    source,
)
from tests.spaces.making import DAY, office

pytestmark = pytest.mark.django_db
D = Decimal
SYSTEM = Actor(user_id=None, tenant_id=0)


def posting(tenant: Any, amount: Any = 100, **values: Any) -> Posting:
    sum_ = D(amount)
    legs = [debit("receivable", sum_, "CNY"), credit("revenue:rent", sum_, "CNY")]
    known: dict[str, Any] = {
        "source": source(),
        "event": "issued",
        "effective_on": TODAY,
        "legs": legs,
    }
    return Posting(tenant.pk, **(known | values))


def posted(*postings: Posting) -> Any:
    with overview():
        return post_all(actor=SYSTEM, now=NOW, postings=postings)


def test_each_stands_in_its_own_books(enterprise, neighbour) -> None:
    first, other, second = posted(
        posting(enterprise, 100), posting(neighbour, 30), posting(enterprise, 7)
    )
    assert [v.tenant_id for v in (first, other, second)] == [
        enterprise.pk, neighbour.pk, enterprise.pk,
    ]  # fmt: skip
    assert balances(enterprise) == {"receivable CNY": D(107), "revenue:rent CNY": D(107)}
    assert balances(neighbour) == {"receivable CNY": D(30), "revenue:rent CNY": D(30)}
    with overview():
        rows = Entry.objects.filter(account__code="receivable", tenant=enterprise)
        told = rows.order_by("number").values_list("number", "balance", "voucher_id")
        assert list(told) == [(1, D(100), first.pk), (2, D(107), second.pk)]


def test_what_is_posted_is_given_back_and_only_the_rest_is_new(enterprise, neighbour) -> None:
    known = source()
    before = billed(enterprise, 100, source=known)
    again, new = posted(posting(enterprise, 100, source=known), posting(neighbour))
    assert (again, new.tenant_id) == (before, neighbour.pk)
    assert balances(enterprise)["receivable CNY"] == D(100)
    assert posted() == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount": 101}, "voucher_differs"),
        ({"effective_on": TODAY - DAY}, "voucher_differs"),
    ],
)
def test_one_that_differs_refuses_all(enterprise, neighbour, wrong, code) -> None:
    known = source()
    billed(enterprise, 100, source=known)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        posted(posting(neighbour), posting(enterprise, source=known, **wrong))
    assert (refusal.value.code, everything()) == (code, before)


def test_one_that_cannot_be_refuses_all(enterprise, neighbour, staff) -> None:
    billed(enterprise)
    with office(staff) as actor:
        own = Account.objects.get(tenant=enterprise, code="receivable")
        accounts.freeze(actor=actor, now=NOW, account=own)
    before = everything()
    unbalanced = [debit("receivable", D(1), "CNY"), credit("revenue:rent", D(2), "CNY")]
    for wrong in (posting(neighbour, legs=unbalanced), posting(enterprise)):
        with pytest.raises((InvalidInput, DomainError)):
            posted(posting(neighbour), wrong)
        assert everything() == before


def test_holds_that_are_over_lapse_in_all_books(enterprise, neighbour) -> None:
    for tenant in (enterprise, neighbour):
        deposited(tenant)
        with inside(tenant) as actor:
            hold(
                actor=actor, now=NOW - 2 * DAY, tenant=tenant, source=source(), event="held",
                code="deposit", into="revenue:rent", amount=D(100), currency="CNY",
                expires_at=NOW - DAY,
            )  # fmt: skip
    legs = [debit("deposit", D(100), "CNY"), credit("bank:icbc", D(100), "CNY")]
    posted(posting(enterprise, legs=legs), posting(neighbour, legs=legs))
    with overview():
        assert set(Hold.objects.values_list("state", flat=True)) == {HoldState.EXPIRED}


def test_statements_do_not_grow_with_what_is_posted(
    make, enterprise, django_assert_max_num_queries
) -> None:
    with overview(), django_assert_max_num_queries(12) as one:
        post_all(actor=SYSTEM, now=NOW, postings=[posting(enterprise)])
    many = [posting(make.tenant()) for _each in range(5)]
    with overview(), django_assert_max_num_queries(len(one)):
        post_all(actor=SYSTEM, now=NOW, postings=many)
