"""The contract: its PDF, the signed copy, and the word that it is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.models import Document, Job
from backbone.operations import start_job, store_document
from backbone.operations.documents import nothing_left_behind
from backbone.operations.uploads import SIGNED_COPY, store_upload
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from leasing.models import Handover, HandoverKind, Lease, LeaseState, StepKind
from leasing.operations import charging, following, holding, setting_off
from leasing.operations.rows import lock, note, tell
from leasing.permissions import permissions
from tenants.models import Tenant

PAPER = "leasing.contract_pdf"
PURPOSE = "leasing.contract"
S = LeaseState


@operation
def make_paper(*, actor: Actor, now: datetime, lease: Lease) -> Job:
    """Queue the PDF of a lease that waits for it. Raises NotPermitted, WrongState."""
    permissions.require(actor, "let_spaces")
    own = lock(actor, lease, S.AWAITING)
    if own.document_id is not None:
        raise WrongState
    return start_paper(actor, now, own)


def start_paper(actor: Actor, now: datetime, lease: Lease) -> Job:
    """With the park's names: the job works as the organisation, which does not see the park."""
    park = Tenant.objects.operator()
    payload = {
        "lease_id": lease.pk,
        "organisation_id": lease.tenant_id,
        "park": [park.name, park.name_en or park.name],
    }
    return start_job(actor=actor, now=now, kind=PAPER, payload=payload)


@operation
def keep_paper(*, actor: Actor, now: datetime, lease: Lease, content: bytes) -> Document | None:
    """Keep the PDF that the job made and tell the organisation that it can sign (the system).

    ``lease`` is locked by the caller. None when it does not wait for a PDF any more.
    """
    if lease.state != S.AWAITING or lease.document_id is not None:
        return lease.document
    lease.document = store_document(
        actor=replace(actor, tenant_id=lease.tenant_id),
        now=now,
        file=BytesIO(content),
        name=f"{lease.number}.pdf",
        purpose=PURPOSE,
        created_by_id=lease.drafted_by_id,
    )
    lease.save(update_fields=["document"])
    tell(actor, now, lease, "ready", _("The lease %(number)s waits for your signature"))
    return lease.document


@operation
def upload_signed_copy(*, actor: Actor, now: datetime, lease: Lease, file: Any, name: str) -> Lease:
    """Keep the scan of what was signed, by staff or by the organisation; staff then accept it.

    Raises NotPermitted, WrongState unless the lease waits for it, and InvalidInput for what is
    neither PDF nor picture, or larger than 20 MB.
    """
    permissions.require(actor, "upload_signed_lease")
    own = lock(actor, lease, S.AWAITING)
    if own.document_id is None:
        raise WrongState
    with nothing_left_behind():
        own.signed_copy = store_upload(
            actor=actor,
            now=now,
            tenant_id=own.tenant_id,
            file=file,
            name=name,
            purpose=PURPOSE,
            kinds=SIGNED_COPY,
        )
        own.copy_refusal = ""
        own.save(update_fields=["signed_copy", "copy_refusal"])
        note(actor, now, own, StepKind.COPY, own.signed_copy.name)
    return own


@operation
def refuse_copy(*, actor: Actor, now: datetime, lease: Lease, reason: str) -> Lease:
    """The copy cannot be accepted: a page or the seal is missing. The organisation is told why.

    Raises NotPermitted, WrongState without a copy to refuse, InvalidInput without a reason.
    """
    permissions.require(actor, "bring_into_force")
    own = lock(actor, lease, S.AWAITING)
    if own.signed_copy_id is None:
        raise WrongState
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say what is wrong with it.")})
    own.signed_copy, own.copy_refusal = None, reason.strip()
    own.save(update_fields=["signed_copy", "copy_refusal"])
    note(actor, now, own, StepKind.COPY_REFUSED, reason.strip())
    title = _("The signed copy of lease %(number)s was not accepted")
    tell(actor, now, own, "refused", title, reason.strip())
    return own


@operation
def bring_into_force(*, actor: Actor, now: datetime, lease: Lease, signed_on: date) -> Lease:
    """Accept the signed copy: the organisation has the units, all of them or none; the deposit
    and the first rent are charged, and the sheet of the handover is begun.

    What it renews or changes ends the day before. Raises NotPermitted, WrongState (also when the
    lease before it is ending already), InvalidInput for a day of signing in the future,
    ``NotHeld``, and DomainError ``lease_in_force_is_signed`` without a signed copy.
    """
    permissions.require(actor, "bring_into_force")
    own = lock(actor, lease)
    if signed_on > timezone.localdate(now):
        raise InvalidInput(fields={"signed_on": _("This day is in the future.")})
    own.move_to(S.EFFECTIVE)
    own.signed_on, own.copy_refusal = signed_on, ""
    own.save(update_fields=["state", "signed_on", "copy_refusal"])
    holding.bring_in(own, now)
    if own.previous is not None:
        following.follow(actor, now, own.previous, own)
        setting_off.make_way(own.previous, now)
    charging.charge_deposit(own, now)
    charging.charge_due(own, now)
    _begin_handover(own)
    note(actor, now, own, StepKind.IN_FORCE, f"{signed_on}")
    tell(actor, now, own, "in_force", _("The lease %(number)s is in force"))
    return own


def _begin_handover(lease: Lease) -> None:
    """For units that the organisation did not have before; for the others nothing changes hands."""
    before = lease.previous.units.all() if lease.previous else lease.units.none()
    if lease.units.exclude(space__in=before.values_list("space", flat=True)).exists():
        Handover.objects.create(
            tenant_id=lease.tenant_id,
            lease=lease,
            kind=HandoverKind.MOVE_IN,
            held_on=lease.starts_on,
        )
