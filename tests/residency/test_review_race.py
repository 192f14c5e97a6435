"""Two people decide at once: one decision, one letter, and a clear refusal."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import connection

from backbone.models import OutboxMessage
from foundation.errors import DomainError
from residency import letters
from residency.models import Application
from residency.operations import decisions, rows
from tests.residency.reviewing import NOW, at_work, looking_on, reviewed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leads(park, make):
    return [make.member(park, "manager", is_staff=True) for _each in range(2)]


@pytest.fixture
def own(park, staff, leads):
    with looking_on(park):
        return reviewed(park, staff, leads, (5, 5, 5), (4, 4, 4))


@pytest.fixture
def meeting(monkeypatch):
    """Both have passed the checks when either goes on; whom a lock holds back is not waited for."""
    barrier, average_of = threading.Barrier(2), decisions.average_of

    def meet(application):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=2)
        return average_of(application)

    monkeypatch.setattr(decisions, "average_of", meet)


def at_once(leads, own):
    """Each one's answer: the state they decided, or the code of the refusal."""
    answers = {}

    def work(member, outcome):
        try:
            with at_work(member) as actor:
                done = decisions.decide(
                    actor=actor, now=NOW, application=own, outcome=outcome, reason="so"
                )
            answers[member.user_id] = done.state
        except DomainError as error:
            answers[member.user_id] = error.code
        finally:
            connection.close()

    wanted = zip(leads, ("offered", "rejected"), strict=True)
    threads = [threading.Thread(target=work, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def outcome(park, own):
    with looking_on(park):
        found = Application.objects.get(pk=own.pk)
        told = OutboxMessage.objects.filter(kind=letters.KIND).count()
    return found, told


def test_one_wins_and_the_other_changes_nothing(park, own, leads, meeting):
    answers = at_once(leads, own)
    found, told = outcome(park, own)
    (loser,) = [who for who, answer in answers.items() if answer == "decided_already"]
    assert answers[found.decided_by_id] == found.state
    assert found.decided_by_id != loser
    assert told == 1


def test_without_the_lock_both_would_decide(park, own, leads, meeting, monkeypatch):
    def unlocked(actor, application, *states):
        return Application.objects.get(pk=application.pk)

    monkeypatch.setattr(rows, "locked", unlocked)
    answers = at_once(leads, own)
    _found, told = outcome(park, own)
    assert set(answers.values()) == {"offered", "rejected"}
    assert told == 2
