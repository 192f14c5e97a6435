"""How many seats an organisation can still have in a session, and what stands in the way.

One booking counts against the session, the share of its university, its agreement, its funding
line and the most that one organisation gets. :class:`Room` has all of these as they are now, and
is the one place that says how many are left and which of them blocks: booking, the waiting list
and the pages ask the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from foundation.errors import Sentence
from training.figures import Figures, Line, figures_of, is_held, is_used
from training.models import FundingLine, Guest, Seat, Session, SessionKind, SessionShare


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that is counted against: ``lines`` are its arithmetic and add up to ``left``."""

    code: str
    label: Sentence
    lines: list[Line]

    @property
    def left(self) -> int:
        return sum(amount for _label, amount in self.lines)

    @property
    def explained(self) -> str:
        """``30 seats − 12 taken = 18``, in the reader's language."""
        (label, seats), *others = self.lines
        rest = [f"{'+' if n > 0 else '−'} {abs(n)} {name}" for name, n in others if n]
        return f"{' '.join([f'{seats} {label}', *rest])} = {self.left}"


SEATS = _("seats")


@dataclass(frozen=True, slots=True)
class Against:
    """What a booking counts against beside the session itself."""

    tenant_id: int
    agreement_id: int | None = None
    line_id: int | None = None


@dataclass(slots=True)
class Room:
    """``taken`` by organisation; ``shares`` are those still in force; ``guests`` has an event."""

    session: Session
    taken: dict[int, int]
    shares: dict[int, int]
    guests: int = 0
    agreements: dict[int, Figures] = field(default_factory=dict)
    # Seats and how many of them are given, by funding line.
    lines: dict[int, tuple[int, int]] = field(default_factory=dict)
    # Given in this transaction, after the count.
    _given: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def seats(self) -> int:
        """Seats that are taken, by whomever."""
        return sum(self.taken.values())

    @property
    def free(self) -> int:
        """Of the whole session, whoever they are kept for."""
        return self.session.capacity - self.seats - self.guests

    def kept(self, besides: int | None = None) -> int:
        """Seats kept for universities that have not used them, beside that one."""
        unused = (max(n - self.taken.get(t, 0), 0) for t, n in self.shares.items() if t != besides)
        return sum(unused)

    def limits(self, against: Against, *, beyond: bool = False) -> list[Limit]:
        """All that hold for it; ``beyond`` leaves out what staff may overdraw."""
        own = against.tenant_id
        mine = self.taken.get(own, 0)
        session = Limit(
            "session",
            _("this session"),
            [
                (SEATS, self.session.capacity),
                (_("taken"), -self.seats),
                (_("guests"), -self.guests),
                (_("kept for universities"), -self.kept(own)),
            ],
        )
        found = [session]
        if own in self.shares:
            lines: list[Line] = [(SEATS, self.shares[own]), (_("taken"), -mine)]
            found.append(Limit("share", _("the share of this university"), lines))
        if self.session.most_per_organisation is not None:
            most = self.session.most_per_organisation
            lines = [(SEATS, most), (_("taken"), -mine)]
            found.append(Limit("organisation", _("the most of one organisation"), lines))
        return found if beyond else [*found, *self._quotas(against)]

    def _quotas(self, against: Against) -> list[Limit]:
        found = []
        if against.agreement_id is not None:
            lines = [*self.agreements[against.agreement_id].lines]
            lines.append((_("just now"), -self._given.get(("agreement", against.agreement_id), 0)))
            found.append(Limit("agreement", _("the seat agreement"), lines))
        if against.line_id is not None:
            seats, given = self.lines[against.line_id]
            given += self._given.get(("line", against.line_id), 0)
            lines = [(SEATS, seats), (_("taken"), -given)]
            found.append(Limit("funding_line", _("the funding line"), lines))
        return found

    def blocking(self, against: Against, *, beyond: bool = False) -> Limit:
        """The one with the fewest left; of several the first."""
        return min(self.limits(against, beyond=beyond), key=lambda limit: limit.left)

    def left(self, against: Against, *, beyond: bool = False) -> int:
        return max(self.blocking(against, beyond=beyond).left, 0)

    def give(self, against: Against, number: int) -> None:
        """Count seats that are being given in this transaction."""
        self.taken[against.tenant_id] = self.taken.get(against.tenant_id, 0) + number
        for key in (("agreement", against.agreement_id), ("line", against.line_id)):
            if key[1] is not None:
                self._given[(key[0], key[1])] = self._given.get((key[0], key[1]), 0) + number


def count(
    session: Session,
    now: datetime,
    agreements: Collection[int] = (),
    lines: Collection[int] = (),
) -> Room:
    """As far as the transaction's role sees it: call it across organisations."""
    return count_each([session], now, agreements, lines)[session.pk]


def count_each(
    sessions: Collection[Session],
    now: datetime,
    agreements: Collection[int] = (),
    lines: Collection[int] = (),
) -> dict[int, Room]:
    """By the session's key; as many queries for a hundred as for one."""
    taken: dict[int, dict[int, int]] = defaultdict(dict)
    seats = Seat.objects.filter(session__in=sessions).taken(now).order_by()
    for session, tenant, number in seats.values_list("session", "tenant").annotate(Count("pk")):
        taken[session][tenant] = number
    shares: dict[int, dict[int, int]] = defaultdict(dict)
    kept = SessionShare.objects.filter(session__in=sessions).in_force(now).order_by()
    for session, tenant, number in kept.values_list("session", "tenant", "seats"):
        shares[session][tenant] = number
    guests = _guests_of(sessions)
    figures = figures_of(set(agreements), now) if agreements else {}
    given = _lines_of(set(lines), now) if lines else {}
    return {
        s.pk: Room(s, taken[s.pk], shares[s.pk], guests.get(s.pk, 0), figures, given)
        for s in sessions
    }


def _guests_of(sessions: Collection[Session]) -> dict[int, int]:
    """Who is expected at each event."""
    events = [s.pk for s in sessions if s.kind == SessionKind.EVENT]
    if not events:
        return {}
    rows = Guest.objects.filter(session__in=events).expected().order_by()
    return dict(rows.values_list("session").annotate(Count("pk")))


def _lines_of(lines: set[int], now: datetime) -> dict[int, tuple[int, int]]:
    seats = dict(FundingLine.objects.filter(pk__in=lines).values_list("pk", "seats"))
    given = Seat.objects.filter(is_used() | is_held(now), funding_line__in=lines).order_by()
    used = dict(given.values_list("funding_line").annotate(Count("pk")))
    return {pk: (number, used.get(pk, 0)) for pk, number in seats.items()}
