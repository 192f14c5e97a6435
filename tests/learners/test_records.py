"""One learner: recorded, corrected, gone, back, erased; by whom, and by whom not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from learners import operations
from learners.models import Consent, Learner, LearnerState
from learners.registries import CONTACTS, PERSONS, personal_data, still_learning
from learners.values import plain_values
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.kinds import TenantKind
from tenants.models import TrailEntry
from tests.learners.conftest import NOW, WANG, YEAR, snapshot

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)


def test_a_learner_is_kept_in_plain_form(record):
    own = record(
        number=" ２０２６-a1 ", name="王 小明", mobile="+86 138-0000-0001", email="Wang@Example.test",
        entry_year=f"{YEAR}级",
    )  # fmt: skip
    own.refresh_from_db()
    assert (own.number, own.name, own.mobile) == ("2026-A1", "王小明", "13800000001")
    assert (own.email, own.entry_year, own.state) == ("wang@example.test", YEAR, "active")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("number", ""),
        ("number", "2026 号"),
        ("number", "11010519491231002X"),
        ("number", "2.02601E+11"),
        ("number", "1" * 33),
        ("name", "12345"),
        ("name", "a" * 101),
        ("programme", "  "),
        ("entry_year", "26"),
        ("entry_year", "next year"),
        ("entry_year", str(YEAR + 2)),
        ("mobile", "1380000"),
        ("mobile", "1.38E+10"),
        ("email", "wang"),
        ("programme", "a\x00b"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(actor, inside, field, text):
    with pytest.raises(InvalidInput) as refused:
        operations.record_learner(actor=actor, now=NOW, said=WANG | {field: text})
    assert list(refused.value.fields) == [field]
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    ("text", "plain"),
    [("13800000001", "13800000001"), ("008613800000001", "13800000001"), ("+65 9123 4567", "+6591234567"), ("１３８００００００01", "13800000001"), ("13800000001.0", "13800000001")],
)  # fmt: skip
def test_mobile_numbers_have_one_form(text, plain):
    assert plain_values({"mobile": text}, TODAY) == ({"mobile": plain}, {})


def test_a_student_number_is_there_once(record):
    record()
    with transaction.atomic(), pytest.raises(DomainError) as refused:
        record(name="李四")
    assert refused.value.code == "learner_number_once"
    assert Learner.objects.get().name == "王小明"


def test_two_universities_may_have_one_number(record, make):
    record()
    other = make.member(make.tenant(kind=TenantKind.UNIVERSITY), "owner")
    with enter_tenant(other.tenant_id, user_id=other.user_id):
        operations.record_learner(actor=other.actor(), now=NOW, said=WANG)
        assert Learner.objects.count() == 1


def test_a_change_is_in_the_trail_and_leaves_the_rest(actor, record):
    own = record()
    operations.change_learner(actor=actor, now=NOW, learner=own, said={"programme": "物流管理"})
    own.refresh_from_db()
    assert (own.programme, own.mobile) == ("物流管理", WANG["mobile"])
    entry = TrailEntry.objects.filter(table="learners_learner", action="update").get()
    assert entry.after == {"programme": "物流管理"}


# -- who, and in which state -------------------------------------------------------------------

STEPS = {
    "change": lambda actor, own: operations.change_learner(
        actor=actor, now=NOW, learner=own, said={"programme": "物流管理"}
    ),
    "release": lambda actor, own: operations.release_learner(actor=actor, now=NOW, learner=own),
    "reactivate": lambda actor, own: operations.reactivate_learner(
        actor=actor, now=NOW, learner=own
    ),
    "erase": lambda actor, own: operations.erase_learner(actor=actor, now=NOW, learner=own),
    "declare": lambda actor, own: operations.declare_consent(actor=actor, now=NOW, learner=own),
    "send": lambda actor, own: operations.send_link(actor=actor, now=NOW, learner=own),
    "renew": lambda actor, own: operations.renew_link(actor=actor, now=NOW, learner=own),
}
POSSIBLE = {
    "active": {"change", "release", "declare", "send", "renew"},
    "left": {"change", "reactivate", "erase", "renew"},
    "erased": set(),
}


@pytest.mark.parametrize("state", POSSIBLE)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_possible_in_its_states_only(actor, record, step, state):
    own = record()
    if state != "active":
        operations.release_learner(actor=actor, now=NOW, learner=own)
    if state == "erased":
        operations.erase_learner(actor=actor, now=NOW, learner=own)
    before = snapshot()
    if step in POSSIBLE[state]:
        STEPS[step](actor, own)
        assert snapshot() != before or step == "declare"
    else:
        with pytest.raises(WrongState):
            STEPS[step](actor, own)
        assert snapshot() == before
    assert Consent.objects.exists() == (step == "declare" and state == "active")


@pytest.mark.parametrize("before", LearnerState.values)
@pytest.mark.parametrize("after", LearnerState.values)
def test_the_transition_map_is_the_only_way(before, after):
    own = Learner(state=before)
    if before == after:
        with pytest.raises(WrongState):
            own.move_to(after)
    else:
        own.move_to(after)
        assert own.state == after


@pytest.mark.parametrize("role", ["member", "staff:owner", "staff:coordinator"])
@pytest.mark.parametrize("step", [*STEPS, "record", "upload"])
def test_nobody_else_writes(make, university, park, record, role, step):
    own = record()
    is_staff = role.startswith("staff:")
    who = make.member(park if is_staff else university, role.removeprefix("staff:"))
    actor = who.actor(is_staff=is_staff)
    steps = STEPS | {
        "record": lambda actor, own: operations.record_learner(
            actor=actor, now=NOW, said=WANG | {"number": "2"}
        ),
        "upload": lambda actor, own: operations.upload_roster(
            actor=actor, now=NOW, file=None, name="x.csv"
        ),
    }
    before = snapshot()
    with pytest.raises(NotPermitted):
        steps[step](actor, own)
    assert snapshot() == before


def test_an_owner_of_the_university_writes_too(make, university, inside):
    owner = make.member(university, "owner")
    assert operations.record_learner(actor=owner.actor(), now=NOW, said=WANG).pk


def test_an_enterprise_keeps_no_learners(owner):
    with enter_tenant(owner.tenant_id), pytest.raises(DomainError) as refused:
        operations.record_learner(actor=owner.actor(), now=NOW, said=WANG)
    assert refused.value.code == "no_university"
    with enter_tenant(owner.tenant_id):
        assert not Learner.objects.exists()


def test_the_operator_is_a_university_too(make, park):
    keeper = make.member(park, "coordinator")
    with enter_tenant(park.pk, user_id=keeper.user_id):
        assert operations.record_learner(actor=keeper.actor(), now=NOW, said=WANG).pk


def test_a_strangers_learner_is_not_there(make, record):
    own = record()
    other = make.member(make.tenant(kind=TenantKind.UNIVERSITY), "owner")
    with enter_tenant(other.tenant_id), pytest.raises(Learner.DoesNotExist):
        operations.release_learner(actor=other.actor(), now=NOW, learner=own)
    own.refresh_from_db()
    assert own.state == "active"


# -- erasing -----------------------------------------------------------------------------------


def test_erasing_empties_the_person_and_keeps_the_row_and_the_proof(actor, record):
    own = record()
    operations.declare_consent(actor=actor, now=NOW, learner=own)
    operations.release_learner(actor=actor, now=NOW, learner=own)
    before = own.link_nonce
    operations.erase_learner(actor=actor, now=NOW, learner=own)
    own.refresh_from_db()
    assert {own.name, own.latin_name, own.mobile, own.email} == {""}
    assert WANG["number"] not in own.number
    assert (own.programme, own.entry_year) == (WANG["programme"], YEAR)
    assert own.link_nonce != before
    assert Consent.objects.get().learner_id == own.pk


def test_a_learner_is_not_deleted_while_something_points_at_them(actor, record):
    own = record()
    operations.declare_consent(actor=actor, now=NOW, learner=own)
    with pytest.raises(ProtectedError):
        own.delete()
    assert Learner.objects.get() == own


@pytest.mark.parametrize(
    ("code", "gone"), [(CONTACTS, {"mobile", "email"}), (PERSONS, {"name", "mobile", "email"})]
)
def test_a_rule_erases_those_whose_time_is_over_and_nobody_else(actor, record, code, gone):
    kinds = {kept.code: kept for kept in personal_data()}
    here = record(number="1")
    lately, long_ago = record(number="2"), record(number="3")
    for own, days in ((lately, 10), (long_ago, 40)):
        operations.release_learner(actor=actor, now=NOW - timedelta(days=days), learner=own)
    system = Actor(user_id=None, tenant_id=actor.tenant_id)
    assert kinds[code].erase(system, NOW - timedelta(days=30)) == 1
    assert kinds[code].erase(system, NOW - timedelta(days=30)) == 0
    for own in (here, lately, long_ago):
        own.refresh_from_db()
    empty = {name for name in ("name", "mobile", "email") if not getattr(long_ago, name)}
    assert empty == gone
    assert all((own.name, own.mobile, own.email) == (WANG["name"], WANG["mobile"], WANG["email"]) for own in (here, lately))  # fmt: skip


def test_people_do_not_erase_by_rule(actor, record):
    own = record()
    operations.release_learner(actor=actor, now=NOW - timedelta(days=40), learner=own)
    for erase in (operations.erase_contacts, operations.erase_due):
        with pytest.raises(NotPermitted):
            erase(actor=actor, now=NOW)
    own.refresh_from_db()
    assert own.mobile
    assert own.name


def test_active_learners_are_a_warning_on_leaving_the_park(actor, university, record):
    assert list(still_learning(university, NOW)) == []
    own = record()
    (item,) = still_learning(university, NOW)
    assert not item.blocking
    operations.release_learner(actor=actor, now=NOW, learner=own)
    assert list(still_learning(university, NOW)) == []
    with enter(Identity(STAFF)):
        assert list(still_learning(university, NOW)) == []
