"""Refunds on the staff's pages: asked for by one, approved by another, paid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.models import Payment, Refund, RefundState
from tests.billing import at_the_desk as desk
from tests.billing.at_the_desk import TODAY, day, fresh, received, take

pytestmark = pytest.mark.django_db
D = Decimal
ASKED = {"amount": "40", "to_account": "Haihe 6222", "reason": "Paid twice"}
PAID = {"paid_on": TODAY, "reference": "ICBC 3"}


@pytest.fixture
def lead(make, park, sign_in):
    return sign_in(make.member(park, "manager", is_staff=True))


@pytest.fixture
def finance(make, park, sign_in):
    return sign_in(make.member(park, "finance", is_staff=True))


@pytest.fixture
def asked(staff, enterprise, finance) -> Refund:
    take(finance, received(staff, enterprise), "refund", **ASKED)
    found: Refund = desk.only(Refund)
    return found


def test_from_the_request_to_the_money(asked, finance, lead) -> None:
    assert desk.offered(finance, asked) == set()
    assert desk.offered(lead, asked) == {"approval", "rejection"}
    desk.is_over(finance, asked, "payment")
    take(lead, asked, "approval")
    for wrong in ({"reference": ""}, {"paid_on": day(1)}):
        desk.refused(finance, asked, "payment", **(PAID | wrong))
    take(finance, asked, "payment", **PAID)
    assert desk.only(Refund).state == RefundState.PAID
    for step in ("approval", "rejection", "payment"):
        desk.is_over(lead, asked, step)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "100.01"}, {"amount": "0"}, {"amount": "1.001"}, {"to_account": " "},
        {"reason": ""},
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_comes_back(staff, enterprise, finance, wrong) -> None:
    paid = received(staff, enterprise)
    desk.refused(finance, paid, "refund", **(ASKED | wrong))


@pytest.mark.parametrize("is_approved", [False, True])
def test_what_is_rejected_is_credit_again(asked, lead, is_approved) -> None:
    if is_approved:
        take(lead, asked, "approval")
    desk.refused(lead, asked, "rejection", reason=" ")
    take(lead, asked, "rejection", reason="No")
    own = desk.only(Refund)
    assert (own.state, desk.only(Payment).credit) == (RefundState.REJECTED, D(100))


def test_whoever_asked_does_not_approve(staff, enterprise, lead) -> None:
    take(lead, received(staff, enterprise), "refund", **ASKED)
    own = desk.only(Refund)
    assert desk.offered(lead, own) == {"rejection"}
    desk.is_over(lead, own, "approval")


def test_a_bookkeeper_decides_nothing(asked, finance) -> None:
    for step in ("approval", "rejection"):
        desk.is_shut(finance, asked, step)


def test_a_payment_with_a_refund_is_not_taken_back(asked, finance) -> None:
    paid = fresh(desk.only(Payment))
    desk.is_over(finance, paid, "return")
