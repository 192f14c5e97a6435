"""Two imports at once, and one whose process is killed: nothing doubled, nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from foundation.errors import DomainError
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import lines, run
from trade import operations
from trade.models import DailySales, ImportMapping, Order, OrderImport, OrderLine
from trade.operations import mappings
from trade.pipeline import run as pipeline
from trade.presets import PRESETS

pytestmark = pytest.mark.slow

CONTENT = lines(*(f"{n},A,x,{k},2011-02-01 10:00:00,2.00,,EIRE" for n in range(40) for k in (1, 2)))


class MeetsTheOther:
    """A reporter that waits for the other import at a step, so that both are there at once."""

    def __init__(self, barrier, note):
        self.barrier, self.note = barrier, note

    def report(self, done=None, total=None, note=""):
        if note == self.note:
            self.note = None
            self.barrier.wait(timeout=20)

    def check(self):
        return None


def at_once(actor, note):
    """Import the same file from two threads; gives each one's answer or refusal."""
    barrier, outcomes, now = threading.Barrier(2), [], timezone.now()
    with enter_tenant(actor.tenant_id):
        mapping = operations.adopt_preset(actor=actor, now=now, name="online-retail")
        ids = [upload(actor, mapping).pk for _each in range(2)]

    def work(import_id):
        try:
            with enter_tenant(actor.tenant_id):
                reporter = MeetsTheOther(barrier, note)
                done = operations.run_import(
                    actor=actor, now=now, import_id=import_id, reporter=reporter
                )
            outcomes.append(inserted(done))
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[import_id]) for import_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def inserted(done):
    assert done.result is not None
    return done.result["inserted"]


def upload(actor, mapping):
    now = timezone.now()
    uploaded = operations.upload_orders(
        actor=actor, now=now, file=BytesIO(CONTENT), name="orders.csv"
    )
    return operations.read_import_as(actor=actor, now=now, order_import=uploaded, mapping=mapping)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_of_two_breaks(actor, monkeypatch):
    monkeypatch.setattr(pipeline, "take_turn", lambda *_args: None)
    assert sorted(map(str, at_once(actor, "orders"))) == ["80", "order_number_once"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_turns(actor):
    assert sorted(at_once(actor, "reading")) == [0, 80]
    with enter_tenant(actor.tenant_id):
        assert OrderLine.objects.count() == 80
        assert sum(DailySales.objects.values_list("lines", flat=True)) == 80


KILLED = """
import os, signal, sys, django
django.setup()
from django.utils import timezone
from foundation.actors import Actor
from tenants.isolation.context import enter_tenant
from trade import operations

class Deadly:
    def report(self, done=None, total=None, note=""):
        if note == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)
    def check(self):
        pass

tenant_id, import_id = int(sys.argv[1]), int(sys.argv[2])
with enter_tenant(tenant_id):
    actor = Actor(user_id=None, tenant_id=tenant_id)
    operations.run_import(actor=actor, now=timezone.now(), import_id=import_id, reporter=Deadly())
"""


@pytest.mark.parametrize("note", ["reading", "orders", "writing", "figures"])
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_step_leaves_nothing_and_runs_again(actor, note):
    now = timezone.now()
    with enter_tenant(actor.tenant_id):
        mapping = operations.adopt_preset(actor=actor, now=now, name="online-retail")
        import_id = upload(actor, mapping).pk
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(actor.tenant_id), str(import_id), note],
        env={**os.environ, "DATABASE_URL": _url(), "DJANGO_SETTINGS_MODULE": "park_portal.settings"},
        timeout=60, capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr.decode()
    with enter_tenant(actor.tenant_id):
        assert not [model for model in (Order, OrderLine, DailySales) if model.objects.exists()]
        assert not OrderImport.objects.get(pk=import_id).is_finished
    with enter_tenant(actor.tenant_id):
        done = operations.run_import(actor=actor, now=now, import_id=import_id)
        assert inserted(done) == 80
        # A worker that was killed after its commit runs again and finds the work done.
        assert (
            operations.run_import(actor=actor, now=now, import_id=import_id).result == done.result
        )
        assert inserted(run(actor, CONTENT)) == 0


def _url():
    """The address of this test's database, as another process needs it."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def first_use_at_once(actor, monkeypatch):
    """Take a preset in two threads that both see there is none yet; each one's mapping or refusal."""
    barrier, now = threading.Barrier(2), timezone.now()
    outcomes: list[int | str] = []
    preset = PRESETS["online-retail"]

    def get(_name):
        barrier.wait(timeout=20)
        return preset

    monkeypatch.setattr(mappings, "PRESETS", SimpleNamespace(get=get))

    def work():
        try:
            with enter_tenant(actor.tenant_id):
                own = operations.adopt_preset(actor=actor, now=now, name="online-retail")
            outcomes.append(own.pk)
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_first_uses_of_a_preset_at_once_share_one_mapping(actor, monkeypatch):
    first, second = first_use_at_once(actor, monkeypatch)
    assert first == second
    with enter_tenant(actor.tenant_id):
        assert ImportMapping.objects.get().pk == first


@pytest.mark.django_db(transaction=True)
def test_control_a_plain_insert_refuses_the_second(actor, monkeypatch):
    queryset_class = type(ImportMapping.objects.all())
    carefully = queryset_class.get_or_create

    def insert(queryset, defaults, **values):
        if queryset.model is ImportMapping:
            return queryset.create(**{**values, **defaults}), True
        return carefully(queryset, defaults=defaults, **values)

    monkeypatch.setattr(queryset_class, "get_or_create", insert)
    outcomes = first_use_at_once(actor, monkeypatch)
    assert sorted(type(each).__name__ for each in outcomes) == ["int", "str"]
    assert "mapping_name_once" in outcomes
