"""One table per app says which role may do what; operations ask it before anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from foundation.actors import Actor
from foundation.errors import NotPermitted
from foundation.security_log import Event, tell


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
            self.refuse(actor, action)

    def refuse(self, actor: Actor, action: str) -> NoReturn:
        """Raise NotPermitted for a reason that no role alone decides; the log tells of both."""
        tell(Event.REFUSED, action=action, person=actor.user_id, organisation=actor.tenant_id)
        raise NotPermitted()

    @property
    def actions(self) -> dict[str, frozenset[str]]:
        return dict(self._actions)


def _names(actor: Actor) -> set[str]:
    return {f"staff:{role}" for role in actor.roles} if actor.is_staff else set(actor.roles)
