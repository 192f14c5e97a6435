"""Applications that are checked, under review or decided, and people who review."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from residency.models import Application, ApplicationState, Criterion, ReviewPolicy
from residency.operations import reviews
from residency.rubrics import frozen
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
_numbers = count(1)
ANCHORS = {str(n): {"zh": f"{n} 分的意思", "en": f"What {n} means"} for n in range(1, 6)}
WEIGHTS = {"plan": 40, "team": 30, "fit": 30}


@contextmanager
def at_work(membership: Membership) -> Iterator[Actor]:
    """A person of the park's staff inside the staff site."""
    with enter(Identity(STAFF, membership.tenant_id, membership.user_id)):
        yield membership.actor(is_staff=True)


def policy(park: Tenant, kind: str = "exporter", reviewers: int = 2, **values: Any) -> ReviewPolicy:
    made = ReviewPolicy.objects.create(tenant=park, kind=kind, reviewers=reviewers, **values)
    for position, (code, weight) in enumerate(WEIGHTS.items()):
        Criterion.objects.create(
            tenant=park,
            policy=made,
            code=code,
            weight=weight,
            position=position,
            label_zh=f"{code} 项",
            label_en=code.title(),
            anchors=ANCHORS,
        )
    return made


def application(park: Tenant, state: str = ApplicationState.CHECKING, **values: Any) -> Application:
    """As it would be in that state, everything before it done."""
    number = next(_numbers)
    known: dict[str, Any] = {
        "number": f"A26-{number:08}",
        "nonce": f"nonce-{number}",
        "kind": "exporter",
        "language": "en",
        "name": f"甲辰贸易 {number}",
        "name_en": f"Jiachen Trading {number}",
        "contact_email": f"contact-{number}@example.test",
        "contact_name": "Tan Wei",
        "submitted_at": NOW,
        "due_at": NOW + timedelta(days=15),
    }
    return Application.objects.create(tenant=park, state=state, **(known | values))


def under_review(park: Tenant, reviewers: int = 2, **values: Any) -> Application:
    found = ReviewPolicy.objects.filter(tenant=park, kind=values.get("kind", "exporter")).first()
    rubric = frozen(found or policy(park, reviewers=reviewers)) | {"reviewers": reviewers}
    return application(park, ApplicationState.REVIEW, rubric=rubric, **values)


def scores(*given: int) -> dict[str, dict[str, Any]]:
    return {
        code: {"score": score, "comment": f"{code}: {score}"}
        for code, score in zip(WEIGHTS, given, strict=True)
    }


def reviewed(
    park: Tenant, lead: Membership, reviewers: list[Membership], *given: tuple[int, int, int]
) -> Application:
    """Under review, everybody asked, and the scores of the first ones in."""
    made = under_review(park, len(reviewers))
    with at_work(lead) as actor:
        asked = reviews.assign_reviewers(
            actor=actor, now=NOW, application=made, people=[m.user for m in reviewers]
        )
    for member, review, three in zip(reviewers, asked, given, strict=False):
        with at_work(member) as actor:
            reviews.submit_review(actor=actor, now=NOW, review=review, scores=scores(*three))
    return made


def due(days: int = 30) -> date:
    return TODAY + timedelta(days=days)


@contextmanager
def looking_on(park: Tenant) -> Iterator[None]:
    """The test's own queries run as the park's staff."""
    with enter(Identity(STAFF, park.pk)):
        yield
