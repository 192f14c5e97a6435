"""Leaving the park, step by step."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from residency import exit_letters
from residency.exit_check import require_clear, require_steps_done
from residency.models import (
    Agreement,
    AgreementKind,
    AgreementState,
    Exit,
    ExitState,
    Stay,
    StayState,
)
from residency.permissions import permissions
from residency.tasks import LEAVING
from tenants import standing
from tenants.operations import leave_park


@operation
def request_exit(
    *,
    actor: Actor,
    now: datetime,
    stay: Stay,
    reason: str,
    leaves_on: date,
    reason_note: str = "",
) -> Exit:
    """Ask to leave the park on ``leaves_on``: the organisation's owner, or the park's leads.

    Raises NotPermitted, InvalidInput for a day in the past, WrongState for a stay that is over,
    and DomainError ``exit_once`` while the organisation is leaving already.
    """
    permissions.require(actor, "request_exit")
    locked = _locked_stay(actor, stay)
    if locked.state == StayState.LEFT:
        raise WrongState
    _refuse_past(leaves_on, now)
    asked = Exit.objects.create(
        tenant_id=locked.tenant_id,
        stay=locked,
        reason=reason,
        reason_note=reason_note,
        leaves_on=leaves_on,
        requested_by_id=actor.user_id,
        requested_at=now,
    )
    _tell(actor, now, asked)
    return asked


@operation
def give_notice(*, actor: Actor, now: datetime, park_exit: Exit, leaves_on: date) -> Exit:
    """The park confirms the last day; from then on the organisation is leaving.

    Raises NotPermitted, WrongState, InvalidInput for a day in the past.
    """
    locked = _advance(actor, park_exit, ExitState.NOTICE)
    _refuse_past(leaves_on, now)
    locked.leaves_on, locked.notice_on = leaves_on, timezone.localdate(now)
    locked.save(update_fields=["state", "leaves_on", "notice_on"])
    stay = _locked_stay(actor, locked.stay)
    stay.move_to(StayState.LEAVING)
    stay.save(update_fields=["state"])
    publish(
        actor=actor, now=now, kind=LEAVING, tenant_id=locked.tenant_id,
        exit_id=locked.pk, stay_id=stay.pk,
    )  # fmt: skip
    _tell(actor, now, locked)
    return locked


@operation
def begin_exit_check(*, actor: Actor, now: datetime, park_exit: Exit) -> Exit:
    """From now on what is open is settled or waived. Raises NotPermitted, WrongState."""
    locked = _advance(actor, park_exit, ExitState.CLEARANCE)
    locked.save(update_fields=["state"])
    _tell(actor, now, locked)
    return locked


@operation
def pass_exit_check(*, actor: Actor, now: datetime, park_exit: Exit) -> Exit:
    """Nothing blocks any more: on to the inspection of the space.

    Raises NotPermitted, WrongState, StillOpen with the items that block and are not waived.
    """
    locked = _advance(actor, park_exit, ExitState.INSPECTION)
    require_clear(locked, now)
    locked.save(update_fields=["state"])
    _tell(actor, now, locked)
    return locked


@operation
def pass_inspection(*, actor: Actor, now: datetime, park_exit: Exit) -> Exit:
    """The space is inspected: on to the settlement.

    Raises NotPermitted, WrongState, StillOpen while an app's part in the inspection is open.
    """
    locked = _advance(actor, park_exit, ExitState.SETTLEMENT)
    require_steps_done(locked, ExitState.INSPECTION, now)
    locked.save(update_fields=["state"])
    _tell(actor, now, locked)
    return locked


@operation
def finish_exit(*, actor: Actor, now: datetime, park_exit: Exit) -> Exit:
    """The organisation has left: its stay is over and its people only read from now on.

    The exit check is made once more while nobody can write for the organisation, so that what
    was made since cannot slip through. Other apps end what ends with the stay (event
    ``residency.left``). Raises NotPermitted, WrongState, StillOpen, and StillWriting when
    somebody writes for longer than a page takes.
    """
    permissions.require(actor, "advance_exit")
    # Said before anybody has to wait for it: a job that works for minutes is an open item.
    require_clear(park_exit, now)
    standing.stop_writing(park_exit.tenant_id)
    locked = _locked(actor, park_exit)
    locked.move_to(ExitState.LEFT)
    require_steps_done(locked, ExitState.SETTLEMENT, now)
    require_clear(locked, now)
    locked.left_at = now
    locked.save(update_fields=["state", "left_at"])
    stay = _locked_stay(actor, locked.stay)
    stay.move_to(StayState.LEFT)
    stay.left_on = timezone.localdate(now)
    stay.save(update_fields=["state", "left_on"])
    _end_agreements(locked, now)
    locked.tenant = leave_park(actor=actor, now=now, tenant=locked.tenant)
    publish(
        actor=actor, now=now, kind="residency.left", tenant_id=locked.tenant_id,
        exit_id=locked.pk, stay_id=stay.pk,
    )  # fmt: skip
    _tell(actor, now, locked)
    return locked


@operation
def withdraw_exit(*, actor: Actor, now: datetime, park_exit: Exit, reason: str) -> Exit:
    """The organisation stays after all. Its owner may say so until the park has confirmed the
    last day, afterwards the park.

    Raises NotPermitted, WrongState, DomainError ``exit_withdrawn_has_reason``.
    """
    standing.hold(park_exit.tenant_id)
    locked = _locked(actor, park_exit)
    was_confirmed = locked.state != ExitState.REQUESTED
    if was_confirmed or not permissions.permits(actor, "request_exit"):
        permissions.require(actor, "advance_exit")
    locked.move_to(ExitState.WITHDRAWN)
    locked.withdrawn_reason = reason
    locked.save(update_fields=["state", "withdrawn_reason"])
    if was_confirmed:
        stay = _locked_stay(actor, locked.stay)
        stay.move_to(StayState.RESIDENT)
        stay.save(update_fields=["state"])
    publish(
        actor=actor, now=now, kind="residency.stays", tenant_id=locked.tenant_id,
        exit_id=locked.pk, stay_id=locked.stay_id,
    )  # fmt: skip
    _tell(actor, now, locked)
    return locked


def _end_agreements(park_exit: Exit, now: datetime) -> None:
    """The residency agreement ends with the stay; a renewal that nobody signed is void."""
    own = Agreement.objects.filter(tenant_id=park_exit.tenant_id, kind=AgreementKind.RESIDENCY)
    for agreement in (
        own.exclude(state__in=[AgreementState.ENDED, AgreementState.VOID])
        .order_by("pk")
        .select_for_update(of=("self",))
    ):
        in_force = agreement.state == AgreementState.EFFECTIVE
        agreement.move_to(AgreementState.ENDED if in_force else AgreementState.VOID)
        agreement.closed_on = timezone.localdate(now)
        agreement.closing_reason = gettext("The organisation has left the park")
        agreement.save(update_fields=["state", "closed_on", "closing_reason"])


def _advance(actor: Actor, park_exit: Exit, state: ExitState) -> Exit:
    permissions.require(actor, "advance_exit")
    # Container first: whoever finishes an exit waits here and not behind a row.
    standing.hold(park_exit.tenant_id)
    locked = _locked(actor, park_exit)
    locked.move_to(state)
    return locked


def _locked(actor: Actor, park_exit: Exit) -> Exit:
    visible = Exit.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.select_related("tenant", "stay").get(pk=park_exit.pk)


def _locked_stay(actor: Actor, stay: Stay) -> Stay:
    standing.hold(stay.tenant_id)
    return Stay.objects.visible_to(actor).select_for_update().get(pk=stay.pk)


def _refuse_past(leaves_on: date, now: datetime) -> None:
    if leaves_on < timezone.localdate(now):
        raise InvalidInput(fields={"leaves_on": _("The last day lies in the past.")})


def _tell(actor: Actor, now: datetime, park_exit: Exit) -> None:
    exit_letters.tell_owners(actor=actor, now=now, park_exit=park_exit)
