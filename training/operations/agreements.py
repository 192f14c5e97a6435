"""Seat agreements of universities: drafted, in force, ended; and their lines."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.operations import operation
from residency.numbers import new_number
from tenants import standing
from tenants.kinds import TenantKind
from tenants.models import Tenant
from training.figures import figures_of
from training.locks import lock_quotas
from training.models import AgreementState, GrantKind, SeatAgreement, SeatGrant
from training.permissions import permissions

ACTION = "grant_seats"
S = AgreementState
PREFIX = "S"


@operation
def draft_agreement(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    starts_on: date,
    ends_on: date,
    seats: int,
    note: str = "",
) -> SeatAgreement:
    """An agreement with its first line of ``seats``, that nobody books by yet.

    Raises NotPermitted, ``HasLeft``, InvalidInput for another kind of organisation, DomainErrors
    ``seat_agreement_span``, ``seat_grant_amount``.
    """
    permissions.require(actor, ACTION)
    if tenant.kind != TenantKind.UNIVERSITY:
        raise InvalidInput(fields={"tenant": _("Seat agreements are made with universities.")})
    standing.require_present(tenant.pk)
    made = SeatAgreement.objects.create(
        tenant=tenant,
        number=new_number(PREFIX, now),
        starts_on=starts_on,
        ends_on=ends_on,
        note=note.strip(),
        created_at=now,
    )
    _line(actor, now, made, GrantKind.GRANTED, seats, str(note.strip() or made.number))
    return made


@operation
def activate_agreement(*, actor: Actor, now: datetime, agreement: SeatAgreement) -> SeatAgreement:
    """It is in force on its days. Raises NotPermitted, ``HasLeft``, WrongState."""
    permissions.require(actor, ACTION)
    standing.require_present(agreement.tenant_id)
    own = _locked(agreement)
    own.move_to(S.ACTIVE)
    own.save(update_fields=["state"])
    return own


@operation
def end_agreement(
    *, actor: Actor, now: datetime, agreement: SeatAgreement, reason: str
) -> SeatAgreement:
    """Nobody books by it any more; what was booked stays. Raises NotPermitted, WrongState,
    DomainError ``seat_agreement_ended_why``."""
    permissions.require(actor, ACTION)
    own = _locked(agreement)
    own.move_to(S.ENDED)
    own.ended_on, own.closing_reason = timezone.localdate(now), reason.strip()
    own.save(update_fields=["state", "ended_on", "closing_reason"])
    return own


@operation
def grant_extra(
    *, actor: Actor, now: datetime, agreement: SeatAgreement, amount: int, reason: str
) -> SeatGrant:
    """More seats, and why. Raises NotPermitted, WrongState for one that has ended, DomainErrors
    ``seat_grant_amount``, ``seat_grant_why``."""
    permissions.require(actor, ACTION)
    return _line(actor, now, _going(agreement), GrantKind.EXTRA, amount, reason)


@operation
def roll_over(
    *,
    actor: Actor,
    now: datetime,
    agreement: SeatAgreement,
    to: SeatAgreement,
    amount: int,
    reason: str,
) -> SeatGrant:
    """Seats that are left go from one agreement of a university to another: a line in each.

    Raises NotPermitted, InvalidInput for one of another university, WrongState where the other has
    ended, DomainErrors ``not_so_many_left``, ``seat_grant_amount``, ``seat_grant_why``.
    """
    permissions.require(actor, ACTION)
    if to.tenant_id != agreement.tenant_id or to.pk == agreement.pk:
        raise InvalidInput(fields={"to": _("Choose another agreement of the same university.")})
    lock_quotas({agreement.pk, to.pk}, ())
    own, other = _locked(agreement), _going(to)
    remaining = figures_of({own.pk}, now)[own.pk].remaining
    if amount > remaining:
        raise DomainError(
            _("%(count)s seats are left."), code="not_so_many_left", params={"count": remaining}
        )
    _line(actor, now, own, GrantKind.ROLLED_OUT, amount, reason)
    SeatAgreement.objects.filter(pk=other.pk, previous=None).update(previous=own)
    return _line(actor, now, other, GrantKind.ROLLED_IN, amount, reason)


def _locked(agreement: SeatAgreement) -> SeatAgreement:
    lock_quotas({agreement.pk}, ())
    return SeatAgreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)


def _going(agreement: SeatAgreement) -> SeatAgreement:
    own = _locked(agreement)
    if own.state == S.ENDED:
        raise WrongState
    return own


def _line(
    actor: Actor, now: datetime, own: SeatAgreement, kind: str, amount: int, reason: str
) -> SeatGrant:
    return SeatGrant.objects.create(
        tenant_id=own.tenant_id,
        agreement=own,
        kind=kind,
        amount=amount,
        reason=reason.strip(),
        by_id=actor.user_id,
        at=now,
    )
