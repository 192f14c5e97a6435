"""What is committed is also sent; what is rolled back never is."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu import pools

from backbone import outbox, relay
from backbone.models import Notice, OutboxMessage
from backbone.models.outbox import FIRST_PAUSE, LONGEST_PAUSE, MAX_TRIES
from backbone.operations import enqueue, notify, resend_message
from backbone.operations.outbox import claim_message
from foundation.errors import NotPermitted, WrongState
from park_portal.celery import app
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.backbone.processes import in_a_process
from tests.embedded.helpers import free_port

pytestmark = pytest.mark.django_db(transaction=True)

REQUESTS = 25
EXITED = 9
_NUDGE = outbox._nudge


@pytest.fixture(autouse=True)
def _no_nudge(monkeypatch):
    monkeypatch.setattr(outbox, "_nudge", lambda: None)


@pytest.fixture
def happened(effect):
    """Keys of the effects that happened."""
    keys = []
    effect(lambda message: keys.append(message.key))
    return keys


@pytest.fixture
def send(actor):
    def send(key="a", kind="test.effect", **payload):
        with enter_tenant(actor.tenant_id):
            enqueue(actor=actor, now=timezone.now(), kind=kind, payload=payload, key=key)
            return OutboxMessage.objects.get(key=key)

    return send


def make_due(message, **values):
    with enter_tenant(message.tenant_id):
        due = {"next_at": timezone.now() - timedelta(seconds=1), **values}
        OutboxMessage.objects.filter(pk=message.pk).update(**due)


def test_a_process_that_ends_right_after_its_commit_loses_nothing(send, happened, monkeypatch):
    monkeypatch.setattr(outbox, "_nudge", lambda: os._exit(EXITED))
    codes = {in_a_process(partial(send, f"request-{n}")) for n in range(REQUESTS)}
    assert codes == {EXITED}, "every process ended between commit and send"
    relay.deliver_due()
    relay.deliver_due()
    assert sorted(happened) == sorted(f"request-{n}" for n in range(REQUESTS))


def test_plain_on_commit_loses_what_the_outbox_keeps(tmp_path):
    """The control: the same end of the process, the effect hung on the commit itself."""
    sent = tmp_path / "sent"

    def request():
        with transaction.atomic():
            transaction.on_commit(lambda: os._exit(EXITED))
            transaction.on_commit(lambda: sent.write_text("sent"))

    assert in_a_process(request) == EXITED
    assert not sent.exists()


def test_what_is_rolled_back_is_not_sent(actor, happened):
    with enter_tenant(actor.tenant_id):
        enqueue(actor=actor, now=timezone.now(), kind="test.effect", payload={}, key="a")
        transaction.set_rollback(True)
    relay.deliver_due()
    assert happened == []


def test_the_same_key_is_one_message(send, happened):
    send("a", first=True)
    send("a", first=False)
    relay.deliver_due()
    send("a")
    relay.deliver_due()
    assert happened == ["a"]


def test_many_messages_wake_the_relay_once(actor, monkeypatch):
    woken = []

    def _nudge():
        woken.append(1)

    monkeypatch.setattr(outbox, "_nudge", _nudge)
    with enter_tenant(actor.tenant_id):
        for key in "abc":
            enqueue(actor=actor, now=timezone.now(), kind="test.effect", payload={}, key=key)
        assert woken == []
    assert woken == [1]


def test_a_broker_that_is_away_does_not_fail_the_request(send, happened, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(
        "backbone.tasks.relay.apply_async", lambda **_options: (_ for _ in ()).throw(OSError())
    )
    send("a")
    relay.deliver_due()
    assert happened == ["a"]


@pytest.fixture
def broker_away(monkeypatch):
    """No broker listens; collects how long Celery's client would have waited for it."""
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        raise TimeoutError

    monkeypatch.setattr("kombu.utils.functional.sleep", sleep)
    monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{free_port()}/0")
    _forget_connections()
    yield pauses
    _forget_connections()


def _forget_connections():
    pools.reset()
    for holder, name in ((app, "_pool"), (app.amqp, "_producer_pool")):
        setattr(holder, name, None)


def test_a_broker_that_is_away_does_not_hold_the_request_up(broker_away, caplog):
    _NUDGE()
    assert "the relay was not woken" in caplog.text
    assert broker_away == []


def test_control_with_the_ways_of_the_library_the_request_waits(broker_away, monkeypatch):
    monkeypatch.setitem(app.conf, "broker_transport_options", {})
    _NUDGE()
    assert broker_away


def test_what_an_effect_writes_commits_with_its_mark(send, effect, actor, reload):
    """A crash between the effect and the mark leaves neither; the next try leaves one."""

    def tell(message):
        notify(actor=actor, now=timezone.now(), user_id=actor.user_id, kind="x", title="Told")

    effect(tell)
    message = send()

    def crash():
        setattr(relay, "settle_message", lambda **_values: os._exit(EXITED))  # noqa: B010
        relay.deliver(tenant_id=message.tenant_id, message_id=message.pk)

    assert in_a_process(crash) == EXITED
    assert reload(message).tries == 1, "the try is counted whatever becomes of it"
    make_due(message)
    relay.deliver_due()
    with enter_tenant(message.tenant_id):
        assert Notice.objects.count() == 1


def test_two_relays_at_once_make_one_effect(send, happened):
    assert _effects_of_two_relays(send(), happened) == ["a"]


def test_two_relays_without_the_claim_make_two(send, happened, monkeypatch):
    """The control: the guard off, both relays find the message due."""
    both_found = threading.Barrier(2, timeout=20)

    def unguarded(*, actor, now, message_id):
        message = OutboxMessage.objects.due(now).get(pk=message_id)
        both_found.wait()
        return message

    monkeypatch.setattr(relay, "claim_message", unguarded)
    assert _effects_of_two_relays(send(), happened) == ["a", "a"]


def _effects_of_two_relays(message, happened):
    start = threading.Barrier(2, timeout=20)

    def deliver():
        start.wait()
        relay.deliver(tenant_id=message.tenant_id, message_id=message.pk)
        connection.close()

    threads = [threading.Thread(target=deliver) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return happened


def test_a_failure_is_tried_again_after_growing_pauses(send, effect, reload):
    effect(lambda message: 1 / 0)
    message, pauses = send(), []
    for _n in range(MAX_TRIES - 1):
        make_due(message)
        before = timezone.now()
        relay.deliver_due()
        pauses.append(reload(message).next_at - before)
    assert pauses[0] >= FIRST_PAUSE
    assert all(later > earlier for earlier, later in pairwise(pauses))
    assert max(pauses) < LONGEST_PAUSE + timedelta(seconds=10)
    assert reload(message).error == "builtins.ZeroDivisionError"
    assert reload(message).given_up_at is None


def test_given_up_after_the_last_try_and_sent_again_by_staff(send, effect, staff, reload):
    effect(lambda message: 1 / 0)
    message = send()
    make_due(message, tries=MAX_TRIES - 1)
    relay.deliver_due()
    assert reload(message).given_up_at is not None
    make_due(message)
    relay.deliver_due()
    assert reload(message).tries == MAX_TRIES, "nobody tries any more"

    happened = []
    effect(lambda message: happened.append(message.key))
    with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
        resend_message(actor=staff.actor(is_staff=True), now=timezone.now(), message=message)
    relay.deliver_due()
    assert happened == ["a"]
    assert reload(message).done_at is not None


def test_an_effect_that_kills_its_process_is_given_up(send, effect, reload):
    effect(lambda message: os._exit(EXITED))
    message = send()
    for _n in range(MAX_TRIES):
        make_due(message)
        assert in_a_process(relay.deliver_due) == EXITED
    make_due(message)
    assert in_a_process(relay.deliver_due) == 0
    assert reload(message).given_up_at is not None


def test_a_claimed_message_is_not_due_for_others(send, happened, actor):
    message = send()
    with enter_tenant(actor.tenant_id):
        assert claim_message(actor=actor, now=timezone.now(), message_id=message.pk)
    relay.deliver_due()
    assert happened == []


def test_only_staff_send_again_and_only_what_was_given_up(send, owner, staff):
    message = send()
    with enter_tenant(message.tenant_id), pytest.raises(NotPermitted):
        resend_message(actor=owner.actor(), now=timezone.now(), message=message)
    with enter(Identity(STAFF, staff.tenant_id)), pytest.raises(WrongState):
        resend_message(actor=staff.actor(is_staff=True), now=timezone.now(), message=message)


def test_an_unknown_kind_waits_for_its_app(send, reload):
    message = send(kind="test.of-another-version")
    relay.deliver_due()
    assert reload(message).error == "backbone.outbox.UnknownEffect"
    assert reload(message).done_at is None


def test_each_message_is_delivered_as_its_own_organisation(send, effect, neighbour):
    seen = []
    effect(lambda message: seen.append(set(OutboxMessage.objects.values_list("key", flat=True))))
    send("ours")
    with enter_tenant(neighbour.pk):
        OutboxMessage.objects.create(tenant=neighbour, kind="test.effect", key="theirs")
    relay.deliver_due()
    assert sorted(seen, key=sorted) == [{"ours"}, {"theirs"}]
