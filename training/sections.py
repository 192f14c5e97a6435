"""An organisation's seats and agreements, for its page in the staff site."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from foundation.money import format_number
from tenants.models import Tenant
from training.figures import figures_of
from training.models import Seat, SeatAgreement
from training.models.seats import PENDING


def section(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    seats = Seat.objects.visible_to(actor).filter(tenant=tenant)
    agreements = list(SeatAgreement.objects.visible_to(actor).filter(tenant=tenant))
    if not agreements and not seats.exists():
        return None
    query = {"q": tenant.slug}
    rows = Destination("admin:training_seat_changelist", query=query)
    papers = Destination("admin:training_seatagreement_changelist", query=query)
    figures = figures_of([each.pk for each in agreements], now)
    lines = [
        Line(_("Seats to come"), format_number(seats.filter(state__in=PENDING).count()), rows),
        Line(_("All seats"), format_number(seats.count()), rows),
    ]
    lines += [
        Line(
            _("Remaining of %(number)s") % {"number": each.number},
            format_number(figures[each.pk].remaining),
            papers,
        )
        for each in agreements
    ]
    return Section(_("Training"), lines, to=rows, order=45)
