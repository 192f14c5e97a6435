"""What the pages of review and decision show of an application, as far as the reader may."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backbone.sentences import for_reader
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.money import NOTHING, format_number
from residency import rubrics
from residency.admin import reminding
from residency.admin.showing import answers_of
from residency.checklist import lines_of
from residency.models import Application, ApplicationState, Condition, Review
from residency.models.rules import SCORES


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with the mean of its scores and each reviewer's score and comment."""

    label: str
    weight: int
    mean: str
    given: list[tuple[Review, int, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    met: bool | None
    blocking: bool
    sentence: str
    source: str


class ReviewSheet:
    """One application in the eyes of one reader."""

    def __init__(self, application: Application, actor: Actor) -> None:
        self.application, self.actor = application, actor

    @cached_property
    def reviews(self) -> list[Review]:
        """Submitted, and readable for the reader now."""
        readable = Review.objects.readable_by(self.actor).filter(application=self.application)
        return list(readable.submitted().select_related("reviewer").order_by("pk"))

    @cached_property
    def asked(self) -> list[Review]:
        """Everybody who was asked, with nothing of what they scored."""
        own = Review.objects.visible_to(self.actor).filter(application=self.application)
        return list(own.select_related("reviewer").order_by("pk"))

    @property
    def answers_due(self) -> list[tuple[Review, str]]:
        """Everybody who was asked, and a reminder for those whose answer is awaited."""
        under_review = self.application.state == ApplicationState.REVIEW
        return [
            (each, reminding.to_reviewer(each, self.application))
            if under_review and not each.submitted_at and not each.conflict
            else (each, "")
            for each in self.asked
        ]

    @property
    def hidden(self) -> int:
        """How many submitted reviews the reader may not read yet."""
        return sum(1 for each in self.asked if each.submitted_at) - len(self.reviews)

    @cached_property
    def conditions(self) -> list[tuple[Condition, str]]:
        """Each with a reminder for its owner while it is not met."""
        own = self.application.conditions.select_related("owner", "application")
        return [(each, "" if each.met_at else reminding.to_owner(each)) for each in own]

    @property
    def lines(self) -> list[Line]:
        given = [review.scores for review in self.reviews]
        means = rubrics.average_by_criterion(self.application.rubric, given)
        return [
            Line(
                label=for_reader(each["label"]),
                weight=each["weight"],
                mean=format_number(means[each["code"]], 2),
                given=[_given(review, each["code"]) for review in self.reviews],
            )
            for each in self.application.rubric["criteria"]
        ]

    @property
    def average(self) -> Decimal | None:
        scores = [review.scores for review in self.reviews]
        return rubrics.average_of_all(self.application.rubric, scores)

    @property
    def average_shown(self) -> str:
        return format_number(self.average, 2)

    @property
    def pass_mark(self) -> str:
        return format_number(Decimal(self.application.rubric["pass_mark"]), 2)

    @property
    def is_below(self) -> bool:
        average = self.average
        return average is not None and average < Decimal(self.application.rubric["pass_mark"])

    @property
    def findings(self) -> list[Finding]:
        return [
            Finding(f["met"], f["blocking"], for_reader(f["sentence"]), f.get("source", ""))
            for f in self.application.findings
        ]

    @property
    def papers(self) -> list[tuple[Any, str]]:
        """Each line of the checklist with the address of its file."""
        lines = lines_of(self.application, timezone.now())
        return [(line, _file_url(line.row.file_id if line.row else None)) for line in lines]

    @property
    def minutes_url(self) -> str:
        return _file_url(self.application.minutes_id)

    @property
    def answers(self) -> list[tuple[Sentence, list[tuple[Sentence, str]]]]:
        """What the applicant said, by section; what was left empty is left out."""
        shown = [
            (title, [(label, words) for label, words in said if words != NOTHING])
            for title, said in answers_of(self.application)
        ]
        return [(title, said) for title, said in shown if said]


def _given(review: Review, code: str) -> tuple[Review, int, str]:
    one = review.scores[code]
    return review, one["score"], one["comment"]


def _file_url(file_id: int | None) -> str:
    return reverse("admin:staff_file", kwargs={"pk": file_id}) if file_id else ""


def anchors_of(criterion: dict[str, Any]) -> list[tuple[int, str]]:
    """Each score with what it means, the best first."""
    return [(score, for_reader(criterion["anchors"][str(score)])) for score in reversed(SCORES)]
