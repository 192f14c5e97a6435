"""What bookings mean for an organisation that leaves the park.

What it has booked stands in the ledger, and ``spaces`` tells it. Here stands what is over and was
not settled yet: it may still be charged.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from foundation.home import Destination
from offices.models import Booking
from offices.models.bookings import ANSWERABLE
from tenants.models import Tenant

UNSETTLED = _("Bookings that are over and not settled yet: %(count)s")


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    over = Booking.objects.filter(tenant=tenant).overdue(now).exclude(state__in=ANSWERABLE)
    if count := over.count():
        rows = Destination("admin:offices_booking_changelist", query={"q": tenant.slug})
        yield ClearanceItem("bookings_unsettled", UNSETTLED, {"count": count}, staff_to=rows)
