"""Logs are JSON, tell what happened, and keep secrets."""

import json
import logging
import logging.config
from io import StringIO

from park_portal.logs import LOGGING_SETTINGS


def logged(write) -> dict:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    formatter = LOGGING_SETTINGS["formatters"]["json"]
    options = {key: value for key, value in formatter.items() if key != "()"}
    handler.setFormatter(formatter["()"](**options))
    logger = logging.getLogger("test.logs")
    logger.addHandler(handler)
    try:
        write(logger)
    finally:
        logger.removeHandler(handler)
    (line,) = stream.getvalue().splitlines()
    return json.loads(line)


def test_a_line_break_in_a_value_stays_one_line():
    entry = logged(lambda logger: logger.warning("user %s", "eve\nadmin signed in"))
    assert entry["level"] == "warning"
    assert entry["event"] == "user eve\nadmin signed in"
    assert entry["timestamp"].endswith("Z")


def test_a_traceback_names_places_but_no_values():
    def fail(logger):
        password = "hunter2-canary"  # noqa: S105
        try:
            raise ValueError(len(password))
        except ValueError:
            logger.exception("failed")

    entry = logged(fail)
    assert entry["exception"][0]["exc_type"] == "ValueError"
    assert "hunter2-canary" not in json.dumps(entry)
