"""Sheets of handing over and taking back: filled by the park, confirmed by both sides.

The park confirms first, since it wrote the sheet; the organisation then confirms what it sees.
Whatever is changed meanwhile takes the park's word back.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations.documents import nothing_left_behind
from backbone.operations.uploads import MEBIBYTE, Kinds, store_upload
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from leasing.models import Handover, HandoverKind, HandoverLine, Lease, LeaseState, LineKind
from leasing.models.handovers import HandoverState
from leasing.models.leases import IN_FORCE
from leasing.operations.rows import lock, tell
from leasing.operations.settlement import settle
from leasing.permissions import permissions

PHOTO_PURPOSE = "leasing.photo"
PHOTO = Kinds(
    types=frozenset({"image/jpeg", "image/png", "image/webp"}),
    limit=10 * MEBIBYTE,
    refusal=_("Upload a photo: JPEG, PNG or WebP."),
)


@operation
def change_sheet(
    *, actor: Actor, now: datetime, handover: Handover, held_on: date, notes: str
) -> Handover:
    """When it takes place, and notes. Raises NotPermitted, WrongState once it is signed."""
    permissions.require(actor, "confirm_for_park")
    own = _open(actor, handover)
    own.held_on, own.notes = held_on, notes
    own.save(update_fields=["held_on", "notes"])
    return own


@operation
def add_line(
    *, actor: Actor, now: datetime, handover: Handover, kind: str, what: str, value: Decimal
) -> HandoverLine:
    """A meter with its reading, keys with their number, or a damage with its amount in the
    lease's currency; damages belong to an inspection.

    Raises NotPermitted, WrongState, InvalidInput, and DomainErrors ``handover_line_once`` and
    ``handover_line_whole``.
    """
    permissions.require(actor, "confirm_for_park")
    own = _open(actor, handover)
    if kind == LineKind.DAMAGE and own.kind != HandoverKind.CHECK_OUT:
        raise InvalidInput(fields={"kind": _("Damages are recorded at the inspection.")})
    return HandoverLine.objects.create(
        tenant_id=own.tenant_id, handover=own, kind=kind, what=what.strip(), value=value
    )


@operation
def add_photo(
    *, actor: Actor, now: datetime, handover: Handover, file: Any, name: str, what: str
) -> HandoverLine:
    """A photo of what was found. Raises NotPermitted, WrongState, InvalidInput for what is no
    JPEG, PNG or WebP, or larger than 10 MB."""
    permissions.require(actor, "confirm_for_park")
    own = _open(actor, handover)
    with nothing_left_behind():
        document = store_upload(
            actor=actor,
            now=now,
            tenant_id=own.tenant_id,
            file=file,
            name=name,
            purpose=PHOTO_PURPOSE,
            kinds=PHOTO,
        )
        return HandoverLine.objects.create(
            tenant_id=own.tenant_id,
            handover=own,
            kind=LineKind.PHOTO,
            what=what.strip(),
            document=document,
        )


@operation
def remove_line(*, actor: Actor, now: datetime, line: HandoverLine) -> None:
    """Take it off the sheet. Raises NotPermitted, WrongState once the sheet is signed."""
    permissions.require(actor, "confirm_for_park")
    _open(actor, line.handover)
    line.delete()


@operation
def confirm_for_park(*, actor: Actor, now: datetime, handover: Handover) -> Handover:
    """The park stands by the sheet as it is, and the organisation is asked to.

    Raises NotPermitted, WrongState once it is signed, InvalidInput before the day it is for.
    """
    permissions.require(actor, "confirm_for_park")
    own = _open(actor, handover)
    if own.held_on > timezone.localdate(now):
        raise InvalidInput(_("Its day is in the future."), code="handover_in_future")
    own.park_by_id, own.park_at = actor.user_id, now
    own.save(update_fields=["park_by", "park_at"])
    title = _("The handover sheet of lease %(number)s waits for your confirmation")
    tell(actor, now, own.lease, f"sheet_{own.kind}", title)
    return own


@operation
def confirm_for_organisation(*, actor: Actor, now: datetime, handover: Handover) -> Handover:
    """The organisation agrees; with that the sheet is signed. An inspection that is signed
    settles the lease and sets its units free.

    Raises NotPermitted, WrongState before the park's word or once it is signed.
    """
    permissions.require(actor, "confirm_for_organisation")
    own = _locked(actor, handover)
    if own.park_at is None:
        raise WrongState
    own.organisation_by_id, own.organisation_at = actor.user_id, now
    return _signed(actor, now, own)


@operation
def sign_alone(*, actor: Actor, now: datetime, handover: Handover, reason: str) -> Handover:
    """The park signs without the organisation, which is gone or does not answer, and says why.

    Raises NotPermitted, WrongState before the park's word or once it is signed, InvalidInput
    without a reason.
    """
    permissions.require(actor, "sign_alone")
    own = _locked(actor, handover)
    if own.park_at is None:
        raise WrongState
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why.")})
    own.alone_because = reason.strip()
    return _signed(actor, now, own)


def _signed(actor: Actor, now: datetime, own: Handover) -> Handover:
    own.move_to(HandoverState.SIGNED)
    own.save()
    if own.kind == HandoverKind.CHECK_OUT:
        settle(actor, now, own)
    return own


def _locked(actor: Actor, handover: Handover) -> Handover:
    """The sheet as it is now, its lease before it. Raises WrongState once it is signed."""
    lease: Lease = lock(actor, handover.lease, *IN_FORCE)
    visible = Handover.objects.visible_to(actor).select_for_update(of=("self",))
    own = visible.get(pk=handover.pk)
    own.lease = lease
    if own.state != HandoverState.OPEN or lease.state not in _when(own):
        raise WrongState
    return own


def _when(handover: Handover) -> tuple[str, ...]:
    """An inspection belongs to a lease that is ending."""
    is_inspection = handover.kind == HandoverKind.CHECK_OUT
    return (LeaseState.ENDING,) if is_inspection else IN_FORCE


def _open(actor: Actor, handover: Handover) -> Handover:
    """A sheet to be changed: whoever stood by it as it was is asked again."""
    own = _locked(actor, handover)
    if own.park_at is not None:
        own.park_by, own.park_at = None, None
        own.save(update_fields=["park_by", "park_at"])
    return own
