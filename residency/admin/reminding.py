"""Texts to pass on by WeChat to the park's own people, each with its link."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from residency.models import Application, Condition, Review
from residency.operations.reviews import application_url, review_url


def to_reviewer(review: Review, application: Application) -> str:
    """For whoever was asked to review and has not answered."""
    words = gettext(
        "%(name)s, application %(number)s of %(company)s waits for your scores since %(day)s. "
        "Open it here: %(link)s"
    )
    return words % {
        "name": review.reviewer,
        "number": application.number,
        "company": application.display_name,
        "day": timezone.localdate(review.assigned_at),
        "link": f"{settings.PORTAL_URL}{review_url(review)}",
    }


def to_owner(condition: Condition) -> str:
    """For the owner of a condition that is not met yet."""
    words = gettext(
        "%(name)s, a condition of %(company)s is yours until %(day)s: %(condition)s "
        "Open it here: %(link)s"
    )
    return words % {
        "name": condition.owner,
        "company": condition.application.display_name,
        "day": condition.due_on,
        "condition": condition.text,
        "link": f"{settings.PORTAL_URL}{application_url(condition.application)}",
    }
