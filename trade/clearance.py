"""What orders mean for an organisation that leaves the park: they stay, what is on its way ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem
from backbone.events import Event
from foundation.actors import Actor
from foundation.home import Destination
from tenants.models import Tenant
from trade.models import OrderImport, RowConsent
from trade.models.imports import OwnQuerySet

UNREAD = _("Uploaded files of orders that were not imported: %(count)s")
CONSENT = _(
    "The park may read the order rows until %(day)s. This ends when the organisation leaves."
)


def what_is_open(tenant: Tenant, now: datetime) -> Iterator[ClearanceItem]:
    """An import that runs is a job, which blocks; a file that nobody imported only warns."""
    unread = OrderImport.objects.filter(tenant=tenant, finished_at=None, job=None)
    if count := unread.count():
        yield ClearanceItem(
            "imports_waiting",
            UNREAD,
            {"count": count},
            blocking=False,
            to=Destination("trade:imports"),
            staff_to=Destination("admin:trade_orderimport_changelist"),
        )
    for consent in _in_force(tenant.pk, now):
        yield ClearanceItem(
            "consent_in_force",
            CONSENT,
            {"day": f"{consent.ends_on:%Y-%m-%d}"},
            blocking=False,
            key=f"{consent.ends_on:%Y-%m-%d}",
            to=Destination("trade:row_access"),
            staff_to=Destination("admin:trade_rowconsent_change", {"object_id": consent.pk}),
        )


def end_consents(actor: Actor, now: datetime, event: Event) -> None:
    _in_force(event.tenant_id, now).update(revoked_at=now)


def _in_force(tenant_id: int, now: datetime) -> OwnQuerySet:
    today = timezone.localdate(now)
    return RowConsent.objects.filter(tenant_id=tenant_id, ends_on__gte=today, revoked_at=None)
