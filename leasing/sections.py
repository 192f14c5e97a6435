"""What an organisation leases, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import NOTHING, format_number
from leasing.models import Lease
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    own = Lease.objects.visible_to(actor).filter(tenant=tenant)
    if not own.exists():
        return None
    rows = Destination("admin:leasing_lease_changelist", query={"q": tenant.slug})
    in_force = own.in_force().order_by("last_on", "pk")
    numbers = ", ".join(in_force.values_list("number", flat=True)) or NOTHING
    first = in_force.first()
    today = timezone.localdate(now)
    lines = [
        Line(_("In force"), numbers, rows),
        Line(
            _("Next last day"),
            f"{first.last_on:%Y-%m-%d}" if first else NOTHING,
            rows,
            warning=first is not None and first.last_on < today,
        ),
        Line(_("All leases"), format_number(own.count()), rows),
    ]
    return Section(_("Leases"), lines, to=rows, order=42)
