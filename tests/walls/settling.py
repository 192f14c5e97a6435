"""Agreements, stays and tasks of one organisation, told in marked words."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from backbone.operations import store_document
from foundation.actors import Actor
from foundation.home import Destination
from residency.answering import tell_leads
from residency.models import Agreement, AgreementParty, Commitment, Extension, Stay, Task
from residency.operations.signing import PURPOSE
from tenants.models import Tenant
from tests.walls.marks import Mark


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """One agreement that waits for its signature, one in force and one that has ended; a stay
    that was extended, with a task. Made as rows: the operations are the park staff's, and the
    park itself never moves in."""
    awaiting = _agreement(mark, actor, now, "awaiting")
    in_force = _agreement(mark, actor, now, "effective", previous=_ended(mark, actor, now))
    for agreement in (awaiting, in_force):
        _parts(mark, agreement)
    _stay(mark, actor, now)
    _tell(mark, actor, now)


def _tell(mark: Mark, actor: Actor, now: datetime) -> None:
    """A notice and a mail to those who answer for the organisation."""
    tell_leads(
        actor=actor,
        now=now,
        tenant=Tenant.objects.get(pk=actor.tenant_id),
        kind="residency.agreement_ready",
        title=mark.word("told"),
        body=mark.word("toldmore"),
        to=Destination("residency:stay"),
        key=mark.word("toldkey"),
    )


def _ended(mark: Mark, actor: Actor, now: datetime) -> Agreement:
    return _agreement(mark, actor, now, "ended", closing_reason=mark.word("ending"))


def _agreement(mark: Mark, actor: Actor, now: datetime, state: str, **values: Any) -> Agreement:
    word, today = mark.word, timezone.localdate(now)
    paper = store_document(
        actor=actor,
        now=now,
        file=BytesIO(f"%PDF {word('clause')}".encode()),
        name=f"{word('agreement')}.pdf",
        purpose=PURPOSE,
    )
    signed = state in ("effective", "ended")
    return Agreement.objects.create(
        tenant_id=actor.tenant_id,
        kind="mou",
        number=f"{word('no')}-{state[:2]}",
        state=state,
        title=word("agreementtitle"),
        title_en=word("agreementtitle"),
        scope=word("scope"),
        scope_en=word("scope"),
        starts_on=today,
        ends_on=today + timedelta(days=400),
        document=paper,
        signed_copy=paper if signed else None,
        signed_on=today if signed else None,
        copy_refusal="" if signed else word("copyrefusal"),
        **values,
    )


def _parts(mark: Mark, agreement: Agreement) -> None:
    word = mark.word
    party = AgreementParty.objects.create(
        tenant_id=agreement.tenant_id,
        agreement=agreement,
        side="organisation",
        name=word("party"),
        name_en=word("party"),
        signatory=word("signatory"),
        signatory_title=word("position"),
        contact_name=word("contact"),
        contact_mobile=word("mobile"),
        contact_email=f"{word('contact')}@example.test",
    )
    Commitment.objects.create(
        tenant_id=agreement.tenant_id,
        agreement=agreement,
        party=party,
        text=word("promise"),
        owner_name=word("promiser"),
        due_on=agreement.ends_on,
        note=word("progress"),
    )


def _stay(mark: Mark, actor: Actor, now: datetime) -> None:
    word, today = mark.word, timezone.localdate(now)
    stay = Stay.objects.create(
        tenant_id=actor.tenant_id,
        kind="exporter",
        state="suspended",
        starts_on=today,
        ends_on=today + timedelta(days=400),
        suspended_reason=word("suspension"),
        resumed_reason=word("resumption"),
    )
    Extension.objects.create(
        tenant_id=actor.tenant_id,
        stay=stay,
        before_on=today,
        after_on=stay.ends_on,
        reason=word("extension"),
    )
    Task.objects.create(
        tenant_id=actor.tenant_id,
        stay=stay,
        code="check_in",
        due_on=today,
        closed_at=now,
        closed_by_event="by hand",
    )
    Task.objects.create(tenant_id=actor.tenant_id, stay=stay, code="key_handover", due_on=today)
