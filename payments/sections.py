"""An organisation's online payments, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backbone.sections import Line, Section
from billing.models import PaymentOutcome
from foundation.actors import Actor
from payments.clearance import rows_of
from payments.models import OnlinePayment
from tenants.models import Tenant

SHOWN = [
    (PaymentOutcome.PENDING, pgettext_lazy("payment", "Under way")),
    (PaymentOutcome.UNKNOWN, pgettext_lazy("payment", "Outcome unknown")),
]


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    own = OnlinePayment.objects.visible_to(actor).filter(tenant=tenant)
    if not own.exists():
        return None
    lines = []
    for state, label in SHOWN:
        count = own.filter(state=state).count()
        rows = rows_of(tenant, state)
        is_odd = bool(count) and state == PaymentOutcome.UNKNOWN
        lines.append(Line(label, str(count), rows, warning=is_odd))
    return Section(_("Online payments"), lines, to=rows_of(tenant), order=44)
