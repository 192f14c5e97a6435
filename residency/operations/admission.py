"""Admission as data: documents asked for, rules, how each kind is reviewed and by which rubric.

Applications keep what was in force when their part began: the checklist when they were begun, the
findings and the rubric when their review began. Nothing here reaches back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from residency.models import AdmissionRule, Criterion, DocumentRequirement, ReviewPolicy
from residency.models.rules import SCORES
from residency.permissions import permissions

LANGUAGES = ("zh", "en")


@operation
def set_requirement(
    *,
    actor: Actor,
    now: datetime,
    requirement: DocumentRequirement | None = None,
    **values: Any,
) -> DocumentRequirement:
    """A document that a kind of applicant brings, or a change of ``requirement``.

    Kind and code of one that exists stay. Raises a DomainError for a code that the kind has
    already, NotPermitted.
    """
    return _set(actor, DocumentRequirement, requirement, values, fixed={"kind", "code"})


@operation
def set_rule(
    *, actor: Actor, now: datetime, rule: AdmissionRule | None = None, **values: Any
) -> AdmissionRule:
    """A rule for a kind of applicant from a day on, or a change of ``rule``.

    ``figure`` is in months, people, CNY or m², as the rule says. A rule in force is not altered:
    it gets a last day, and another one begins. Raises WrongState for another change of a rule
    that has begun, a DomainError for a figure that does not fit or the same rule from the same
    day, NotPermitted.
    """
    fixed = {"kind", "code"}
    if rule is not None and rule.starts_on <= timezone.localdate(now):
        fixed |= {"figure", "is_blocking", "starts_on"}
    return _set(actor, AdmissionRule, rule, values, fixed=fixed)


@operation
def set_policy(
    *,
    actor: Actor,
    now: datetime,
    policy: ReviewPolicy | None = None,
    **values: Any,
) -> ReviewPolicy:
    """How one kind is reviewed: reviewers (0 to 9), pass mark (1 to 5), days to answer.

    Raises a DomainError for a kind that has a policy or a value beyond these, NotPermitted.
    """
    return _set(actor, ReviewPolicy, policy, values, fixed={"kind"})


@operation
def set_criterion(
    *,
    actor: Actor,
    now: datetime,
    criterion: Criterion | None = None,
    anchors: Mapping[str, Mapping[str, str]],
    **values: Any,
) -> Criterion:
    """A line of a policy's rubric: labels, weight (1 to 100), and what each score means.

    ``anchors`` is ``{"1": {"zh": "…", "en": "…"}, … "5": …}``. Raises InvalidInput for a score
    without its text in both languages, a DomainError for a code that the rubric has already,
    NotPermitted.
    """
    values["anchors"] = _checked(anchors)
    return _set(actor, Criterion, criterion, values, fixed={"policy", "code"})


def _checked(anchors: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    found = {
        str(score): {code: anchors.get(str(score), {}).get(code, "").strip() for code in LANGUAGES}
        for score in SCORES
    }
    if not all(text for texts in found.values() for text in texts.values()):
        raise InvalidInput(
            _("Say for each score from 1 to 5 what it means, in both languages."),
            code="anchor_missing",
        )
    return found


@operation
def remove_criterion(*, actor: Actor, now: datetime, criterion: Criterion) -> None:
    """Take a line out of the rubric; reviews that have begun keep it. Raises NotPermitted."""
    permissions.require(actor, "set_admission_rules")
    Criterion.objects.filter(tenant_id=actor.tenant_id, pk=criterion.pk).delete()


def _set(actor: Actor, model: Any, row: Any, values: dict[str, Any], *, fixed: set[str]) -> Any:
    permissions.require(actor, "set_admission_rules")
    if row is None:
        kept = model(tenant_id=actor.tenant_id)
    else:
        kept = model.objects.select_for_update().get(tenant_id=actor.tenant_id, pk=row.pk)
        _require_same(kept, values, fixed)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save()
    return kept


def _require_same(row: Any, values: Mapping[str, Any], fixed: set[str]) -> None:
    changed = {
        name: _("This stays as it is once it is in force.")
        for name in fixed & set(values)
        if getattr(row, name) != values[name]
    }
    if changed:
        raise WrongState(fields=changed)
