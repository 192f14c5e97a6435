"""What an organisation has of the park's spaces, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import NOTHING, format_number
from spaces.models import Occupancy, OccupancyKind
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    own = Occupancy.objects.visible_to(actor).filter(tenant=tenant, under=None)
    if not own.exists():
        return None
    rows = Destination("admin:spaces_occupancy_changelist", query={"q": tenant.slug})
    ahead = own.ahead(now)
    leased = ahead.filter(kind=OccupancyKind.LEASE).select_related("space")
    names = dict.fromkeys(row.space.code for row in leased)
    others = ahead.exclude(kind=OccupancyKind.LEASE).count()
    return Section(
        _("Spaces"),
        [
            Line(_("Leased"), ", ".join(names) or NOTHING, rows),
            Line(_("Taken otherwise, now or later"), format_number(others), rows),
        ],
        to=rows,
        order=40,
    )
