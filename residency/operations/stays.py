"""The stay of an organisation: its dates, suspension, and who looks after it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from backbone.sentences import AS_WRITTEN
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.home import Destination
from foundation.operations import operation
from residency.answering import tell_leads
from residency.models import Extension, Stay, StayState
from residency.permissions import permissions
from residency.tasks import MOVED_IN
from tenants.models import Membership, Tenant, User
from tenants.operations import readmit


@operation
def record_stay(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    kind: str,
    starts_on: date,
    ends_on: date,
    contact: User | None = None,
) -> Stay:
    """Record who was in the park before the portal; the tasks of settling in open.

    An organisation that had left is back with it. Raises NotPermitted, InvalidInput for the park
    itself and for a contact who is not of the staff, and DomainErrors ``stay_once`` and ``stay_span``.
    """
    permissions.require(actor, "manage_stays")
    return open_stay(actor, now, tenant, kind, starts_on, ends_on, contact)


@operation
def extend_stay(*, actor: Actor, now: datetime, stay: Stay, ends_on: date, reason: str) -> Stay:
    """Let the organisation stay longer, with or before an agreement that says so.

    Raises NotPermitted, WrongState while it leaves or after, and DomainErrors
    ``extension_is_longer`` and ``extension_has_reason``.
    """
    permissions.require(actor, "manage_stays")
    locked = lock_stay(actor, stay)
    if locked.state not in (StayState.RESIDENT, StayState.SUSPENDED):
        raise WrongState
    lengthen(actor, now, locked, ends_on, reason.strip())
    title = _("Your stay in the park goes on until %(day)s")
    tell_stay(actor, now, locked, "extended", title, reason)
    return locked


@operation
def suspend_stay(*, actor: Actor, now: datetime, stay: Stay, reason: str) -> Stay:
    """Rights rest, the stay does not end. Raises NotPermitted, WrongState, and DomainError
    ``stay_suspended_has_reason`` without a reason."""
    permissions.require(actor, "manage_stays")
    locked = lock_stay(actor, stay)
    locked.move_to(StayState.SUSPENDED)
    locked.suspended_reason, locked.resumed_reason = reason.strip(), ""
    locked.save(update_fields=["state", "suspended_reason", "resumed_reason"])
    tell_stay(actor, now, locked, "suspended", _("Your stay in the park is suspended"), reason)
    return locked


@operation
def resume_stay(*, actor: Actor, now: datetime, stay: Stay, reason: str) -> Stay:
    """The suspension is over. Raises NotPermitted, WrongState, InvalidInput without a reason."""
    permissions.require(actor, "manage_stays")
    locked = lock_stay(actor, stay)
    if locked.state != StayState.SUSPENDED:
        raise WrongState
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Say why it is resumed.")})
    locked.move_to(StayState.RESIDENT)
    locked.resumed_reason = reason.strip()
    locked.save(update_fields=["state", "resumed_reason"])
    tell_stay(actor, now, locked, "resumed", _("Your stay in the park is resumed"), reason)
    return locked


@operation
def look_after(*, actor: Actor, now: datetime, stay: Stay, contact: User) -> Stay:
    """Name whom the organisation calls first. Raises NotPermitted, WrongState after it left,
    InvalidInput for somebody who is not of the park's staff."""
    permissions.require(actor, "manage_stays")
    locked = lock_stay(actor, stay)
    if locked.state == StayState.LEFT:
        raise WrongState
    _check_contact(contact)
    locked.contact = contact
    locked.save(update_fields=["contact"])
    return locked


def open_stay(
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    kind: str,
    starts_on: date,
    ends_on: date,
    contact: User | None,
) -> Stay:
    """Part of moving in: the stay begins and everybody who subscribed is told."""
    if tenant.pk == Tenant.objects.operator().pk:
        raise InvalidInput(
            _("This organisation cannot move in as it is."),
            fields={"tenant": _("This organisation cannot move in as it is.")},
        )
    if contact is not None:
        _check_contact(contact)
    if tenant.left_at is not None:
        # Back after having left: what is written for it is written again.
        tenant = readmit(actor=actor, now=now, tenant=tenant)
    stay = Stay.objects.create(
        tenant=tenant, kind=kind, starts_on=starts_on, ends_on=ends_on, contact=contact
    )
    publish(actor=actor, now=now, kind=MOVED_IN, tenant_id=tenant.pk, stay_id=stay.pk)
    return stay


def lengthen(actor: Actor, now: datetime, stay: Stay, ends_on: date, reason: str) -> None:
    """Write the extension and move the last day; the stay is locked by the caller."""
    Extension.objects.create(
        tenant_id=stay.tenant_id,
        stay=stay,
        before_on=stay.ends_on,
        after_on=ends_on,
        reason=reason,
        by_id=actor.user_id,
        at=now,
    )
    stay.ends_on = ends_on
    stay.save(update_fields=["ends_on"])


def lock_stay(actor: Actor, stay: Stay) -> Stay:
    visible = Stay.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.select_related("tenant").get(pk=stay.pk)


def tell_stay(
    actor: Actor, now: datetime, stay: Stay, what: str, title: Any, reason: str = ""
) -> None:
    tell_leads(
        actor=actor,
        now=now,
        tenant=stay.tenant,
        kind=f"residency.stay_{what}",
        title=title,
        body=AS_WRITTEN if reason else "",
        params={"day": f"{stay.ends_on:%Y-%m-%d}", "words": reason},
        to=Destination("residency:stay"),
        key=f"stay:{stay.pk}:{what}:{now.timestamp():.0f}",
    )


def _check_contact(contact: User) -> None:
    of_the_park = Membership.objects.current().filter(tenant=Tenant.objects.operator())
    if not of_the_park.filter(user=contact, user__is_staff=True).exists():
        raise InvalidInput(fields={"contact": _("Choose somebody of the park's staff.")})
