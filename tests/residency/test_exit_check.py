"""The exit check: each open thing is named, nothing passes by it, and a waiver takes two."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import translation

from backbone.models import Job, OutboxMessage
from backbone.operations import start_job, store_document
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from foundation.refs import ref_of
from members.operations import invite_member
from residency.exit_check import StillOpen, exit_check
from residency.models import (
    Agreement,
    AgreementParty,
    Commitment,
    Exit,
    ExitState,
    Task,
    Waiver,
)
from residency.operations import exits
from tests.gateway.conftest import make_key
from tests.residency.exits import NOW, TODAY, Leaving
from tests.trade.conftest import lines
from trade import operations as trade


@pytest.fixture
def leaving(make, owner, staff):
    return Leaving(owner, staff, make.member(staff.tenant, "manager", is_staff=True))


def running_job(leaving):
    with leaving.as_owner():
        job = start_job(
            actor=leaving.owner.actor(), now=NOW, kind="trade.export_orders", payload={}
        )
        # The word of it to a worker warns by itself.
        OutboxMessage.objects.update(done_at=NOW)
    return "job_unfinished", ref_of(job.pk, "job"), "Export of orders"


def agreement(leaving, kind="training", state="effective", title="Training centre"):
    with leaving.as_owner():
        paper = store_document(
            actor=leaving.owner.actor(), now=NOW, file=BytesIO(b"signed"), name="a.txt",
            purpose="residency.agreement",
        )  # fmt: skip
        return Agreement.objects.create(
            tenant=leaving.tenant, kind=kind, number=f"G26-{kind}", state=state, title=title,
            scope="Rooms", starts_on=TODAY, ends_on=TODAY + timedelta(days=90),
            signed_copy=paper, signed_on=TODAY,
        )  # fmt: skip


def agreement_in_force(leaving):
    found = agreement(leaving)
    return "agreement_in_force", ref_of(found.pk, "agreement"), "Training centre"


def commitment(leaving, side="organisation"):
    with leaving.as_owner():
        found = agreement(leaving, kind="mou")
        party = AgreementParty.objects.create(
            tenant=leaving.tenant, agreement=found, side=side, name="A party"
        )
        return Commitment.objects.create(
            tenant=leaving.tenant, agreement=found, party=party, text="Ten interns",
            owner_name="Li", due_on=TODAY,
        )  # fmt: skip


def open_commitment(leaving):
    return "commitment_open", ref_of(commitment(leaving).pk, "commitment"), "Ten interns"


BLOCKING = {
    "backbone": running_job,
    "residency, an agreement": agreement_in_force,
    "residency, a commitment": open_commitment,
}


@pytest.mark.parametrize("kind", BLOCKING)
def test_each_blocking_item_is_named_and_nothing_moves(leaving, kind):
    app, park_exit = kind.partition(",")[0], leaving.at(ExitState.CLEARANCE)
    code, key, words = BLOCKING[kind](leaving)
    with translation.override("en"), pytest.raises(StillOpen) as refused:
        leaving.take(exits.pass_exit_check, park_exit)
    with translation.override("en"):
        assert words in str(refused.value)
    assert leaving.now_at(park_exit)[0] == ExitState.CLEARANCE
    leaving.give(leaving.ask(park_exit, app, code, key))
    leaving.take(exits.pass_exit_check, park_exit)
    assert leaving.now_at(park_exit)[0] == ExitState.INSPECTION


@pytest.mark.parametrize("kind", BLOCKING)
def test_the_last_step_asks_once_more(leaving, kind):
    park_exit = leaving.at(ExitState.SETTLEMENT)
    BLOCKING[kind](leaving)
    with pytest.raises(StillOpen):
        leaving.take(exits.finish_exit, park_exit)
    assert leaving.now_at(park_exit) == ("settlement", "leaving", None)


def test_what_only_warns_is_told_and_stops_nobody(leaving, make):
    park_exit = leaving.at(ExitState.CLEARANCE)
    make_key(leaving.owner, role="manager")
    commitment(leaving, side="park")
    agreement(leaving, kind="co_build", state="awaiting")
    with leaving.as_owner():
        actor = leaving.owner.actor()
        invite_member(
            actor=actor, now=NOW, tenant=leaving.tenant, email="a@b.example", roles=["member"]
        )
        trade.consent_to_row_access(
            actor=actor, now=NOW, starts_on=TODAY, ends_on=TODAY + timedelta(days=9)
        )
        trade.upload_orders(actor=actor, now=NOW, file=BytesIO(lines("1,A")), name="a.csv")
        Task.objects.create(
            tenant=leaving.tenant, stay=leaving.stay, code="owner_joined", due_on=TODAY
        )
    with leaving.as_staff():
        found = exit_check(leaving.tenant, park_exit, NOW)
    told = {item.item.code for check in found for item in check.items}
    assert told >= {
        *("messages_undelivered", "keys_in_force", "invitations_unanswered", "imports_waiting"),
        *("consent_in_force", "agreement_in_force", "agreement_unsigned"),
        *("commitment_of_park_open", "task_open"),
    }
    assert not [item for check in found for item in check.items if item.blocks]
    leaving.take(exits.pass_exit_check, park_exit)


def test_a_waiver_takes_a_second_person(leaving):
    park_exit = leaving.at(ExitState.CLEARANCE)
    code, key, _words = running_job(leaving)
    asked = leaving.ask(park_exit, "backbone", code, key)
    with pytest.raises(StillOpen):
        leaving.take(exits.pass_exit_check, park_exit)
    with pytest.raises(DomainError) as refused:
        leaving.give(asked, by=leaving.staff)
    assert refused.value.code == "waiver_by_second_person"
    with leaving.as_staff():
        assert Waiver.objects.get(pk=asked.pk).given_at is None
    leaving.give(asked)
    with pytest.raises(WrongState):
        leaving.give(asked)


@pytest.mark.parametrize("role", ["operations", "finance", "coordinator", "member"])
def test_weaker_staff_give_no_waiver(make, leaving, role):
    park_exit = leaving.at(ExitState.CLEARANCE)
    code, key, _words = running_job(leaving)
    asked = leaving.ask(park_exit, "backbone", code, key)
    weaker = make.member(leaving.staff.tenant, role, is_staff=True)
    with pytest.raises(NotPermitted):
        leaving.give(asked, by=weaker)


def test_a_waiver_is_asked_for_what_blocks_with_a_reason_and_once(leaving):
    park_exit = leaving.at(ExitState.CLEARANCE)
    code, key, _words = running_job(leaving)
    for wrong in ({"key": "another"}, {"code": "nothing"}, {"app": "trade"}):
        with pytest.raises(InvalidInput):
            leaving.ask(park_exit, **({"app": "backbone", "code": code, "key": key} | wrong))
    with pytest.raises(DomainError) as refused:
        leaving.ask(park_exit, "backbone", code, key, reason="")
    assert refused.value.code == "waiver_has_reason"
    leaving.ask(park_exit, "backbone", code, key)
    with pytest.raises(DomainError) as refused:
        leaving.ask(park_exit, "backbone", code, key)
    assert refused.value.code == "waiver_once"


@pytest.mark.parametrize("state", ["requested", "notice", "left", "withdrawn"])
def test_a_waiver_belongs_to_the_exit_check(leaving, state):
    park_exit = leaving.at(state)
    with pytest.raises((WrongState, InvalidInput)):
        leaving.ask(park_exit, "backbone", "job_unfinished", "x")
    with leaving.as_staff():
        assert not Waiver.objects.exists()


def test_a_job_that_was_let_pass_ends_with_the_stay(leaving):
    park_exit = leaving.at(ExitState.CLEARANCE)
    code, key, _words = running_job(leaving)
    leaving.give(leaving.ask(park_exit, "backbone", code, key))
    for operation in (exits.pass_exit_check, exits.pass_inspection, exits.finish_exit):
        leaving.take(operation, park_exit)
    with leaving.as_staff():
        assert Job.objects.get(tenant=leaving.tenant).state == "cancelled"
        assert Exit.objects.get(pk=park_exit.pk).state == ExitState.LEFT
