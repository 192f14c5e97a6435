"""The decorator that makes a function an operation: one savepoint, judged before it ends.

An operation takes keyword arguments only, gets ``actor`` and ``now`` from its caller and does,
in this order: scope and lock, permit, check, move, save, enqueue. What the database refuses
inside it comes out as a DomainError with the sentence of the violated constraint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import BaseConstraint
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, InvalidInput, Sentence

P = ParamSpec("P")
R = TypeVar("R")

# Deferred constraints are judged while tenant and role are still those of the operation.
JUDGE = "set constraints all immediate; set constraints all deferred"

DOES_NOT_FIT = _("This does not fit what the portal holds already. Nothing was changed.")

_explained: dict[str, Sentence] = {}


def explain(constraint: str, sentence: Sentence) -> None:
    """Give a sentence to a constraint that no model's Meta names (a trigger, raw SQL)."""
    _explained[constraint] = sentence


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in a savepoint; refusals of the database become DomainErrors."""

    @wraps(function)
    def perform(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                judge_constraints()
                return result
        except IntegrityError as error:
            raise _refusal(error) from error
        except DataError as error:
            raise InvalidInput(_("A value is out of range or has a wrong form.")) from error

    return perform


def judge_constraints() -> None:
    """Check deferred constraints now rather than at commit."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGE)


def _refusal(error: IntegrityError) -> DomainError:
    name = constraint_name(error)
    sentence = _explained.get(name) or _model_sentences().get(name, DOES_NOT_FIT)
    return DomainError(sentence, code=name or "conflict")


def constraint_name(error: BaseException) -> str:
    """The name of the violated constraint, '' when the database gave none."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


@cache
def _model_sentences() -> dict[str, Sentence]:
    constraints = (c for model in apps.get_models() for c in model._meta.constraints)
    return {c.name: sentence for c in constraints if (sentence := _own_sentence(c))}


def _own_sentence(constraint: BaseConstraint) -> Sentence | None:
    """What the model says; Django's own sentence for all others has a gap for a name in it."""
    sentence = constraint.violation_error_message
    return None if sentence == constraint.default_violation_error_message else sentence
