"""The door of an event: who has arrived, by one small statement each.

No lock is taken, so three hundred people are let in by as many hands as there are: of two scans of
the same code the database lets one through, and the other is told the time of the first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, WrongState
from foundation.operations import operation
from training.models import Guest, GuestState, Session, SessionDate, SessionState
from training.models.guests import EXPECTED
from training.operations.attending import HasCheckedIn
from training.permissions import permissions

ACTION = "mark_attendance"
OPENS_BEFORE = timedelta(hours=3)
OPEN_IN = (SessionState.OPEN, SessionState.CLOSED, SessionState.RUNNING)


def _going(now: datetime) -> Any:
    """Sessions from some hours before a date until it ends."""
    dates = SessionDate.objects.standing().filter(
        starts_at__lte=now + OPENS_BEFORE, ends_at__gt=now, session__state__in=OPEN_IN
    )
    return dates.values("session")


@operation
def check_in_guest(*, actor: Actor, now: datetime, guest: Guest) -> Guest:
    """The guest is there. Raises NotPermitted, ``HasCheckedIn`` with the time of the first,
    DomainErrors ``not_expected`` for who has said no or is off the list, ``door_closed``."""
    permissions.require(actor, ACTION)
    # No join: with one the rows are chosen by a subquery, which whoever waited for the same row
    # would not ask again.
    row = Guest.objects.filter(pk=guest.pk, state__in=EXPECTED, arrived_at=None)
    if row.filter(session__in=_going(now)).update(arrived_at=now, arrived_by=actor.user_id):
        guest.arrived_at = now
        return guest
    raise _refusal(Guest.objects.get(pk=guest.pk))


@operation
def undo_check_in(*, actor: Actor, now: datetime, guest: Guest) -> Guest:
    """It was somebody else. Raises NotPermitted, WrongState."""
    permissions.require(actor, ACTION)
    row = Guest.objects.filter(pk=guest.pk, arrived_at__isnull=False)
    going = Session.objects.filter(state__in=OPEN_IN).values("pk")
    if not row.filter(session__in=going).update(arrived_at=None, arrived_by=None):
        raise WrongState
    guest.arrived_at = None
    return guest


def _refusal(guest: Guest) -> DomainError:
    if guest.arrived_at is not None:
        return HasCheckedIn(params={"time": f"{timezone.localtime(guest.arrived_at):%H:%M}"})
    if guest.state not in EXPECTED:
        words = _("Not expected: %(state)s.")
        label = GuestState(guest.state).label
        return DomainError(words, code="not_expected", params={"state": label})
    return DomainError(_("The door of this event is not open now."), code="door_closed")
