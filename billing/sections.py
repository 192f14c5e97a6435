"""What an organisation owes, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from billing.clearance import rows_of
from billing.models import Charge
from billing.queries import as_text, totals
from foundation.actors import Actor
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    own = Charge.objects.visible_to(actor).filter(tenant=tenant)
    if not own.exists():
        return None
    overdue = totals(own.open().filter(due_on__lt=timezone.localdate(now)))
    rows = rows_of(tenant)
    lines = [
        Line(_("Open"), as_text(totals(own.open())), rows),
        Line(_("Of these overdue"), as_text(overdue), rows, warning=bool(overdue)),
    ]
    return Section(_("Charges"), lines, to=rows, order=43)
