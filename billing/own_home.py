"""What bills bring to the home page of an organisation."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from backbone.waiting import Source
from billing.balances import OPEN
from billing.models import Invoice
from billing.permissions import permissions
from billing.queries import as_text
from foundation.actors import Actor
from foundation.home import Destination, Tile, WorkItem

# One line stands for each; the list of bills has all of them.
MOST = 3
EVENING = time(18)


def sources(*, actor: Actor, now: datetime) -> list[Source]:
    """Bills that are overdue; nothing for whoever may not read them."""
    if not permissions.permits(actor, "read_bills"):
        return []
    late = Invoice.objects.visible_to(actor).overdue(timezone.localdate(now))
    return [Source(late.order_by("due_on", "pk"), lambda bill: [_overdue(bill)], MOST)]


def tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    """What is to be paid, and what of it is late; nothing where no bill is open."""
    if not permissions.permits(actor, "read_bills"):
        return []
    late = Q(due_on__lt=timezone.localdate(now))
    rows = Invoice.objects.visible_to(actor).open().order_by("currency").values_list("currency")
    found = list(rows.annotate(open=Sum(OPEN), overdue=Sum(OPEN, filter=late)))
    if not found:
        return []
    overdue: list[tuple[str, Decimal]] = [(each[0], each[2]) for each in found if each[2]]
    note = _("overdue: %(sum)s") % {"sum": as_text(overdue)} if overdue else ""
    owed = as_text((currency, owed) for currency, owed, _late in found)
    return [Tile(_("Bills to pay"), owed, Destination("billing:bills"), note=note)]


def _overdue(bill: Invoice) -> WorkItem:
    named = {"number": bill.number, "sum": as_text([(bill.currency, bill.open_amount)])}
    return WorkItem(
        _("Overdue: bill %(number)s, %(sum)s") % named,
        _("See how to pay"),
        Destination("billing:bill", {"pk": bill.pk}),
        due_at=datetime.combine(bill.due_on, EVENING, tzinfo=timezone.get_default_timezone()),
    )
