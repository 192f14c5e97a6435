"""What an app contributes to a home page: work that waits, figures, quick actions.

Each app has functions that take an actor (and ``now``) and return these; the roof collects
them. A destination is the name of a view with its arguments, so an app need not know under
which organisation's address it will be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from foundation.errors import Sentence


@dataclass(frozen=True, slots=True)
class Destination:
    """A view's name (``trade:orders``), the arguments in its path and after the question mark."""

    view: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)


def address_of(to: Destination | None, where: Mapping[str, str] | None = None) -> str:
    """The address; ``where`` holds the organisation's slug, and is None in the staff site.

    "" for no destination, and for a view of an app that is not installed.
    """
    if to is None:
        return ""
    try:
        address = reverse(to.view, kwargs={**(where or {}), **to.arguments})
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(to.query, doseq=True)}" if to.query else address


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits for the reader. ``weight`` above 0 puts it before its due date."""

    title: Sentence
    action: Sentence
    to: Destination
    due_at: datetime | None = None
    note: Sentence = ""
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that links to exactly its rows, with one button. ``value`` is ready to show."""

    label: Sentence
    value: str
    to: Destination
    action: Sentence = ""
    action_to: Destination | None = None
    note: Sentence = ""
    # Share of a target reached, 0 to 100; None draws no bar.
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class QuickAction:
    """Something the reader may start at any time."""

    label: Sentence
    icon: str
    to: Destination
