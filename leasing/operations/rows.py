"""Rows to change, the record of steps, telling the organisation, and the ledger's hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backbone.sentences import AS_WRITTEN
from foundation.actors import Actor
from foundation.errors import WrongState
from foundation.home import Destination
from leasing.models import Lease, LeaseState, LeaseStep
from residency.answering import tell_leads
from spaces.models import LIVE, Occupancy


def lock(actor: Actor, lease: Lease, *states: str) -> Lease:
    """The lease as it is now, held until the end of the transaction, the one that it follows
    before it. Raises WrongState where it is in none of ``states``, Lease.DoesNotExist."""
    keys = [key for key in (lease.previous_id, lease.pk) if key]
    visible = Lease.objects.visible_to(actor).select_for_update(of=("self",))
    found = {row.pk: row for row in visible.filter(pk__in=keys).order_by("pk")}
    if lease.pk not in found:
        raise Lease.DoesNotExist
    own = found[lease.pk]
    if states and own.state not in states:
        raise WrongState
    if own.previous_id in found:
        own.previous = found[own.previous_id]
    return own


def lock_draft(actor: Actor, lease: Lease) -> Lease:
    return lock(actor, lease, LeaseState.DRAFT)


def note(actor: Actor, now: datetime, lease: Lease, kind: str, said: str = "") -> LeaseStep:
    return LeaseStep.objects.create(
        tenant_id=lease.tenant_id,
        lease=lease,
        kind=kind,
        at=now,
        by_id=actor.user_id,
        said=said[:1000],
    )


def by_park(lease: Lease) -> Actor:
    """Who writes the ledger for a lease: the park, once the permissions of leases have agreed.

    Whoever gives the last word may be of the organisation, which lets no spaces itself.
    """
    return Actor(user_id=None, tenant_id=lease.tenant_id)


def live_rows(lease: Lease) -> list[Occupancy]:
    """What the ledger has of the lease now, besides the desks that follow their units."""
    rows = Occupancy.objects.filter(tenant_id=lease.tenant_id).of_source(lease)
    live = rows.filter(state__in=LIVE, under=None)
    return list(live.select_related("space").order_by("pk"))


def _page_of(lease: Lease) -> Destination:
    """What is void is not shown to the organisation any more."""
    if lease.state == LeaseState.VOID:
        return Destination("leasing:leases")
    return Destination("leasing:lease", {"pk": lease.pk})


def tell(
    actor: Actor, now: datetime, lease: Lease, what: str, title: Any, reason: str = ""
) -> None:
    """Tell the organisation's leads, once for each step."""
    tell_leads(
        actor=actor,
        now=now,
        tenant=lease.tenant,
        kind=f"leasing.{what}",
        title=title,
        body=AS_WRITTEN if reason else "",
        params={"number": lease.number, "words": reason},
        to=_page_of(lease),
        key=f"lease:{lease.pk}:{what}:{now.timestamp():.0f}",
    )
