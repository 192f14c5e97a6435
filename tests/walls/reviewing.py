"""How one organisation would admit, and reviews and conditions, told in marked words.

Made as rows in each organisation: the operations write them at the park alone, and a neighbour's
row has to be there for the walls to be tried on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from residency.models import (
    AdmissionRule,
    Application,
    Condition,
    Criterion,
    Review,
    ReviewPolicy,
)
from residency.rubrics import frozen
from tests.walls.marks import Mark


def fill(mark: Mark, actor: Actor, now: datetime) -> None:
    """A policy with its rubric and a rule; a review, one of somebody with a conflict, a condition."""
    word, today = mark.word, timezone.localdate(now)
    person = actor.user_id or 0
    own = {"tenant_id": actor.tenant_id}
    policy = ReviewPolicy.objects.create(**own, kind="importer")
    meaning = {"zh": word("anchor"), "en": word("anchor")}
    Criterion.objects.create(
        **own, policy=policy, code=word("criterion"), weight=10,
        label_zh=word("criterionlabel"), label_en=word("criterionlabel"),
        anchors={str(score): meaning for score in range(1, 6)},
    )  # fmt: skip
    AdmissionRule.objects.create(
        **own, kind="importer", code="safe_use", starts_on=today, source=word("rulesource")
    )
    under_review = _application(mark, actor, now, "review", rubric=frozen(policy))
    by = {"application": under_review, "reviewer_id": person}
    Review.objects.create(
        **own, **by, assigned_by_id=person, average=3, submitted_at=now,
        scores={word("criterion"): {"score": 3, "comment": word("scorecomment")}},
        comment=word("reviewcomment"),
    )  # fmt: skip
    accepted = _application(
        mark, actor, now, "conditional", rubric=frozen(policy),
        decided_by_id=person, decided_at=now,
    )  # fmt: skip
    Review.objects.create(
        **own, application=accepted, reviewer_id=person, assigned_by_id=person,
        conflict=word("conflict"),
    )  # fmt: skip
    Condition.objects.create(
        **own, application=accepted, text=word("condition"), owner_id=person,
        due_on=today + timedelta(days=30), met_at=now, met_note=word("metnote"),
    )  # fmt: skip


def _application(mark: Mark, actor: Actor, now: datetime, state: str, **values: Any) -> Application:
    return Application.objects.create(
        tenant_id=actor.tenant_id,
        number=f"{mark.word('rv')}-{state[:3]}",
        state=state,
        kind="importer",
        language="en",
        nonce=f"{mark.word('rvnonce')}-{state[:3]}",
        name=mark.word("reviewed"),
        contact_email=f"{mark.word('reviewed')}@example.test",
        submitted_at=now,
        due_at=now + timedelta(days=15),
        **values,
    )
