"""What the portal writes to its log while a test runs, line by line as it leaves."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from park_portal.logs import LOGGING_SETTINGS


class Logbook:
    def __init__(self, stream: StringIO) -> None:
        self.stream = stream

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Every line; one that is no JSON raises ValueError."""
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self, *names: str) -> list[dict[str, Any]]:
        """Lines of the security log, of these kinds or of all."""
        told = [entry for entry in self.entries if entry["logger"] == "security"]
        return [entry for entry in told if not names or entry["event"] in names]


@contextmanager
def logbook(logger_name: str = "") -> Iterator[Logbook]:
    """With the formatter of the settings; the root logger's unless another is named."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    options = dict(LOGGING_SETTINGS["formatters"]["json"])
    handler.setFormatter(options.pop("()")(**options))
    logger = logging.getLogger(logger_name)
    logger.addHandler(handler)
    try:
        yield Logbook(stream)
    finally:
        logger.removeHandler(handler)
