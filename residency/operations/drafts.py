"""Saving what an applicant types, as it is typed, and never over what another page saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from residency.application_form import asked
from residency.models import Application
from residency.operations.applicants import locked, refuse_uneditable

Values = Mapping[str, str | list[str]]
# Of one answer, whatever its field takes in the end: drafts hold what is typed, not books.
LONGEST = 10_000
MOST_CHOICES = 300


class SavedElsewhere(DomainError):
    """The section was saved by another page since this one was opened; nothing was overwritten."""

    code = "saved_elsewhere"
    message = _(
        "This section was changed in another window meanwhile. Nothing was overwritten; look at "
        "both before you save."
    )


@dataclass(frozen=True, slots=True)
class Sender:
    """Which page sends: ``base`` is what it showed when it was opened, ``turn`` counts its saves."""

    base: str
    page: str
    turn: int = 0


def base_of(application: Application, section: str) -> str:
    """A short name of what the section says now."""
    said = {name: application.draft.get(name) for name in asked(application, section)}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]


@operation
def save_draft(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    section: str,
    typed: Values,
    sender: Sender,
) -> Application:
    """Keep what was typed in a section, malformed or not, and the month for which the link works.

    Fields that the section does not ask are dropped. Raises WrongState once the application
    cannot be changed, SavedElsewhere when another page saved other words since ``sender`` was
    opened, InvalidInput for an answer that is too long.
    """
    found = locked(actor, application)
    refuse_uneditable(found)
    said = {name: typed[name] for name in asked(found, section) if name in typed}
    _refuse_too_long(said)
    if all(found.draft.get(name, "") == value for name, value in said.items()):
        return found
    if not _comes_next(found, section, sender):
        raise SavedElsewhere
    found.draft = found.draft | said
    found.draft_page, found.draft_turn, found.seen_at = sender.page, sender.turn, now
    found.save(update_fields=["draft", "draft_page", "draft_turn", "seen_at"])
    return found


def _comes_next(found: Application, section: str, sender: Sender) -> bool:
    """Whether the page knows what stands there; its own last save may not have told it."""
    if sender.base == base_of(found, section):
        return True
    return bool(sender.page) and (
        found.draft_page == sender.page and found.draft_turn < sender.turn
    )


def _refuse_too_long(said: Values) -> None:
    long = [name for name, value in said.items() if _is_too_long(value)]
    if long:
        sentence = _("This is too long to be kept.")
        raise InvalidInput(sentence, fields=dict.fromkeys(long, sentence))


def _is_too_long(value: str | Sequence[str]) -> bool:
    words = [value] if isinstance(value, str) else value
    return len(words) > MOST_CHOICES or any(len(word) > LONGEST for word in words)
