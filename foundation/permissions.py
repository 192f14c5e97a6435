"""One table per app says which role may do what; operations ask it before anything else."""

from __future__ import annotations

from collections.abc import Mapping

from foundation.actors import Actor
from foundation.errors import NotPermitted


class PermissionTable:
    """Action to the roles that may perform it.

    Roles of the park's own people are written with the prefix ``staff:``; they count only
    while the person acts in the staff site. The system (a task, a command) may do everything
    that its code says.
    """

    def __init__(self, actions: Mapping[str, set[str]]) -> None:
        self._actions = {action: frozenset(roles) for action, roles in actions.items()}

    def permits(self, actor: Actor, action: str) -> bool:
        allowed = self._actions[action]
        return actor.is_system or bool(allowed & _names(actor))

    def require(self, actor: Actor, action: str) -> None:
        """Raise NotPermitted unless one of the actor's roles may perform the action."""
        if not self.permits(actor, action):
            raise NotPermitted()

    @property
    def actions(self) -> dict[str, frozenset[str]]:
        return dict(self._actions)


def _names(actor: Actor) -> set[str]:
    return {f"staff:{role}" for role in actor.roles} if actor.is_staff else set(actor.roles)
