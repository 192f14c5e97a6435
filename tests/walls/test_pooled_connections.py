"""A database connection that served one organisation carries nothing over to the next."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys

import pytest
from django.db import connection, connections
from django.utils import timezone

from backbone.models import Notice
from backbone.operations import notify
from backbone.progress import Reporter
from backbone.runner import perform
from tenants.isolation import context
from tenants.isolation.context import enter_tenant
from tests.proof import FULL
from tests.walls.pgbouncer import PROGRAM, PgBouncer
from tests.walls.traffic import MIX, Traffic, marker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TENANTS = 50 if FULL else 12
REQUESTS = 5_000 if FULL else 300
BACK_ENDS = 2
THREADS = 8


@pytest.fixture
def pool():
    if not PROGRAM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no PgBouncer on this machine")

    with contextlib.ExitStack() as started:
        yield lambda back_ends=BACK_ENDS: started.enter_context(PgBouncer(back_ends))


@pytest.fixture
def traffic(make, staff, settings):
    """Organisations with one person and one notice each, whose title names them."""
    settings.ROOT_URLCONF = "tests.walls.probes"
    logging.getLogger("django.request").addFilter(_silence)
    members = [make.member(make.tenant(), password=None) for _n in range(TENANTS)]
    for member in members:
        with enter_tenant(member.tenant_id):
            notify(
                actor=member.actor(),
                now=timezone.now(),
                user_id=member.user_id,
                kind="test",
                title=marker(member.tenant.slug),
            )
    yield Traffic(members, staff)
    logging.getLogger("django.request").removeFilter(_silence)


def _silence(record):
    """Thousands of errors are asked for; their tracebacks say nothing."""
    return False


@pytest.fixture
def session_settings(monkeypatch):
    """The guard off: what is set stays with the connection."""
    monkeypatch.setattr(context, "APPLY", context.APPLY.replace("true", "false"))


def test_two_back_ends_serve_everybody_and_mix_nobody(pool, traffic):
    traffic.send(REQUESTS, threads=THREADS, through=pool().used)
    assert traffic.wrong == []
    assert traffic.asked == {kind: REQUESTS * share // 100 for kind, share in MIX.items()}
    assert max(map(len, traffic.back_ends.values())) > TENANTS / 2, "the back ends were shared"


def test_control_a_setting_of_the_session_leaks_through_the_pool(pool, traffic, session_settings):
    traffic.send(100, threads=THREADS, through=pool().used)
    assert _leaks(traffic)


@contextlib.contextmanager
def lasting():
    """This thread's connection is kept for as long as it works."""
    connection.settings_dict = connection.settings_dict | {"CONN_MAX_AGE": None}
    yield


def test_one_lasting_connection_mixes_nobody(traffic):
    traffic.send(REQUESTS // 2, threads=1, through=lasting)
    assert traffic.wrong == []
    served = sorted(map(len, traffic.back_ends.values()))
    assert len(served) <= 1 + traffic.asked["lost"], "it lasts until it is lost"
    assert served[-1] > TENANTS / 2


def test_control_a_setting_of_the_session_leaks_on_one_connection(traffic, session_settings):
    traffic.send(100, threads=1, through=lasting)
    assert _leaks(traffic)


def _leaks(traffic):
    """Rows shown to somebody who said for no organisation that they ask."""
    return [wrong for kind, _slug, wrong in traffic.wrong if kind == "nobody" and wrong[0] == 200]


@pytest.fixture
def job(actor, start):
    return start(lambda job, reporter: reporter.report(done=3, total=3))


@pytest.fixture
def direct():
    """The address past the pool, as DATABASE_DIRECT_URL gives it."""
    connections.settings["direct"] = connections.settings["default"]
    yield
    connections["direct"].close()
    del connections["direct"], connections.settings["direct"]


def test_a_job_behind_the_pool_is_held_by_one_worker(pool, direct, job, reload):
    with pool(1).used():
        assert _two_workers_hold(job) == (True, False)
        perform(tenant_id=job.tenant_id, job_id=job.pk)
        assert reload(job).state == "succeeded"


def test_the_direct_address_stands_in_the_environment():
    address = {"DATABASE_DIRECT_URL": "postgres://portal_app:secret@direct.invalid/portal"}
    code = "from park_portal.settings import DATABASES; print(DATABASES['direct']['HOST'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | address, capture_output=True, check=True
    )
    assert done.stdout == b"direct.invalid\n"


def test_control_a_lock_through_the_pool_holds_nobody_off(pool, job):
    with pool(1).used():
        assert _two_workers_hold(job) == (True, True)


def _two_workers_hold(job):
    names = {"tenant_id": job.tenant_id, "job_id": job.pk}
    with Reporter(**names) as first, Reporter(**names) as second:
        return first.locked, second.locked


def test_long_answers_are_read_in_slices_through_the_pool(pool, traffic):
    """Cursors stay on inside the transaction that every read of an organisation's rows needs."""
    own = traffic.members[0]
    with pool().used(), enter_tenant(own.tenant_id):
        slices = Notice.objects.iterator(chunk_size=1)
        assert [notice.title for notice in slices] == [marker(own.tenant.slug)]
