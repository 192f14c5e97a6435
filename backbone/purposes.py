"""What a stored file is for, and which roles may therefore read it.

An app registers its purposes once, in its ``AppConfig.ready``. A file of a purpose that nobody
registered is read by whoever stored it and by the organisation's owners and managers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from foundation.errors import Sentence
from tenants.kinds import Role

LEADS = frozenset({Role.OWNER, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Purpose:
    name: str
    label: Sentence
    readers: frozenset[str]
    # A paper of both sides: the park's staff read it, too.
    shared_with_park: bool = False


_purposes: dict[str, Purpose] = {}


def register_purpose(
    name: str, *, label: Sentence, readers: Collection[str], shared_with_park: bool = False
) -> None:
    """``readers`` are roles of the organisation; owners and managers always read."""
    _purposes[name] = Purpose(name, label, LEADS | frozenset(readers), shared_with_park)


def label_of(name: str) -> Sentence:
    purpose = _purposes.get(name)
    return purpose.label if purpose else name


def readable_purposes(roles: Collection[str]) -> Q:
    """The filter for files that a person with these roles may read whoever stored them."""
    if LEADS & set(roles):
        return Q(pk__isnull=False)
    names = [p.name for p in _purposes.values() if p.readers & set(roles)]
    return Q(purpose__in=names)


def purposes_shared_with_park() -> list[str]:
    return [purpose.name for purpose in _purposes.values() if purpose.shared_with_park]
