"""Who asks: passed to every operation and every query, never looked up inside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system, ``user_id`` None) acting for one organisation.

    ``roles`` are the person's roles in that organisation; ``is_staff`` says the person
    works for the park and acts across organisations in the staff site.
    """

    user_id: int | None
    tenant_id: int
    roles: frozenset[str] = frozenset()
    is_staff: bool = False
    request_id: str = ""

    @property
    def is_system(self) -> bool:
        return self.user_id is None
