"""An exit is completed while something is made: one of the two always sees the other."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from backbone.models import Job
from backbone.operations import start_job
from foundation.errors import DomainError
from residency.models import ExitState
from residency.operations import exits
from tenants import standing
from tenants.isolation.context import enter_tenant
from tests.residency.exits import NOW, Leaving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leaving(make, owner, staff):
    return Leaving(owner, staff, make.member(staff.tenant, "manager", is_staff=True))


class Two:
    """The owner starts a job while the park completes the exit, each on its own connection.

    Each goes as far as its first stop, and is then let go on.
    """

    def __init__(self, leaving: Leaving) -> None:
        self.leaving, self.exit = leaving, leaving.at(ExitState.SETTLEMENT)
        self.outcomes: dict[str, str] = {}
        self.written, self.checked = threading.Event(), threading.Event()
        self.commit_writer, self.commit_exit = threading.Event(), threading.Event()

    def write(self) -> None:
        """As a page does it: hold the standing, write, commit."""
        owner = self.leaving.owner
        with enter_tenant(owner.tenant_id, user_id=owner.user_id):
            standing.require_present(owner.tenant_id)
            start_job(actor=owner.actor(), now=NOW, kind="trade.export_orders", payload={})
            self.written.set()
            assert self.commit_writer.wait(20)

    def finish(self) -> None:
        with self.leaving.as_staff():
            exits.finish_exit(actor=self.leaving.actor, now=NOW, park_exit=self.exit)
            self.checked.set()
            assert self.commit_exit.wait(20)

    def start(self, name: str) -> threading.Thread:
        def work() -> None:
            try:
                getattr(self, name)()
                self.outcomes[name] = "done"
            except DomainError as error:
                self.outcomes[name] = error.code
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def state(self) -> tuple[str, int]:
        with self.leaving.as_staff():
            jobs = Job.objects.filter(tenant=self.leaving.tenant, state="queued").count()
        return self.leaving.now_at(self.exit)[0], jobs


def waits(count: int = 1) -> None:
    """Until so many connections wait for a lock."""
    asked = "select count(*) from pg_locks where not granted"
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(asked)
            if cursor.fetchone()[0] >= count:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def writer_first(two: Two, *, guarded: bool = True) -> None:
    writer = two.start("write")
    assert two.written.wait(20)
    two.commit_exit.set()
    leaver = two.start("finish")
    if guarded:
        waits()
    else:
        leaver.join(20)
    two.commit_writer.set()
    writer.join(20)
    leaver.join(20)


def exit_first(two: Two, *, guarded: bool = True) -> None:
    leaver = two.start("finish")
    assert two.checked.wait(20)
    two.commit_writer.set()
    writer = two.start("write")
    if guarded:
        waits()
    else:
        writer.join(20)
    two.commit_exit.set()
    leaver.join(20)
    writer.join(20)


def test_what_is_being_written_is_there_before_the_exit_is_checked(leaving):
    two = Two(leaving)
    writer_first(two)
    assert two.outcomes == {"write": "done", "finish": "exit_blocked"}
    assert two.state() == ("settlement", 1)


def test_whoever_comes_later_finds_the_organisation_gone(leaving):
    two = Two(leaving)
    exit_first(two)
    assert two.outcomes == {"finish": "done", "write": "organisation_left"}
    assert two.state() == ("left", 0)


@pytest.mark.parametrize("order", [writer_first, exit_first])
def test_without_the_lock_an_organisation_leaves_with_a_job_in_the_queue(
    leaving, monkeypatch, order
):
    monkeypatch.setattr(standing, "KEY", "0")
    monkeypatch.setattr(standing, "HOLD", "select %s")
    monkeypatch.setattr(standing, "TAKE", "select %s")
    two = Two(leaving)
    order(two, guarded=False)
    assert two.outcomes == {"write": "done", "finish": "done"}
    assert two.state() == ("left", 1)


def test_the_park_is_told_when_somebody_writes_for_long(leaving, monkeypatch):
    monkeypatch.setattr(standing, "PATIENCE", "set local lock_timeout = '50ms'")
    two = Two(leaving)
    writer = two.start("write")
    assert two.written.wait(20)
    two.commit_exit.set()
    two.start("finish").join(20)
    two.commit_writer.set()
    writer.join(20)
    assert two.outcomes == {"finish": "still_writing", "write": "done"}
    assert two.state() == ("settlement", 1)
