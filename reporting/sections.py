"""Whether an organisation's orders of last month are missing, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from reporting.queries import late_uploads
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """Only where something is missing: the figures of the park have a gap then."""
    late = late_uploads(timezone.localdate(now))
    if tenant not in late.tenants:
        return None
    missing = Line(
        _("Orders missing for"),
        f"{late.month:%Y-%m}",
        Destination("admin:late_organisations"),
        warning=True,
    )
    return Section(_("Reports"), [missing], order=80)
