"""Revoking and replacing, and every pair of states."""

from __future__ import annotations

import pytest

from certificates.models import Certificate, CertificateState
from certificates.operations.ending import replace, revoke
from foundation.errors import DomainError, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter
from tests.certificates.conftest import NOW, at_office, by

S = CertificateState
STEPS = {
    S.REVOKED: lambda actor, row: revoke(actor=actor, now=NOW, certificate=row, reason="课时有误"),
    S.REPLACED: lambda actor, row: replace(actor=actor, now=NOW, certificate=row, reason="姓名有误", holder_name="王晓明"),
}  # fmt: skip


def fresh(row):
    with enter(Identity(STAFF)):
        return Certificate.objects.get(pk=row.pk)


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state(certify, office, state, step):
    made = certify()
    with office() as actor:
        if state in STEPS:
            STEPS[state](actor, made)
        if step in Certificate.TRANSITIONS[state]:
            STEPS[step](actor, made)
            assert fresh(made).state == step
        else:
            before = Certificate.objects.order_by("pk").values()
            seen = list(before)
            with pytest.raises(WrongState):
                STEPS[step](actor, made)
            assert list(before.all()) == seen


@pytest.mark.parametrize("step", STEPS)
def test_nobody_ends_one_without_the_right(certify, clerk, coordinator, stranger, step):
    made = certify()
    for who in (clerk, coordinator, stranger):
        with at_office(who), pytest.raises(NotPermitted):
            STEPS[step](by(who), made)
    assert fresh(made).state == S.ISSUED


def test_a_reason_is_needed(certify, office):
    made = certify()
    with office() as actor:
        for step in (revoke, replace):
            with pytest.raises(DomainError) as refused:
                step(actor=actor, now=NOW, certificate=made, reason="  ")
            assert refused.value.code == "certificate_ended_with_reason"
    assert fresh(made).state == S.ISSUED
    with enter(Identity(STAFF)):
        assert Certificate.objects.count() == 1


def test_a_replacement_takes_over_all_but_what_was_wrong(certify, office):
    made = certify()
    with office() as actor:
        new = STEPS[S.REPLACED](actor, made)
    old = fresh(made)
    assert (new.holder_name, old.holder_name) == ("王晓明", "王小明")
    assert new.number != old.number
    assert new.replaces_id == old.pk
    assert (new.source_type, new.source_id) == (old.source_type, old.source_id)
    assert (new.evidence, new.minutes, new.issued_on) == (old.evidence, old.minutes, old.issued_on)


def test_a_replacement_corrects_nothing_that_was_taught(certify, office):
    made = certify()
    with office() as actor:
        new = replace(actor=actor, now=NOW, certificate=made, reason="x", minutes=9_999)
    assert new.minutes == made.minutes
