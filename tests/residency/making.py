"""Rows of settling in, made as the park's staff make them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import Mock

from django.utils import timezone

from backbone.models import Job
from backbone.operations import store_document
from foundation.actors import Actor
from residency.agreement_paper import make
from residency.models import Agreement, AgreementParty, Application, Stay
from residency.operations import agreements, signing, stays
from residency.operations.agreements import PAPER
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
YEAR = timedelta(days=364)
PDF = b"%PDF-1.7\nscan\n"
TEXT: dict[str, Any] = {
    "title": "入驻协议",
    "title_en": "Residency agreement",
    "scope": "园区提供场地。\n企业依法经营。",
    "scope_en": "The park gives space.\nThe company trades by the law.",
}


@contextmanager
def office(member: Membership) -> Iterator[Actor]:
    """As this member of the park's staff, in the staff site."""
    with enter(Identity(STAFF, member.tenant_id, member.user_id)):
        yield member.actor(is_staff=True)


def draft(actor: Actor, tenant: Tenant, **values: Any) -> Agreement:
    known: dict[str, Any] = {"kind": "residency", "starts_on": TODAY, "ends_on": TODAY + YEAR}
    made = agreements.draft_agreement(
        actor=actor, now=NOW, tenant=tenant, **(TEXT | known | values)
    )
    made.parties.update(signatory="张三", signatory_title="总经理")
    return made


def send(actor: Actor, agreement: Agreement) -> Agreement:
    return agreements.send_for_signature(actor=actor, now=NOW, agreement=agreement)


def print_papers() -> None:
    """What the worker does with the jobs that make PDFs."""
    for job in Job.objects.filter(kind=PAPER, state="queued").select_related("tenant"):
        make(job, Mock())


def copy(actor: Actor, agreement: Agreement, content: bytes = PDF) -> Agreement:
    return signing.upload_signed_copy(
        actor=actor, now=NOW, agreement=agreement, file=BytesIO(content), name="signed.pdf"
    )


def in_force(actor: Actor, agreement: Agreement) -> Agreement:
    """A draft all the way to the day it counts."""
    send(actor, agreement)
    print_papers()
    copy(actor, agreement)
    return agreements.bring_into_force(actor=actor, now=NOW, agreement=agreement, signed_on=TODAY)


def put_into(agreement: Agreement, state: str, *, paper: Any = None) -> Agreement:
    """In this state, by whatever way; ``paper`` is a document."""
    agreement.state = state
    agreement.document = paper if state in ("awaiting", "effective", "ended") else None
    agreement.signed_copy = paper if state in ("effective", "ended") else None
    agreement.signed_on = TODAY if state in ("effective", "ended") else None
    agreement.closing_reason = "over" if state in ("ended", "void") else ""
    agreement.save()
    return agreement


def stay(actor: Actor, tenant: Tenant, **values: Any) -> Stay:
    known: dict[str, Any] = {"kind": "exporter", "starts_on": TODAY, "ends_on": TODAY + YEAR}
    return stays.record_stay(actor=actor, now=NOW, tenant=tenant, **(known | values))


def offered(staff: Membership, **values: Any) -> Application:
    """An application that was decided, before anybody prepared the agreement."""
    known: dict[str, Any] = {
        "number": "A26-TESTTEST",
        "nonce": "n" * 32,
        "kind": "exporter",
        "state": "offered",
        "language": "zh-hans",
        "name": "新海贸易有限公司",
        "name_en": "Xinhai Trading Co., Ltd.",
        "legal_person": "陈新",
        "contact_name": "陈新",
        "contact_mobile": "13800000000",
        "contact_email": "chen@xinhai.example",
        "business_scope": "出口茶叶",
        "submitted_at": NOW,
        "due_at": NOW,
        "decided_at": NOW,
        "decided_by_id": staff.user_id,
    }
    return Application.objects.create(tenant_id=staff.tenant_id, **(known | values))


def organisation_party(agreement: Agreement) -> AgreementParty:
    return agreement.parties.get(side="organisation")


def day(days: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=days)


def awaiting(member: Membership) -> Agreement:
    """An agreement of the member's organisation that waits for its signed copy."""
    actor = member.actor()
    with enter_tenant(member.tenant_id, user_id=member.user_id):
        paper = store_document(
            actor=actor, now=NOW, file=BytesIO(PDF), name="text.pdf", purpose=signing.PURPOSE
        )
        return Agreement.objects.create(
            tenant_id=member.tenant_id,
            kind="residency",
            number="G26-TESTTEST",
            state="awaiting",
            document=paper,
            starts_on=TODAY,
            ends_on=TODAY + YEAR,
            **TEXT,
        )
