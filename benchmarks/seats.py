"""Seats per second on one session through the operation, against plain psycopg2 running the same
statements.

Two processes, each booking for a university of its own, so that each waits for the other's lock of
the session: ours books, the floor repeats what a booking sent, and commits as it does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from benchmarks import bookings
from benchmarks.rows import Row, at_least
from foundation.actors import Actor
from park_portal.embedded.postgres import EmbeddedPostgres
from spaces.operations import tree
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant
from tenants.operations import register_tenant
from training.models import Session
from training.operations import agreements, catalogue, dates, sessions
from training.operations.booking import book

CLIENTS, ROUNDS, SEATS = 2, 2, 100
NOW, DAY = timezone.now(), timedelta(days=1)
SYSTEM = Actor(user_id=None, tenant_id=0, is_staff=True)


def run(server: EmbeddedPostgres) -> list[Row]:
    _fill()
    counts = {"ours": 0.0, "floor": 0.0}
    recorded = [[bookings._statements(_works(client)[0])] * SEATS for client in range(CLIENTS)]
    for round_ in range(ROUNDS):
        turns: list[tuple[str, Callable[[int], Any]]] = [
            ("ours", _book_all),
            ("floor", partial(bookings._repeat, recorded)),
        ]
        for side, work in turns if round_ % 2 else reversed(turns):
            counts[side] += bookings._seconds(work)
    print(f"  {len(recorded[0][0])} statements for each seat", flush=True)
    done = CLIENTS * ROUNDS * SEATS
    ours, floor = done / counts["ours"], done / counts["floor"]
    return [at_least("seats of one session: per second", ours, floor, 0.3)]


def _fill() -> None:
    names: dict[str, Any] = {"name_zh": "课", "name_en": "Course"}
    with enter(Identity(STAFF)):
        park, *schools = [_organisation(kind, n) for n, kind in enumerate(KINDS)]
    known: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
    with enter(Identity(STAFF, park.pk)):
        programme = catalogue.keep_programme(code="p", **names, **known)
        course = catalogue.keep_course(
            programme=programme, code="c", minutes=360, price=Decimal(300), **names, **known
        )
        made = sessions.add_session(
            code="bench", course=course, capacity=1_000_000, opens_at=NOW - DAY,
            closes_at=NOW + 9 * DAY, cancel_until=NOW + 9 * DAY, hold_until=NOW + 9 * DAY, **known,
        )  # fmt: skip
        building = tree.add_building(code="a", **names, **known)
        floor = tree.add_floor(building=building, level=1, **names, **known)
        kind = tree.add_type(code="room", **names, **known)
        room = tree.add_space(
            kind="classroom", type=kind, code="R", floor=floor, lets_by_hour=True, **names, **known
        )
        start = NOW + 10 * DAY
        dates.add_date(session=made, starts_at=start, ends_at=start + DAY / 8, space=room, **known)
        sessions.open_session(session=made, **known)
        for school in schools:
            own = agreements.draft_agreement(
                tenant=school, starts_on=NOW.date() - DAY, ends_on=NOW.date() + 90 * DAY,
                seats=1_000_000, **known,
            )  # fmt: skip
            agreements.activate_agreement(agreement=own, **known)


KINDS = ["operator", *["university"] * CLIENTS]


def _organisation(kind: str, number: int) -> Tenant:
    name = f"bench-{number}"
    return register_tenant(actor=SYSTEM, now=NOW, slug=name, kind=kind, name=name, name_en=name)


def _works(client: int) -> list[Callable[[], Any]]:
    """As a page does it: one transaction, entered as the organisation."""
    tenant = bookings._tenant(client)
    actor = Actor(user_id=None, tenant_id=tenant.pk, roles=frozenset({"coordinator"}))
    session = Session.objects.get(code="bench")
    return [partial(_book, actor, session) for _each in range(SEATS)]


def _book(actor: Actor, session: Session) -> None:
    with enter_tenant(actor.tenant_id):
        book(actor=actor, now=NOW, session=session, blanks=1)


def _book_all(client: int) -> Callable[[], None]:
    works = _works(client)

    def book_all() -> None:
        for work in works:
            work()

    return book_all
