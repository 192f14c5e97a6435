"""Many clients at once, each on a connection of its own, and what each of their tries came to."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any

from django.db import connection

from foundation.errors import DomainError
from spaces.models import Occupancy
from tenants.isolation.context import STAFF, Identity, enter
from tests.proof import FULL

CLIENTS, SLOTS, TRIES = (32, 20, 3_200) if FULL else (8, 5, 120)
DONE = "done"
Try = Callable[[], Any]


def burst(tries: Iterable[Try], clients: int = CLIENTS) -> Counter[str]:
    """Make all tries, so many ``clients`` at a time; gives how many came to what: done, the code of a
    refusal, or the name of whatever else went wrong."""
    queue: SimpleQueue[Try] = SimpleQueue()
    for each in tries:
        queue.put(each)
    outcomes: list[str] = []
    start = threading.Barrier(clients)

    def client() -> None:
        connection.ensure_connection()
        start.wait(60)
        try:
            while True:
                outcomes.append(_outcome(queue.get_nowait()))
        except Empty:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _each in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return Counter(outcomes)


def _outcome(one: Try) -> str:
    try:
        one()
    except DomainError as refusal:
        return refusal.code
    except Exception as error:  # noqa: BLE001  told by the counter
        return f"{type(error).__name__}: {error}"
    return DONE


OVERLAPPING = """
select count(*) from spaces_occupancy a join spaces_occupancy b
  on a.space_id = b.space_id and a.id < b.id and a.during && b.during
where a.state in ('held', 'active') and b.state in ('held', 'active') and a.is_exclusive
"""


def overlaps() -> int:
    """Pairs of live rows of one exclusive space that share a moment."""
    with enter(Identity(STAFF)), connection.cursor() as cursor:
        cursor.execute(OVERLAPPING)
        found: int = cursor.fetchone()[0]
    return found


def live() -> int:
    with enter(Identity(STAFF)):
        return Occupancy.objects.filter(state__in=["held", "active"]).count()
