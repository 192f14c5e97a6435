"""The portal's addresses and a few more, whose views forgot wall one: they filter nothing.

What they answer is what the database alone lets through.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.http import JsonResponse, StreamingHttpResponse
from django.urls import path

from backbone.models import Notice
from park_portal import urls
from park_portal.urls import handler403, handler404, handler500

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def seen() -> dict[str, Any]:
    """Whose rows a query without any filter finds, and on which back end it ran."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (back_end,) = cursor.fetchone()
    return {"back_end": back_end, "found": sorted({n.title for n in Notice.objects.all()})}


def rows(request: Any) -> JsonResponse:
    return JsonResponse(seen())


def raising(request: Any) -> JsonResponse:
    raise ZeroDivisionError(seen())


def slow(request: Any) -> JsonResponse:
    answer = JsonResponse(seen())
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = '20ms'")
        cursor.execute("select pg_sleep(10)")
    return answer


def lost(request: Any) -> JsonResponse:
    """The process loses its connection in mid-request, as when it is killed."""
    seen()
    connection.connection.close()
    return JsonResponse(seen())


def stream(request: Any) -> StreamingHttpResponse:
    """A long answer; what is read while it streams is read after the transaction."""
    first = JsonResponse(seen()).content

    def parts() -> Iterator[bytes]:
        yield first
        while True:
            yield b"\n" + JsonResponse(seen()).content

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("probe/rows/", rows),
    path("o/<slug:tenant>/probe/rows/", rows),
    path("o/<slug:tenant>/probe/raising/", raising),
    path("o/<slug:tenant>/probe/slow/", slow),
    path("o/<slug:tenant>/probe/lost/", lost),
    path("o/<slug:tenant>/probe/stream/", stream),
    *urls.urlpatterns,
]
