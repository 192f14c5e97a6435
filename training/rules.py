"""The rules of booking a seat, one function and one sentence each.

Those of the session and the organisation refuse the whole; those of people say for whom not. All
of them read for many people at once, so that a roster of five hundred asks no more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, Sentence
from learners.models import Consent, Learner
from residency.queries import is_suspended
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant
from training.models import CoursePrerequisite, Seat, SeatState, Session, SessionDate
from training.models.seats import SeatQuerySet

Person = Learner | Membership
# Who did not come so often within so long only gets on the waiting list, behind everybody else.
NO_SHOWS, NO_SHOW_DAYS = 2, timedelta(days=90)
BEHIND = -100
BOOKING_KINDS = (
    *(TenantKind.UNIVERSITY, TenantKind.ENTERPRISE, TenantKind.START_UP),
    *(TenantKind.PROVIDER, TenantKind.OPERATOR),
)
# How many people a refusal tells of.
TOLD = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants a seat in what. ``people`` are all of one kind: learners, or members."""

    session: Session
    tenant: Tenant
    now: datetime
    people: tuple[Person, ...] = ()
    # The park itself is not kept out before booking opens or after it closes.
    by_park: bool = False

    @property
    def column(self) -> str:
        return "learner" if isinstance(self.people[0], Learner) else "membership"

    def seats(self) -> SeatQuerySet:
        """All seats that these people have or had anywhere."""
        return Seat.objects.filter(
            tenant=self.tenant, **{f"{self.column}__in": [p.pk for p in self.people]}
        )


Problems = dict[int, Sentence]


class NotThese(DomainError):
    """Rules of people that are not kept; ``problems`` has the sentences by the person's key."""

    code = "people_refused"
    message = _("Not possible: %(people)s")

    def __init__(self, people: Iterable[Person], problems: Mapping[int, Sentence]) -> None:
        self.problems = dict(problems)
        told = [f"{label(p)}: {problems[p.pk]}" for p in people if p.pk in problems]
        super().__init__(params={"people": " ".join(told[:TOLD])})


def label(person: Person) -> str:
    """How the person is told apart from others of the organisation."""
    if isinstance(person, Learner):
        return f"{person.number} {person}"
    return str(person.user)


# -- of the session and the organisation -----------------------------------------------------------


def is_open(asked: Asked) -> None:
    if not asked.session.is_open(asked.now):
        raise DomainError(_("This session cannot be booked at this time."), code="not_open")


def is_for_organisation(asked: Asked) -> None:
    if asked.tenant.kind not in BOOKING_KINDS:
        raise DomainError(_("Your kind of organisation does not book this."), code="kind")


def is_not_suspended(asked: Asked) -> None:
    if is_suspended(asked.tenant):
        raise DomainError(
            _("The rights of your organisation rest at this time. Ask the park."), code="suspended"
        )


def are_of_one_organisation(asked: Asked) -> None:
    if any(person.tenant_id != asked.tenant.pk for person in asked.people):
        raise DomainError(_("Seats are for people of your own organisation."), code="not_own")
    if len({type(person) for person in asked.people}) > 1:
        raise DomainError(_("Book learners and members one after the other."), code="mixed")


def are_named_once(asked: Asked) -> None:
    if len({person.pk for person in asked.people}) < len(asked.people):
        raise DomainError(_("The same person is named twice."), code="named_twice")


# -- of people -------------------------------------------------------------------------------------


def are_here(asked: Asked) -> Problems:
    """Read anew: the page that they were chosen on may be old."""
    keys = {person.pk for person in asked.people}
    rows: Any = Learner.objects.active() if asked.column == "learner" else None
    rows = Membership.objects.current() if rows is None else rows
    here = set(rows.filter(tenant=asked.tenant, pk__in=keys).values_list("pk", flat=True))
    return dict.fromkeys(keys - here, _("Has left."))


def have_not_taken_consent_back(asked: Asked) -> Problems:
    if asked.column != "learner":
        return {}
    theirs = Consent.objects.filter(tenant=asked.tenant, learner__in=[p.pk for p in asked.people])
    in_force = set(theirs.in_force().values_list("learner", flat=True))
    withdrew = set(theirs.values_list("learner", flat=True)) - in_force
    return dict.fromkeys(withdrew, _("Has taken the consent back."))


def are_not_in_it(asked: Asked) -> Problems:
    found = asked.seats().alive(asked.now).filter(session=asked.session)
    keys = found.values_list(asked.column, flat=True)
    return dict.fromkeys(keys, _("Has a seat in this session already."))


def have_no_other_session_then(asked: Asked) -> Problems:
    """Of all sessions that they are in, or may be: whoever waits may be called."""
    own = list(asked.session.dates.standing().values_list("starts_at", "ends_at"))
    if not own:
        return {}
    others = asked.seats().alive(asked.now).exclude(session=asked.session)
    sessions: dict[int, list[int]] = defaultdict(list)
    for person, session in others.values_list(asked.column, "session"):
        sessions[session].append(person)
    start, end = min(s for s, _e in own), max(e for _s, e in own)
    near = SessionDate.objects.between(start, end).filter(session__in=sessions)
    clashing = {
        session
        for session, starts, ends in near.values_list("session", "starts_at", "ends_at")
        if any(starts < e and s < ends for s, e in own)
    }
    keys = (person for session in clashing for person in sessions[session])
    return dict.fromkeys(keys, _("Has another session at the same time."))


def have_passed_what_it_requires(asked: Asked) -> Problems:
    if asked.session.course_id is None:
        return {}
    rows = CoursePrerequisite.objects.filter(course=asked.session.course_id)
    required = set(rows.values_list("required", flat=True))
    if not required:
        return {}
    passed = asked.seats().filter(state=SeatState.PASSED, session__course__in=required)
    has: dict[int, set[int]] = defaultdict(set)
    for person, course in passed.values_list(asked.column, "session__course"):
        has[person].add(course)
    lacking = (p.pk for p in asked.people if has[p.pk] != required)
    return dict.fromkeys(lacking, _("Has not passed the course that this one requires."))


def have_come_lately(asked: Asked) -> Problems:
    """Not a refusal: who did not come goes to the waiting list."""
    recent = Q(session__dates__ends_at__gte=asked.now - NO_SHOW_DAYS)
    missed = asked.seats().filter(recent, state=SeatState.NO_SHOW).order_by()
    counted: Any = missed.values_list(asked.column).annotate(Count("session", distinct=True))
    often = (person for person, times in counted if times >= NO_SHOWS)
    return dict.fromkeys(often, _("Did not come twice in 90 days: waiting list only."))


OF_SESSION = (
    is_for_organisation,
    is_not_suspended,
    are_of_one_organisation,
    are_named_once,
)
OF_PEOPLE = (
    are_here,
    have_not_taken_consent_back,
    are_not_in_it,
    have_no_other_session_then,
    have_passed_what_it_requires,
)


def check(asked: Asked) -> None:
    """Raise the refusal of the first rule that is not kept; of people, all at once."""
    if not asked.by_park:
        is_open(asked)
    for rule in OF_SESSION:
        rule(asked)
    if problems := problems_of(asked):
        raise NotThese(asked.people, problems)


def problems_of(asked: Asked) -> Problems:
    """For whom not, and why; of several reasons the first."""
    found: Problems = {}
    for rule in OF_PEOPLE if asked.people else ():
        found = rule(asked) | found
    return found


def waits_only(asked: Asked) -> Problems:
    return have_come_lately(asked) if asked.people else {}
