"""Leads and applications of one organisation, told in marked words.

Made as rows in each organisation: the operations write them at the park alone, and a neighbour's
row has to be there for the walls to be tried on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from backbone.operations import store_document
from foundation.actors import Actor
from residency.models import (
    Application,
    ApplicationDocument,
    DocumentRequirement,
    FollowUp,
    Lead,
)
from residency.operations.papers import PURPOSE
from tests.walls.marks import Mark


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A lead with its log, one that was lost; an application that was returned, one declined."""
    lead = _lead(mark, actor, now)
    _application(mark, actor, now, lead, "returned", return_note=mark.word("completion"))
    _application(
        mark, actor, now, lead, "rejected",
        decision_reason=mark.word("decisionreason"), closing_reason=mark.word("closingreason"),
        decided_at=now, decided_by_id=actor.user_id, closed_at=now,
    )  # fmt: skip


def _lead(mark: Mark, actor: Actor, now: datetime) -> Lead:
    word, today = mark.word, timezone.localdate(now)
    known = {
        "tenant_id": actor.tenant_id,
        "name": word("leadname"),
        "kind": "exporter",
        "contact_name": word("leadcontact"),
        "contact_mobile": word("leadmobile"),
        "contact_email": f"{word('lead')}@example.test",
        "source": "call",
        "source_detail": word("leadsource"),
        "wishes": word("wishes"),
        "owner_id": actor.user_id,
    }
    lead = Lead.objects.create(**known, next_follow_up_on=today + timedelta(days=3))
    Lead.objects.create(
        **known, state="lost", lost_reason="price", lost_note=word("lostnote"), closed_at=now
    )
    FollowUp.objects.create(
        tenant_id=actor.tenant_id, lead=lead, kind="call", at=now, by_id=actor.user_id,
        note=word("followup"),
    )  # fmt: skip
    return lead


def _application(
    mark: Mark, actor: Actor, now: datetime, lead: Lead, state: str, **values: Any
) -> None:
    word = mark.word
    application = Application.objects.create(
        tenant_id=actor.tenant_id,
        number=f"{word('an')}-{state[:3]}",
        state=state,
        kind="exporter",
        lead=lead,
        language="en",
        draft={"name": word("draftname")},
        nonce=f"{word('nonce')}-{state[:3]}",
        name=word("applicant"),
        name_en=word("applicant"),
        legal_person=word("legalperson"),
        registered_address=word("applicantaddress"),
        business_scope=word("businessscope"),
        contact_name=word("applicantcontact"),
        contact_mobile=word("apmobile"),
        contact_email=f"{word('applicant')}@example.test",
        platforms=[word("platformsold")],
        details={"products": word("products")},
        findings=[{"code": "safe_use", "met": True, "blocking": True,
                   "sentence": {"en": word("finding")}, "source": word("findingsource")}],
        rubric={"criteria": [{"label": word("rubric")}]},
        submitted_at=now,
        due_at=now + timedelta(days=15),
        returned_at=now if state == "returned" else None,
        handler_id=actor.user_id,
        **values,
    )  # fmt: skip
    _document(mark, actor, now, application)


def _document(mark: Mark, actor: Actor, now: datetime, application: Application) -> None:
    requirement, _made = DocumentRequirement.objects.get_or_create(
        tenant_id=actor.tenant_id,
        kind="exporter",
        code=mark.word("code"),
        label_zh=mark.word("requirement"),
        label_en=mark.word("requirement"),
    )
    ApplicationDocument.objects.create(
        tenant_id=actor.tenant_id,
        application=application,
        requirement=requirement,
        file=store_document(
            actor=actor,
            now=now,
            file=BytesIO(f"%PDF {mark.word('licence')}".encode()),
            name=f"{mark.word('licence')}.pdf",
            purpose=PURPOSE,
        ),
        uploaded_at=now,
        mark="invalid",
        reason=mark.word("markreason"),
        marked_by_id=actor.user_id,
        marked_at=now,
    )
