"""Leads: every step from every state in every role, their log, and the application they become."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.models import FollowUp, Lead, LeadState
from residency.operations import leads
from residency.permissions import permissions
from tenants.kinds import Role
from tests.residency.conftest import reload

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=3)
WHO = {"name": "津桥", "kind": "exporter", "contact_name": "陈明", "source": "call"}


@pytest.fixture
def lead(as_staff, staff):
    return as_staff(
        leads.record_lead,
        owner=staff.user,
        next_follow_up_on=SOON,
        contact_email="chen@example.test",
        **WHO,
    )


def put(lead, state):
    """The lead in a state, as its own steps would leave it."""
    values = {"state": state}
    if state in ("won", "lost"):
        values |= {"closed_at": timezone.now(), "next_follow_up_on": None}
    if state == "lost":
        values |= {"lost_reason": "price", "lost_note": "Too dear."}
    return values


# Step, what it asks, and from which states it leads where.
STEPS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "follow_up": (
        {"kind": "call", "note": "Called.", "next_on": SOON},
        {"new": "followed", "followed": "followed", "parked": "followed", "applying": "applying"},
    ),
    "park_lead": (
        {"note": "After the holiday.", "next_on": SOON},
        {"new": "parked", "followed": "parked"},
    ),
    "take_up_lead": (
        {"note": "They called.", "next_on": SOON},
        {"parked": "followed", "lost": "followed"},
    ),
    "lose_lead": (
        {"reason": "price", "note": "Too dear."},
        dict.fromkeys(["new", "followed", "parked", "applying"], "lost"),
    ),
    "open_application": (
        {"email": "chen@example.test", "language": "en"},
        dict.fromkeys(["new", "followed", "parked"], "applying"),
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state_in_every_role(lead, as_staff, park, step):
    values, ways = STEPS[step]
    for state, role in product(LeadState.values, Role.values):
        as_staff(lambda state=state, **_more: Lead.objects.update(**put(lead, state)))
        before = reload(lead)
        allowed = f"staff:{role}" in permissions.actions["manage_leads"]
        logged = as_staff(entries)
        try:
            as_staff(getattr(leads, step), role=role, lead=lead, **values)
            ended = reload(lead).state
        except DomainError as error:
            ended = type(error)
        if allowed and state in ways:
            assert ended == ways[state], (step, state, role)
            _undo(as_staff, lead)
            continue
        assert ended is (WrongState if allowed else NotPermitted), (step, state, role)
        after = reload(lead)
        assert vars(after) | {"_state": 0} == vars(before) | {"_state": 0}, "nothing changed"
        assert as_staff(entries) == logged


def entries(**_more):
    return FollowUp.objects.count()


def _undo(as_staff, lead):
    def undo(**_more):
        lead.applications.update(state="lost")
        Lead.objects.filter(pk=lead.pk).update(
            state="new", lost_reason="", lost_note="", closed_at=None, next_follow_up_on=SOON
        )

    as_staff(undo)


def test_the_log_keeps_who_said_what_and_when_next(lead, as_staff, staff):
    as_staff(leads.follow_up, lead=lead, kind="visit", note="They like it.", next_on=SOON)
    (entry,) = as_staff(lambda **_more: list(lead.follow_ups.all()))
    assert (entry.kind, entry.by_id, entry.note) == ("visit", staff.user_id, "They like it.")
    assert reload(lead).next_follow_up_on == SOON


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"next_follow_up_on": TODAY - timedelta(days=1)}, "next_follow_up_on"), ({}, "owner")],
)
def test_a_day_in_the_past_or_an_owner_from_elsewhere_is_refused(
    as_staff, staff, owner, changed, field
):
    somebody = staff.user if changed else owner.user
    values = {"next_follow_up_on": SOON, "contact_email": "a@example.test"} | WHO | changed
    with pytest.raises(InvalidInput) as refused:
        as_staff(leads.record_lead, owner=somebody, **values)
    assert list(refused.value.fields) == [field]
    assert as_staff(lambda **_more: Lead.objects.count()) == 0


def test_somebody_who_cannot_be_reached_is_refused(as_staff, staff):
    with pytest.raises(DomainError) as refused:
        as_staff(leads.record_lead, owner=staff.user, next_follow_up_on=SOON, **WHO)
    assert refused.value.code == "lead_can_be_reached"


def test_the_application_of_a_lead_knows_what_the_park_knew(lead, as_staff, letters):
    made = as_staff(leads.open_application, lead=lead, email="new@example.test", language="zh-hans")
    assert made.draft["name"] == "津桥"
    assert reload(lead).state == "applying"
    (mail,) = letters()
    assert mail.to == ["new@example.test"]
    with pytest.raises(InvalidInput):
        as_staff(leads.open_application, lead=lead, email="new@example.test", language="en")
    with pytest.raises(InvalidInput):
        as_staff(leads.lose_lead, lead=lead, reason="price", note="Too dear.")


@pytest.mark.parametrize("known", [True, False])
def test_an_application_from_the_public_page_belongs_to_a_lead(known, submitted, as_staff, staff):
    from residency.operations.checking import take_application

    if known:
        as_staff(
            leads.record_lead,
            owner=staff.user,
            next_follow_up_on=SOON,
            contact_email="CHEN@example.test",
            **WHO,
        )
    taken = as_staff(take_application, application=submitted())
    (lead,) = as_staff(lambda **_more: list(Lead.objects.all()))
    assert (taken.lead_id, lead.state) == (lead.pk, "applying")
    assert lead.source == ("call" if known else "online")


def test_a_stranger_sees_no_lead(lead, owner, sign_in):
    assert not as_owner(owner, Lead.objects.visible_to(owner.actor()).count)
    assert sign_in(owner).get("/staff/residency/lead/").status_code == 302


def as_owner(owner, ask):
    from tenants.isolation.context import enter_tenant

    with enter_tenant(owner.tenant_id):
        return ask()
