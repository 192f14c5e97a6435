"""What agreements do to applications and stays: offered, contracting, signed, moved in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from residency.models import (
    Agreement,
    AgreementKind,
    AgreementState,
    Application,
    ApplicationState,
    Stay,
    StayState,
)
from residency.operations.stays import lengthen
from tenants.kinds import TenantKind

if TYPE_CHECKING:
    from foundation.actors import Actor


def admitting_kind(tenant_kind: str) -> str:
    """The agreement by which an organisation of this kind is in the park."""
    if tenant_kind == TenantKind.UNIVERSITY:
        return AgreementKind.TRAINING_CENTRE
    return AgreementKind.RESIDENCY


def admits(agreement: Agreement) -> bool:
    return agreement.kind == admitting_kind(agreement.tenant.kind)


def agreement_signed(*, actor: Actor, now: datetime, agreement: Agreement) -> None:
    """Part of ``bring_into_force``: the application is signed, the stay of a renewal longer."""
    if not admits(agreement):
        return
    if application := _waiting(agreement):
        application.move_to(ApplicationState.SIGNED)
        application.save(update_fields=["state"])
    staying = [StayState.RESIDENT, StayState.SUSPENDED]
    stays = Stay.objects.filter(tenant_id=agreement.tenant_id, state__in=staying)
    stay = stays.select_for_update(of=("self",)).first()
    if stay is not None and agreement.ends_on > stay.ends_on:
        lengthen(actor, now, stay, agreement.ends_on, agreement.number)


def agreement_void(*, actor: Actor, now: datetime, agreement: Agreement) -> None:
    """Part of ``void_agreement``: without another draft the application is an offer again."""
    open_ = Agreement.objects.filter(
        tenant_id=agreement.tenant_id,
        kind=agreement.kind,
        state__in=[AgreementState.DRAFT, AgreementState.AWAITING],
    )
    if not admits(agreement) or open_.exists():
        return
    if application := _waiting(agreement):
        application.move_to(ApplicationState.OFFERED)
        application.save(update_fields=["state"])


def last_day(tenant_id: int, on: date) -> date | None:
    """Until when the organisation's newest agreement in force lets it stay."""
    signed = Agreement.objects.filter(
        tenant_id=tenant_id,
        state=AgreementState.EFFECTIVE,
        kind__in=[AgreementKind.RESIDENCY, AgreementKind.TRAINING_CENTRE],
        ends_on__gte=on,
    )
    return signed.order_by("-ends_on").values_list("ends_on", flat=True).first()


def _waiting(agreement: Agreement) -> Application | None:
    contracting = Application.objects.filter(
        organisation_id=agreement.tenant_id, state=ApplicationState.CONTRACTING
    )
    return contracting.select_for_update(of=("self",)).first()
