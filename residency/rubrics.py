"""The rubric of an application: frozen when its review begins, and the arithmetic of scores.

Later changes of a policy or a criterion reach only reviews that begin after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.errors import InvalidInput
from foundation.money import round_half_up
from residency.models import Criterion, ReviewPolicy
from residency.models.rules import SCORES

Rubric = Mapping[str, Any]
Scores = Mapping[str, Mapping[str, Any]]
COMMENT_LENGTH = 2000


def frozen(policy: ReviewPolicy) -> dict[str, Any]:
    """``{reviewers, pass_mark, criteria: [{code, label, weight, anchors}]}`` as it is now."""
    return {
        "reviewers": policy.reviewers,
        "pass_mark": str(policy.pass_mark),
        "criteria": [_criterion(each) for each in policy.criteria.all()],
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "code": criterion.code,
        "label": {"zh-hans": criterion.label_zh, "en": criterion.label_en},
        "weight": criterion.weight,
        "anchors": {
            str(score): {
                "zh-hans": criterion.anchors[str(score)]["zh"],
                "en": criterion.anchors[str(score)]["en"],
            }
            for score in SCORES
        },
    }


def checked(rubric: Rubric, scores: Scores) -> dict[str, dict[str, Any]]:
    """The scores by criterion, each 1 to 5 with its comment.

    Raises InvalidInput, by criterion, for a score that is missing or not one of the five, and
    for a criterion that the rubric does not have.
    """
    codes = [each["code"] for each in rubric["criteria"]]
    wrong = {
        code: _("Choose a score from 1 to 5.") for code in codes if not _is_score(scores, code)
    }
    if wrong or set(scores) - set(codes):
        raise InvalidInput(fields=wrong)
    return {code: _one(scores[code]) for code in codes}


def _is_score(scores: Scores, code: str) -> bool:
    score = scores.get(code, {}).get("score")
    return type(score) is int and score in SCORES


def _one(given: Mapping[str, Any]) -> dict[str, Any]:
    comment = str(given.get("comment") or "").strip()
    return {"score": given["score"], "comment": comment[:COMMENT_LENGTH]}


def exact_average(rubric: Rubric, scores: Scores) -> Fraction:
    """The weighted average of one review, not rounded."""
    weights = {each["code"]: each["weight"] for each in rubric["criteria"]}
    total = sum(weight * scores[code]["score"] for code, weight in weights.items())
    return Fraction(total, sum(weights.values()))


def average(rubric: Rubric, scores: Scores) -> Decimal:
    """The weighted average of one review, 1.00 to 5.00, rounded half up to 0.01."""
    return _rounded(exact_average(rubric, scores))


def average_of_all(rubric: Rubric, reviews: Iterable[Scores]) -> Decimal | None:
    """The mean of all reviews, each reviewer counting the same; rounded once, half up."""
    averages = [exact_average(rubric, scores) for scores in reviews]
    return _rounded(sum(averages, Fraction(0)) / len(averages)) if averages else None


def average_by_criterion(rubric: Rubric, reviews: Iterable[Scores]) -> dict[str, Decimal | None]:
    """For each criterion the mean of its scores, rounded half up to 0.01."""
    found = list(reviews)
    return {
        each["code"]: _rounded(Fraction(sum(s[each["code"]]["score"] for s in found), len(found)))
        if found
        else None
        for each in rubric["criteria"]
    }


def _rounded(value: Fraction) -> Decimal:
    return round_half_up(Decimal(value.numerator) / Decimal(value.denominator), 2)
