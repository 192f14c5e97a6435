"""The arithmetic of scores."""

from decimal import Decimal

import pytest

from foundation.errors import InvalidInput
from residency import rubrics


def rubric(**weights: int):
    return {"criteria": [{"code": code, "weight": weight} for code, weight in weights.items()]}


def given(**scores: object):
    return {code: {"score": score} for code, score in scores.items()}


@pytest.mark.parametrize(
    ("weights", "scores", "average"),
    [
        ({"a": 1}, {"a": 5}, "5.00"),
        ({"a": 40, "b": 30, "c": 30}, {"a": 5, "b": 3, "c": 2}, "3.50"),
        ({"a": 1, "b": 2}, {"a": 5, "b": 4}, "4.33"),
        ({"a": 2, "b": 1}, {"a": 5, "b": 4}, "4.67"),
        # 2.125 and 2.375 lie in the middle: half up, neither to even nor down.
        ({"a": 7, "b": 1}, {"a": 2, "b": 3}, "2.13"),
        ({"a": 5, "b": 3}, {"a": 2, "b": 3}, "2.38"),
        ({"a": 199, "b": 1}, {"a": 1, "b": 2}, "1.01"),
        ({"a": 100, "b": 1}, {"a": 1, "b": 1}, "1.00"),
    ],
)
def test_the_average_is_weighted_and_rounded_half_up(weights, scores, average):
    assert rubrics.average(rubric(**weights), given(**scores)) == Decimal(average)


def test_the_average_of_all_is_rounded_once():
    own = rubric(a=2, b=1)
    # 4.333… and 4.666…: the rounded ones would give 4.495 and then 4.50 by luck.
    both = [given(a=4, b=5), given(a=5, b=4)]
    assert rubrics.average_of_all(own, both) == Decimal("4.50")
    # 1.333… three times, once 2: exactly 1.5; rounded one by one 1.4975.
    four = [given(a=1, b=2)] * 3 + [given(a=2, b=2)]
    assert rubrics.average_of_all(own, four) == Decimal("1.50")
    # 1.005 in the exact mean, 1.00 or 1.01 by the way of rounding.
    halves = rubric(a=99, b=1)
    assert rubrics.average_of_all(halves, [given(a=1, b=1), given(a=1, b=2)]) == Decimal("1.01")


def test_nobody_scored_gives_no_average():
    assert rubrics.average_of_all(rubric(a=1), []) is None
    assert rubrics.average_by_criterion(rubric(a=1), []) == {"a": None}


def test_each_criterion_has_its_mean():
    three = [given(a=1, b=5), given(a=2, b=5), given(a=2, b=4)]
    means = rubrics.average_by_criterion(rubric(a=1, b=9), three)
    assert means == {"a": Decimal("1.67"), "b": Decimal("4.67")}


@pytest.mark.parametrize(
    "scores",
    [
        {},
        given(a=3),
        given(a=3, b=0),
        given(a=3, b=6),
        given(a=3, b="4"),
        given(a=3, b=4.5),
        given(a=3, b=True),
        given(a=3, b=None),
        given(a=3, b=3, c=3),
    ],
)
def test_scores_that_are_no_scores_are_refused(scores):
    with pytest.raises(InvalidInput):
        rubrics.checked(rubric(a=1, b=1), scores)


def test_a_refusal_names_the_criteria():
    with pytest.raises(InvalidInput) as refusal:
        rubrics.checked(rubric(a=1, b=1, c=1), given(b=2))
    assert set(refusal.value.fields) == {"a", "c"}
