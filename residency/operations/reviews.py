"""The review of an application: its beginning, who reviews, conflicts of interest, scores."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import IO, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations import delete_document, store_document
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from residency import admission_rules, reviewers, rubrics
from residency.checklist import lines_of
from residency.models import (
    Application,
    ApplicationState,
    Mark,
    Review,
    ReviewPolicy,
)
from residency.operations import rows
from residency.permissions import permissions
from residency.telling import tell_staff
from tenants.models import User

MINUTES = "residency.minutes"
MINUTES_BYTES = 20 * 1024 * 1024


@operation
def begin_review(*, actor: Actor, now: datetime, application: Application) -> Application:
    """Freeze the rubric and the findings of the admission rules; the reviewers can be asked.

    Raises a DomainError while a required document is not complete, an admission rule that
    blocks is not met, or the kind of applicant has no policy and rubric; NotPermitted,
    WrongState.
    """
    permissions.require(actor, "check_applications")
    application = rows.locked(actor, application, ApplicationState.CHECKING)
    application.findings = admission_rules.findings(application, timezone.localdate(now))
    _require_documents(application, now)
    _require_rules(application)
    application.rubric = _rubric_for(application)
    application.move_to(ApplicationState.REVIEW)
    application.save(update_fields=["findings", "rubric", "state"])
    return application


def _require_documents(application: Application, now: datetime) -> None:
    required = [line for line in lines_of(application, now) if line.requirement.is_required]
    names = [str(line.requirement) for line in required if line.mark != Mark.COMPLETE]
    if names:
        raise DomainError(
            _("These required documents are not marked as complete: %(names)s."),
            code="documents_open",
            params={"names": ", ".join(names)},
        )


def _require_rules(application: Application) -> None:
    missed = admission_rules.missed(application.findings)
    if missed:
        sentences = " ".join(admission_rules.sentence_of(each) for each in missed)
        raise DomainError(
            _("An admission rule is not met: %(sentences)s"),
            code="rule_missed",
            params={"sentences": sentences},
        )


def _rubric_for(application: Application) -> dict[str, Any]:
    own = ReviewPolicy.objects.filter(tenant_id=application.tenant_id, kind=application.kind)
    policy = own.first()
    if policy is None:
        raise DomainError(
            _("This kind of applicant has no review policy yet."), code="policy_missing"
        )
    rubric = rubrics.frozen(policy)
    if policy.reviewers and not rubric["criteria"]:
        raise DomainError(_("The rubric has no criteria yet."), code="rubric_empty")
    return rubric


@operation
def assign_reviewers(
    *, actor: Actor, now: datetime, application: Application, people: Collection[User]
) -> list[Review]:
    """Ask people of the park's staff to review; they are told by notice and mail.

    The first time at least as many as the kind asks, later any number. Raises a DomainError for
    whoever belongs to the applicant or was asked before, when a review meeting decides, and once
    all reviews are in, since their scores are readable then; NotPermitted, WrongState.
    """
    permissions.require(actor, "assign_reviewers")
    application = rows.locked(actor, application, ApplicationState.REVIEW)
    _require_open_for_reviewers(application)
    _require_candidates(application, people)
    _require_enough(application, people)
    return [_ask(actor, now, application, person) for person in people]


def _require_open_for_reviewers(application: Application) -> None:
    if not application.rubric["reviewers"]:
        raise DomainError(
            _("A review meeting decides on this kind of applicant: upload its minutes."),
            code="meeting_decides",
        )
    if is_complete(application):
        raise DomainError(
            _("All reviews are in and their scores can be read, so nobody is asked any more."),
            code="reviews_complete",
        )


def _require_candidates(application: Application, people: Collection[User]) -> None:
    possible = set(
        reviewers.candidates(application)
        .filter(pk__in=[person.pk for person in people])
        .values_list("pk", flat=True)
    )
    refused = [str(person) for person in people if person.pk not in possible]
    if refused:
        raise InvalidInput(
            _(
                "Not possible as reviewers: %(names)s. They belong to the applicant, do not work "
                "for the park, or were asked before."
            ),
            code="not_a_candidate",
            params={"names": ", ".join(refused)},
        )


def _require_enough(application: Application, people: Collection[User]) -> None:
    counting = Review.objects.filter(application=application).counting().count()
    missing = application.rubric["reviewers"] - counting
    if not people or len(people) < missing:
        raise InvalidInput(
            _("Choose reviewers; at least so many are missing: %(count)s."),
            code="too_few_reviewers",
            params={"count": max(missing, 1)},
        )


def _ask(actor: Actor, now: datetime, application: Application, person: User) -> Review:
    review = Review.objects.create(
        tenant_id=application.tenant_id,
        application=application,
        reviewer=person,
        assigned_by=User.objects.get(pk=actor.user_id),
        assigned_at=now,
    )
    tell_staff(
        actor=actor,
        now=now,
        user=person,
        kind="residency.review_asked",
        title=_("Please review the application of %(name)s"),
        body=_("It has the number %(number)s. Scores of others are hidden until yours are in."),
        params={"name": application.display_name, "number": application.number},
        url=review_url(review),
        key=f"review-asked:{review.pk}",
    )
    return review


def review_url(review: Review) -> str:
    return reverse("admin:residency_review_change", args=[review.pk])


@operation
def withdraw_request(*, actor: Actor, now: datetime, review: Review) -> None:
    """Somebody asked to review does not have to any more, and may be asked again.

    Raises WrongState once they have answered; NotPermitted.
    """
    permissions.require(actor, "assign_reviewers")
    review = rows.review_of(actor, review, ApplicationState.REVIEW)
    if review.submitted_at or review.conflict:
        raise WrongState
    review.delete()


@operation
def declare_conflict(*, actor: Actor, now: datetime, review: Review, reason: str) -> Review:
    """The reviewer has an interest in the outcome: does not count, sees no scores.

    Whoever asked is told to ask somebody else. Raises InvalidInput without a reason, WrongState
    after the review is submitted or over, NotPermitted for anybody but the reviewer.
    """
    review = _own_open_review(actor, review)
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say what the interest is.")}, code="no_reason")
    review.conflict = reason.strip()
    review.save(update_fields=["conflict"])
    application = review.application
    tell_staff(
        actor=actor,
        now=now,
        user=review.assigned_by,
        kind="residency.conflict_declared",
        title=_("%(reviewer)s has a conflict of interest with %(name)s"),
        body=_("Ask somebody else to review the application %(number)s."),
        params={
            "reviewer": str(review.reviewer),
            "name": application.display_name,
            "number": application.number,
        },
        url=application_url(application),
        key=f"review-conflict:{review.pk}",
    )
    return review


def application_url(application: Application) -> str:
    return reverse("admin:residency_application_change", args=[application.pk])


@operation
def submit_review(
    *, actor: Actor, now: datetime, review: Review, scores: rubrics.Scores, comment: str = ""
) -> Review:
    """Scores from 1 to 5 for each criterion, final; ``{code: {"score": 4, "comment": "…"}}``.

    The average is weighted by the rubric of the application and rounded half up to 0.01. When
    it was the last one, whoever asked is told. Raises InvalidInput by criterion, WrongState after
    it was submitted or the review is over, NotPermitted for anybody but the reviewer.
    """
    review = _own_open_review(actor, review)
    rubric = review.application.rubric
    review.scores = rubrics.checked(rubric, scores)
    review.average = rubrics.average(rubric, review.scores)
    review.comment = comment.strip()
    review.submitted_at = now
    review.save(update_fields=["scores", "average", "comment", "submitted_at"])
    if is_complete(review.application):
        _tell_complete(actor, now, review)
    return review


def _own_open_review(actor: Actor, review: Review) -> Review:
    """Locked; only the reviewer's own, while nothing is submitted or declared."""
    permissions.require(actor, "review")
    if review.reviewer_id != actor.user_id:
        permissions.refuse(actor, "review")
    review = rows.review_of(actor, review, ApplicationState.REVIEW)
    if review.submitted_at or review.conflict:
        raise WrongState
    if reviewers.with_interest(review.application).filter(pk=actor.user_id).exists():
        permissions.refuse(actor, "review")
    return review


def is_complete(application: Application) -> bool:
    """Everybody who was asked has answered, and enough scores count."""
    asked = Review.objects.filter(application=application)
    enough = asked.submitted().count() >= application.rubric["reviewers"]
    return enough and not asked.outstanding().exists()


def _tell_complete(actor: Actor, now: datetime, review: Review) -> None:
    application = review.application
    tell_staff(
        actor=actor,
        now=now,
        user=review.assigned_by,
        kind="residency.reviews_complete",
        title=_("All reviews of %(name)s are in"),
        body=_("The application %(number)s can be decided."),
        params={"name": application.display_name, "number": application.number},
        url=application_url(application),
        key=f"reviews-complete:{review.pk}",
    )


@operation
def upload_minutes(
    *, actor: Actor, now: datetime, application: Application, file: IO[bytes] | Any, name: str
) -> Application:
    """Keep the minutes of the review meeting (at most 20 MB); they replace those from before.

    Raises a DomainError where reviewers score instead, InvalidInput for an empty or too large
    file; NotPermitted, WrongState.
    """
    permissions.require(actor, "check_applications")
    application = rows.locked(actor, application, ApplicationState.REVIEW)
    if application.rubric["reviewers"]:
        raise DomainError(
            _("Reviewers score this kind of applicant; no meeting decides."), code="reviewers_score"
        )
    before = application.minutes
    application.minutes = store_document(
        actor=actor, now=now, file=file, name=name, purpose=MINUTES, limit=MINUTES_BYTES
    )
    application.save(update_fields=["minutes"])
    if before:
        delete_document(actor=actor, now=now, document=before)
    return application
