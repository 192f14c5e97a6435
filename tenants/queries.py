"""Reads that come before an organisation is known, and those that span several."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from tenants import standing
from tenants.isolation.context import as_public
from tenants.models import Membership, MembershipQuerySet, User

# What the public role may read of an organisation; the rest of the row is its own affair.
_PUBLIC = [
    "user",
    "roles",
    "ended_at",
    "tenant__slug",
    "tenant__kind",
    "tenant__name",
    "tenant__name_en",
    "tenant__left_at",
]


def current_memberships(user: User) -> MembershipQuerySet:
    """The person's memberships with their organisations, by name; asked as the public role.

    Organisations whose accounts are closed are not among them.
    """
    closed = Q(tenant__left_at__lte=standing.closed_by(timezone.now()))
    current = Membership.objects.current().filter(user=user).exclude(closed)
    return current.select_related("tenant").only(*_PUBLIC).order_by("tenant__name")


def memberships_of(user: User) -> list[Membership]:
    """The same from within any transaction, whatever it runs as."""
    with as_public(user_id=user.pk):
        return list(current_memberships(user))
