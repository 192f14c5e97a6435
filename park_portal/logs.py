"""JSON logs, one line an event, with the request id; secrets never reach them."""

from __future__ import annotations

import re
from typing import Any

import structlog

# Whoever has such an address may act: the part that makes it secret is left out.
SECRET_LINKS = re.compile(
    r"(/invitations/|/learning/|/password/reset/key/\w+-|/confirm-email/|/(?:files|apply)/(?=[\w-]+\.))"
    r"""[^/\s"\\?]+"""
)
# Mobile and identity numbers, cards: an exception's text may quote what somebody typed.
LONG_NUMBERS = re.compile(r"\d{11,}[Xx]?")


def on_every_line(_logger: Any, _name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Which request, who, and where; null where there is none."""
    return {"request_id": None, "user_id": None, "tenant_id": None, **entry}


def without_values(_logger: Any, _name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Exceptions without the rows that PostgreSQL quotes, and without long numbers."""
    if "exception" in entry:
        entry["exception"] = _reticent(entry["exception"])
    return entry


def _reticent(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _reticent(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_reticent(value) for value in part]
    if isinstance(part, str):
        return LONG_NUMBERS.sub("…", part.partition("\nDETAIL:")[0])
    return part


def without_secret_links(_logger: Any, _name: str, line: str) -> str:
    return SECRET_LINKS.sub(r"\1…", line)


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    on_every_line,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING_SETTINGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Without local variables: they hold passwords, tokens and people's data.
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                without_values,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                without_secret_links,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
