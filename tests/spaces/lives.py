"""A random life of a few spaces, told twice: to the portal, and to a model in plain Python.

The model knows nothing of ranges, locks or constraints: it counts hour by hour. It says of every
step whether it must be accepted, and afterwards what everything looks like.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from foundation.actors import Actor
from foundation.errors import DomainError
from spaces import queries
from spaces.models import Occupancy, Space
from spaces.operations import closing
from spaces.operations import occupancy as operations
from spaces.operations.occupancy import Move, Want
from spaces.queries import SpaceState
from tenants.models import Membership, Tenant
from tests.spaces.making import Grounds, acting, at, office

# Nothing of a life lies beyond this hour but what has no end.
HORIZON = 120
CLOSURES = ("maintenance", "block")


@dataclass(frozen=True, slots=True)
class Row:
    """What the model knows of an occupancy; hours since the beginning of all lives."""

    pk: int
    space: int
    holder: int
    kind: str
    state: str
    start: int
    end: int | None
    expires: int | None
    amount: int
    under: int | None = None

    def is_expired(self, now: int) -> bool:
        return self.state == "held" and self.expires is not None and self.expires <= now

    def stands(self, now: int) -> bool:
        return self.state in ("held", "active", "completed") and not self.is_expired(now)

    def covers(self, hour: int) -> bool:
        return self.start <= hour and (self.end is None or hour < self.end)

    def shown(self, now: int) -> Row:
        """An expired hold is lapsed, whether somebody has written so or not."""
        return replace(self, state="lapsed", expires=None) if self.is_expired(now) else self


class Life:
    """Spaces of its own, two organisations, the park, and a clock that goes on."""

    def __init__(self, seed: int, grounds: Grounds, people: list[Membership]) -> None:
        self.dice, self.now = random.Random(seed), 0
        self.staff, self.people = grounds.lead, people
        self.unit, self.desks = grounds.office_of(2)
        self.room = grounds.add()
        self.kit = grounds.add("kit", quantity=3)
        self.spaces = [self.unit, *self.desks, self.room, self.kit]
        self.rows: dict[int, Row] = {}
        self.accepted = self.refused = 0

    def live(self, steps: int) -> Iterator[str]:
        """Take so many steps, and check everything after each; gives their names."""
        kinds: list[Callable[[], None]] = [
            *[self.book] * 4, *[self.lease] * 2, self.close, self.reopen, self.activate, self.prolong,
            *[self.move] * 3, self.cancel, self.release, self.complete, *[self.wait] * 2,
        ]  # fmt: skip
        for _each in range(steps):
            step = self.dice.choice(kinds)
            step()
            self.check()
            yield step.__name__

    # -- steps -------------------------------------------------------------------------------------

    def wait(self) -> None:
        self.now += self.dice.randint(1, 4)

    def book(self) -> None:
        """One thing, or a room with its kit; sometimes held."""
        chosen = self.dice.choice([[self.room], [self.kit], [*self.desks], [self.room, self.kit]])
        start, end = self._span()
        wants = [Want(each, at(start), at(end), "booking", self._amount(each)) for each in chosen]
        self._take(self.dice.choice(self.people), wants)

    def lease(self) -> None:
        start, end = self._span()
        until = None if self.dice.random() < 0.2 else at(end + 10)
        self._take(self.dice.choice(self.people), [Want(self.unit, at(start), until, "lease")])

    def close(self) -> None:
        space = self.dice.choice(self.spaces)
        start, end = self._span()
        kind, work = self.dice.choice(
            [("maintenance", closing.put_into_maintenance), ("block", closing.block_space)]
        )
        want = Want(space, at(start), at(end), kind, space.quantity)

        def close() -> list[Occupancy]:
            with office(self.staff) as actor:
                return [
                    work(actor=actor, now=at(self.now), space=space, start=want.start,
                         end=want.end, reason="x")
                ]  # fmt: skip

        self._expect(self._fits([want]), close, self._taker(self.staff, [want], None))

    def reopen(self) -> None:
        if row := self._any(lambda row: row.kind in CLOSURES and row.under is None):

            def reopen() -> Any:
                with office(self.staff) as actor:
                    known = Occupancy.objects.get(pk=row.pk)
                    closing.reopen_space(actor=actor, now=at(self.now), occupancy=known)

            self._expect(row.state == "active", reopen, lambda _made: self._give_back(row))

    def activate(self) -> None:
        if row := self._any():
            self._step(row, "activate", row.state == "held" and not row.is_expired(self.now),
                       lambda each: replace(each, state="active", expires=None))  # fmt: skip

    def prolong(self) -> None:
        if row := self._any():
            until = self.now + self.dice.randint(1, 9)
            self._step(row, "prolong", row.state == "held" and not row.is_expired(self.now),
                       lambda each: replace(each, expires=until), held_until=at(until))  # fmt: skip

    def cancel(self) -> None:
        if row := self._any():
            has_begun = row.state == "active" and row.start <= self.now
            self._step(row, "cancel", self._is_live(row) and not has_begun,
                       lambda each: replace(each, state="cancelled", expires=None))  # fmt: skip

    def complete(self) -> None:
        if row := self._any():
            is_over = row.end is not None and row.end <= self.now
            self._step(row, "complete", row.state == "active" and is_over,
                       lambda each: replace(each, state="completed"))  # fmt: skip

    def release(self) -> None:
        if row := self._any():
            self._step(row, "release", self._is_live(row), None, at=at(self.now))

    def move(self) -> None:
        """Elsewhere, or for longer."""
        row = self._any()
        if row is None:
            return
        start, end = self._span()
        if self.dice.random() < 0.5 and row.end is not None:
            start, end = row.start, max(row.end + 2, self.now + 1)
        others = {pk for pk, each in self.rows.items() if pk == row.pk or each.under == row.pk}
        space = self._space(row.space)
        want = Want(space, at(start), at(end), row.kind, row.amount)

        def moved() -> Any:
            with acting(self._member(row.holder), {row.kind}) as actor:
                known = Occupancy.objects.get(pk=row.pk)
                return operations.move(
                    actor=actor, now=at(self.now), moves=[Move(known, at(start), at(end))]
                )

        def keep(_made: Any) -> None:
            for pk in others:
                self.rows[pk] = replace(self.rows[pk], start=start, end=end)

        self._expect(self._is_live(row) and self._fits([want], others), moved, keep)

    def _is_live(self, row: Row) -> bool:
        return row.state in ("held", "active") and not row.is_expired(self.now)

    # -- what the model says -----------------------------------------------------------------------

    def _fits(self, wants: list[Want], without: set[int] | None = None) -> bool:
        """Hour by hour, with everything that stands: is there enough of each?"""
        wanted = [
            (space, amount, range(_hour(want.start), _last(want.end)))
            for want in wants
            for space, amount in self._parts(want)
        ]
        return all(
            self._taken(space.pk, hour, without or set())
            + sum(more for other, more, span in wanted if other == space and hour in span)
            <= space.quantity
            for space, _amount, hours in wanted
            for hour in hours
        )

    def _parts(self, want: Want) -> list[tuple[Space, int]]:
        beneath = [(d, d.quantity) for d in self.desks] if want.space == self.unit else []
        return [(want.space, want.amount), *beneath]

    def _taken(self, space: int, hour: int, without: set[int]) -> int:
        return sum(
            row.amount
            for row in self.rows.values()
            if row.space == space and row.pk not in without and row.stands(self.now)
            and row.covers(hour)
        )  # fmt: skip

    def _give_back(self, row: Row) -> None:
        for pk, each in list(self.rows.items()):
            if pk == row.pk or each.under == row.pk:
                self.rows[pk] = self._given_back(each)

    def _given_back(self, row: Row) -> Row:
        if row.end is not None and row.end <= self.now:
            return row
        if row.start >= self.now:
            return replace(row, state="released", expires=None)
        ended = replace(row, end=self.now)
        return replace(ended, state="completed") if row.state == "active" else ended

    # -- asking the portal -------------------------------------------------------------------------

    def _take(self, member: Membership, wants: list[Want]) -> None:
        until = self.now + self.dice.randint(1, 6) if self.dice.random() < 0.4 else None

        def take() -> list[Occupancy]:
            with acting(member, {want.kind for want in wants}) as actor:
                return operations.take(
                    actor=actor,
                    now=at(self.now),
                    holder=Tenant.objects.get(pk=member.tenant_id),
                    wants=wants,
                    source=member,
                    held_until=None if until is None else at(until),
                )

        self._expect(self._fits(wants), take, self._taker(member, wants, until))

    def _taker(
        self, member: Membership, wants: list[Want], until: int | None
    ) -> Callable[[list[Occupancy]], None]:
        """Keeps in the model what was taken."""

        def keep(made: list[Occupancy]) -> None:
            for want, row in zip(wants, made, strict=True):
                self._keep(member, want, want.space, want.amount, row.pk, until, None)
                with office(self.staff):
                    beneath = dict(row.beneath.values_list("space", "pk"))
                for desk in self.desks if want.space == self.unit else []:
                    pk = beneath[desk.pk]
                    self._keep(member, want, desk, desk.quantity, pk, until, row.pk)

        return keep

    def _keep(
        self,
        member: Membership,
        want: Want,
        space: Space,
        amount: int,
        pk: int,
        until: int | None,
        under: int | None,
    ) -> None:
        self.rows[pk] = Row(
            pk,
            space.pk,
            member.tenant_id,
            want.kind,
            "active" if until is None else "held",
            _hour(want.start),
            None if want.end is None else _hour(want.end),
            until,
            amount,
            under,
        )

    def _step(
        self,
        row: Row,
        name: str,
        is_possible: bool,
        becomes: Callable[[Row], Row] | None,
        **values: Any,
    ) -> None:
        def go() -> Any:
            with acting(self._member(row.holder), {row.kind}) as actor:
                known = [Occupancy.objects.get(pk=row.pk)]
                getattr(operations, name)(
                    actor=actor, now=at(self.now), occupancies=known, **values
                )

        def keep(_made: Any) -> None:
            if becomes is None:
                self._give_back(row)
                return
            for pk, each in list(self.rows.items()):
                if pk == row.pk or each.under == row.pk:
                    self.rows[pk] = becomes(each)

        self._expect(is_possible, go, keep)

    def _expect(
        self, is_possible: bool, go: Callable[[], Any], keep: Callable[[Any], None]
    ) -> None:
        try:
            made = go()
        except DomainError as refusal:
            if is_possible:
                raise AssertionError(f"refused though it fits: {refusal.code}") from refusal
            self.refused += 1
            return
        assert is_possible, "accepted though it does not fit"
        self.accepted += 1
        keep(made)

    # -- looking at everything ---------------------------------------------------------------------

    def check(self) -> None:
        """The ledger is what the model says, nothing is given twice, and the figures agree."""
        with office(self.staff) as actor:
            assert self._ledger() == {pk: row.shown(self.now) for pk, row in self.rows.items()}
            self._check_figures(actor)
        for space in self.spaces:
            # Where the most is taken, something begins.
            begins = {row.start for row in self.rows.values() if row.space == space.pk}
            assert all(self._taken(space.pk, hour, set()) <= space.quantity for hour in begins)

    def _ledger(self) -> dict[int, Row]:
        mine = Occupancy.objects.filter(space__in=self.spaces)
        return {
            row.pk: Row(
                row.pk, row.space_id, row.tenant_id, row.kind, row.state, _hour(row.starts_at),
                None if row.ends_at is None else _hour(row.ends_at),
                None if row.expires_at is None else _hour(row.expires_at),
                row.amount, row.under_id,
            ).shown(self.now)
            for row in mine
        }  # fmt: skip

    def _check_figures(self, actor: Actor) -> None:
        known: dict[str, Any] = {"spaces": self.spaces, "now": at(self.now)}
        told = queries.busy(start=at(0), end=at(HORIZON), **known)
        for hour in self.dice.sample(range(HORIZON), 12):
            by_space = {
                space.pk: sum(
                    span.amount
                    for span in told
                    if span.space_id == space.pk and span.start <= at(hour)
                    and (span.end is None or at(hour) < span.end)
                )
                for space in self.spaces
            }  # fmt: skip
            assert by_space == {s.pk: self._taken(s.pk, hour, set()) for s in self.spaces}
        start, end = self._span()
        free = queries.free_amount(space=self.kit, start=at(start), end=at(end), now=at(self.now))
        most = max(self._taken(self.kit.pk, hour, set()) for hour in range(start, end))
        assert free == self.kit.quantity - most
        states = queries.states_now(actor=actor, **known)
        assert states == {space.pk: self._state(space) for space in self.spaces}

    def _state(self, space: Space) -> SpaceState:
        here = [
            row
            for row in self.rows.values()
            if row.space == space.pk and row.stands(self.now) and row.covers(self.now)
        ]
        if not space.is_exclusive:
            full = sum(row.amount for row in here) >= space.quantity
            return SpaceState.TAKEN if full else SpaceState.FREE
        if not here:
            return SpaceState.FREE
        (row,) = here
        if row.kind == "lease" and row.state == "held":
            return SpaceState.RESERVED
        # Ninety days are longer than a life.
        lease = SpaceState.LEASED if row.end is None else SpaceState.ENDING
        named = {"lease": lease, "maintenance": SpaceState.MAINTENANCE, "block": SpaceState.BLOCKED}
        return named.get(row.kind, SpaceState.BOOKED)

    # -- choices -----------------------------------------------------------------------------------

    def _span(self) -> tuple[int, int]:
        start = self.now + self.dice.randint(0, 20)
        return start, start + self.dice.randint(1, 8)

    def _amount(self, space: Space) -> int:
        return self.dice.randint(1, space.quantity)

    def _any(self, fits: Callable[[Row], bool] = lambda row: row.under is None) -> Row | None:
        """A row of an organisation (or one that fits), whatever its state; newer ones first."""
        own = {member.tenant_id for member in self.people}
        chosen = [
            row
            for row in self.rows.values()
            if fits(row) and (row.holder in own or row.kind in CLOSURES)
        ]
        return self.dice.choice(chosen[-12:]) if chosen else None

    def _member(self, tenant_id: int) -> Membership:
        everybody = [*self.people, self.staff]
        return next(member for member in everybody if member.tenant_id == tenant_id)

    def _space(self, pk: int) -> Space:
        return next(space for space in self.spaces if space.pk == pk)


def _last(moment: Any) -> int:
    return HORIZON if moment is None else _hour(moment)


def _hour(moment: Any) -> int:
    hours = (moment - at(0)).total_seconds() / 3600
    assert hours == int(hours)
    return int(hours)
