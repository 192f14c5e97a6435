"""What spaces mean for an organisation that leaves the park.

Bookings are settled before the space is inspected. A lease goes on until then: what is leased is
given back by the inspection, so it is a part of that step and of the settlement, and an exit never
ends while anything is leased.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem, ExitStep, register_clearance, register_exit_step
from foundation.home import Destination
from spaces.models import Occupancy, OccupancyKind
from spaces.models.occupancies import OccupancyQuerySet
from tenants.models import Tenant

TAKEN = _("Spaces taken now or later, besides leases: %(count)s")
LEASED = _("Still leased: %(spaces)s")
NAMED = 5


def register() -> None:
    register_clearance("spaces", what_is_open)
    for state in ("inspection", "settlement"):
        register_exit_step(ExitStep(state, "leased_spaces", _("Leased spaces"), what_is_leased))


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    others = _ahead(tenant, now).exclude(kind=OccupancyKind.LEASE)
    if count := others.count():
        yield ClearanceItem("spaces_taken", TAKEN, {"count": count}, staff_to=_rows_of(tenant))


def what_is_leased(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    leased = _ahead(tenant, now).filter(kind=OccupancyKind.LEASE).select_related("space")
    names = list(dict.fromkeys(str(row.space) for row in leased))
    if names:
        spaces = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
        yield ClearanceItem("spaces_leased", LEASED, {"spaces": spaces}, staff_to=_rows_of(tenant))


def _ahead(tenant: Tenant, now: datetime) -> OccupancyQuerySet:
    return Occupancy.objects.filter(tenant=tenant, under=None).ahead(now)


def _rows_of(tenant: Tenant) -> Destination:
    return Destination("admin:spaces_occupancy_changelist", query={"q": tenant.slug})
