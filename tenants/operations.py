"""Every write to organisations, people and memberships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from foundation import registration
from foundation.actors import Actor
from foundation.errors import InvalidInput, WrongState
from foundation.operations import operation
from tenants import sessions, standing, trail
from tenants.kinds import Role
from tenants.models import Membership, Tenant, User
from tenants.permissions import permissions
from tenants.rules import require_member_rights, roles_in_order


@operation
def register_tenant(
    *,
    actor: Actor,
    now: datetime,
    slug: str,
    kind: str,
    name: str,
    name_en: str = "",
    country: str = "CN",
    registration_number: str = "",
) -> Tenant:
    """Add an organisation to the portal (park staff only).

    Raises InvalidInput when the registration number fails its country's check digit, and a
    DomainError when slug or number are taken. Recorded by the trail.
    """
    permissions.require(actor, "register_tenant")
    tenant = Tenant(
        slug=slug,
        kind=kind,
        name=name,
        name_en=name_en,
        country=country,
        registration_number=_registration(country, registration_number),
        created_at=now,
    )
    tenant.save(force_insert=True)
    return tenant


@operation
def change_tenant(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    name: str,
    name_en: str = "",
    country: str = "CN",
    registration_number: str = "",
) -> Tenant:
    """Correct an organisation's names and registration (park staff only).

    Raises as register_tenant does; kind and short address never change.
    """
    permissions.require(actor, "change_tenant")
    locked = _lock_tenant(tenant)
    locked.name, locked.name_en, locked.country = name, name_en, country
    locked.registration_number = _registration(country, registration_number)
    locked.save(update_fields=["name", "name_en", "country", "registration_number"])
    return locked


@operation
def create_person(
    *,
    actor: Actor,
    now: datetime,
    username: str,
    email: str = "",
    full_name: str = "",
    mobile: str = "",
    language: str = "",
    password: str | None = None,
    is_staff: bool = False,
) -> User:
    """Create somebody's account; without a password they set one by the reset mail.

    Raises NotPermitted unless the actor manages members, a DomainError when user name, e-mail
    address or mobile number are taken. Only park staff make park staff.
    """
    permissions.require(actor, "manage_members")
    if is_staff:
        permissions.require(actor, "register_tenant")
    user = User(
        username=username,
        email=email,
        full_name=full_name,
        mobile=mobile,
        language=language,
        is_staff=is_staff,
        date_joined=now,
    )
    user.set_password(password)
    user.save(force_insert=True)
    if email:
        # Whoever invites vouches for the address: with an unverified one allauth would refuse
        # the second factor that park staff must set up.
        EmailAddress.objects.create(user=user, email=email.lower(), primary=True, verified=True)
    return user


@operation
def end_sessions(*, actor: Actor, now: datetime, people: Iterable[User]) -> None:
    """Sign these people out wherever they are signed in (park staff). Raises NotPermitted."""
    permissions.require(actor, "end_sessions")
    sessions.end_all_of(*(person.pk for person in people))


@operation
def deactivate_person(*, actor: Actor, now: datetime, person: User) -> User:
    """Close somebody's account: all sessions end, and nobody signs in with it (park staff).

    Raises NotPermitted, for staff's own accounts unless the actor is an owner of the park, and
    InvalidInput for the actor's own account.
    """
    return _set_active(actor, person, active=False)


@operation
def reactivate_person(*, actor: Actor, now: datetime, person: User) -> User:
    """Open a closed account again; old sessions stay ended. Raises as deactivate_person does."""
    return _set_active(actor, person, active=True)


@operation
def add_member(
    *, actor: Actor, now: datetime, tenant: Tenant, user: User, roles: Iterable[str]
) -> Membership:
    """Make ``user`` a member of ``tenant`` with roles that its kind of organisation has."""
    require_member_rights(actor, tenant, roles)
    standing.require_present(tenant.pk)
    return Membership.objects.create(
        tenant=tenant, user=user, roles=roles_in_order(tenant, roles), started_at=now
    )


@operation
def change_roles(
    *, actor: Actor, now: datetime, membership: Membership, roles: Iterable[str]
) -> Membership:
    """Replace the member's roles; the person's sessions end. The last owner stays owner."""
    locked = _lock(actor, membership)
    require_member_rights(actor, locked.tenant, {*roles, *locked.roles})
    before, locked.roles = locked.roles, roles_in_order(locked.tenant, roles)
    if locked.roles == before:
        return locked
    locked.save(update_fields=["roles"])
    _require_an_owner(locked)
    sessions.end_all_of(locked.user_id)
    return locked


@operation
def end_membership(*, actor: Actor, now: datetime, membership: Membership) -> Membership:
    """The person leaves; access and sessions end with this transaction. The last owner cannot."""
    locked = _lock(actor, membership)
    require_member_rights(actor, locked.tenant, locked.roles)
    locked.ended_at = now
    locked.save(update_fields=["ended_at"])
    _require_an_owner(locked)
    sessions.end_all_of(locked.user_id)
    return locked


@operation
def leave_park(*, actor: Actor, now: datetime, tenant: Tenant) -> Tenant:
    """The organisation has left: its people only read from now on (``tenants.standing``).

    A part of ending a stay, which has asked its own table; waits for whoever is writing. Raises
    NotPermitted for anybody but the park, WrongState when it has left already, and DomainError
    ``tenant_operator_stays`` for the park's operator.
    """
    return _set_left(actor, tenant, now)


@operation
def readmit(*, actor: Actor, now: datetime, tenant: Tenant) -> Tenant:
    """The organisation is back; people whose membership ended are invited anew.

    A part of beginning a stay. Raises NotPermitted for anybody but the park, WrongState while it
    is in the park.
    """
    return _set_left(actor, tenant, None)


@operation
def close_accounts(*, actor: Actor, now: datetime, tenant: Tenant) -> int:
    """End every membership of an organisation whose time to read is over; returns how many.

    The last owner goes, too. Raises NotPermitted for anybody but the portal itself, WrongState
    while the time is not over.
    """
    if not actor.is_system:
        permissions.refuse(actor, "manage_members")
    if not standing.is_closed(tenant, now):
        raise WrongState
    members = Membership.objects.current().filter(tenant=tenant).order_by("pk")
    ending = list(members.select_for_update())
    for membership in ending:
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
    sessions.end_all_of(*sorted(membership.user_id for membership in ending))
    return len(ending)


def _set_left(actor: Actor, tenant: Tenant, moment: datetime | None) -> Tenant:
    if not (actor.is_staff or actor.is_system):
        permissions.refuse(actor, "change_tenant")
    standing.stop_writing(tenant.pk)
    locked = _lock_tenant(tenant)
    if (locked.left_at is None) == (moment is None):
        raise WrongState
    locked.left_at = moment
    locked.save(update_fields=["left_at"])
    return locked


def _lock_tenant(tenant: Tenant) -> Tenant:
    """Keys that point to it are not changed: whoever checks one of them need not wait."""
    return Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)


def _set_active(actor: Actor, person: User, *, active: bool) -> User:
    permissions.require(actor, "deactivate_people")
    locked = User.objects.select_for_update().get(pk=person.pk)
    if locked.is_staff:
        permissions.require(actor, "deactivate_staff")
    if locked.pk == actor.user_id:
        raise InvalidInput(_("Nobody closes their own account."), code="own_account")
    if locked.is_active == active:
        return locked
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    sessions.end_all_of(locked.pk)
    trail.record_change(
        User, locked.pk, before={"is_active": not active}, after={"is_active": active}
    )
    return locked


def _registration(country: str, number: str) -> str:
    return registration.validate(country, number) if number else ""


def _lock(actor: Actor, membership: Membership) -> Membership:
    """The membership's row, with its organisation locked first so that two cannot both leave."""
    current = Membership.objects.visible_to(actor).current()
    list(current.filter(tenant_id=membership.tenant_id).order_by("pk").select_for_update())
    return current.select_related("tenant").get(pk=membership.pk)


def _require_an_owner(membership: Membership) -> None:
    members = Membership.objects.current().filter(tenant_id=membership.tenant_id)
    if not members.filter(roles__contains=[Role.OWNER]).exists():
        raise InvalidInput(_("An organisation keeps at least one owner."), code="last_owner")
