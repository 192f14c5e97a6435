"""Stays and exits for tests, moved by the operations that people use."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from residency.models import Exit, ExitState, Stay, Waiver
from residency.operations import exits, waivers
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


class Leaving:
    """One organisation that stays, and the two of the park's staff who see to its exit."""

    def __init__(self, owner: Membership, staff: Membership, second: Membership) -> None:
        self.owner, self.tenant = owner, owner.tenant
        self.staff, self.second = staff, second
        with self.as_staff():
            self.stay = Stay.objects.create(
                tenant=self.tenant,
                kind="exporter",
                starts_on=TODAY - timedelta(days=300),
                ends_on=TODAY + timedelta(days=65),
            )

    @property
    def actor(self) -> Actor:
        """The one who sees to the exit."""
        return self.staff.actor(is_staff=True)

    def as_staff(self) -> AbstractContextManager[Identity]:
        return enter(Identity(STAFF, self.staff.tenant_id, self.staff.user_id, "staff"))

    def as_owner(self) -> AbstractContextManager[Identity]:
        return enter_tenant(self.tenant.pk, user_id=self.owner.user_id)

    def request(self, **values: Any) -> Exit:
        values = {"reason": "move", "leaves_on": TODAY + timedelta(days=30), **values}
        with self.as_owner():
            return exits.request_exit(actor=self.owner.actor(), now=NOW, stay=self.stay, **values)

    def at(self, state: str) -> Exit:
        """The exit, brought to a state with nothing open."""
        asked = self.request()
        if state == ExitState.WITHDRAWN:
            return self.take(exits.withdraw_exit, asked, reason="They stay")
        for reached, operation, more in WAY:
            if asked.state == state:
                break
            asked = self.take(operation, asked, **more)
            assert asked.state == reached
        return asked

    def take(
        self, operation: Any, park_exit: Exit, actor: Actor | None = None, **more: Any
    ) -> Exit:
        with self.as_staff():
            taken: Exit = operation(actor=actor or self.actor, now=NOW, park_exit=park_exit, **more)
            return taken

    def ask(
        self, park_exit: Exit, app: str, code: str, key: str = "", reason: str = "Agreed"
    ) -> Waiver:
        with self.as_staff():
            return waivers.ask_waiver(
                actor=self.actor,
                now=NOW,
                park_exit=park_exit,
                app=app,
                code=code,
                key=key,
                reason=reason,
            )

    def give(self, waiver: Waiver, by: Membership | None = None) -> Waiver:
        with self.as_staff():
            actor = (by or self.second).actor(is_staff=True)
            return waivers.give_waiver(actor=actor, now=NOW, waiver=waiver)

    def now_at(self, park_exit: Exit) -> tuple[str, str, datetime | None]:
        """States of exit and stay, and when the organisation left."""
        with self.as_staff():
            found = Exit.objects.select_related("stay", "tenant").get(pk=park_exit.pk)
            return found.state, found.stay.state, found.tenant.left_at


WAY: list[tuple[str, Any, dict[str, Any]]] = [
    (ExitState.NOTICE, exits.give_notice, {"leaves_on": TODAY + timedelta(days=40)}),
    (ExitState.CLEARANCE, exits.begin_exit_check, {}),
    (ExitState.INSPECTION, exits.pass_exit_check, {}),
    (ExitState.SETTLEMENT, exits.pass_inspection, {}),
    (ExitState.LEFT, exits.finish_exit, {}),
]


def left(tenant: Tenant, moment: datetime) -> None:
    """As if the organisation had left at this moment."""
    with enter(Identity(STAFF)):
        Tenant.objects.filter(pk=tenant.pk).update(left_at=moment)
    tenant.left_at = moment
