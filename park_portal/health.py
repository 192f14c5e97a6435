"""/livez says the process answers; /readyz says everything it needs is there."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from backbone.heartbeat import HEARTBEAT_LIMIT_SECONDS, seconds_since_beat


class HealthMiddleware:
    """Answer probes before sessions, hosts and redirects come into play."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return JsonResponse({"status": "alive"})
        if request.path == "/readyz":
            return _readiness()
        return self.get_response(request)


def _readiness() -> JsonResponse:
    problems = {name: reason for name, check in CHECKS.items() if (reason := _run(check))}
    status = "unready" if problems else "ready"
    return JsonResponse({"status": status, "problems": problems}, status=503 if problems else 200)


def _run(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  a probe reports whatever is wrong, it never fails itself
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations to apply" if waiting else ""


def _redis() -> str:
    cache.set("readyz", 1, 10)
    return ""


def _worker() -> str:
    silence = seconds_since_beat()
    if silence is None or silence > HEARTBEAT_LIMIT_SECONDS:
        return "no worker has answered for a minute"
    return ""


CHECKS = {"database": _database, "migrations": _migrations, "redis": _redis, "worker": _worker}
