"""Letting an open item of the exit check pass: asked for by one person, given by a second."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import InvalidInput, NotPermitted, WrongState
from foundation.operations import operation
from residency import exit_letters
from residency.exit_check import blocking, exit_check
from residency.models import Exit, ExitState, Waiver
from residency.permissions import permissions
from tenants import standing

# While an open item is in the way; the last step asks once more.
WAIVABLE = frozenset({ExitState.CLEARANCE, ExitState.INSPECTION, ExitState.SETTLEMENT})


@operation
def ask_waiver(
    *, actor: Actor, now: datetime, park_exit: Exit, app: str, code: str, reason: str, key: str = ""
) -> Waiver:
    """Ask that an item which blocks may pass, with the reason; nothing passes by it yet.

    Raises NotPermitted, WrongState outside the exit check, InvalidInput for an item that does
    not block (any more), DomainError ``waiver_once`` and ``waiver_has_reason``.
    """
    permissions.require(actor, "ask_waiver")
    locked = _locked(actor, park_exit)
    found = {(i.app, i.item.code, i.item.key): i for i in _blocking(locked, now)}
    wanted = found.get((app, code, key))
    if wanted is None:
        raise InvalidInput(_("This item is not open any more."), code="not_open")
    return Waiver.objects.create(
        tenant_id=locked.tenant_id,
        exit=locked,
        app=app,
        code=code,
        key=key,
        said=in_every_language(wanted.item.sentence, wanted.item.params),
        reason=reason,
        asked_by_id=_person(actor),
        asked_at=now,
    )


@operation
def give_waiver(*, actor: Actor, now: datetime, waiver: Waiver) -> Waiver:
    """Let the item pass. Raises NotPermitted, WrongState when it was given or the exit went on,
    and DomainError ``waiver_by_second_person`` for whoever asked for it."""
    permissions.require(actor, "give_waiver")
    park_exit = _locked(actor, waiver.exit)
    locked = Waiver.objects.select_for_update().get(pk=waiver.pk)
    if locked.given_at is not None:
        raise WrongState
    locked.given_by_id, locked.given_at = _person(actor), now
    locked.save(update_fields=["given_by", "given_at"])
    exit_letters.tell_of_waiver(actor=actor, now=now, park_exit=park_exit, waiver=locked)
    return locked


def _locked(actor: Actor, park_exit: Exit) -> Exit:
    standing.hold(park_exit.tenant_id)
    visible = Exit.objects.visible_to(actor).select_for_update(of=("self",))
    locked = visible.select_related("tenant").get(pk=park_exit.pk)
    if locked.state not in WAIVABLE:
        raise WrongState
    return locked


def _blocking(park_exit: Exit, now: datetime) -> list:
    """Items with a waiver that was asked for still block, and asking twice is refused."""
    return blocking(exit_check(park_exit.tenant, park_exit, now))


def _person(actor: Actor) -> int:
    """People let something pass, never the system."""
    if actor.user_id is None:
        raise NotPermitted
    return actor.user_id
