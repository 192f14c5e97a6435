"""Leads: recorded, followed up, parked, lost, taken up again, and turned into applications."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from residency.models import (
    Application,
    ApplicationState,
    FollowUp,
    FollowUpKind,
    Lead,
    LeadState,
    LostReason,
)
from residency.models.leads import LeadSource
from residency.permissions import permissions
from tenants.models import Membership, User

# When the owner looks at a lead whose application ended, where nobody said a day.
SOON = timedelta(days=3)
# How long an applicant is left alone with the form.
WHILE_APPLYING = timedelta(days=14)


@operation
def record_lead(
    *,
    actor: Actor,
    now: datetime,
    owner: User,
    next_follow_up_on: date,
    **values: Any,
) -> Lead:
    """A new lead of the park, ``values`` by column.

    Raises NotPermitted, InvalidInput for an owner who is not of the park's staff or a follow-up
    in the past, and DomainErrors of the table's constraints.
    """
    permissions.require(actor, "manage_leads")
    refuse_stranger(actor, owner)
    _refuse_past(now, next_follow_up_on, "next_follow_up_on")
    return Lead.objects.create(
        tenant_id=actor.tenant_id,
        owner=owner,
        next_follow_up_on=next_follow_up_on,
        created_at=now,
        **values,
    )


@operation
def change_lead(*, actor: Actor, now: datetime, lead: Lead, owner: User, **values: Any) -> Lead:
    """Correct what is known of it; its state and its next date move by steps alone.

    Raises NotPermitted, InvalidInput for an owner who is not of the park's staff.
    """
    permissions.require(actor, "manage_leads")
    found = locked(actor, lead)
    if owner.pk != found.owner_id:
        refuse_stranger(actor, owner)
    for name, value in (values | {"owner": owner}).items():
        setattr(found, name, value)
    found.save()
    return found


@operation
def follow_up(
    *, actor: Actor, now: datetime, lead: Lead, kind: str, note: str, next_on: date
) -> Lead:
    """Write down a contact and when the next one is; a new or parked lead is followed from then.

    Raises NotPermitted, WrongState for a lead that moved in or was lost, InvalidInput for a day
    in the past.
    """
    permissions.require(actor, "manage_leads")
    found = locked(actor, lead)
    _refuse_past(now, next_on)
    if found.state != LeadState.APPLYING and found.state != LeadState.FOLLOWED:
        _refuse_lost(found)
        found.move_to(LeadState.FOLLOWED)
    found.next_follow_up_on = next_on
    found.save(update_fields=["state", "next_follow_up_on"])
    _log(actor, now, found, kind, note, next_on)
    return found


@operation
def park_lead(*, actor: Actor, now: datetime, lead: Lead, note: str, next_on: date) -> Lead:
    """Leave it alone until a day, with the reason. Raises NotPermitted, WrongState."""
    permissions.require(actor, "manage_leads")
    _refuse_past(now, next_on)
    return _move(actor, now, lead, LeadState.PARKED, note, next_on)


@operation
def take_up_lead(*, actor: Actor, now: datetime, lead: Lead, note: str, next_on: date) -> Lead:
    """Follow a parked or lost lead again, with the reason. Raises NotPermitted, WrongState."""
    permissions.require(actor, "manage_leads")
    _refuse_past(now, next_on)
    if locked(actor, lead).state not in (LeadState.PARKED, LeadState.LOST):
        raise WrongState
    return _move(actor, now, lead, LeadState.FOLLOWED, note, next_on)


@operation
def lose_lead(*, actor: Actor, now: datetime, lead: Lead, reason: str, note: str) -> Lead:
    """It comes to nothing, and why. Raises NotPermitted, WrongState, InvalidInput while an
    application of it is open: that one is withdrawn, returned or declined first."""
    permissions.require(actor, "manage_leads")
    found = locked(actor, lead)
    if found.applications.open().exists():
        raise InvalidInput(
            _("It has an open application. Close that one first."), code="application_open"
        )
    return _lose(actor, now, found, reason, note)


@operation
def open_application(
    *, actor: Actor, now: datetime, lead: Lead, email: str, language: str
) -> Application:
    """An application for the lead, filled with what is known; its link is mailed to ``email``.

    Raises NotPermitted, WrongState, InvalidInput while it has an open application.
    """
    from residency.operations.applying import begin_application

    permissions.require(actor, "manage_leads")
    found = locked(actor, lead)
    if found.applications.open().exists():
        raise InvalidInput(
            _("It has an open application already. Send its link again from there."),
            code="application_open",
        )
    application = begin_application(
        actor=actor,
        now=now,
        kind=found.kind,
        email=email,
        language=language,
        lead=found,
        draft=_known(found),
    )
    later = timezone.localdate(now + WHILE_APPLYING)
    _move(actor, now, found, LeadState.APPLYING, said("opened", application), later)
    return application


def lead_of(*, actor: Actor, now: datetime, application: Application, owner_id: int) -> Lead:
    """The lead that an application without one belongs to: the one open lead with its address,
    or a new one from the application form. It is applying from now on."""
    same = Lead.objects.filter(
        tenant_id=application.tenant_id,
        contact_email__iexact=application.contact_email,
        state__in=[LeadState.NEW, LeadState.FOLLOWED, LeadState.PARKED],
    )
    found = list(same.select_for_update()[:2])
    later = timezone.localdate(application.due_at or now + WHILE_APPLYING)
    if len(found) == 1:
        return _move(actor, now, found[0], LeadState.APPLYING, said("came_in", application), later)
    return Lead.objects.create(
        tenant_id=application.tenant_id,
        state=LeadState.APPLYING,
        name=application.name,
        kind=application.kind,
        contact_name=application.contact_name,
        contact_mobile=application.contact_mobile,
        contact_email=application.contact_email,
        source=LeadSource.ONLINE,
        wanted_area=application.wanted_area or None,
        owner_id=owner_id,
        next_follow_up_on=later,
        created_at=application.started_at,
    )


def follow_application(*, actor: Actor, now: datetime, application: Application) -> None:
    """The lead goes where its application went: moved in, declined, or to be talked to again.

    Called by whatever ends an application, in its transaction.
    """
    lead = application.lead and locked(actor, application.lead)
    if not lead or lead.state != LeadState.APPLYING:
        return
    if application.state == ApplicationState.RESIDENT:
        _move(actor, now, lead, LeadState.WON, said("moved_in", application), None)
    elif application.state == ApplicationState.REJECTED:
        _lose(actor, now, lead, LostReason.NOT_ELIGIBLE, said("declined", application))
    elif application.state == ApplicationState.LOST:
        soon = timezone.localdate(now + SOON)
        _move(actor, now, lead, LeadState.FOLLOWED, said("given_up", application), soon)


def said(what: str, application: Application) -> str:
    """A note of the portal's own, which every reader gets in their language."""
    return f"@{what} {application.number}"


def locked(actor: Actor, lead: Lead) -> Lead:
    return Lead.objects.select_for_update().filter(tenant_id=actor.tenant_id).get(pk=lead.pk)


def _move(
    actor: Actor, now: datetime, lead: Lead, state: str, note: str, next_on: date | None
) -> Lead:
    found = locked(actor, lead)
    found.move_to(state)
    found.next_follow_up_on = next_on
    found.lost_reason = found.lost_note = ""
    found.closed_at = now if state == LeadState.WON else None
    found.save()
    _log(actor, now, found, FollowUpKind.STATE, note, next_on)
    return found


def _lose(actor: Actor, now: datetime, lead: Lead, reason: str, note: str) -> Lead:
    lead.move_to(LeadState.LOST)
    lead.lost_reason, lead.lost_note = reason, note
    lead.closed_at, lead.next_follow_up_on = now, None
    lead.save()
    _log(actor, now, lead, FollowUpKind.STATE, note, None)
    return lead


def _log(
    actor: Actor, now: datetime, lead: Lead, kind: str, note: str, next_on: date | None
) -> None:
    FollowUp.objects.create(
        tenant_id=lead.tenant_id,
        lead=lead,
        kind=kind,
        at=now,
        by_id=actor.user_id,
        note=note,
        next_on=next_on,
    )


def _known(lead: Lead) -> dict[str, str]:
    known = {
        "name": lead.name,
        "contact_name": lead.contact_name,
        "contact_mobile": lead.contact_mobile,
        "wanted_area": str(lead.wanted_area.normalize()) if lead.wanted_area else "",
    }
    return {name: value for name, value in known.items() if value}


def refuse_stranger(actor: Actor, owner: User, field: str = "owner") -> None:
    """Raises InvalidInput at ``field`` for somebody who is not of the park's staff."""
    of_staff = Membership.objects.current().filter(tenant_id=actor.tenant_id, user=owner)
    if not (owner.is_staff and of_staff.exists()):
        raise InvalidInput(fields={field: _("Choose somebody of the park's staff.")})


def _refuse_past(now: datetime, day: date, field: str = "next_on") -> None:
    if day < timezone.localdate(now):
        raise InvalidInput(fields={field: _("The next follow-up is today or later.")})


def _refuse_lost(lead: Lead) -> None:
    """A lost lead is taken up again by its own step, which asks why."""
    if lead.state == LeadState.LOST:
        raise WrongState
