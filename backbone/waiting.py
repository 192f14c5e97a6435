"""Rows of an organisation that wait for somebody: each app names its own, one query asks for all.

On most days nothing waits, so a home page asks first whether anything does, and reads only that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, QuerySet

from foundation.actors import Actor
from foundation.home import WorkItem
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that wait, and the work each of them is."""

    rows: QuerySet[Any]
    work: Callable[[Any], Iterable[WorkItem]]
    most: int | None = None

    def items(self) -> list[WorkItem]:
        return [item for row in self.rows[: self.most] for item in self.work(row)]


def work_of(actor: Actor, sources: Sequence[Source]) -> list[WorkItem]:
    """What waits in these sources, in their order."""
    if not sources:
        return []
    waits = [Exists(source.rows.order_by()) for source in sources]
    found = Tenant.objects.filter(pk=actor.tenant_id).values_list(*waits).get()
    asked = zip(sources, found, strict=True)
    return [item for source, is_waiting in asked if is_waiting for item in source.items()]
