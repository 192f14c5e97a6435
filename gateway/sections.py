"""API keys of an organisation, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.money import NOTHING, format_number
from gateway.models import ApiKey
from tenants.models import Tenant


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """How many there are and when a program last called; nothing for who has made none."""
    found = ApiKey.objects.filter(tenant=tenant).aggregate(
        count=Count("pk"), last=Max("last_used_at")
    )
    if not found["count"]:
        return None
    in_force = ApiKey.objects.filter(tenant=tenant).in_force(now).count()
    last = found["last"]
    return Section(
        _("API keys"),
        [
            Line(_("Keys in force"), format_number(in_force)),
            Line(
                _("Last call of a program"),
                f"{timezone.localtime(last):%Y-%m-%d}" if last else NOTHING,
            ),
        ],
        order=91,
    )
