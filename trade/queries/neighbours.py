"""Around one order: the one before, the one after, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from foundation.actors import Actor
from tenants.models import TrailEntry, User
from trade.models import Order
from trade.permissions import permissions

TRAIL_ROWS = 50


@dataclass(frozen=True, slots=True)
class Neighbour:
    pk: int
    number: str


def neighbours(actor: Actor, order: Order) -> tuple[Neighbour | None, Neighbour | None]:
    """The next older and the next newer order of the organisation, in one query."""
    permissions.require(actor, "see_orders")
    own = Order.objects.visible_to(actor).order_by().values_list("pk", "number")
    day, key = order.ordered_on, order.pk
    older = own.filter(Q(ordered_on__lte=day) & ~Q(ordered_on=day, pk__gte=key))
    newer = own.filter(Q(ordered_on__gte=day) & ~Q(ordered_on=day, pk__lte=key))
    sides = (
        older.annotate(side=Value("older"))
        .order_by("-ordered_on", "-pk")[:1]
        .union(newer.annotate(side=Value("newer")).order_by("ordered_on", "pk")[:1])
    )
    found = {side: Neighbour(pk, number) for pk, number, side in sides}
    return found.get("older"), found.get("newer")


def trail_of(actor: Actor, order: Order) -> list[TrailEntry]:
    """Changes of the order and the import that wrote it, the latest first, each with ``person``."""
    permissions.require(actor, "see_orders")
    own = Q(table="trade_order", row_id=order.pk)
    imports = Q(table="trade_orderimport", row_id=order.last_import_id, action="bulk")
    found = TrailEntry.objects.filter(own | imports, tenant_id=actor.tenant_id)
    # Nobody's account is a foreign key of the trail, which outlives them.
    name = User.objects.filter(pk=OuterRef("user_id")).annotate(
        shown=Coalesce(NullIf("full_name", Value("")), "username")
    )
    found = found.annotate(person=Subquery(name.values("shown")))
    return list(found.order_by("-at", "-pk")[:TRAIL_ROWS])
