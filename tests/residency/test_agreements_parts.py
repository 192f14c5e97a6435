"""Parties and commitments: changed in a draft, told about in force, left alone when over."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.models import AgreementParty, Commitment
from residency.operations import agreement_parts as parts
from residency.operations import agreements
from tenants.isolation.context import enter_tenant
from tests.residency.making import NOW, TODAY, day, draft, in_force, office, organisation_party


def promise(actor, party, **values):
    known: dict[str, Any] = {"text": "派两名教师", "owner_name": "李四", "due_on": day(30)}
    return parts.add_commitment(actor=actor, now=NOW, party=party, **(known | values))


def tell(actor, commitment, progress=40, note="一名已到岗"):
    return parts.tell_progress(
        actor=actor, now=NOW, commitment=commitment, progress=progress, note=note
    )


@pytest.fixture
def running(staff, enterprise):
    """A promise of the organisation and one of the park in an agreement that is in force."""
    with office(staff) as actor:
        row = draft(actor, enterprise, kind="mou")
        theirs = promise(actor, organisation_party(row))
        ours = promise(actor, row.parties.get(side="park"), text="提供席位")
        in_force(actor, row)
    return row, theirs, ours


def test_a_further_party_comes_into_a_draft_once_and_goes_with_its_promises(staff, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise)
        party = parts.add_party(actor=actor, now=NOW, agreement=row, name="津桥银行")
        promise(actor, party)
        with pytest.raises(DomainError) as refused:
            parts.add_party(actor=actor, now=NOW, agreement=row, name="津桥银行")
        assert refused.value.code == "agreement_party_once"
        parts.remove_party(actor=actor, now=NOW, party=party)
        assert not Commitment.objects.exists()
        assert AgreementParty.objects.count() == 2


def test_the_park_and_the_organisation_stay_in_it(staff, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise)
        for party in row.parties.all():
            with pytest.raises(InvalidInput):
                parts.remove_party(actor=actor, now=NOW, party=party)
        assert row.parties.count() == 2


def test_in_force_only_whom_to_call_is_changed(staff, running):
    row, _theirs, _ours = running
    with office(staff) as actor:
        party = organisation_party(row)
        parts.change_party(actor=actor, now=NOW, party=party, contact_name="王五")
        with pytest.raises(WrongState):
            parts.change_party(actor=actor, now=NOW, party=party, signatory="赵六")
        for refused in (
            lambda: parts.add_party(actor=actor, now=NOW, agreement=row, name="x"),
            lambda: parts.remove_party(actor=actor, now=NOW, party=party),
        ):
            with pytest.raises(WrongState):
                refused()
        kept = organisation_party(row)
    assert (kept.contact_name, kept.signatory) == ("王五", "张三")


def test_what_was_promised_keeps_its_words_but_may_get_more_time(staff, running):
    _row, theirs, _ours = running
    with office(staff) as actor:
        known: dict[str, Any] = {"owner_name": "王五", "due_on": day(60)}
        parts.change_commitment(actor=actor, now=NOW, commitment=theirs, text=theirs.text, **known)
        with pytest.raises(WrongState):
            parts.change_commitment(actor=actor, now=NOW, commitment=theirs, text="x", **known)
        with pytest.raises(WrongState):
            parts.remove_commitment(actor=actor, now=NOW, commitment=theirs)
        kept = Commitment.objects.get(pk=theirs.pk)
    assert (kept.text, kept.owner_name, kept.due_on) == ("派两名教师", "王五", day(60))


def test_nothing_is_due_before_the_agreement_begins(staff, enterprise):
    with office(staff) as actor:
        party = organisation_party(draft(actor, enterprise))
        with pytest.raises(InvalidInput):
            promise(actor, party, due_on=day(-1))
        assert not Commitment.objects.exists()


def test_nothing_is_promised_after_the_end(staff, running):
    row, theirs, _ours = running
    with office(staff) as actor:
        agreements.end_agreement(
            actor=actor, now=NOW, agreement=row, closed_on=TODAY, reason="over"
        )
        for refused in (
            lambda: promise(actor, organisation_party(row)),
            lambda: tell(actor, theirs),
        ):
            with pytest.raises(WrongState):
                refused()
        assert Commitment.objects.count() == 2


def test_the_organisation_tells_of_its_own_promise_and_not_of_the_parks(running, owner):
    _row, theirs, ours = running
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        tell(owner.actor(), theirs)
        with pytest.raises(NotPermitted):
            tell(owner.actor(), ours)
        kept = dict(Commitment.objects.values_list("pk", "progress"))
    assert kept == {theirs.pk: 40, ours.pk: 0}


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_weaker_roles_tell_nothing(running, make, enterprise, role):
    _row, theirs, _ours = running
    member = make.member(enterprise, role)
    with enter_tenant(enterprise.pk), pytest.raises(NotPermitted):
        tell(member.actor(), theirs)


def test_a_stranger_organisation_finds_no_promise(running, make, neighbour):
    _row, theirs, _ours = running
    stranger = make.member(neighbour, "owner").actor()
    with enter_tenant(neighbour.pk), pytest.raises(Commitment.DoesNotExist):
        tell(stranger, theirs)


@pytest.mark.parametrize(("progress", "note"), [(101, "x"), (-1, "x"), (50, " ")])
def test_progress_is_a_share_and_says_what_was_done(staff, running, progress, note):
    _row, theirs, _ours = running
    with office(staff) as actor:
        with pytest.raises(DomainError):
            tell(actor, theirs, progress, note)
        assert Commitment.objects.get(pk=theirs.pk).progress == 0


def test_overdue_is_what_is_in_force_unfinished_and_past_its_day(staff, running):
    _row, theirs, ours = running
    with office(staff) as actor:
        assert not Commitment.objects.overdue(day(30)).exists()
        assert Commitment.objects.overdue(day(31)).count() == 2
        tell(actor, ours, 100)
        assert list(Commitment.objects.overdue(day(31))) == [theirs]


@pytest.mark.parametrize("role", ["finance", "operations", "coordinator", "member"])
def test_weaker_staff_change_no_agreement(staff, make, park, enterprise, role):
    with office(staff) as actor:
        row = draft(actor, enterprise)
    weaker = make.member(park, role, is_staff=True)
    with office(weaker) as actor:
        for refused in (
            lambda: draft(actor, enterprise),
            lambda: promise(actor, organisation_party(row)),
            lambda: parts.add_party(actor=actor, now=NOW, agreement=row, name="x"),
            lambda: parts.change_party(
                actor=actor, now=NOW, party=organisation_party(row), name="x"
            ),
        ):
            with pytest.raises(NotPermitted):
                refused()
