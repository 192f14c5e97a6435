"""The end of a session: what becomes of each seat, and the certificates of those who passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.recording import changed
from certificates.facts import Facts
from certificates.models import CertificateKind
from certificates.operations.issuing import Candidate, Outcome, Planned, issue_in_bulk, plan
from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.names import Exposure, mask_id
from foundation.operations import operation
from learners.models import Learner
from tenants.isolation.context import enter_tenant
from tenants.models import Tenant
from training.eligibility import Eligibility, eligibility_of
from training.models import Seat, SeatState, Session, SessionKind, SessionState
from training.models.seats import KEPT
from training.operations.rows import locked, move
from training.operations.rows import saved as saved_seats
from training.operations.telling import tell_settled
from training.permissions import permissions

S = SeatState
ACTION = "settle_sessions"
TO_MARK = (S.BOOKED,)
WITH_CERTIFICATE = (S.BOOKED, S.PASSED)


@dataclass(frozen=True, slots=True)
class Line:
    """One seat as settling it would leave it, and the certificate that comes of it."""

    seat: Seat
    reached: Eligibility
    state: str
    planned: Planned | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """``problems`` must be mended before it can be settled."""

    lines: list[Line]
    problems: list[DomainError]

    @property
    def issued(self) -> int:
        return sum(
            line.planned is not None and line.planned.outcome == Outcome.NEW for line in self.lines
        )

    @property
    def states(self) -> Counter[str]:
        return Counter(line.state for line in self.lines)


def dry_run(session: Session, now: datetime) -> Settlement:
    """What settling it now would do; nothing is written. For staff, who see all organisations."""
    session = Session.objects.select_related("course").get(pk=session.pk)
    seats = seats_of(session, *KEPT)
    reached = eligibility_of(session, seats)
    planned = _planned(session, seats, reached, now)
    lines = [
        Line(seat, reached[seat.pk], _state_after(seat, reached[seat.pk]), planned.get(seat.pk))
        for seat in seats
    ]
    return Settlement(lines, _problems(session, seats, reached))


@operation
def settle_session(*, actor: Actor, now: datetime, session: Session) -> list[Planned]:
    """Attendance and results are final; each seat gets its end, and who has kept the rule of the
    session a certificate. Gives what became of each certificate.

    Raises NotPermitted, WrongState, DomainErrors ``marks_missing``, ``results_missing`` and
    ``not_all_taught``, and what issuing raises.
    """
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    fresh.move_to(SessionState.SETTLED)
    seats = seats_of(fresh, *TO_MARK)
    reached = eligibility_of(fresh, seats)
    for problem in _problems(fresh, seats, reached):
        raise problem
    for seat in seats:
        _end(seat, reached[seat.pk], now)
    saved_seats(seats)
    values = {"state": SessionState.SETTLED, "version": fresh.version + 1}
    changed(Session.objects.get(pk=fresh.pk), values)
    issued = _issue(actor, now, fresh)
    _tell(now, fresh, seats, issued)
    return issued


def _tell(now: datetime, session: Session, seats: list[Seat], issued: list[Planned]) -> None:
    """Each organisation what came of its own seats."""
    ready = Counter(
        planned.candidate.source.tenant_id  # type: ignore[attr-defined]
        for planned in issued
        if planned.outcome == Outcome.NEW
    )
    for tenant_id in sorted({seat.tenant_id for seat in seats}):
        own = [seat for seat in seats if seat.tenant_id == tenant_id]
        with enter_tenant(tenant_id):
            tell_settled(tenant_id, now, session, own, ready[tenant_id])


@operation
def issue_certificates(*, actor: Actor, now: datetime, session: Session) -> list[Planned]:
    """Issue once more what is missing of a settled session: whoever has a certificate keeps it.

    The rule is asked again. Raises NotPermitted, WrongState, and what issuing raises.
    """
    permissions.require(actor, ACTION)
    fresh = locked(session, now)
    if fresh.state != SessionState.SETTLED:
        raise WrongState
    return _issue(actor, now, fresh)


def seats_of(session: Session, *states: str) -> list[Seat]:
    rows = Seat.objects.filter(session=session, state__in=states).order_by("tenant", "pk")
    return list(rows.select_related("learner", "membership__user", "tenant", "session__course"))


def certifies(session: Session) -> bool:
    """Whether the park itself certifies; the other kinds are given by others, and recorded."""
    return session.certificate_kind == CertificateKind.TRAINING


def _issue(actor: Actor, now: datetime, session: Session) -> list[Planned]:
    if not certifies(session):
        return []
    seats = seats_of(session, S.PASSED)
    reached = eligibility_of(session, seats)
    found = _candidates(session, seats, reached, now)
    return issue_in_bulk(actor=actor, now=now, candidates=found)


def _planned(
    session: Session, seats: list[Seat], reached: dict[int, Eligibility], now: datetime
) -> dict[int, Planned]:
    if not certifies(session):
        return {}
    may = [seat for seat in seats if seat.state in WITH_CERTIFICATE]
    return {
        planned.candidate.source.pk: planned
        for planned in plan(_candidates(session, may, reached, now))
    }


def _candidates(
    session: Session, seats: Iterable[Seat], reached: dict[int, Eligibility], now: datetime
) -> list[Candidate]:
    """One for each seat, with the refusal of whoever has not kept the rule."""
    park = Tenant.objects.operator()
    found = []
    for seat in seats:
        own = reached[seat.pk]
        refusal = own.refusals[0] if own.refusals else ""
        found.append(Candidate(seat.tenant, seat, _facts(session, seat, own, park, now), refusal))
    return found


def _facts(
    session: Session, seat: Seat, reached: Eligibility, park: Tenant, now: datetime
) -> Facts:
    name, latin, number = _holder(seat)
    days = [timezone.localdate(date.starts_at) for date in session.dates.standing()]
    course = session.course
    result = reached.result
    return Facts(
        holder_name=name,
        holder_latin_name=latin,
        holder_id=number,
        course_zh=session.name_zh or (course.name_zh if course else ""),
        course_en=session.name_en or (course.name_en if course else ""),
        minutes=session.minutes,
        minutes_per_hour=session.minutes_per_hour,
        started_on=min(days),
        ended_on=max(days),
        grade=f"{result.score.normalize():f}" if result and result.score is not None else "",
        issuer_zh=park.name,
        issuer_en=park.name_en,
        issued_on=timezone.localdate(now),
        rule=reached.rule,
        evidence=reached.evidence,
    )


def _holder(seat: Seat) -> tuple[str, str, str]:
    """Name, name in Latin letters, masked number."""
    if isinstance(seat.person, Learner):
        learner = seat.person
        return learner.name, learner.latin_name, mask_id(learner.number, Exposure.LOW)
    assert seat.membership is not None
    return seat.membership.user.get_full_name() or str(seat.membership.user), "", ""


def _problems(
    session: Session, seats: Iterable[Seat], reached: dict[int, Eligibility]
) -> list[DomainError]:
    open_seats = [seat for seat in seats if seat.state in TO_MARK]
    unmarked = sum(reached[seat.pk].unmarked for seat in open_seats)
    missing = sum(
        bool(session.test_required) and own.has_attended and own.result is None
        for seat in open_seats
        if (own := reached[seat.pk])
    )
    found = []
    held = sum(date.minutes for date in session.dates.standing())
    if session.kind == SessionKind.COURSE and held < (session.minutes or 0):
        words = _("The dates have %(held)s minutes, and the course %(minutes)s.")
        told = {"held": held, "minutes": session.minutes}
        found.append(DomainError(words, code="not_all_taught", params=told))
    for count, code, words in (
        (unmarked, "marks_missing", _("Marks of attendance that are missing: %(count)s")),
        (missing, "results_missing", _("Test results that are missing: %(count)s")),
    ):
        if count:
            found.append(DomainError(words, code=code, params={"count": count}))
    return found


def _state_after(seat: Seat, reached: Eligibility) -> str:
    if seat.state not in TO_MARK:
        return seat.state
    first = reached.attendance_state
    if first not in (S.ATTENDED, S.PARTIAL) or seat.session.kind == SessionKind.EVENT:
        return first
    return S.PASSED if reached.is_eligible else S.FAILED


def _end(seat: Seat, reached: Eligibility, now: datetime) -> None:
    last = _state_after(seat, reached)
    move(seat, reached.attendance_state, now)
    if last != seat.state:
        move(seat, last, now)
