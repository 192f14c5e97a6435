"""What is open between the park and an organisation that leaves; who is told of a new bill."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from backbone.clearance import clearance, exit_steps
from backbone.models import Notice, OutboxMessage
from backbone.sections import sections_of
from billing.models import Payment
from billing.operations import refunding
from billing.telling import EFFECT, send_issued
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.billing.owing import D
from tests.spaces.making import NOW, office

pytestmark = pytest.mark.django_db


def open_items(desk: Any, tenant: Any) -> dict[str, str]:
    """By code; what is told of from the beginning blocks the settlement and nothing before."""
    with office(desk.member), translation.override("en"):
        early = clearance(tenant, NOW)["billing"]
        (step,) = [each for each in exit_steps("settlement") if each.code == "debts"]
        late = list(step.open_items(tenant, NOW))
        assert [item.code for item in early] == [item.code for item in late]
        assert not any(item.blocking for item in early)
        assert all(item.blocking and item.to for item in late)
        return {item.code: str(item) for item in late}


def test_nothing_is_open_before_anything_is_charged(owner, desk) -> None:
    assert open_items(desk, owner.tenant) == {}


def test_charges_then_bills_until_they_are_paid(owner, desk) -> None:
    desk.charge(owner.tenant, 5)
    desk.draft(owner.tenant, 6)
    first = open_items(desk, owner.tenant)
    assert first == {"charges_open": "Charges that are not billed: 2, CNY 11.00"}
    bill = desk.bill(owner.tenant, 30)
    assert open_items(desk, owner.tenant)["bills_open"] == "Open bills: 1, CNY 30.00"
    desk.pay(owner.tenant, 30, bill)
    assert open_items(desk, owner.tenant) == first


def test_credit_until_it_is_paid_back(make, owner, desk) -> None:
    payment = desk.pay(owner.tenant, 30)
    assert open_items(desk, owner.tenant) == {"credit_left": "Credit to be paid back: CNY 30.00"}
    with office(desk.member) as actor:
        refund = refunding.request_refund(
            actor=actor, now=NOW, payment=payment, amount=D(30), to_account="x", reason="leaves"
        )
    expected = {"refunds_open": "Refunds that are not paid yet: 1, CNY 30.00"}
    assert open_items(desk, owner.tenant) == expected
    with office(make.member(desk.member.tenant, "manager", is_staff=True)) as actor:
        refunding.approve(actor=actor, now=NOW, refund=refund)
        assert open_items(desk, owner.tenant) == expected
        refunding.pay_refund(
            actor=actor, now=NOW, refund=refund, paid_on=NOW.date(), reference="ICBC 8"
        )
    assert open_items(desk, owner.tenant) == {}


def test_a_deposit_that_is_held(owner, desk) -> None:
    bill = desk.bill(owner.tenant, 500, kind="deposit")
    assert set(open_items(desk, owner.tenant)) == {"bills_open"}
    desk.pay(owner.tenant, 500, bill)
    expected = "Deposit to be set off or paid back: CNY 500.00"
    assert open_items(desk, owner.tenant) == {"deposit_held": expected}


def test_a_payment_of_which_nobody_knows(owner, desk) -> None:
    bill = desk.bill(owner.tenant)
    with enter(Identity(STAFF)):
        Payment.objects.create(
            tenant=owner.tenant, method="provider", provider="x", state="unknown",
            amount=100, currency="CNY", invoice=bill,
        )  # fmt: skip
    assert set(open_items(desk, owner.tenant)) == {"bills_open", "payments_unknown"}


def test_the_staff_site_says_the_same_of_an_organisation(owner, desk) -> None:
    def said() -> list[tuple[str, str, bool]]:
        with office(desk.member) as actor, translation.override("en"):
            found = [each for each in sections_of(actor, owner.tenant, NOW) if each.order == 43]
            lines = [line for each in found for line in each.lines]
            return [(str(line.label), str(line.value), line.warning) for line in lines]

    assert said() == []
    desk.charge(owner.tenant, 5)
    desk.late_bill(owner.tenant, 20)
    desk.pay(owner.tenant, 7)
    assert said() == [
        ("Not billed yet", "CNY 5.00", False),
        ("Open", "CNY 20.00", False),
        ("Of these overdue", "CNY 20.00", True),
        ("Credit", "CNY 7.00", False),
    ]


# -- telling of a new bill -------------------------------------------------------------------


def test_money_people_are_told_once_of_a_bill(make, owner, desk) -> None:
    finance = make.member(owner.tenant, "finance")
    make.member(owner.tenant, "member")
    desk.draft(owner.tenant)
    bill = desk.bill(owner.tenant)
    with enter_tenant(owner.tenant_id):
        (message,) = OutboxMessage.objects.filter(kind=EFFECT)
        for _again in range(2):
            send_issued(message)
        notices = Notice.objects.filter(kind="billing.issued").order_by("user_id")
        told = [(notice.user_id, bill.number in notice.title_said["en"]) for notice in notices]
        mails = OutboxMessage.objects.filter(kind="mail.send").count()
    assert told == [(user, True) for user in sorted([owner.user_id, finance.user_id])]
    assert mails == 2
