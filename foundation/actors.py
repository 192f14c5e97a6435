"""Who asks: passed to every operation and every query, never looked up inside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, an API key or the system acting for one organisation.

    ``roles`` are what the person or the key may act as in that organisation; ``is_staff`` says
    the person works for the park and acts across organisations in the staff site. ``key_id`` is
    set where a program acts with a key of the organisation; then there is no person.
    """

    user_id: int | None
    tenant_id: int
    roles: frozenset[str] = frozenset()
    is_staff: bool = False
    request_id: str = ""
    key_id: int | None = None

    @property
    def is_system(self) -> bool:
        """A task or a command of the portal itself: it may do what its code says."""
        return self.user_id is None and self.key_id is None
