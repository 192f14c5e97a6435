"""What certificates mean for an organisation that leaves the park: nothing that stands in its way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from certificates.models import Certificate
from foundation.home import Destination
from tenants.models import Tenant

STAY = _("Certificates in force: %(count)s. They stay valid and can be verified afterwards.")


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    """Whoever leaves may want to take the archive along while it can still be made."""
    own = Certificate.objects.filter(tenant=tenant).in_force(timezone.localdate(now))
    if count := own.count():
        yield ClearanceItem(
            "certificates_in_force",
            STAY,
            {"count": count},
            blocking=False,
            to=Destination("certificates:certificates"),
        )
