"""The way of an agreement: every pair of states, every role, and what each refusal leaves."""

from __future__ import annotations

from io import BytesIO

import pytest

from backbone.models import Document, Notice, OutboxMessage
from backbone.operations import store_document
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.models import Agreement, AgreementState
from residency.operations import agreements, signing
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role
from tests.residency.making import (
    NOW,
    PDF,
    TODAY,
    YEAR,
    copy,
    day,
    draft,
    in_force,
    office,
    print_papers,
    put_into,
    send,
)

# The steps that people take: what each leads to, from the states of the map.
STEPS = {
    "send": (AgreementState.AWAITING, send),
    "back": (
        AgreementState.DRAFT,
        lambda actor, row: agreements.take_back(actor=actor, now=NOW, agreement=row),
    ),
    "in force": (
        AgreementState.EFFECTIVE,
        lambda actor, row: agreements.bring_into_force(
            actor=actor, now=NOW, agreement=row, signed_on=TODAY
        ),
    ),
    "end": (
        AgreementState.ENDED,
        lambda actor, row: agreements.end_agreement(
            actor=actor, now=NOW, agreement=row, closed_on=TODAY, reason="over"
        ),
    ),
    "void": (
        AgreementState.VOID,
        lambda actor, row: agreements.void_agreement(
            actor=actor, now=NOW, agreement=row, reason="never"
        ),
    ),
}
LEADS = {Role.OWNER, Role.MANAGER}


@pytest.fixture
def paper(enterprise):
    with enter_tenant(enterprise.pk):
        system = Actor(user_id=None, tenant_id=enterprise.pk)
        return store_document(
            actor=system, now=NOW, file=BytesIO(PDF), name="a.pdf", purpose=signing.PURPOSE
        )


def test_the_map_holds_every_state():
    assert set(Agreement.TRANSITIONS) == set(AgreementState.values)


@pytest.mark.parametrize("state", AgreementState.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state(staff, enterprise, paper, step, state):
    target, take = STEPS[step]
    with office(staff) as actor:
        row = put_into(draft(actor, enterprise), state, paper=paper)
        if step == "in force" and state == "awaiting":
            row.signed_copy = paper
            row.save()
        if target in Agreement.TRANSITIONS[state]:
            take(actor, row)
            assert Agreement.objects.get().state == target
            return
        before = Agreement.objects.values().get()
        with pytest.raises(WrongState):
            take(actor, row)
        assert Agreement.objects.values().get() == before


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_by_every_role(staff, make, park, enterprise, paper, step, role):
    target, take = STEPS[step]
    start = next(s for s, after in Agreement.TRANSITIONS.items() if target in after)
    member = make.member(park, role, is_staff=True)
    with office(staff) as lead:
        row = put_into(draft(lead, enterprise), start, paper=paper)
        if step == "in force":
            row.signed_copy = paper
            row.save()
    with office(member) as actor:
        if role in LEADS:
            take(actor, row)
            return
        with pytest.raises(NotPermitted):
            take(actor, row)
        assert Agreement.objects.get().state == start


def test_an_organisations_own_people_take_no_step(owner, staff, enterprise, paper):
    with office(staff) as actor:
        row = put_into(draft(actor, enterprise), "awaiting", paper=paper)
    with enter_tenant(enterprise.pk, user_id=owner.user_id):
        for _target, take in STEPS.values():
            with pytest.raises(NotPermitted):
                take(owner.actor(), row)
        assert Agreement.objects.get().state == "awaiting"


def test_a_stranger_organisation_sees_none(owner, make, staff, enterprise, neighbour, paper):
    with office(staff) as actor:
        put_into(draft(actor, enterprise), "awaiting", paper=paper)
    stranger = make.member(neighbour, "owner").actor()
    with enter_tenant(neighbour.pk):
        assert not Agreement.objects.visible_to(stranger).exists()
        assert not Document.objects.exists()


@pytest.mark.parametrize("role", ["operations", "member"])
def test_roles_that_do_not_answer_for_it_see_none(make, staff, enterprise, role):
    with office(staff) as actor:
        draft(actor, enterprise)
    member = make.member(enterprise, role)
    with enter_tenant(enterprise.pk):
        assert not Agreement.objects.visible_to(member.actor()).exists()


def test_from_the_draft_to_the_day_it_counts(staff, owner, enterprise):
    with office(staff) as actor:
        row = in_force(actor, draft(actor, enterprise))
        assert (row.state, row.signed_on) == ("effective", TODAY)
        files = Document.objects.filter(pk__in=[row.document_id, row.signed_copy_id])
        assert [file.tenant_id for file in files] == [enterprise.pk] * 2
        kinds = Notice.objects.filter(user=owner.user).values_list("kind", flat=True)
        told = set(kinds)
        ready = Notice.objects.get(user=owner.user, kind="residency.agreement_ready")
        mails = OutboxMessage.objects.filter(kind="mail.send", tenant=enterprise).count()
    assert told == {"residency.agreement_ready", "residency.agreement_in_force"}
    assert mails == 2
    said = {**ready.title_said, **ready.body_said}
    assert row.title_en in f"{ready.title_said} {ready.body_said}", said
    assert row.title in ready.title_said["zh-hans"] + ready.body_said.get("zh-hans", "")


def test_nobody_is_asked_to_sign_while_nobody_is_named_who_signs(staff, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise)
        row.parties.filter(side="park").update(signatory="")
        with pytest.raises(InvalidInput):
            send(actor, row)
        assert Agreement.objects.get().state == "draft"


def test_without_a_signed_copy_it_does_not_come_into_force(staff, enterprise):
    with office(staff) as actor:
        row = send(actor, draft(actor, enterprise))
        print_papers()
        with pytest.raises(DomainError) as refused:
            agreements.bring_into_force(actor=actor, now=NOW, agreement=row, signed_on=TODAY)
        assert refused.value.code == "agreement_in_force_is_signed"
        assert Agreement.objects.get().state == "awaiting"


def test_it_was_not_signed_tomorrow(staff, enterprise):
    with office(staff) as actor:
        row = send(actor, draft(actor, enterprise))
        print_papers()
        copy(actor, row)
        with pytest.raises(InvalidInput):
            agreements.bring_into_force(actor=actor, now=NOW, agreement=row, signed_on=day(1))
        assert Agreement.objects.get().state == "awaiting"


def test_a_copy_that_waits_keeps_the_text_from_changing(staff, enterprise):
    with office(staff) as actor:
        row = send(actor, draft(actor, enterprise))
        print_papers()
        copy(actor, row)
        with pytest.raises(WrongState):
            agreements.take_back(actor=actor, now=NOW, agreement=row)
        signing.refuse_copy(actor=actor, now=NOW, agreement=row, reason="缺少公章")
        agreements.take_back(actor=actor, now=NOW, agreement=row)
        kept = Agreement.objects.get()
    assert (kept.state, kept.document_id, kept.copy_refusal) == ("draft", None, "缺少公章")


@pytest.mark.parametrize(
    ("content", "field"), [(b"MZ\x90\x00\x03 a program", "file"), (b"just words", "file")]
)
def test_what_is_no_scan_is_refused_and_leaves_nothing(staff, enterprise, content, field):
    with office(staff) as actor:
        row = send(actor, draft(actor, enterprise))
        print_papers()
        before = Document.objects.count()
        with pytest.raises(InvalidInput) as refused:
            copy(actor, row, content)
        assert field in refused.value.fields
        assert Document.objects.count() == before
        assert Agreement.objects.get().signed_copy_id is None


def test_the_organisation_uploads_and_the_park_accepts(staff, owner, enterprise):
    with office(staff) as actor:
        row = send(actor, draft(actor, enterprise))
        print_papers()
    with enter_tenant(enterprise.pk, user_id=owner.user_id):
        copy(owner.actor(), row)
    with office(staff) as actor:
        done = agreements.bring_into_force(actor=actor, now=NOW, agreement=row, signed_on=TODAY)
    assert done.state == "effective"


def test_only_a_draft_is_changed(staff, enterprise, paper):
    with office(staff) as actor:
        row = draft(actor, enterprise)
        agreements.change_draft(actor=actor, now=NOW, agreement=row, title="新标题")
        assert Agreement.objects.get().title == "新标题"
        for state in ("awaiting", "effective", "ended", "void"):
            put_into(row, state, paper=paper)
            with pytest.raises(WrongState):
                agreements.change_draft(actor=actor, now=NOW, agreement=row, title="x")
        assert Agreement.objects.get().title == row.title


def test_a_renewal_is_a_draft_of_the_next_term_and_there_is_one(staff, enterprise):
    with office(staff) as actor:
        row = in_force(actor, draft(actor, enterprise))
        renewal = agreements.renew_agreement(actor=actor, now=NOW, agreement=row)
        assert (renewal.state, renewal.previous_id) == ("draft", row.pk)
        assert renewal.starts_on == row.ends_on + (day(1) - TODAY)
        assert (renewal.ends_on - renewal.starts_on).days in {YEAR.days, YEAR.days + 1}
        assert renewal.scope == row.scope
        sides = renewal.parties.values_list("side", "signatory")
        assert set(sides) == {("park", "张三"), ("organisation", "张三")}
        with pytest.raises(DomainError) as refused:
            agreements.renew_agreement(actor=actor, now=NOW, agreement=row)
        assert refused.value.code == "agreement_renewed_once"
        agreements.void_agreement(actor=actor, now=NOW, agreement=renewal, reason="no")
        agreements.renew_agreement(actor=actor, now=NOW, agreement=row)


@pytest.mark.parametrize("state", ["draft", "awaiting", "void"])
def test_what_never_counted_is_not_renewed(staff, enterprise, paper, state):
    with office(staff) as actor:
        row = put_into(draft(actor, enterprise), state, paper=paper)
        with pytest.raises(WrongState):
            agreements.renew_agreement(actor=actor, now=NOW, agreement=row)
        assert Agreement.objects.count() == 1
