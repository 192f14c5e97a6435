"""The guests of an event: put on its list, invited, answered for, taken off it.

A guest counts against the seats of the event from the day on the list, under the lock of the
session like a seat. Who says no, or is taken off, gives the place to whoever waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from tenants import standing
from tenants.models import Tenant
from training.models import Guest, GuestAllowance, GuestState, Session, SessionKind, SessionState
from training.models.guests import EXPECTED, new_code
from training.operations.letters import write_to
from training.operations.promoting import promote
from training.operations.rows import locked
from training.permissions import permissions
from training.room import Against, Room

S = GuestState
ACTION = "invite_guests"
# So many at once: a list that is pasted into the page.
MOST = 500
# The park puts people on the list until the event is over, others while booking is open.
LISTED_IN = (SessionState.DRAFT, SessionState.OPEN, SessionState.CLOSED, SessionState.RUNNING)
INVITED_IN = LISTED_IN[1:]


@dataclass(frozen=True, slots=True)
class Said:
    """One guest as somebody writes them down."""

    name: str
    company: str = ""
    email: str = ""
    mobile: str = ""


@operation
def allow_guests(
    *, actor: Actor, now: datetime, session: Session, tenant: Tenant, guests: int
) -> GuestAllowance:
    """How many guests an organisation may put forward; none takes it back.

    Raises NotPermitted, WrongState, DomainErrors ``not_an_event`` and ``guests_too_few`` for fewer
    than it has on the list.
    """
    permissions.require(actor, "manage_sessions")
    fresh = _event(session, now, *LISTED_IN)
    has = _own(tenant.pk, fresh)
    if guests < has:
        raise DomainError(
            _("The organisation has %(count)s guests on the list already."),
            code="guests_too_few",
            params={"count": has},
        )
    return GuestAllowance.objects.update_or_create(
        tenant=tenant, session=fresh, defaults={"guests": guests}
    )[0]


@operation
def add_guests(
    *,
    actor: Actor,
    now: datetime,
    session: Session,
    said: Sequence[Said],
    tenant: Tenant | None = None,
    language: str = "",
) -> list[Guest]:
    """Put these people on the list, all of them or none. ``tenant`` is for staff: whose guests
    they are, the park's own where it is not said.

    Raises NotPermitted, WrongState, ``HasLeft``, InvalidInput, DomainErrors ``not_an_event``,
    ``guests_full``, ``guests_allowed`` for more than the organisation may bring, ``guest_mail_once``.
    """
    permissions.require(actor, ACTION)
    holder = tenant or Tenant.objects.get(pk=actor.tenant_id)
    if holder.pk != actor.tenant_id and not actor.is_staff:
        permissions.refuse(actor, ACTION)
    if not 1 <= len(said) <= MOST:
        raise InvalidInput(
            _("Name between 1 and %(most)s guests."), code="how_many", params={"most": MOST}
        )
    standing.require_present(holder.pk)
    fresh = _event(session, now, *LISTED_IN)
    if not actor.is_staff:
        _check_allowed(fresh, holder.pk, len(said), now)
    _check_room(promote(fresh, now), holder.pk, len(said))
    rows = [_row(actor, now, fresh, holder, each, language) for each in said]
    return Guest.objects.bulk_create(rows)


@operation
def change_guest(
    *, actor: Actor, now: datetime, guest: Guest, name: str, company: str, email: str, mobile: str
) -> Guest:
    """Correct what stands there. Another name or address is another person: the link and the code
    of the one before work no more.

    Raises NotPermitted, WrongState, DomainErrors ``guest_has_name`` and ``guest_mail_once``.
    """
    permissions.require(actor, ACTION)
    _event(guest.session, now, *LISTED_IN)
    own = _fresh(actor, [guest], *EXPECTED, S.DECLINED)[0]
    if (own.name, own.email) != (name.strip(), email.strip()):
        if own.arrived_at is not None:
            raise WrongState
        own.code = new_code()
    own.name, own.company = name.strip(), company.strip()
    own.email, own.mobile = email.strip(), mobile.strip()
    own.save()
    return own


@operation
def send_invitations(*, actor: Actor, now: datetime, guests: Iterable[Guest]) -> list[Guest]:
    """Mail the personal link to those who have an address, once more to who has it already.

    Raises NotPermitted, WrongState, InvalidInput for none, Guest.DoesNotExist for a stranger's,
    DomainError ``no_address`` where nobody has one.
    """
    permissions.require(actor, ACTION)
    chosen = list(guests)
    _event(_session_of(chosen), now, *INVITED_IN)
    own = [guest for guest in _fresh(actor, chosen, *EXPECTED) if guest.email]
    if not own:
        raise DomainError(
            _("Nobody of them has an address: give them the link yourself."), code="no_address"
        )
    for guest in own:
        if guest.state == S.LISTED:
            guest.move_to(S.INVITED)
        guest.invited_at = now
    Guest.objects.bulk_update(own, ["state", "invited_at"], batch_size=500)
    write_to(own, now, "invitation")
    return own


@operation
def answer(*, actor: Actor, now: datetime, guest: Guest, accepts: bool) -> Guest:
    """By the guest; the personal link is the permission. Who said no may still say yes while there
    is room.

    Raises WrongState once the event is over or called off or the guest has arrived, DomainError
    ``guests_full``.
    """
    return _answered(actor, now, guest, accepts)


@operation
def answer_for(*, actor: Actor, now: datetime, guest: Guest, accepts: bool) -> Guest:
    """By whoever heard it from the guest. Raises NotPermitted and what ``answer`` raises."""
    permissions.require(actor, ACTION)
    return _answered(actor, now, guest, accepts)


@operation
def remove_guests(*, actor: Actor, now: datetime, guests: Iterable[Guest]) -> list[Guest]:
    """Off the list; their links and codes open nothing any more.

    Raises NotPermitted, WrongState for who has arrived, InvalidInput for none,
    Guest.DoesNotExist.
    """
    permissions.require(actor, ACTION)
    chosen = list(guests)
    fresh = _event(_session_of(chosen), now, *LISTED_IN)
    own = _fresh(actor, chosen, *EXPECTED, S.DECLINED)
    if any(guest.arrived_at for guest in own):
        raise WrongState
    for guest in own:
        guest.move_to(S.REMOVED)
    Guest.objects.bulk_update(own, ["state"], batch_size=500)
    promote(fresh, now)
    return own


def _answered(actor: Actor, now: datetime, guest: Guest, accepts: bool) -> Guest:
    fresh = _event(guest.session, now, *INVITED_IN)
    own = _fresh(actor, [guest], *EXPECTED, S.DECLINED)[0]
    to = S.ACCEPTED if accepts else S.DECLINED
    if own.arrived_at is not None:
        raise WrongState
    if own.state == to:
        return own
    if own.state == S.DECLINED:
        _check_room(promote(fresh, now), own.tenant_id, 1)
    own.move_to(to)
    own.answered_at = now
    own.save(update_fields=["state", "answered_at"])
    if not accepts:
        promote(fresh, now)
    return own


def _event(session: Session, now: datetime, *states: str) -> Session:
    """As it is under its lock. Raises WrongState, DomainError ``not_an_event``."""
    fresh = locked(session, now)
    if fresh.kind != SessionKind.EVENT:
        raise DomainError(_("Guests are invited to events."), code="not_an_event")
    if fresh.state not in states:
        raise WrongState
    return fresh


def _session_of(guests: list[Guest]) -> Session:
    sessions = {guest.session_id: guest.session for guest in guests}
    if len(sessions) != 1:
        raise InvalidInput(_("Choose guests of one event."), code="no_guests")
    return next(iter(sessions.values()))


def _fresh(actor: Actor, guests: list[Guest], *states: str) -> list[Guest]:
    keys = {guest.pk for guest in guests}
    found = list(Guest.objects.visible_to(actor).filter(pk__in=keys).order_by("pk"))
    if len(found) < len(keys):
        raise Guest.DoesNotExist
    if any(guest.state not in states or guest.erased_at for guest in found):
        raise WrongState
    return found


def _own(tenant_id: int, session: Session) -> int:
    return Guest.objects.filter(tenant_id=tenant_id, session=session).expected().count()


def _check_allowed(session: Session, tenant_id: int, number: int, now: datetime) -> None:
    if not session.is_open(now):
        raise DomainError(_("Guests can be named while booking is open."), code="not_open")
    allowed = GuestAllowance.objects.filter(tenant_id=tenant_id, session=session).first()
    left = (allowed.guests if allowed else 0) - _own(tenant_id, session)
    if number > left:
        raise DomainError(
            _("Your organisation may name %(left)s more guests for this event."),
            code="guests_allowed",
            params={"left": max(left, 0)},
        )


def _check_room(room: Room, tenant_id: int, number: int) -> None:
    limit = room.limits(Against(tenant_id))[0]
    if number > limit.left:
        raise DomainError(
            _("There are not so many places: %(arithmetic)s."),
            code="guests_full",
            params={"arithmetic": limit.explained},
        )


def _row(
    actor: Actor, now: datetime, session: Session, holder: Tenant, said: Said, language: str
) -> Guest:
    return Guest(
        tenant=holder,
        session=session,
        name=said.name.strip(),
        company=said.company.strip(),
        email=said.email.strip(),
        mobile=said.mobile.strip(),
        language=language or get_language() or "en",
        added_at=now,
        added_by_id=actor.user_id,
    )
