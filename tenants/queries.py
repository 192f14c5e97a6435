"""Reads that come before an organisation is known, and those that span several."""

from __future__ import annotations

from tenants.isolation.context import as_public
from tenants.kinds import TenantKind
from tenants.models import Membership, User

# What the public role may read of an organisation; the rest of the row is its own affair.
_PUBLIC = [
    "user",
    "roles",
    "ended_at",
    "tenant__slug",
    "tenant__kind",
    "tenant__name",
    "tenant__name_en",
]


def memberships_of(user: User) -> list[Membership]:
    """The person's current memberships with their organisations, by name."""
    with as_public(user_id=user.pk):
        current = Membership.objects.current().filter(user=user)
        return list(current.select_related("tenant").only(*_PUBLIC).order_by("tenant__name"))


def staff_membership_of(user: User) -> Membership | None:
    """The person's place in the park's own organisation, None when they left it."""
    memberships = memberships_of(user)
    return next((m for m in memberships if m.tenant.kind == TenantKind.OPERATOR), None)
