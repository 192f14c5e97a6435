"""Leases, made as the park's staff make them, up to the state that a test asks for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone

from billing.models import Charge
from leasing.models import Handover, Lease, LeaseStep, LeaseUnit, Settlement
from leasing.operations import approving, drafting, handovers, papers, settlement
from leasing.operations.rows import by_park
from spaces.models import Occupancy, Space
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.spaces.making import NOW, Grounds, office, portal

TODAY = timezone.localdate(NOW)
PDF = b"%PDF-1.7\n%%EOF\n"


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


class Desk:
    """The park's people: who writes leases, who approves first, who approves again."""

    def __init__(self, make: Any, park: Tenant, grounds: Grounds) -> None:
        self.grounds = grounds
        self.writer = make.member(park, "operations", is_staff=True)
        self.manager = make.member(park, "manager", is_staff=True)
        self.finance = make.member(park, "finance", is_staff=True)

    def unit(self, **values: Any) -> Space:
        return self.grounds.add("unit", **values)

    def draft(self, tenant: Tenant, *units: Space, price: int = 60, **terms: Any) -> Lease:
        known = {"starts_on": TODAY, "ends_on": day(364), "period_months": 3, "deposit_months": 2}
        with office(self.writer) as actor:
            lease = drafting.draft_lease(actor=actor, now=NOW, tenant=tenant, **(known | terms))
            for space in units or [self.unit()]:
                drafting.add_unit(
                    actor=actor, now=NOW, lease=lease, space=space, price=Decimal(price)
                )
        return fresh(lease)

    def submitted(self, tenant: Tenant, *units: Space, **terms: Any) -> Lease:
        lease = self.draft(tenant, *units, **terms)
        with office(self.writer) as actor:
            return approving.submit(actor=actor, now=NOW, lease=lease)

    def approved(self, lease: Lease, now: Any = NOW) -> Lease:
        """By as many as its terms ask for."""
        with office(self.manager) as actor:
            lease = approving.approve(actor=actor, now=now, lease=lease)
        if lease.needs_second and lease.state == "approving":
            with office(self.finance) as actor:
                lease = approving.approve(actor=actor, now=now, lease=lease)
        return lease

    def signed(self, lease: Lease, now: Any = NOW) -> Lease:
        """The contract is made and its signed copy is there."""
        with office(self.manager) as actor:
            papers.keep_paper(actor=by_park(lease), now=now, lease=fresh(lease), content=PDF)
            return papers.upload_signed_copy(
                actor=actor, now=now, lease=lease, file=BytesIO(PDF), name="signed.pdf"
            )

    def in_force(self, lease: Lease, now: Any = NOW, **values: Any) -> Lease:
        self.signed(lease, now)
        with office(self.manager) as actor:
            on = values.get("signed_on", timezone.localdate(now))
            return papers.bring_into_force(actor=actor, now=now, lease=lease, signed_on=on)

    def effective(self, tenant: Tenant, *units: Space, **terms: Any) -> Lease:
        return self.in_force(self.approved(self.submitted(tenant, *units, **terms)))

    def ending(self, lease: Lease, last_on: date | None = None) -> Handover:
        with office(self.writer) as actor:
            return settlement.begin_check_out(
                actor=actor, now=NOW, lease=lease, last_on=last_on or TODAY, reason="Moves out"
            )

    def confirmed(self, sheet: Handover, **values: Any) -> Handover:
        """By the park, on its day."""
        with office(self.writer) as actor:
            sheet = handovers.change_sheet(
                actor=actor, now=NOW, handover=sheet, held_on=TODAY, notes=""
            )
            return handovers.confirm_for_park(actor=actor, now=NOW, handover=sheet)


def agreed(member: Membership, sheet: Handover) -> Handover:
    with portal(member) as actor:
        return handovers.confirm_for_organisation(actor=actor, now=NOW, handover=sheet)


def fresh(lease: Lease) -> Lease:
    with enter(Identity(STAFF)):
        return Lease.objects.select_related("tenant", "previous").get(pk=lease.pk)


def in_ledger(*spaces: Space) -> list[tuple[str, bool]]:
    """State of each row of these spaces, and whether it goes on until further notice."""
    with enter(Identity(STAFF)):
        rows = Occupancy.objects.filter(space__in=spaces).order_by("pk")
        return [(row.state, row.ends_at is None) for row in rows]


def everything() -> Any:
    """Every row that a lease may write, to see that nothing changed."""
    with enter(Identity(STAFF)):
        models: list[Any] = [Lease, LeaseUnit, LeaseStep, Handover, Settlement, Charge, Occupancy]
        return [list(model.objects.order_by("pk").values()) for model in models]
