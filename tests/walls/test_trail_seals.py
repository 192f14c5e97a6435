"""An entry of the trail that was edited, removed or slipped in behind the portal's back is found."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from backbone.schedule import BEAT_SCHEDULE
from tenants import seals
from tenants.isolation.context import enter_tenant
from tenants.models import TrailEntry, TrailSeal
from tests import databases
from tests.proof import FULL

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = 10_000 if FULL else 500
SEALS = 11
MANY = """
insert into tenants_trailentry (tenant_id, at, user_id, action, "table", row_id, before, after, request_id)
select {tenant}, now() - interval '1 day' + n * interval '1 second', 7, 'update', 'trade_order', n,
  jsonb_build_object('country', 'DE', 'price', n * 1.10), '{{"country": "法国"}}', 'r-' || n
from generate_series(1, {entries}) n
"""


def as_owner(statement):
    """Whoever has the owner's password, or the disk."""
    with closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        owner.cursor().execute(statement)


@pytest.fixture(autouse=True)
def _small_seals(monkeypatch):
    """Some seals for few entries: what lies between two, and what they say of each other."""
    monkeypatch.setattr(seals, "AT_ONCE", ENTRIES // 10)


@pytest.fixture
def tenant(enterprise):
    as_owner(MANY.format(tenant=enterprise.pk, entries=ENTRIES))
    return enterprise


@pytest.fixture
def sealed(tenant):
    seal(tenant)
    return tenant


def seal(tenant):
    with enter_tenant(tenant.pk):
        return seals.seal(tenant.pk, timezone.now())


def findings(tenant):
    with enter_tenant(tenant.pk):
        return list(seals.broken(tenant.pk, timezone.now()))


def middle(tenant):
    """The number of some entry in the midst of a seal."""
    with enter_tenant(tenant.pk):
        return TrailEntry.objects.filter(row_id=ENTRIES // 2 + 3).latest("pk").pk


def test_what_nobody_touched_is_as_it_was_sealed(sealed, capsys):
    assert findings(sealed) == []
    with enter_tenant(sealed.pk):
        made = list(TrailSeal.objects.order_by("after_id"))
    # And the one of the organisation itself.
    assert sum(each.entries for each in made) == ENTRIES + 1
    assert len(made) == SEALS
    call_command("verify_trail")
    assert "as it was sealed" in capsys.readouterr().out


TAMPERINGS = {
    "who": "update tenants_trailentry set user_id = 8 where id = {id}",
    "when": "update tenants_trailentry set at = at + interval '1 microsecond' where id = {id}",
    "before": """update tenants_trailentry set before = before || '{{"price": 1}}' where id = {id}""",
    "after": "update tenants_trailentry set after = null where id = {id}",
    "what": "update tenants_trailentry set action = 'insert' where id = {id}",
    "which row": "update tenants_trailentry set row_id = row_id + 1 where id = {id}",
    "request": "update tenants_trailentry set request_id = '' where id = {id}",
    "number": "update tenants_trailentry set id = id + 1000000 where id = {id}",
    "removed": "delete from tenants_trailentry where id = {id}",
    "given away": "update tenants_trailentry set tenant_id = {other} where id = {id}",
    "swapped": """
        update tenants_trailentry e set before = o.before, row_id = o.row_id
        from tenants_trailentry o where e.id in ({id}, {id} + 1) and o.id in ({id}, {id} + 1)
          and o.id <> e.id
    """,
    "slipped in": """
        update tenants_trailentry set id = id + 1000000 where id = {id};
        insert into tenants_trailentry (id, tenant_id, action, "table")
          values ({id}, {tenant}, 'update', 'trade_order')
    """,
    "slipped in before everything": """
        insert into tenants_trailentry (id, tenant_id, action, "table", at)
          values (-7, {tenant}, 'update', 'trade_order', now() - interval '9 years')
    """,
    "seal removed": "delete from tenants_trailseal where after_id < {id} and last_id >= {id}",
    "seal edited": """
        update tenants_trailseal set seal = md5('x') || md5('y')
        where after_id < {id} and last_id >= {id}
    """,
    "both removed": """
        delete from tenants_trailseal where after_id < {id} and last_id >= {id};
        delete from tenants_trailentry where id = {id}
    """,
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_each_tampering_is_found_where_it_is(tampering, sealed, neighbour, capsys):
    number = middle(sealed)
    at = -7 if "-7" in tampering else number
    as_owner(tampering.format(id=number, tenant=sealed.pk, other=neighbour.pk))
    found = findings(sealed)
    assert 1 <= len(found) <= 2, "there, and what hung on its seal"
    assert found[0].after_id - ENTRIES // 10 < at <= found[0].last_id
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_trail")
    assert stopped.value.code == 1
    assert "haihe: entries" in capsys.readouterr().err


def test_control_without_a_seal_nobody_would_know(tenant):
    as_owner(TAMPERINGS["who"].format(id=middle(tenant)))
    seal(tenant)
    assert findings(tenant) == []


def test_control_without_its_key_anybody_could_seal_again(sealed, monkeypatch):
    """The owner edits, seals with a key of their own, and is found; with the key, not."""
    as_owner(TAMPERINGS["who"].format(id=middle(sealed)))
    as_owner("delete from tenants_trailseal")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(seals, "_secrets", lambda: ["not the portal's"])
        seal(sealed)
        assert findings(sealed) == []
    assert len(findings(sealed)) == SEALS


def test_a_removed_end_is_missed_after_a_day(sealed):
    """Seals and entries cut off together leave nothing here; the log has the newest seal."""
    as_owner(
        "delete from tenants_trailseal where after_id > (select min(id) from tenants_trailentry)"
    )
    assert findings(sealed) == [], "not yet: they may be sealed in the next hour"
    as_owner("update tenants_trailentry set at = at - interval '3 hours'")
    assert "the seal is gone" in findings(sealed)[-1].reason


def test_what_may_still_be_on_its_way_is_not_sealed(tenant):
    as_owner("update tenants_trailentry set at = now() - interval '119 minutes' where row_id > 100")
    made = seal(tenant)
    with enter_tenant(tenant.pk):
        settled = TrailEntry.objects.filter(at__lt=timezone.now() - seals.UNSETTLED)
        assert made.last_id == settled.latest("pk").pk


def test_sealing_again_goes_on_where_the_last_ended(sealed):
    assert seal(sealed) is None
    as_owner(MANY.format(tenant=sealed.pk, entries=5))
    made = seal(sealed)
    assert made.entries == 5
    assert findings(sealed) == []


def test_two_at_the_same_time_seal_once(tenant):
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as other, other.cursor() as cursor:
        cursor.execute(seals.LOCK.replace("xact_", ""), [tenant.pk])
        assert seal(tenant) is None
        cursor.execute(seals.LOCK.replace("try_advisory_xact_lock", "advisory_unlock"), [tenant.pk])
        assert seal(tenant) is not None


def test_a_renewed_secret_reads_the_earlier_ones_seals(sealed, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of the portal, fifty letters and more"
    assert findings(sealed) == []
    settings.TRAIL_KEY = "a key for the trail alone, kept for ever in a safe place"
    assert findings(sealed) == []
    settings.SECRET_KEY_FALLBACKS = []
    assert len(findings(sealed)) == SEALS


def test_a_neighbours_entries_are_no_part_of_it(sealed, neighbour):
    as_owner(MANY.format(tenant=neighbour.pk, entries=20))
    seal(neighbour)
    as_owner(f"delete from tenants_trailentry where tenant_id = {neighbour.pk} and row_id = 9")
    assert findings(sealed) == []
    assert len(findings(neighbour)) == 1


def test_settings_of_the_session_change_no_seal(sealed):
    with enter_tenant(sealed.pk), connection.cursor() as cursor:
        cursor.execute("set local timezone = 'Asia/Kathmandu'; set local extra_float_digits = 0")
        assert list(seals.broken(sealed.pk, timezone.now())) == []


@pytest.mark.parametrize("statement", ["update {} set seal = ''", "delete from {}", "truncate {}"])
def test_no_role_of_the_portal_alters_a_seal(sealed, statement):
    with (
        enter_tenant(sealed.pk),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("tenants_trailseal"))


def test_a_seal_waits_for_tasks_and_is_missed_after_some_of_beats_turns(settings):
    longest = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    assert 2 * longest < seals.UNSETTLED
    turn = timedelta(seconds=BEAT_SCHEDULE["seal-trail"]["schedule"])
    assert seals.UNSETTLED + 3 * turn < seals.OVERDUE
