"""One invitation in the demo that nobody has answered yet."""

from __future__ import annotations

from datetime import datetime

from members.models import Invitation
from members.operations import invite_member
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role
from tenants.models import Tenant, User
from tenants.queries import memberships_of

ADDRESS = "zhangwei@haihe.example"


def seed(now: datetime) -> bool:
    """From the demo's owner; False when it is there."""
    owner = User.objects.get(username="owner")
    home = next(m for m in memberships_of(owner) if Role.OWNER in m.roles)
    with enter_tenant(home.tenant_id, user_id=owner.pk):
        if Invitation.objects.exists():
            return False
        invite_member(
            actor=home.actor(),
            now=now,
            tenant=Tenant.objects.get(pk=home.tenant_id),
            email=ADDRESS,
            full_name="张伟",
            roles=[Role.FINANCE],
        )
    return True
