"""Seats booked: with names or blank, one or many, at once or by the park's word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from foundation.operations import operation
from learners.models import Learner
from tenants import standing
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training import rules
from training.models import FundingLine, PartyRule, Seat, SeatAgreement, SeatState, Session
from training.operations.promoting import promote
from training.operations.rows import agreement_for, check_funding, locked, new_party
from training.permissions import permissions
from training.room import Against, Limit, Room
from training.rules import Asked, Person

S = SeatState
# Beyond this a number is a slip of the finger.
MOST = 1_000


class Full(DomainError):
    """Fewer are left than were asked for; the sentence has the arithmetic of what blocks."""

    code = "seats_full"
    message = _("%(wanted)s seats are asked for, %(left)s are left in %(limit)s: %(lines)s.")

    def __init__(self, wanted: int, limit: Limit) -> None:
        self.limit = limit
        left = max(limit.left, 0)
        words = {"wanted": wanted, "left": left, "limit": limit.label, "lines": limit.explained}
        super().__init__(params=words)


@operation
def book(
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    people: Sequence[Person] = (),
    blanks: int = 0,
    tenant: Tenant | None = None,
    agreement: SeatAgreement | None = None,
    funding_line: FundingLine | None = None,
    party_rule: str = "",
    waits: bool = False,
    overdraw: str = "",
) -> list[Seat]:
    """Book seats for ``people`` and ``blanks`` more to be named later.

    Blank seats are held until the session's moment. Where the park approves, all of them are asked
    for. With ``waits`` what does not fit goes to the waiting list, of a group (``party_rule``) all
    or none or the rest; without, all fit or nothing is booked. ``overdraw`` is the reason for which
    staff book more than agreement and funding line have left. ``tenant`` is for staff.

    Raises NotPermitted, ``HasLeft``, the refusals of ``training.rules``, InvalidInput, DomainErrors
    ``no_agreement``, ``funding_period``, ``holds_over`` and ``seats_full``.
    """
    permissions.require(actor, "book_seats")
    if overdraw:
        permissions.require(actor, "overdraw")
    holder = _holder(actor, tenant)
    _check_funder(actor, holder, funding_line)
    wanted = _number(people, blanks)
    standing.require_present(holder.pk)
    fresh = locked(session, now)
    asked = Asked(fresh, holder, now, tuple(people), by_park=actor.is_staff)
    rules.check(asked)
    _check_holds(fresh, blanks, now)
    own = agreement_for(holder, fresh, agreement)
    check_funding(funding_line, fresh)
    against = Against(holder.pk, own.pk if own else None, funding_line.pk if funding_line else None)
    seats = [
        _blank(actor, fresh, against, now, wanted, party_rule, overdraw) for _place in range(wanted)
    ]
    for seat, person in zip(seats, people, strict=False):
        give_name(seat, person)
    if fresh.needs_approval and not actor.is_staff:
        return _all(seats, S.REQUESTED)
    keys = [{pk} if pk else set() for pk in (against.agreement_id, against.line_id)]
    room = promote(fresh, now, *keys)
    _place(seats, _fitting(room, against, asked, seats, waits, bool(overdraw)), now)
    return _all(seats)


def _holder(actor: Actor, tenant: Tenant | None) -> Tenant:
    if tenant is not None and tenant.pk != actor.tenant_id and not actor.is_staff:
        permissions.refuse(actor, "book_seats")
    return tenant or Tenant.objects.get(pk=actor.tenant_id)


def _check_funder(actor: Actor, holder: Tenant, line: FundingLine | None) -> None:
    """Enterprises do not help themselves to public money: staff say what it pays for."""
    if line is not None and not actor.is_staff and holder.kind != TenantKind.UNIVERSITY:
        permissions.refuse(actor, "decide_seats")


def _number(people: Sequence[Person], blanks: int) -> int:
    if not 0 <= blanks <= MOST or not 1 <= len(people) + blanks <= MOST:
        raise InvalidInput(
            _("Book between 1 and %(most)s seats."), code="how_many", params={"most": MOST}
        )
    return len(people) + blanks


def _check_holds(session: Session, blanks: int, now: datetime) -> None:
    if blanks and session.hold_until <= now:
        raise DomainError(
            _("Blank seats are not held for this session any more: book with names."),
            code="holds_over",
        )


def _blank(
    actor: Actor,
    session: Session,
    against: Against,
    now: datetime,
    wanted: int,
    party_rule: str,
    reason: str,
) -> Seat:
    return Seat(
        tenant_id=against.tenant_id,
        session=session,
        agreement_id=against.agreement_id,
        funding_line_id=against.line_id,
        created_at=now,
        booked_by_id=actor.user_id,
        party_rule=(party_rule or PartyRule.ANY) if wanted > 1 else "",
        reason=reason.strip(),
    )


def give_name(seat: Seat, person: Person) -> None:
    is_learner = isinstance(person, Learner)
    seat.learner_id = person.pk if is_learner else None
    seat.membership_id = None if is_learner else person.pk


def _fitting(
    room: Room, against: Against, asked: Asked, seats: list[Seat], waits: bool, beyond: bool
) -> int:
    """How many of the seats are given now; the others wait."""
    late = rules.waits_only(asked) if not asked.by_park else {}
    if late and not waits:
        raise rules.NotThese(asked.people, late)
    seats.sort(key=lambda seat: (seat.learner_id or seat.membership_id) in late)
    for seat in seats[len(seats) - len(late) :]:
        seat.priority = rules.BEHIND
    wanted = len(seats) - len(late)
    blocking = room.blocking(against, beyond=beyond)
    left = max(blocking.left, 0)
    if left >= wanted:
        return wanted
    if not waits:
        raise Full(wanted, blocking)
    return 0 if seats[0].party_rule == PartyRule.ALL_OR_NONE else left


def _place(seats: list[Seat], fitting: int, now: datetime) -> None:
    for seat in seats[:fitting]:
        settle(seat, seat.session)
    for seat in seats[fitting:]:
        seat.state, seat.queued_at = S.WAITLISTED, now


def settle(seat: Seat, session: Session) -> None:
    """A new seat that is given: held when it is blank, booked when it has a name."""
    seat.state = S.HELD if seat.is_blank else S.BOOKED
    if seat.is_blank:
        seat.hold_expires_at = session.hold_until


def _all(seats: list[Seat], state: str = "") -> list[Seat]:
    party = new_party() if len(seats) > 1 else None
    for seat in seats:
        seat.party, seat.state = party, state or seat.state
    return Seat.objects.bulk_create(seats)
