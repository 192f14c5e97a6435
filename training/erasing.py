"""Guests of events, erased when their time is over."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.retention import PersonalData, register_personal_data
from foundation.actors import Actor
from training.models import Guest


def register() -> None:
    register_personal_data(
        PersonalData(
            "training.guests", _("Guests of events"), _("the end of the event"), erase_guests
        )
    )


def erase_guests(actor: Actor, before: datetime) -> int:
    """Who they were goes; that somebody was invited, and came, stays for figures."""
    due = Guest.objects.filter(tenant_id=actor.tenant_id, erased_at=None).over(before)
    keys = list(due.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    rows = Guest.objects.filter(tenant_id=actor.tenant_id, pk__in=keys)
    return rows.update(name="", company="", email="", mobile="", erased_at=timezone.now())
