"""Issuing, and that what was issued stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from certificates.models import Certificate, CertificateKind, CertificateState
from certificates.operations.ending import revoke
from certificates.operations.issuing import Candidate, Outcome, issue, issue_in_bulk, plan
from certificates.operations.recording import record
from foundation.errors import DomainError, InvalidInput, NotPermitted
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.certificates.conftest import FACTS, NOW, TODAY, at_office, by

K = CertificateKind


def count() -> int:
    with enter(Identity(STAFF)):
        return Certificate.objects.count()


def test_a_certificate_is_issued_once_for_each_source(certify):
    first = certify()
    again = certify(grade="优秀")
    assert again == first
    assert again.grade == FACTS.grade
    assert count() == 1


def test_issued_facts_are_those_that_were_brought(certify, university):
    made = certify()
    assert made.tenant_id == university.pk
    assert (made.kind, made.state) == (K.TRAINING, CertificateState.ISSUED)
    assert made.evidence == FACTS.evidence
    assert made.number.startswith(f"PC-{TODAY.year}-")


def test_whoever_may_not_issue_issues_nothing(clerk, university, coordinator):
    for who in (clerk, coordinator):
        with at_office(who) as actor, pytest.raises(NotPermitted):
            issue(actor=actor, now=NOW, tenant=university, source=coordinator, facts=FACTS)
    assert count() == 0


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"holder_name": ""}, "certificate_named_or_erased"),
        ({"course_zh": ""}, "certificate_course_and_issuer"),
        ({"minutes": 0}, "certificate_hours"),
        ({"minutes_per_hour": 40}, "certificate_hours"),
        ({"minutes": None, "minutes_per_hour": None}, "certificate_kinds_apart"),
        ({"started_on": TODAY, "ended_on": TODAY - timedelta(days=1)}, "certificate_days_in_order"),
        ({"issued_on": TODAY - timedelta(days=3)}, "certificate_days_in_order"),
        ({"expires_on": TODAY}, "certificate_expires_later"),
    ],
)
def test_facts_that_cannot_be_are_refused(certify, other, code):
    with pytest.raises(DomainError) as refused:
        certify(**other)
    assert refused.value.code == code
    assert count() == 0


def test_a_dry_run_says_what_the_run_then_does(
    certify, make, university, coordinator, weaker, office
):
    third, fourth = make.member(university, "member"), make.member(university, "member")
    with office() as actor:
        revoke(actor=actor, now=NOW, certificate=certify(source=third), reason="wrong")
    certify(source=coordinator)
    candidates = [
        Candidate(university, coordinator, FACTS),
        Candidate(university, weaker, replace(FACTS, holder_name="李四")),
        Candidate(university, third, FACTS),
        Candidate(university, fourth, FACTS, refusal="too few hours"),
    ]
    expected = [Outcome.THERE, Outcome.NEW, Outcome.REVOKED, Outcome.REFUSED]
    with office() as actor:
        assert [each.outcome for each in plan(candidates)] == expected
        before = count()
        done = issue_in_bulk(actor=actor, now=NOW, candidates=candidates)
        again = issue_in_bulk(actor=actor, now=NOW, candidates=candidates)
    assert [each.outcome for each in done] == expected
    assert done[1].certificate is not None
    assert done[1].certificate.holder_name == "李四"
    assert again[1].outcome == Outcome.THERE
    assert count() == before + 1


def test_what_was_revoked_is_not_issued_again(certify, office):
    with office() as actor:
        revoke(actor=actor, now=NOW, certificate=certify(), reason="wrong")
    with pytest.raises(DomainError) as refused:
        certify()
    assert refused.value.code == "revoked_before"
    assert count() == 1


# -- facts and kinds ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"course_zh": "别的"},
        {"holder_name": "别人"},
        {"grade": "优秀"},
        {"evidence": {}},
        {"number": "PC-2026-22222222-2"},
        {"kind": K.UNIVERSITY},
        {"minutes": 9_999},
    ],
)
def test_facts_do_not_change_whoever_writes(certify, change):
    made = certify()
    with enter_tenant(made.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(**change)
    with enter_tenant(made.tenant_id):
        assert Certificate.objects.filter(pk=made.pk, **change).exists() is False


def test_what_ended_does_not_come_back(certify, office):
    with office() as actor:
        made = revoke(actor=actor, now=NOW, certificate=certify(), reason="wrong")
    back = {"state": "issued", "reason": "", "ended_at": None, "ended_by": None}
    with enter_tenant(made.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(**back)


@pytest.mark.parametrize(
    "mixed",
    [
        {"kind": K.TRAINING, "number": "PC-2026-22222222-2", "given_number": "津大-1"},
        {"kind": K.TRAINING, "number": None, "given_number": "津大-1"},
        {"kind": K.UNIVERSITY, "number": "PC-2026-22222222-2", "given_number": "津大-1"},
        {"kind": K.UNIVERSITY, "given_number": ""},
        {"kind": K.VOCATIONAL, "given_number": "1", "source_type": "a.b", "source_id": 1},
        {"kind": K.VOCATIONAL, "given_number": "1", "rule": {"attendance_percent": 80}},
    ],
)
def test_the_three_kinds_do_not_mix(university, mixed):
    plain = {"holder_name": "王", "course_zh": "课", "issuer_zh": "校", "issued_on": TODAY}
    with enter_tenant(university.pk):
        with pytest.raises(IntegrityError, match="certificate_kinds_apart"), transaction.atomic():
            Certificate.objects.create(tenant=university, recorded_at=NOW, **plain, **mixed)
        # The control: without the mixture it is written.
        own = {"kind": K.UNIVERSITY, "given_number": "津大-1"}
        assert Certificate.objects.create(tenant=university, recorded_at=NOW, **plain, **own).pk


# -- recording ----------------------------------------------------------------------------------


def given(actor, tenant, **other):
    said: dict[str, Any] = {
        "kind": K.UNIVERSITY,
        "given_number": "津大2026-0007",
        "holder_name": "王小明",
        "course_zh": "跨境电商微专业",
        "issued_on": TODAY,
    }
    return record(actor=actor, now=NOW, tenant=tenant, **(said | other))


def test_a_university_writes_down_its_own_number(coordinator, university):
    with enter_tenant(university.pk, user_id=coordinator.user_id):
        made = given(by(coordinator), university)
    assert (made.number, made.given_number) == (None, "津大2026-0007")
    assert made.issuer_zh == university.name


def test_a_qualification_keeps_issuer_and_number_of_its_own(university, office):
    with office() as actor:
        made = given(actor, university, kind=K.VOCATIONAL, issuer_zh="人力资源和社会保障局")
    assert made.issuer_zh == "人力资源和社会保障局"


def test_the_same_number_is_not_recorded_twice(university, office):
    with office() as actor:
        given(actor, university)
        with pytest.raises(DomainError) as refused:
            given(actor, university)
    assert refused.value.code == "certificate_given_number_once"
    assert count() == 1


def test_whoever_may_not_record_records_nothing(university, weaker, stranger, coordinator, clerk):
    refusals = [
        (weaker, {}),
        (stranger, {}),
        (coordinator, {"kind": K.VOCATIONAL, "issuer_zh": "人社局"}),
        (clerk, {}),
    ]
    for who, other in refusals:
        with enter_tenant(university.pk, user_id=who.user_id), pytest.raises(NotPermitted):
            given(by(who), university, **other)
    assert count() == 0


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": K.TRAINING}, "invalid"),
        ({"given_number": " "}, "certificate_kinds_apart"),
        ({"issued_on": TODAY + timedelta(days=2)}, "invalid"),
        ({"kind": K.VOCATIONAL}, "certificate_course_and_issuer"),
    ],
)
def test_what_cannot_be_recorded_is_refused(university, office, other, code):
    with office() as actor, pytest.raises(DomainError) as refused:
        given(actor, university, **other)
    assert refused.value.code == code
    assert count() == 0


def test_an_enterprise_gives_no_university_number(enterprise, office):
    with office() as actor, pytest.raises(DomainError) as refused:
        given(actor, enterprise)
    assert refused.value.code == "not_a_university"
    assert not isinstance(refused.value, InvalidInput)
