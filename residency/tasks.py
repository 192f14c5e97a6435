"""Tasks of settling in and leaving: what each is, when it opens and which event closes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence


@dataclass(frozen=True, slots=True)
class TaskKind:
    """``opened_by`` and ``closed_by`` are kinds of ``backbone.events``."""

    code: str
    label: Sentence
    opened_by: str
    closed_by: str
    # Days after it opened.
    due_days: int


KINDS: Mapping[str, TaskKind] = {
    kind.code: kind
    for kind in [
        TaskKind(
            "owner_joined",
            _("The owner accepts the invitation and signs in"),
            "residency.moved_in",
            "members.joined",
            7,
        ),
    ]
}


def label_of(code: str) -> Sentence:
    kind = KINDS.get(code)
    return kind.label if kind else code
