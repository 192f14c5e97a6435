"""The page that shows staff everything about one organisation: each app adds its section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.home import Destination
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Line:
    """A fact; ``to`` is the staff page with exactly its rows. ``value`` is ready to show."""

    label: Sentence
    value: Sentence
    to: Destination | None = None
    # Shown as something to look at: overdue, missing, ending soon.
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """``order`` places it: 10 identity, 20 residency, 30 people, 40 to 80 pillars, 90 technique."""

    title: Sentence
    lines: Sequence[Line] = field(default_factory=list)
    to: Destination | None = None
    order: int = 50


# None where the app has nothing to say of this kind of organisation or to this reader.
Provider = Callable[[Actor, Tenant, datetime], Section | None]
_providers: dict[str, Provider] = {}


def register_section(app: str, provider: Provider) -> None:
    _providers[app] = provider


def nothing_to_say(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """The answer of an app whose rows are no part of what an organisation is."""
    return None


def sections_of(actor: Actor, tenant: Tenant, now: datetime) -> list[Section]:
    made = (provider(actor, tenant, now) for provider in _providers.values())
    return sorted((section for section in made if section), key=lambda section: section.order)


def contributing_apps() -> frozenset[str]:
    return frozenset(_providers)
