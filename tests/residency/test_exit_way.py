"""The way out of the park: every step from every state, who may take it, and what it does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from backbone.models import Notice, OutboxMessage
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from gateway.models import ApiKey
from members.models import Invitation
from members.operations import invite_member
from residency.models import Exit, ExitState, StayState
from residency.operations import exits
from tenants.models import Tenant
from tests.gateway.conftest import make_key
from tests.residency.exits import NOW, TODAY, WAY, Leaving
from trade import operations as trade
from trade.models import RowConsent

STEPS = [*WAY, (ExitState.WITHDRAWN, exits.withdraw_exit, {"reason": "They stay"})]


@pytest.fixture
def leaving(make, owner, staff):
    return Leaving(owner, staff, make.member(staff.tenant, "manager", is_staff=True))


@pytest.mark.parametrize("state", ExitState.values)
def test_each_step_is_possible_from_the_states_of_the_map_only(leaving, state):
    """Every pair of states."""
    park_exit = leaving.at(state)
    for target, operation, more in STEPS:
        if target in Exit.TRANSITIONS[state]:
            continue
        before = leaving.now_at(park_exit)
        with pytest.raises(WrongState):
            leaving.take(operation, park_exit, **more)
        assert leaving.now_at(park_exit) == before
    assert {target for target, _operation, _more in STEPS} == set(ExitState.values) - {"requested"}


@pytest.mark.parametrize("state", [s for s in ExitState.values if Exit.TRANSITIONS[s]])
def test_each_step_of_the_map_can_be_taken(leaving, state):
    park_exit = leaving.at(state)
    for target, operation, more in STEPS:
        if target in Exit.TRANSITIONS[state]:
            with leaving.as_staff():
                taken = operation(actor=leaving.actor, now=NOW, park_exit=park_exit, **more)
                assert taken.state == target
                Exit.objects.filter(pk=park_exit.pk).update(state=state, left_at=None)
                park_exit.stay.state, park_exit.stay.left_on = StayState.LEAVING, None
                park_exit.stay.save()
                Tenant.objects.filter(pk=park_exit.tenant_id).update(left_at=None)


@pytest.mark.parametrize("role", ["owner", "manager", "finance", "operations", "member"])
def test_nobody_of_the_organisation_moves_an_exit_on(make, leaving, role):
    actor = make.member(leaving.tenant, role).actor()
    park_exit = leaving.at(ExitState.REQUESTED)
    for _target, operation, more in WAY:
        with leaving.as_owner(), pytest.raises(NotPermitted):
            operation(actor=actor, now=NOW, park_exit=park_exit, **more)
    assert leaving.now_at(park_exit)[0] == ExitState.REQUESTED


@pytest.mark.parametrize("role", ["owner", "manager", "operations", "finance", "member"])
def test_which_of_the_staff_move_an_exit_on(make, leaving, role):
    actor = make.member(leaving.staff.tenant, role, is_staff=True).actor(is_staff=True)
    park_exit = leaving.at(ExitState.REQUESTED)
    _target, give_notice, more = WAY[0]
    if role in ("owner", "manager", "operations"):
        assert leaving.take(give_notice, park_exit, actor, **more).state == ExitState.NOTICE
    else:
        with pytest.raises(NotPermitted):
            leaving.take(give_notice, park_exit, actor, **more)


@pytest.mark.parametrize("role", ["manager", "finance", "operations", "member"])
def test_only_the_owner_asks_to_leave(make, leaving, role):
    actor = make.member(leaving.tenant, role).actor()
    with leaving.as_owner(), pytest.raises(NotPermitted):
        exits.request_exit(actor=actor, now=NOW, stay=leaving.stay, reason="cost", leaves_on=TODAY)
    with leaving.as_staff():
        assert not Exit.objects.exists()


def test_an_exit_is_asked_for_once_and_not_for_the_past(leaving):
    with pytest.raises(InvalidInput):
        leaving.request(leaves_on=TODAY - timedelta(days=1))
    leaving.request()
    with pytest.raises(DomainError) as refused:
        leaving.request()
    assert refused.value.code == "exit_once"


def test_the_owner_withdraws_until_the_park_has_confirmed(leaving):
    park_exit = leaving.at(ExitState.NOTICE)
    with leaving.as_owner(), pytest.raises(NotPermitted):
        exits.withdraw_exit(
            actor=leaving.owner.actor(), now=NOW, park_exit=park_exit, reason="Stay"
        )
    assert leaving.now_at(park_exit) == ("notice", "leaving", None)
    leaving.take(exits.withdraw_exit, park_exit, reason="Rent is lower now")
    assert leaving.now_at(park_exit) == ("withdrawn", "resident", None)
    again = leaving.request()
    with leaving.as_owner():
        exits.withdraw_exit(actor=leaving.owner.actor(), now=NOW, park_exit=again, reason="Stay")
    assert leaving.now_at(again) == ("withdrawn", "resident", None)


def test_an_exit_is_withdrawn_with_a_reason(leaving):
    park_exit = leaving.at(ExitState.CLEARANCE)
    with pytest.raises(DomainError) as refused:
        leaving.take(exits.withdraw_exit, park_exit, reason="")
    assert refused.value.code == "exit_withdrawn_has_reason"
    assert leaving.now_at(park_exit) == ("clearance", "leaving", None)


def test_with_the_last_step_everything_ends_that_ends_with_the_stay(leaving):
    key, _secret = make_key(leaving.owner, role="manager")
    with leaving.as_owner():
        invite_member(
            actor=leaving.owner.actor(), now=NOW, tenant=leaving.tenant, email="a@b.example",
            roles=["member"],
        )  # fmt: skip
        consent = trade.consent_to_row_access(
            actor=leaving.owner.actor(), now=NOW, starts_on=TODAY,
            ends_on=TODAY + timedelta(days=9),
        )  # fmt: skip
    park_exit = leaving.at(ExitState.LEFT)
    assert leaving.now_at(park_exit) == ("left", "left", NOW)
    with leaving.as_staff():
        assert ApiKey.objects.get(pk=key.pk).revoked_at == NOW
        assert Invitation.objects.get(tenant=leaving.tenant).withdrawn_at == NOW
        assert RowConsent.objects.get(pk=consent.pk).revoked_at == NOW


def test_owners_are_told_of_each_step_in_both_languages(leaving):
    park_exit = leaving.at(ExitState.LEFT)
    with leaving.as_staff():
        told = Notice.objects.filter(tenant=leaving.tenant, kind="residency.exit").order_by("pk")
        assert [notice.key.split(":")[2] for notice in told] == [
            *("requested", "notice", "clearance", "inspection", "settlement", "left"),
        ]
        assert all(set(notice.title_said) == {"en", "zh-hans"} for notice in told)
        assert {notice.user_id for notice in told} == {leaving.owner.user_id}
        mails = OutboxMessage.objects.filter(tenant=leaving.tenant, kind="mail.send")
        assert mails.filter(key__startswith=f"mail:exit:{park_exit.pk}:").count() == 6
    assert told[0].url == reverse("residency:exit", kwargs={"tenant": leaving.tenant.slug})
