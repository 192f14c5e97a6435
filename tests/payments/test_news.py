"""What a provider says is taken in once; repeats, old news and contradictions change nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from billing.models import PaymentOutcome
from billing.operations import paying, trying
from foundation.errors import DomainError
from foundation.refs import ref_of
from payments.models import REFS, InboxEvent
from payments.operations import receiving, settling
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
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
    tries,
)
from tests.spaces.conftest import rival
from tests.spaces.making import office

pytestmark = pytest.mark.django_db
__all__ = ["rival"]
D = Decimal


@pytest.fixture
def bill(owner, staff) -> Any:
    return billed(owner, staff)


@pytest.fixture
def payment(owner, bill) -> Any:
    return begun(owner, bill)


def test_what_came_in_pays_the_bill(bill, payment) -> None:
    assert said(news(payment)) == 200
    own, paid = now_of(payment), now_of(bill)
    assert (own.state, own.reference, own.applied) == (PaymentOutcome.SUCCEEDED, "P-1", 100)
    assert (paid.open_amount, states()) == (0, ["handled"])
    in_order()


def test_what_failed_leaves_the_bill_open_for_another_try(owner, bill, payment) -> None:
    assert said(news(payment, "failed")) == 200
    assert (now_of(payment).state, now_of(bill).open_amount) == (PaymentOutcome.FAILED, 100)
    second = begun(owner, bill)
    assert said(news(second)) == 200
    assert now_of(bill).open_amount == 0
    in_order()


def test_a_repetition_is_answered_alike_and_changes_nothing(bill, payment) -> None:
    first = news(payment)
    assert [said(first), said(first), said(first)] == [200, 200, 200]
    assert (states(), len(tries(bill)), now_of(bill).paid) == (["handled"], 1, 100)
    # With the same number and other words it is the same event too.
    assert said(news(payment, "failed", event_id=first.event_id)) == 200
    assert (states(), now_of(payment).state) == (["handled"], PaymentOutcome.SUCCEEDED)
    in_order()


def test_the_same_said_under_another_number_changes_nothing(bill, payment) -> None:
    assert [said(news(payment)), said(news(payment))] == [200, 200]
    assert (states(), now_of(bill).paid) == (["handled", "handled"], 100)
    in_order()


def test_old_news_are_dropped(bill, payment) -> None:
    assert said(news(payment, "succeeded")) == 200
    assert said(news(payment, "failed", occurred_at=NOW - SECOND)) == 200
    assert said(news(payment, "pending", occurred_at=NOW + SECOND)) == 200
    assert states() == ["handled", "stale", "stale"]
    assert now_of(payment).state == PaymentOutcome.SUCCEEDED
    in_order()


def test_news_that_it_is_under_way_do_not_make_the_outcome_old(payment) -> None:
    assert said(news(payment, "pending", occurred_at=NOW + SECOND)) == 200
    assert said(news(payment, "succeeded", occurred_at=NOW)) == 200
    assert (states(), now_of(payment).state) == (["handled"] * 2, PaymentOutcome.SUCCEEDED)


@pytest.mark.parametrize(("first", "then"), [("failed", "succeeded"), ("succeeded", "failed")])
def test_a_contradiction_is_kept_and_changes_nothing(bill, payment, first, then) -> None:
    said(news(payment, first))
    before = now_of(bill).paid
    assert said(news(payment, then, occurred_at=NOW + SECOND)) == 200
    assert (states(), now_of(payment).state) == (["handled", "contradicts"], first)
    assert now_of(bill).paid == before
    in_order()


@pytest.mark.parametrize("other", [{"amount": D("99.99")}, {"currency": "USD"}])
def test_another_amount_is_a_contradiction(bill, payment, other) -> None:
    assert said(news(payment, **other)) == 200
    assert (states(), now_of(payment).state) == (["contradicts"], PaymentOutcome.PENDING)
    assert now_of(bill).open_amount == 100


def test_what_is_not_needed_any_more_is_credit(owner, staff, bill, payment) -> None:
    with office(staff) as actor:
        paying.receive(
            actor=actor, now=NOW, tenant=owner.tenant, amount=D(100), currency="CNY",
            received_on=timezone.localdate(NOW), reference="ICBC 1", shares={bill.pk: D(100)},
        )  # fmt: skip
    assert said(news(payment)) == 200
    own = now_of(payment)
    assert (own.state, own.applied, own.credit) == (PaymentOutcome.SUCCEEDED, 0, 100)
    in_order()


@pytest.mark.parametrize("ref", ["", "x" * 26, "no ref at all", "aaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_news_of_a_payment_nobody_knows_are_kept(payment, ref) -> None:
    assert said(news(payment, payment_ref=ref)) == 200
    assert (states(), now_of(payment).state) == (["unmatched"], PaymentOutcome.PENDING)


def test_one_provider_says_nothing_of_what_another_was_asked(owner, bill, payment) -> None:
    receiving.take_in(now=NOW, provider="another", message=news(payment))
    assert (states(), now_of(payment).state) == (["unmatched"], PaymentOutcome.PENDING)


def test_a_payment_by_transfer_is_none_of_a_providers(owner, staff, bill) -> None:
    with office(staff) as actor:
        other = paying.receive(
            actor=actor, now=NOW, tenant=owner.tenant, amount=D(5), currency="CNY",
            received_on=timezone.localdate(NOW), reference="ICBC 1",
        )  # fmt: skip
    message = news(other, "failed", payment_ref=ref_of(other.pk, REFS))
    assert (said(message), states(), now_of(other).state) == (200, ["unmatched"], "succeeded")


# -- half done -------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


def test_who_dies_between_writing_and_concluding_leaves_nothing(bill, payment, monkeypatch) -> None:
    message = news(payment)

    def die(**_known: Any) -> None:
        assert len(inbox()) == 1, "the number was written"
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(trying, "conclude", die)
        with pytest.raises(Killed), transaction.atomic():
            receiving.take_in(now=NOW, provider="offline", message=message)
    assert (inbox(), now_of(payment).state) == ([], PaymentOutcome.PENDING)
    assert said(message) == 200, "and is heard when it is said again"
    assert (states(), now_of(bill).open_amount) == (["handled"], 0)


def test_a_refusal_on_the_way_keeps_nothing_so_that_it_is_said_again(payment, monkeypatch) -> None:
    def refuse(**_known: Any) -> None:
        raise DomainError("The month is closed", code="voucher_in_open_period")

    monkeypatch.setattr(trying, "conclude", refuse)
    assert said(news(payment)) == 409
    assert (inbox(), now_of(payment).state) == ([], PaymentOutcome.PENDING)


# -- the inbox itself ------------------------------------------------------------------------


def test_an_organisation_has_no_right_on_the_inbox(owner, payment) -> None:
    said(news(payment))
    for statement in ("select * from {}", "delete from {}", "update {} set state = 'stale'"):
        with enter_tenant(owner.tenant_id), pytest.raises(ProgrammingError, match="denied"):
            _run(statement.format(InboxEvent._meta.db_table))


def test_what_was_said_is_never_altered(payment) -> None:
    said(news(payment))
    own = inbox()[0]
    with enter(Identity(STAFF)), pytest.raises(Exception, match="never altered"):
        _run(f"update payments_inboxevent set outcome = 'failed' where id = {own.pk}")
    with enter(Identity(STAFF)), pytest.raises(ProgrammingError, match="denied"):
        _run("delete from payments_inboxevent")


def _run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# -- silence ---------------------------------------------------------------------------------


def test_after_a_quarter_of_an_hour_the_outcome_is_unknown(owner, bill, payment) -> None:
    made = now_of(payment).created_at
    assert settling.give_up_waiting(made + timedelta(minutes=14)) == 0
    late = made + timedelta(minutes=16)
    assert [settling.give_up_waiting(late), settling.give_up_waiting(late)] == [1, 0]
    assert now_of(payment).state == PaymentOutcome.UNKNOWN
    with pytest.raises(DomainError) as refusal:
        begun(owner, bill)
    assert refusal.value.code == "payment_one_under_way"
    assert len(tries(bill)) == 1
    assert said(news(payment)) == 200, "late news settle it"
    assert now_of(bill).open_amount == 0
    in_order()
