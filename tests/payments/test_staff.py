"""What staff do with payments of unknown outcome, and with news that do not fit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backbone.clearance import clearance, exit_steps
from backbone.sections import sections_of
from billing.models import PaymentOutcome
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from foundation.refs import ref_of
from payments import offline
from payments.models import REFS, OnlinePayment
from payments.operations import settling
from tests.clients import fresh_client
from tests.payments.making import (
    NOW,
    SECOND,
    begun,
    billed,
    in_order,
    inbox,
    news,
    now_of,
    said,
    states,
)
from tests.spaces.conftest import rival
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db
__all__ = ["rival"]
ROLES = ["owner", "manager", "finance", "operations", "coordinator", "member"]
BOOKKEEPERS = ("owner", "manager", "finance")


@pytest.fixture
def bill(owner, staff) -> Any:
    return billed(owner, staff)


@pytest.fixture
def payment(owner, bill) -> Any:
    return begun(owner, bill)


@pytest.fixture
def unknown(payment) -> Any:
    settling.give_up_waiting(payment.created_at + timedelta(hours=1))
    return now_of(payment)


def recorded(actor: Any, payment: Any, outcome: str = "failed", reason: str = "Line 7") -> Any:
    return settling.record_outcome(
        actor=actor, now=NOW, payment=payment, outcome=outcome, reason=reason
    )


def test_a_provider_that_says_nothing_leaves_it_as_it_is(staff, unknown) -> None:
    with office(staff) as actor:
        assert settling.ask(actor=actor, now=NOW, payment=unknown).state == PaymentOutcome.UNKNOWN


def test_a_provider_that_knows_settles_it(owner, staff, bill, payment) -> None:
    with portal(owner):
        offline.choose(payment=payment, choice="silent", now=NOW)
    assert (states(), now_of(payment).state) == ([], PaymentOutcome.PENDING)
    settling.give_up_waiting(payment.created_at + timedelta(hours=1))
    with office(staff) as actor:
        settling.ask(actor=actor, now=NOW, payment=payment)
    assert (now_of(payment).state, now_of(bill).open_amount) == (PaymentOutcome.SUCCEEDED, 0)
    in_order()
    with office(staff) as actor, pytest.raises(WrongState):
        settling.ask(actor=actor, now=NOW, payment=payment)


def test_a_provider_that_is_gone_is_not_asked(staff, unknown, settings) -> None:
    settings.PARK_PAYMENT_PROVIDERS = []
    with office(staff) as actor, pytest.raises(DomainError) as refusal:
        settling.ask(actor=actor, now=NOW, payment=unknown)
    assert refusal.value.code == "no_such_provider"


@pytest.mark.parametrize(("outcome", "left"), [("succeeded", 0), ("failed", 100)])
def test_an_outcome_is_recorded_with_its_reason(staff, bill, unknown, outcome, left) -> None:
    with office(staff) as actor:
        done = recorded(actor, unknown, outcome)
        assert (done.state, done.note) == (outcome, "Line 7")
    assert now_of(bill).open_amount == left
    in_order()


def test_no_outcome_is_recorded_of_what_is_not_unknown(staff, payment) -> None:
    with office(staff) as actor:
        with pytest.raises(WrongState):
            recorded(actor, payment)
        assert now_of(payment).state == PaymentOutcome.PENDING


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"outcome": "returned"}])
def test_an_outcome_needs_a_reason_and_is_one_of_two(staff, unknown, wrong) -> None:
    with office(staff) as actor, pytest.raises(InvalidInput):
        recorded(actor, unknown, **wrong)
    assert now_of(unknown).state == PaymentOutcome.UNKNOWN


def test_late_news_against_what_was_recorded_are_kept(staff, bill, unknown) -> None:
    with office(staff) as actor:
        recorded(actor, unknown, "failed")
    assert said(news(unknown)) == 200
    assert (states(), now_of(bill).open_amount) == (["contradicts"], 100)


@pytest.mark.parametrize("role", ROLES)
def test_who_of_the_staff_settles(make, park, unknown, role) -> None:
    who = make.member(park, role, is_staff=True)
    said(news(unknown, payment_ref="nobody"))
    event = inbox()[-1]
    calls = [
        lambda actor: settling.look_into(actor=actor, now=NOW, event=event, note="x"),
        lambda actor: settling.ask(actor=actor, now=NOW, payment=unknown),
        lambda actor: recorded(actor, unknown),
    ]
    for call in calls:
        with office(who) as actor:
            if role in BOOKKEEPERS:
                call(actor)
            else:
                with pytest.raises(NotPermitted):
                    call(actor)
    assert (states() == ["looked_into"]) == (role in BOOKKEEPERS)


def test_an_organisation_does_not_settle_its_own(owner, unknown) -> None:
    with portal(owner) as actor:
        for call in (settling.ask, settling.record_outcome):
            more = {} if call is settling.ask else {"outcome": "succeeded", "reason": "x"}
            with pytest.raises(NotPermitted):
                call(actor=actor, now=NOW, payment=unknown, **more)
    assert now_of(unknown).state == PaymentOutcome.UNKNOWN


# -- news that do not fit --------------------------------------------------------------------


def test_a_contradiction_is_looked_into_once(staff, payment) -> None:
    said(news(payment, "failed"))
    said(news(payment, "succeeded", occurred_at=NOW + SECOND))
    event = inbox()[-1]
    with office(staff) as actor:
        known: dict[str, Any] = {"actor": actor, "now": NOW, "event": event}
        with pytest.raises(InvalidInput):
            settling.look_into(**known, note=" ")
        with pytest.raises(WrongState):
            settling.take_in_again(**known)
        settling.look_into(**known, note="Recorded by hand")
        with pytest.raises(WrongState):
            settling.look_into(**known, note="Again")
    own = inbox()[-1]
    assert (own.state, own.note) == ("looked_into", "Recorded by hand")
    assert own.looked_into_by_id == staff.user_id


def test_news_that_came_before_their_payment_are_taken_in_again(owner, staff, bill) -> None:
    payment = begun(owner, bill)
    # As if the provider had been faster than the portal: its row was not there yet.
    said(news(payment, payment_ref=ref_of(payment.pk + 1, REFS)))
    event = inbox()[0]
    with office(staff) as actor:
        assert settling.take_in_again(actor=actor, now=NOW, event=event).state == "unmatched"
    other = begun(owner, billed(owner, staff))
    if other.pk == payment.pk + 1:
        with office(staff) as actor:
            settling.take_in_again(actor=actor, now=NOW, event=event)
        assert (states(), now_of(other).state) == (["handled"], PaymentOutcome.SUCCEEDED)


# -- pages and answers -----------------------------------------------------------------------


def test_the_staff_site_takes_the_steps(owner, staff, unknown) -> None:
    said(news(unknown, payment_ref="nobody"))
    client = fresh_client(staff.user)
    page = f"/staff/payments/onlinepayment/{unknown.pk}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}steps/asking/").status_code == 302
    sent = {"outcome": "succeeded", "reason": "Statement 3"}
    assert client.post(f"{page}steps/outcome/", sent).status_code == 302
    assert now_of(unknown).state == PaymentOutcome.SUCCEEDED
    event = inbox()[0]
    page = f"/staff/payments/inboxevent/{event.pk}/"
    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}steps/again/").status_code == 302
    assert client.post(f"{page}steps/looking/", {"note": "A test"}).status_code == 302
    assert states() == ["looked_into"]


def test_whoever_leaves_is_told_of_what_is_under_way(owner, staff, payment) -> None:
    step = next(each for each in exit_steps("settlement") if each.code == "payments")
    with office(staff) as actor:
        (told,) = clearance(owner.tenant, NOW)["payments"]
        (kept,) = step.open_items(owner.tenant, NOW)
        assert (told.blocking, kept.blocking, told.code) == (False, True, "payment_under_way")
        shown = [each for each in sections_of(actor, owner.tenant, NOW) if each.order == 44]
        assert [line.value for line in shown[0].lines] == ["1", "0"]
    said(news(payment, "failed"))
    with office(staff):
        assert clearance(owner.tenant, NOW)["payments"] == []
        assert list(step.open_items(owner.tenant, NOW)) == []


def test_staff_see_payments_through_providers_alone(owner, staff, payment) -> None:
    with office(staff) as actor:
        assert [each.pk for each in OnlinePayment.objects.visible_to(actor)] == [payment.pk]
