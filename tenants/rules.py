"""Who may give which roles: the same for adding somebody and for inviting them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import InvalidInput
from tenants.kinds import ROLES_BY_KIND, Role
from tenants.models import Tenant
from tenants.permissions import permissions


def may_give(actor: Actor, tenant: Tenant, roles: Iterable[str]) -> bool:
    """A manager neither makes nor unmakes owners."""
    if not permissions.permits(actor, "manage_members"):
        return False
    if actor.is_staff or actor.is_system:
        return True
    makes_owner = Role.OWNER in roles and Role.OWNER not in actor.roles
    return actor.tenant_id == tenant.pk and not makes_owner


def require_member_rights(actor: Actor, tenant: Tenant, roles: Iterable[str]) -> None:
    """Raise NotPermitted unless the actor may give and take these roles in the organisation."""
    if not may_give(actor, tenant, roles):
        permissions.refuse(actor, "manage_members")


def roles_in_order(tenant: Tenant, roles: Iterable[str]) -> list[str]:
    """As they are stored. Raises InvalidInput for one that this kind of organisation lacks."""
    chosen = set(roles)
    if not chosen <= ROLES_BY_KIND[tenant.kind]:
        raise InvalidInput(
            _("This kind of organisation does not have that role."),
            fields={"roles": _("Choose among the roles offered.")},
        )
    return [role for role in Role.values if role in chosen]


def role_choices(actor: Actor, tenant: Tenant) -> list[tuple[str, str]]:
    """The roles that the actor may give there, in their order."""
    own = ROLES_BY_KIND[tenant.kind]
    return [(r.value, str(r.label)) for r in Role if r in own and may_give(actor, tenant, [r])]
