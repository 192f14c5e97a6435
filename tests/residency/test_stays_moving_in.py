"""From the offer to the first day: who the applicant becomes, the stay, and its tasks."""

from __future__ import annotations

import threading
from collections import defaultdict
from contextlib import closing

import pytest
from django.db import connection

from backbone import events
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from members.models import Invitation
from members.operations import accept_invitation, invite_member
from residency.models import Agreement, Application, Lead, Stay, Task
from residency.operations import agreements, contracting
from residency.operations.tasks import close_task
from residency.slugs import propose_slug
from tenants.isolation.context import enter_tenant
from tenants.models import Tenant
from tests import databases
from tests.residency.making import (
    NOW,
    TEXT,
    TODAY,
    YEAR,
    day,
    draft,
    in_force,
    offered,
    office,
    stay,
)

CODE = "91120116MA05J7XH28"
TERM = {"starts_on": TODAY, "ends_on": TODAY + YEAR}


def prepare(actor, application, slug="xinhai", **values):
    return contracting.prepare_agreement(
        actor=actor, now=NOW, application=application, slug=slug, **(TEXT | TERM | values)
    )


def signed(actor, application):
    agreement = prepare(actor, application)
    agreement.parties.update(signatory="张三")
    in_force(actor, agreement)
    return Application.objects.get()


def move_in(actor, application, on=TODAY):
    return contracting.move_in(actor=actor, now=NOW, application=application, starts_on=on)


# -- preparing -------------------------------------------------------------------------------------


def test_the_applicant_becomes_an_organisation_with_an_owner_invited_and_a_draft(staff):
    with office(staff) as actor:
        agreement = prepare(actor, offered(staff, registration_number=CODE))
        application = Application.objects.get()
        tenant = Tenant.objects.get(slug="xinhai")
        invitation = Invitation.objects.get(tenant=tenant)
        party = agreement.parties.get(side="organisation")
    assert (application.state, application.organisation_id) == ("contracting", tenant.pk)
    assert (tenant.kind, tenant.registration_number) == ("enterprise", CODE)
    assert (invitation.email, invitation.roles) == ("chen@xinhai.example", ["owner"])
    assert (agreement.kind, agreement.state) == ("residency", "draft")
    assert (party.signatory, party.contact_mobile) == ("陈新", "13800000000")


def test_a_university_gets_a_training_centre_agreement_and_its_coordinator(staff):
    with office(staff) as actor:
        agreement = prepare(actor, offered(staff, kind="university"))
        assert agreement.kind == "training"
        assert Invitation.objects.get().roles == ["owner", "coordinator"]
        assert Tenant.objects.get(slug="xinhai").kind == "university"


def test_a_known_registration_number_is_that_organisation_again(staff, make):
    known = make.tenant(slug="known", registration_number=CODE)
    with office(staff) as actor:
        agreement = prepare(actor, offered(staff, registration_number=CODE), slug="")
        assert agreement.tenant_id == known.pk
        assert not Tenant.objects.filter(slug="xinhai").exists()


def test_a_taken_address_is_refused_and_nothing_is_changed(staff, enterprise):
    with office(staff) as actor:
        application = offered(staff)
        with pytest.raises(DomainError):
            prepare(actor, application, slug=enterprise.slug)
        assert Application.objects.get().state == "offered"
        assert not Agreement.objects.exists()
        assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["finance", "operations", "coordinator", "member"])
def test_weaker_staff_neither_prepare_nor_move_in(staff, make, park, role):
    weaker = make.member(park, role, is_staff=True)
    with office(weaker) as actor:
        application = offered(staff)
        with pytest.raises(NotPermitted):
            prepare(actor, application)
        with pytest.raises(NotPermitted):
            move_in(actor, application)
        assert Application.objects.get().state == "offered"


def test_preparing_twice_makes_one_draft(staff):
    with office(staff) as actor:
        application = offered(staff)
        prepare(actor, application)
        with pytest.raises(WrongState):
            prepare(actor, application, slug="again")
        assert Agreement.objects.count() == 1


def test_a_void_draft_makes_it_an_offer_again(staff):
    with office(staff) as actor:
        agreement = prepare(actor, offered(staff))
        agreements.void_agreement(actor=actor, now=NOW, agreement=agreement, reason="wrong")
        application = Application.objects.get()
        assert application.state == "offered"
        again = prepare(actor, application, slug="")
        assert again.tenant_id == agreement.tenant_id
        assert Invitation.objects.count() == 1, "nobody is asked twice"


@pytest.mark.parametrize(
    ("name", "email", "slug"),
    [
        ("Xinhai Trading Co., Ltd.", "", "xinhai-trading"),
        ("", "chen@xinhai.example", "xinhai"),
        ("", "chen@qq.com", ""),
    ],
)
def test_an_address_is_proposed_from_what_is_known(db, name, email, slug):
    assert propose_slug(name_en=name, email=email) == slug


def test_a_taken_address_is_proposed_with_a_number(staff, make):
    make.tenant(slug="xinhai-trading")
    with office(staff):
        assert propose_slug(name_en="Xinhai Trading Ltd", email="") == "xinhai-trading-2"


# -- moving in -------------------------------------------------------------------------------------


def test_signed_then_resident_with_a_stay_and_the_lead_won(staff):
    with office(staff) as actor:
        lead = Lead.objects.create(
            tenant_id=staff.tenant_id, name="新海", kind="exporter", contact_name="陈新",
            contact_mobile="1", source="call", owner=staff.user, state="applying",
            next_follow_up_on=TODAY,
        )  # fmt: skip
        application = signed(actor, offered(staff, lead=lead))
        assert application.state == "signed"
        made = move_in(actor, application)
        assert (made.state, made.kind, made.ends_on) == ("resident", "exporter", TODAY + YEAR)
        application, lead = Application.objects.get(), Lead.objects.get()
    assert (application.state, application.closed_at) == ("resident", NOW)
    assert (lead.state, lead.closed_at) == ("won", NOW)


def test_nobody_moves_in_after_the_agreement_is_over(staff):
    with office(staff) as actor:
        application = signed(actor, offered(staff))
        with pytest.raises(InvalidInput):
            move_in(actor, application, on=TODAY + YEAR + YEAR)
        assert not Stay.objects.exists()
        assert Application.objects.get().state == "signed"


@pytest.mark.parametrize("state", ["offered", "contracting", "resident", "rejected"])
def test_only_a_signed_application_moves_in(staff, enterprise, state):
    with office(staff) as actor:
        closed = NOW if state in ("resident", "rejected") else None
        application = offered(staff, state=state, organisation=enterprise, closed_at=closed)
        with pytest.raises(WrongState):
            move_in(actor, application)
        assert not Stay.objects.exists()


def test_the_park_itself_does_not_move_in(staff, park):
    with office(staff) as actor, pytest.raises(InvalidInput):
        stay(actor, park)


def twice_at_once(staff, enterprise):
    """Record the same stay from two transactions that both began before either ended."""
    barrier, outcomes = threading.Barrier(2), []

    def work():
        try:
            with office(staff) as actor:
                barrier.wait(timeout=20)
                stay(actor, enterprise)
            outcomes.append("made")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_who_move_the_same_in_make_one_stay(staff, enterprise):
    assert twice_at_once(staff, enterprise) == ["made", "stay_once"]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_constraint_there_are_two(staff, enterprise):
    name = connection.settings_dict["NAME"]
    with closing(databases.connect_owner(name)) as owner, owner.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = 'stay_once'")
        (definition,) = cursor.fetchone()
        cursor.execute("drop index stay_once")
        owner.commit()
        try:
            assert twice_at_once(staff, enterprise) == ["made", "made"]
        finally:
            cursor.execute("delete from residency_task; delete from residency_stay")
            cursor.execute(definition)
            owner.commit()


# -- tasks -----------------------------------------------------------------------------------------


def codes(**wanted):
    return set(Task.objects.filter(**wanted).values_list("code", flat=True))


def test_moving_in_opens_the_tasks_of_its_kind(staff, enterprise):
    with office(staff) as actor:
        stay(actor, enterprise)
        assert codes(closed_at=None) == {
            *("owner_joined", "second_person", "first_data", "agreement_filed"),
            *("key_handover", "address_registered", "check_in"),
        }
        assert Task.objects.get(code="check_in").due_on == day(30)


def test_a_university_gets_no_keys_and_no_orders(staff, make):
    university = make.tenant(kind="university")
    with office(staff) as actor:
        stay(actor, university, kind="university")
        assert codes() == {"owner_joined", "second_person", "agreement_filed", "check_in"}


def test_what_was_done_before_is_closed_at_once(staff, owner, enterprise):
    with office(staff) as actor:
        in_force(actor, draft(actor, enterprise))
        stay(actor, enterprise)
        assert codes(closed_by_event="before it opened") == {"owner_joined", "agreement_filed"}


def joined(staff, enterprise):
    """The owner accepts, and invites a second person."""
    with office(staff) as actor:
        stay(actor, enterprise)
        invitation = invite_member(
            actor=actor, now=NOW, tenant=enterprise, email="a@example.test", roles=["owner"]
        )
    anybody = actor.__class__(user_id=None, tenant_id=enterprise.pk)
    with enter_tenant(enterprise.pk):
        member = accept_invitation(
            actor=anybody, now=NOW, invitation=invitation, full_name="A", password="long enough 7"
        )
        invite_member(
            actor=member.actor(), now=NOW, tenant=enterprise, email="b@x.test", roles=["member"]
        )


def test_tasks_close_by_what_happens_elsewhere(staff, enterprise):
    joined(staff, enterprise)
    with office(staff) as actor:
        assert codes(closed_by_event="members.joined") == {"owner_joined"}
        assert codes(closed_by_event="members.invited") == {"second_person"}
        in_force(actor, draft(actor, enterprise))
        assert codes(closed_by_event="residency.agreement_signed") == {"agreement_filed"}
    for kind in ("gateway.key_made", "trade.orders_imported"):
        with enter_tenant(enterprise.pk):
            events.publish(actor=actor, now=NOW, kind=kind, tenant_id=enterprise.pk)
    with office(staff):
        assert codes(closed_at=None) == {"key_handover", "address_registered", "check_in"}


def test_control_without_subscription_they_stay_open(staff, enterprise, monkeypatch):
    with office(staff) as actor:
        stay(actor, enterprise)
    monkeypatch.setattr(events, "_handlers", defaultdict(list))
    with office(staff) as actor:
        in_force(actor, draft(actor, enterprise))
        assert "agreement_filed" in codes(closed_at=None)


def test_a_neighbours_event_closes_nothing(staff, enterprise, neighbour):
    with office(staff) as actor:
        stay(actor, enterprise)
        in_force(actor, draft(actor, neighbour))
        assert "agreement_filed" in codes(closed_at=None)


def test_things_of_the_real_world_are_closed_by_hand_and_others_are_not(staff, make, enterprise):
    desk = make.member(staff.tenant, "operations", is_staff=True)
    with office(staff) as actor:
        stay(actor, enterprise)
    with office(desk) as actor:
        done = close_task(actor=actor, now=NOW, task=Task.objects.get(code="key_handover"))
        assert (done.closed_by_event, done.closed_by_id) == ("by hand", desk.user_id)
        with pytest.raises(WrongState):
            close_task(actor=actor, now=NOW, task=done)
        with pytest.raises(WrongState) as refused:
            close_task(actor=actor, now=NOW, task=Task.objects.get(code="second_person"))
        assert refused.value.code == "closes_itself"
    weaker = make.member(staff.tenant, "member", is_staff=True)
    with office(weaker) as actor, pytest.raises(NotPermitted):
        close_task(actor=actor, now=NOW, task=Task.objects.get(code="check_in"))
