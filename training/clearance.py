"""What seats mean for an organisation that leaves the park: those to come are given up first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from foundation.home import Destination
from tenants.models import Tenant
from training.models import Seat
from training.models.seats import PENDING
from training.models.sessions import UPCOMING

AHEAD = _("Seats in training that is to come: %(count)s")


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    ahead = Seat.objects.filter(tenant=tenant, state__in=PENDING, session__state__in=UPCOMING)
    if count := ahead.alive(now).count():
        rows = Destination("admin:training_seat_changelist", query={"q": tenant.slug})
        own = Destination("training:sessions")
        yield ClearanceItem("seats_ahead", AHEAD, {"count": count}, to=own, staff_to=rows)
