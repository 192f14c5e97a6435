"""From the offer to moving in: who the applicant becomes, the draft agreement, the stay."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import registration
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from members.models import Invitation
from members.operations import invite_member
from residency.kinds import BECOMES
from residency.models import (
    Agreement,
    AgreementParty,
    Application,
    ApplicationState,
    FollowUp,
    FollowUpKind,
    Lead,
    LeadState,
    Stay,
)
from residency.operations.admitting import admitting_kind, last_day
from residency.operations.agreements import draft_agreement
from residency.operations.stays import open_stay
from residency.permissions import permissions
from tenants.kinds import Role, TenantKind
from tenants.models import Membership, Tenant, User
from tenants.operations import readmit, register_tenant


@operation
def prepare_agreement(
    *, actor: Actor, now: datetime, application: Application, slug: str, **text: Any
) -> Agreement:
    """The accepted applicant becomes an organisation, its contact is invited as owner, and the
    draft agreement is made from what was applied for.

    An organisation with the same registration number is that one again. ``text`` is what
    ``draft_agreement`` takes. Raises NotPermitted, WrongState unless the application is an offer,
    and what register_tenant, invite_member and draft_agreement raise.
    """
    permissions.require(actor, "manage_agreements")
    locked = _lock(actor, application)
    locked.move_to(ApplicationState.CONTRACTING)
    tenant = _organisation(actor, now, locked, slug)
    locked.organisation = tenant
    locked.save(update_fields=["state", "organisation"])
    _invite_owner(actor, now, locked, tenant)
    kind = admitting_kind(tenant.kind)
    agreement = draft_agreement(actor=actor, now=now, tenant=tenant, kind=kind, **text)
    agreement.parties.filter(side=AgreementParty.Side.ORGANISATION).update(
        signatory=locked.legal_person,
        contact_name=locked.contact_name,
        contact_mobile=locked.contact_mobile,
        contact_email=locked.contact_email,
    )
    return agreement


@operation
def move_in(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    starts_on: date,
    contact: User | None = None,
) -> Stay:
    """The signed applicant moves in: the stay until the agreement's last day, the lead is won.

    Raises NotPermitted, WrongState unless the application is signed, InvalidInput when no
    agreement in force covers the day, and DomainError ``stay_once``.
    """
    permissions.require(actor, "manage_stays")
    locked = _lock(actor, application)
    locked.move_to(ApplicationState.RESIDENT)
    tenant = locked.organisation
    if tenant is None:
        raise WrongState
    ends_on = last_day(tenant.pk, starts_on)
    if ends_on is None:
        raise InvalidInput(fields={"starts_on": _("No agreement in force covers this day.")})
    locked.closed_at = now
    locked.save(update_fields=["state", "closed_at"])
    _win(actor, now, locked)
    return open_stay(actor, now, tenant, locked.kind, starts_on, ends_on, contact)


def existing_organisation(application: Application) -> Tenant | None:
    """Who this applicant is already: named before, or known by the registration number."""
    if application.organisation is not None:
        return application.organisation
    number = application.registration_number
    if not number:
        return None
    number = registration.validate(application.country, number)
    known = Tenant.objects.filter(country=application.country, registration_number=number)
    return known.exclude(kind=TenantKind.OPERATOR).first()


def _organisation(actor: Actor, now: datetime, application: Application, slug: str) -> Tenant:
    if known := existing_organisation(application):
        # Back after having left: from now on its people can sign and upload again.
        return readmit(actor=actor, now=now, tenant=known) if known.left_at else known
    return register_tenant(
        actor=actor,
        now=now,
        slug=slug,
        kind=BECOMES[application.kind],
        name=application.name,
        name_en=application.name_en,
        country=application.country,
        registration_number=application.registration_number,
    )


def _invite_owner(actor: Actor, now: datetime, application: Application, tenant: Tenant) -> None:
    """Ask the contact to be its owner, unless they are there or were asked already."""
    email = application.contact_email.strip().lower()
    members = Membership.objects.current().filter(tenant=tenant, user__email__iexact=email)
    asked = Invitation.objects.filter(tenant=tenant, email=email).unanswered()
    if members.exists() or asked.exists():
        return
    roles = [Role.OWNER]
    if tenant.kind == TenantKind.UNIVERSITY:
        roles.append(Role.COORDINATOR)
    invite_member(
        actor=actor,
        now=now,
        tenant=tenant,
        email=email,
        roles=roles,
        full_name=application.contact_name,
        language=application.language,
    )


def _win(actor: Actor, now: datetime, application: Application) -> None:
    if application.lead_id is None:
        return
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=application.lead_id)
    if LeadState.WON not in Lead.TRANSITIONS[lead.state]:
        return
    lead.move_to(LeadState.WON)
    lead.closed_at = now
    lead.save(update_fields=["state", "closed_at"])
    FollowUp.objects.create(
        tenant_id=lead.tenant_id,
        lead=lead,
        kind=FollowUpKind.STATE,
        at=now,
        by_id=actor.user_id,
        note=_said(application),
    )


def _said(application: Application) -> str:
    return str(_("Moved in with application %(number)s") % {"number": application.number})


def _lock(actor: Actor, application: Application) -> Application:
    visible = Application.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.select_related("organisation").get(pk=application.pk)


def proposed_start(application: Application, now: datetime) -> date:
    """The day wished for, today where that is over."""
    today = timezone.localdate(now)
    return max(application.wanted_from or today, today)
