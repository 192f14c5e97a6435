"""Requests of many organisations, mixed, through the portal's own WSGI application."""

from __future__ import annotations

import contextlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory

from tenants.models import Membership, User

# Of a hundred requests: ten raise, five run into a timeout, five are hung up on.
MIX = {
    "raising": 10,
    "slow": 5,
    "stream": 3,
    "lost": 2,
    "staff": 5,
    "nobody": 15,
    "page": 20,
    "rows": 40,
}
PATHS = {
    "page": "/o/{slug}/notices/",
    "staff": "/staff/backbone/job/",
    "nobody": "/probe/rows/",
}
STATUS = Counter({"raising": 500, "slow": 500, "lost": 500})


@dataclass
class Traffic:
    """What was asked and answered. ``wrong`` holds every answer that is not as it must be."""

    members: list[Membership]
    staff: Membership
    wrong: list[tuple[str, str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    back_ends: dict[int, set[str]] = field(default_factory=dict)

    def send(
        self,
        requests: int,
        *,
        threads: int,
        through: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
        seed: int = 3,
    ) -> None:
        """Send so many requests; each thread has a database connection of its own."""
        plan = iter(self._plan(requests, random.Random(seed)))
        cookies = {m.user_id: _session_of(m.user) for m in [*self.members, self.staff]}
        lock = threading.Lock()

        def work() -> None:
            with through():
                while True:
                    with lock:
                        member, kind = next(plan, (None, ""))
                    if member is None:
                        return
                    self._ask(member, kind, cookies[member.user_id], lock)

        workers = [threading.Thread(target=_closing(work)) for _n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _plan(self, requests: int, dice: random.Random) -> Iterator[tuple[Membership, str]]:
        kinds = [kind for kind, share in MIX.items() for _n in range(requests * share // 100)]
        dice.shuffle(kinds)
        for kind in kinds:
            yield self.staff if kind == "staff" else dice.choice(self.members), kind

    def _ask(self, member: Membership, kind: str, cookie: str, lock: threading.Lock) -> None:
        slug = member.tenant.slug
        path = PATHS.get(kind, f"/o/{slug}/probe/{kind}/").format(slug=slug)
        # Of an answer that streams, two parts are read; then the client is gone.
        status, parts = _call(path, "" if kind == "nobody" else cookie, 2)
        wanted = STATUS[kind] or 200
        right = status == wanted and (wanted == 500 or self._is_right(kind, slug, parts))
        with lock:
            self.asked[kind] += 1
            if not right:
                self.wrong.append((kind, slug, (status, parts[:2])))
            elif kind == "rows":
                self.back_ends.setdefault(json.loads(parts[0])["back_end"], set()).add(slug)

    def _is_right(self, kind: str, slug: str, parts: list[bytes]) -> bool:
        """Whether every part of the answer holds this organisation's rows and no other's."""
        own = [marker(slug)]
        if kind in ("page", "staff"):
            page = b"".join(parts).decode()
            named = [m.tenant.slug for m in self.members if marker(m.tenant.slug) in page]
            return named == ([slug] if kind == "page" else [])
        found = [json.loads(part)["found"] for part in parts]
        return found == {"rows": [own], "nobody": [[]], "stream": [own, []]}[kind]


def marker(slug: str) -> str:
    return f"only-for-{slug}-to-read"


def _call(path: str, cookie: str, parts: int) -> tuple[int, list[bytes]]:
    """As a WSGI server does: call, read so many parts, close."""
    from park_portal.wsgi import application

    environ = RequestFactory().get(path).environ | {"wsgi.errors": StringIO()}
    if cookie:
        environ["HTTP_COOKIE"] = cookie
    begun: list[str] = []
    written: list[bytes] = []

    def start(status: str, headers: Any, error: Any = None) -> Callable[[bytes], object]:
        begun.append(status)
        return written.append

    answer = application(environ, start)
    try:
        read = list(islice(answer, parts))
    finally:
        answer.close()
    return int(begun[0][:3]), read


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _closing(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run
