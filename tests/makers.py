"""Makes what tests need through the operations that people use."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from tenants import operations
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import Role, TenantKind
from tenants.models import Membership, Tenant, User

PASSWORD = "correct horse battery staple"  # noqa: S105
_numbers = count(1)


class Makers:
    """Park staff who answer every wish; nothing is made behind an operation's back."""

    actor = Actor(user_id=None, tenant_id=0, is_staff=True)

    def tenant(self, slug: str = "", kind: str = TenantKind.ENTERPRISE, **values: Any) -> Tenant:
        slug = slug or f"tenant-{next(_numbers)}"
        values = {"name": f"{slug} 有限公司", "name_en": f"{slug.title()} Ltd"} | values
        with enter(Identity(STAFF)):
            return operations.register_tenant(
                actor=self.actor, now=timezone.now(), slug=slug, kind=kind, **values
            )

    def person(self, username: str = "", **values: Any) -> User:
        username = username or f"person-{next(_numbers)}"
        values = {"email": f"{username}@example.test", "password": PASSWORD} | values
        return operations.create_person(
            actor=self.actor, now=timezone.now(), username=username, **values
        )

    def member(
        self, tenant: Tenant, *roles: str, user: User | None = None, **values: Any
    ) -> Membership:
        user = user or self.person(**values)
        with enter(Identity(STAFF)):
            return operations.add_member(
                actor=self.actor,
                now=timezone.now(),
                tenant=tenant,
                user=user,
                roles=roles or [Role.OWNER],
            )
