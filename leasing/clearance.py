"""What leases mean for an organisation that leaves the park.

A lease that can still be signed is signed or void before. One in force ends with the inspection:
until that is signed the exit does not go on to the settlement.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem, ExitStep, register_clearance, register_exit_step
from foundation.errors import Sentence
from foundation.home import Destination
from foundation.refs import ref_of
from leasing.models import Lease, LeaseState
from leasing.models.leases import IN_FORCE
from tenants.models import Tenant

OPEN = (LeaseState.DRAFT, LeaseState.APPROVING, LeaseState.REJECTED, LeaseState.AWAITING)
UNSIGNED = _("Lease that is not in force: %(number)s")
LIVE = _("Lease in force until %(day)s: %(number)s")
NOT_INSPECTED = _("Lease whose inspection is not signed: %(number)s")


def register() -> None:
    register_clearance("leasing", what_is_open)
    register_exit_step(ExitStep("inspection", "inspections", _("Inspections"), not_inspected))


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    own = Lease.objects.filter(tenant=tenant).order_by("pk")
    for lease in own.filter(state__in=OPEN):
        yield _item("lease_not_in_force", UNSIGNED, lease, blocking=True)
    for lease in own.filter(state__in=IN_FORCE):
        yield _item("lease_in_force", LIVE, lease, blocking=False)


def not_inspected(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    for lease in Lease.objects.filter(tenant=tenant, state__in=IN_FORCE).order_by("pk"):
        yield _item("lease_not_inspected", NOT_INSPECTED, lease, blocking=True)


def _item(code: str, sentence: Sentence, lease: Lease, *, blocking: bool) -> ClearanceItem:
    is_seen = lease.state in (LeaseState.AWAITING, *IN_FORCE)
    return ClearanceItem(
        code,
        sentence,
        {"number": lease.number, "day": f"{lease.last_on:%Y-%m-%d}"},
        blocking=blocking,
        key=ref_of(lease.pk, "lease"),
        to=Destination("leasing:lease", {"pk": lease.pk}) if is_seen else None,
        staff_to=Destination("admin:leasing_lease_change", {"object_id": lease.pk}),
    )
