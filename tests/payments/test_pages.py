"""An organisation pays a bill online, and sees what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from billing.models import PaymentOutcome
from billing.ways_to_pay import ways_to_pay
from payments.operations import settling
from tests.clients import fresh_client
from tests.payments.making import begun, billed, in_order, news, now_of, said, states, tries
from tests.spaces.conftest import rival
from tests.spaces.making import portal

pytestmark = pytest.mark.django_db
__all__ = ["rival"]


@pytest.fixture
def bill(owner, staff) -> Any:
    return billed(owner, staff)


def address(view: str, member: Any, row: Any) -> str:
    return reverse(f"payments:{view}", kwargs={"tenant": member.tenant.slug, "pk": row.pk})


def ways(member: Any, bill: Any) -> list[str]:
    with portal(member) as actor:
        return [way.to.view for way in ways_to_pay(actor, now_of(bill))]


def started(member: Any, bill: Any) -> Any:
    return fresh_client(member.user).post(address("begin", member, bill), {"provider": "offline"})


def test_from_the_bill_to_the_money(owner, bill) -> None:
    client = fresh_client(owner.user)
    assert ways(owner, bill) == ["payments:begin"]
    assert client.get(address("begin", owner, bill)).status_code == 200
    answer: Any = started(owner, bill)
    payment = tries(bill)[0]
    assert answer.url == address("offline", owner, payment)
    assert client.get(answer.url).status_code == 200
    waiting = client.get(address("payment", owner, payment))
    assert (waiting.status_code, "Refresh" in waiting.headers) == (200, True)
    paid: Any = client.post(answer.url, {"choice": "pay"})
    assert paid.url == address("payment", owner, payment)
    assert client.get(paid.url).status_code == 200
    assert "Refresh" not in client.get(paid.url).headers
    assert (states(), now_of(bill).open_amount, ways(owner, bill)) == (["handled"], 0, [])
    in_order()


def test_it_fails_and_can_be_tried_again(owner, bill) -> None:
    client = fresh_client(owner.user)
    client.post(started(owner, bill).url, {"choice": "fail"})
    failed = tries(bill)[0]
    assert failed.state == PaymentOutcome.FAILED
    page = client.get(address("payment", owner, failed)).content.decode()
    assert address("begin", owner, bill) in page
    # What is over is over: the page of the practice provider does nothing any more.
    client.post(address("offline", owner, failed), {"choice": "pay"})
    assert (now_of(failed).state, states()) == (PaymentOutcome.FAILED, ["handled"])
    assert started(owner, bill).url == address("offline", owner, tries(bill)[1])


@pytest.mark.parametrize("choice", ["silent", "", "returned"])
def test_without_an_answer_a_second_try_is_not_offered(owner, bill, choice) -> None:
    client = fresh_client(owner.user)
    client.post(started(owner, bill).url, {"choice": choice})
    payment = tries(bill)[0]
    for state in (PaymentOutcome.PENDING, PaymentOutcome.UNKNOWN):
        assert now_of(payment).state == state
        assert ways(owner, bill) == ["payments:payment"]
        page = address("payment", owner, payment)
        begun: Any = client.get(address("begin", owner, bill))
        assert begun.url == page
        assert started(owner, bill).url == page
        assert client.get(page).status_code == 200
        settling.give_up_waiting(payment.created_at + timedelta(hours=1))
    assert len(tries(bill)) == 1


def test_a_provider_that_is_not_offered_begins_nothing(owner, bill, settings) -> None:
    client = fresh_client(owner.user)
    page = address("begin", owner, bill)
    for name in ("another", "", "\0"):
        assert client.post(page, {"provider": name}).status_code in (200, 400)
    settings.PARK_PAYMENT_PROVIDERS = []
    assert client.post(page, {"provider": "offline"}).status_code == 200
    assert (tries(bill), ways(owner, bill)) == ([], [])


def test_the_practice_page_is_gone_where_it_is_not_used(owner, bill, settings) -> None:
    page = started(owner, bill).url
    settings.PARK_PAYMENT_PROVIDERS = []
    client = fresh_client(owner.user)
    assert client.get(page).status_code == 404
    assert client.post(page, {"choice": "pay"}).status_code == 404
    assert client.get(address("payment", owner, tries(bill)[0])).status_code == 200


def test_a_stranger_finds_nothing(owner, rival, bill) -> None:
    payment = begun(owner, bill)
    client = fresh_client(rival.user)
    for view, row in (("begin", bill), ("payment", payment), ("offline", payment)):
        for place in (owner, rival):
            assert client.get(address(view, place, row)).status_code == 404
            sent = {"provider": "offline", "choice": "pay"}
            assert client.post(address(view, place, row), sent).status_code in (404, 405)
    assert (now_of(payment).state, len(tries(bill))) == (PaymentOutcome.PENDING, 1)


@pytest.mark.parametrize("role", ["operations", "member"])
def test_who_does_not_answer_for_money_does_not_pay(make, owner, bill, role) -> None:
    payment = begun(owner, bill)
    who = make.member(owner.tenant, role)
    client = fresh_client(who.user)
    assert ways(who, bill) == []
    for view, row in (("begin", bill), ("payment", payment), ("offline", payment)):
        assert client.get(address(view, who, row)).status_code == 403
    assert client.post(address("offline", who, payment), {"choice": "pay"}).status_code == 403
    assert now_of(payment).state == PaymentOutcome.PENDING


def test_a_paid_bill_begins_nothing(owner, bill) -> None:
    said(news(begun(owner, bill)))
    assert started(owner, bill).status_code == 200
    assert len(tries(bill)) == 1
