"""An event as the park's staff make it, and guests on its list."""

from __future__ import annotations

from typing import Any

from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.making import NOW, office
from tests.training.making import DAY, HOUR, Centre
from training.models import Guest, GuestAllowance, Session
from training.operations import dates, guests, sessions
from training.operations.guests import Said

FIRST = NOW + 10 * DAY


class Hosted:
    """An open event outside of the park, with guests of the park."""

    def __init__(self, centre: Centre, capacity: int = 10, **values: Any) -> None:
        self.centre = centre
        names: dict[str, Any] = {"kind": "event", "name_zh": "双选会", "name_en": "Job fair"}
        self.session = centre.draft(**names | values, capacity=capacity)
        with office(centre.lead) as actor:
            known: Any = {"actor": actor, "now": NOW, "session": self.session}
            self.date = dates.add_date(
                **known, starts_at=FIRST, ends_at=FIRST + 3 * HOUR, place="A hall in town"
            )
            sessions.open_session(**known)
        self.session.refresh_from_db()

    def invite(self, *names: str, now: Any = NOW, **values: Any) -> list[Guest]:
        said = [Said(name, "Acme", f"{name}@example.test") for name in names]
        with office(self.centre.lead) as actor:
            return guests.add_guests(
                actor=actor, now=now, session=self.session, said=said, **values
            )

    def allow(self, tenant: Any, number: int) -> GuestAllowance:
        with office(self.centre.lead) as actor:
            return guests.allow_guests(
                actor=actor, now=NOW, session=self.session, tenant=tenant, guests=number
            )


def guests_now() -> list[Guest]:
    with enter(Identity(STAFF)):
        return list(Guest.objects.order_by("pk").select_related("tenant", "session"))


def guest_rows() -> list[Any]:
    """What a refusal must leave as it was."""
    with enter(Identity(STAFF)):
        models: list[Any] = [Guest, GuestAllowance, Session]
        return [list(model.objects.order_by("pk").values()) for model in models]
