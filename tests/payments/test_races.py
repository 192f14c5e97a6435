"""Two tries of one bill at once, and one event many times at once: one each."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from billing.models import PaymentOutcome
from payments.operations import receiving, settling
from tests.payments.making import NOW, begun, billed, in_order, news, now_of, states, tries
from tests.proof import FULL
from tests.spaces.bursts import DONE, burst

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE, ROUNDS = (16, 20) if FULL else (6, 4)


def begun_at_once(owner: Any, bill: Any) -> dict[str, int]:
    return dict(burst([partial(begun, owner, bill)] * AT_ONCE, clients=AT_ONCE))


def test_of_many_tries_at_once_one_begins(owner, staff) -> None:
    for _round in range(ROUNDS):
        bill = billed(owner, staff)
        came_to = begun_at_once(owner, bill)
        assert came_to == {DONE: 1, "payment_one_under_way": AT_ONCE - 1}
        assert [each.state for each in tries(bill)] == [PaymentOutcome.PENDING]


def test_an_event_that_comes_many_times_at_once_is_taken_in_once(owner, staff) -> None:
    for _round in range(ROUNDS):
        bill = billed(owner, staff)
        message = news(begun(owner, bill))
        one = partial(receiving.take_in, now=NOW, provider="offline", message=message)
        assert burst([one] * AT_ONCE, clients=AT_ONCE) == {DONE: AT_ONCE}
        assert now_of(bill).open_amount == 0
    assert states() == ["handled"] * ROUNDS
    in_order()


def test_opposite_news_at_once_are_settled_by_one(owner, staff) -> None:
    for _round in range(ROUNDS):
        payment = begun(owner, billed(owner, staff))
        both = [
            partial(receiving.take_in, now=NOW, provider="offline", message=news(payment, outcome))
            for outcome in ("succeeded", "failed")
        ]
        assert burst(both, clients=2) == {DONE: 2}
    assert sorted(states()) == ["contradicts"] * ROUNDS + ["handled"] * ROUNDS
    in_order()


def test_news_and_the_end_of_patience_at_once_lose_nothing(owner, staff) -> None:
    for _round in range(ROUNDS):
        bill = billed(owner, staff)
        payment = begun(owner, bill)
        late = now_of(payment).created_at + settling.PATIENCE * 2
        message = news(payment)
        both: list[Any] = [
            partial(receiving.take_in, now=NOW, provider="offline", message=message),
            partial(settling.give_up_waiting, late),
        ]
        assert burst(both, clients=2) == {DONE: 2}
        assert now_of(payment).state == PaymentOutcome.SUCCEEDED
    in_order()
