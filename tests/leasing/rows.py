"""A lease and a sheet as rows, for tests that need one and not its way."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from backbone.operations import store_document
from leasing.models import Handover, Lease
from leasing.operations.papers import PURPOSE
from tenants.isolation.context import enter_tenant
from tenants.models import Membership
from tests.leasing.making import PDF, TODAY, day
from tests.makers import Makers
from tests.spaces.making import NOW


def lease_to_sign(member: Membership) -> Lease:
    """The member's organisation's, its contract made."""
    return _lease(member, "awaiting")


def sheet_to_fill(staff: Membership) -> Handover:
    """Of a lease that some organisation has."""
    lease = _lease(Makers().member(Makers().tenant(), "owner"), "effective")
    with enter_tenant(lease.tenant_id):
        return Handover.objects.create(
            tenant_id=lease.tenant_id, lease=lease, kind="move_in", held_on=TODAY
        )


def _lease(member: Membership, state: str) -> Lease:
    with enter_tenant(member.tenant_id, user_id=member.user_id):
        paper = store_document(
            actor=member.actor(), now=NOW, file=BytesIO(PDF), name="lease.pdf", purpose=PURPOSE
        )
        signed: dict[str, Any] = {"signed_copy": paper, "signed_on": TODAY}
        return Lease.objects.create(
            tenant_id=member.tenant_id,
            number="L26-TEST",
            state=state,
            starts_on=TODAY,
            ends_on=day(300),
            last_on=day(300),
            first_approver=member.user,
            document=paper,
            **(signed if state == "effective" else {}),
        )
