"""Who a holder was goes when its time is over; what was taught, when and by whom stays."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.retention import PersonalData, register_personal_data
from certificates.models import Certificate
from foundation.actors import Actor


def register() -> None:
    register_personal_data(
        PersonalData(
            "certificates.holders",
            _("Names of the holders of certificates"),
            _("the day the certificate was issued"),
            erase_holders,
        )
    )


def erase_holders(actor: Actor, before: datetime) -> int:
    """Name and masked number go; the number stays and can still be verified, without a name."""
    due = Certificate.objects.filter(
        tenant_id=actor.tenant_id, issued_on__lt=timezone.localdate(before), erased_at=None
    )
    keys = list(due.order_by("pk").select_for_update().values_list("pk", flat=True))
    rows = Certificate.objects.filter(tenant_id=actor.tenant_id, pk__in=keys)
    return rows.update(holder_name="", holder_latin_name="", holder_id="", erased_at=timezone.now())
