"""What an organisation has booked, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import format_number
from offices.models import Booking
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    own = Booking.objects.visible_to(actor).filter(tenant=tenant)
    if not own.exists():
        return None
    rows = Destination("admin:offices_booking_changelist", query={"q": tenant.slug})
    ahead = format_number(own.ahead(now).count())
    lines = [Line(_("Ahead"), ahead), Line(_("All bookings"), format_number(own.count()), rows)]
    return Section(_("Bookings"), lines, to=rows, order=41)
