"""What sessions have left for an organisation, and the rows behind every number that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from foundation.actors import Actor
from foundation.errors import Sentence
from learners.models import Learner
from tenants.isolation.context import glancing
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training.figures import is_used
from training.models import FundingLine, Seat, SeatAgreement, SeatState, Session, SessionState
from training.models.seats import ALIVE, SeatQuerySet
from training.models.sessions import PAST, UPCOMING, SessionQuerySet
from training.room import Against, Limit, Room, count_each

S = SeatState
CAME = (S.ATTENDED, S.PARTIAL, S.PASSED, S.FAILED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A session and what an organisation can still have of it."""

    session: Session
    room: Room
    against: Against
    is_open: bool

    @property
    def limits(self) -> list[Limit]:
        return self.room.limits(self.against)

    @property
    def blocking(self) -> Limit:
        return self.room.blocking(self.against)

    @property
    def left(self) -> int:
        return self.room.left(self.against)


def dated(sessions: SessionQuerySet, order: str = "-opens_at") -> SessionQuerySet:
    """``first_at`` and ``last_at`` from the dates that stand."""
    standing = Q(dates__cancelled_at=None)
    found = sessions.annotate(
        first_at=Min("dates__starts_at", filter=standing),
        last_at=Max("dates__ends_at", filter=standing),
    )
    return found.select_related("course__programme").order_by(order, "pk")


def upcoming(actor: Actor) -> SessionQuerySet:
    return dated(Session.objects.visible_to(actor).filter(state__in=UPCOMING), "first_at")


def past_with_seats(actor: Actor) -> SessionQuerySet:
    """Over, and the organisation had seats in it."""
    own = Seat.objects.filter(tenant_id=actor.tenant_id).filter(is_used()).values("session")
    found = Session.objects.visible_to(actor).filter(state__in=PAST, pk__in=own)
    return dated(found, "-last_at")


def sessions_with_seats(actor: Actor) -> SessionQuerySet:
    """To come, and the organisation has or wants seats in it."""
    own = Seat.objects.filter(tenant_id=actor.tenant_id, state__in=ALIVE).values("session")
    return upcoming(actor).filter(pk__in=own)


def seats_in(
    actor: Actor, sessions: Sequence[Session], now: datetime, *, came: bool = False
) -> dict[int, int]:
    """How many seats the organisation has in each; with ``came`` those whose people were there."""
    own = Seat.objects.filter(tenant_id=actor.tenant_id, session__in=sessions)
    own = own.filter(state__in=CAME) if came else own.taken(now)
    return dict(own.order_by().values_list("session").annotate(Count("pk")))


def offers_of(tenant: Tenant, sessions: Sequence[Session], now: datetime) -> list[Offer]:
    """For all of them at once, however many; each session comes from :func:`dated`."""
    agreements = list(SeatAgreement.objects.filter(tenant=tenant, state="active"))
    against = {s.pk: Against(tenant.pk, _covering(tenant, agreements, s)) for s in sessions}
    keys = {a.agreement_id for a in against.values() if a.agreement_id}
    with glancing():
        rooms = count_each(sessions, now, keys)
    return [Offer(s, rooms[s.pk], against[s.pk], s.is_open(now)) for s in sessions]


def _covering(tenant: Tenant, agreements: list[SeatAgreement], session: Session) -> int | None:
    if tenant.kind != TenantKind.UNIVERSITY:
        return None
    day = day_of(getattr(session, "first_at", None) or session.closes_at)
    found = (a.pk for a in agreements if a.starts_on <= day <= a.ends_on)
    return next(found, None)


def day_of(moment: datetime) -> date:
    return timezone.localdate(moment)


def lines_for(tenant: Tenant, session: Any) -> list[FundingLine]:
    """Those that pay for a session of these days, which comes from :func:`dated`; for universities
    alone."""
    if tenant.kind != TenantKind.UNIVERSITY or session.first_at is None:
        return []
    day = day_of(session.first_at)
    return list(FundingLine.objects.filter(starts_on__lte=day, ends_on__gte=day))


def learners_by_number(
    tenant_id: int | None, numbers: Iterable[str]
) -> tuple[list[Learner], list[str]]:
    """The organisation's learners in the order of these student numbers, and the numbers that are
    not in its register, in capitals; small letters do not matter."""
    asked = [number.strip().upper() for number in numbers]
    rows = Learner.objects.filter(tenant=tenant_id, number__in=asked)
    known = {learner.number: learner for learner in rows}
    found = [known[number] for number in asked if number in known]
    return found, [number for number in asked if number not in known]


def not_in_register(numbers: Sequence[str]) -> str:
    """The sentence for them; the first ten are named."""
    return _("Not in your register: %(numbers)s") % {"numbers": ", ".join(numbers[:10])}


def current_agreements(actor: Actor, now: datetime) -> list[SeatAgreement]:
    own = SeatAgreement.objects.visible_to(actor).filter(tenant_id=actor.tenant_id)
    return list(own.in_force(timezone.localdate(now)))


# The lists behind the numbers: one query each for the count and for the rows.
LISTS: dict[str, Sentence] = {
    "used": pgettext_lazy("seats", "Used"),
    "held": pgettext_lazy("seats", "Held"),
    "blank": pgettext_lazy("seats", "Blank"),
    "offered": pgettext_lazy("seats", "Offered"),
    "waiting": pgettext_lazy("seats", "On the waiting list"),
    "requested": pgettext_lazy("seats", "Asked for"),
    "booked": pgettext_lazy("seats", "Booked so far"),
    "attended": pgettext_lazy("seats", "Attended"),
    "certified": pgettext_lazy("seats", "Passed"),
}


def seats_of(
    actor: Actor, which: str, now: datetime, agreement: SeatAgreement | None = None
) -> SeatQuerySet:
    """The organisation's own of one of ``LISTS``; raises KeyError for another name."""
    own = Seat.objects.filter(tenant_id=actor.tenant_id)
    if agreement is not None:
        own = own.filter(agreement=agreement)
    found: dict[str, SeatQuerySet] = {
        "used": own.used(),
        "held": own.held(now),
        "blank": own.held(now).filter(state=S.HELD),
        "offered": own.held(now).filter(state=S.OFFERED),
        "waiting": own.filter(state=S.WAITLISTED),
        "requested": own.filter(state=S.REQUESTED),
        "booked": own.filter(is_used(), is_used_up=False),
        "attended": own.filter(state__in=CAME),
        "certified": own.filter(state=S.PASSED),
    }
    return found[which]


def is_over(session: Session) -> bool:
    return session.state in (*PAST, SessionState.CANCELLED)
