"""What every page of the shell needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from structlog.contextvars import get_contextvars


def shell(request: Any) -> dict[str, Any]:
    return {
        "tenant": getattr(request, "tenant", None),
        "memberships": getattr(request, "memberships", []),
        "languages": settings.LANGUAGES,
        "request_id": get_contextvars().get("request_id", ""),
    }
