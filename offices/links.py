"""What the addresses of doors and calendar feeds name; signed, so that nothing else is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from offices.models import Door, Feed
from offices.operations.links import at_door
from spaces.models import Space
from tenants.isolation.context import as_public, as_system, enter_tenant
from tenants.models import Tenant
from tenants.queries import memberships_of

DOOR, FEED = "offices.door", "offices.feed"


def path_of_door(door: Door) -> str:
    token = Signer(salt=DOOR, sep=".").sign(door.nonce)
    return reverse("door", kwargs={"token": token})


def space_of(token: str) -> Space | None:
    """The space whose door has this code now; it is the park's and everybody's to know."""
    try:
        nonce = Signer(salt=DOOR, sep=".").unsign(token)
    except BadSignature:
        return None
    with as_system():
        door = Door.objects.filter(nonce=nonce).select_related("space__floor__building").first()
    return door.space if door else None


def bookers_at(space: Space, user: Any, now: datetime) -> list[Tenant]:
    """The person's organisations that can check in at this door now."""
    found = []
    for membership in memberships_of(user):
        with enter_tenant(membership.tenant_id, user_id=user.pk):
            if at_door(membership.actor(), space, now):
                found.append(membership.tenant)
    return found


def address_of_feed(feed: Feed, slug: str) -> str:
    token = Signer(salt=FEED, sep=".").sign(f"{slug}.{feed.nonce}")
    return f"{settings.PORTAL_URL}{reverse('booking_feed', kwargs={'token': token})}"


@contextmanager
def opened(token: str) -> Iterator[Feed | None]:
    """Run the block as the feed's organisation; None when it has ended, or its owner has left."""
    try:
        slug, nonce = Signer(salt=FEED, sep=".").unsign(token).rsplit(".", 1)
    except (BadSignature, ValueError):
        yield None
        return
    with as_public():
        tenant = Tenant.objects.only("pk").filter(slug=slug).first()
    if tenant is None:
        yield None
        return
    with enter_tenant(tenant.pk):
        own = Feed.objects.live().filter(nonce=nonce).select_related("user", "tenant", "space")
        feed = own.first()
        if feed is not None and not _belongs(feed):
            feed = None
        yield feed


def _belongs(feed: Feed) -> bool:
    """Whether the owner is still one of the organisation's people."""
    return any(each.tenant_id == feed.tenant_id for each in memberships_of(feed.user))
