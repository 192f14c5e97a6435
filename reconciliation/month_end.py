"""What a month needs before it closes: no line of a bank that nobody dealt with."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from banking.models import StatementLine
from foundation.home import Destination
from ledger.checklist import OpenItem
from ledger.models import Period
from reconciliation.queries import still_open

LINES = _("Bank lines not dealt with: %(count)s")


def what_is_open(period: Period) -> Iterator[OpenItem]:
    of_month = StatementLine.objects.filter(
        booked_on__gte=period.starts_on, booked_on__lte=period.ends_on
    )
    if count := still_open(of_month).count():
        yield OpenItem(
            LINES,
            {"count": count},
            Destination("admin:reconciliation", query={"until": period.ends_on.isoformat()}),
        )
