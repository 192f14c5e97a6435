"""A pytest plugin: one PostgreSQL and one Redis for the whole run, a database per worker.

With DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL set, those servers are used instead; the
owner needs the right to create databases.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from park_portal.embedded.postgres import EmbeddedPostgres
from park_portal.embedded.redis import EmbeddedRedis
from tests import cluster

TEMPLATE = "portal_test_template"


def _folder() -> Path:
    """The run's folder; workers inherit the controller's through the environment."""
    if "PARK_TEST_DIR" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="park-test-"))
        folder.chmod(0o711)
        os.environ["PARK_TEST_DIR"] = str(folder)
    return Path(os.environ["PARK_TEST_DIR"])


# Bursts of the full figures come from two hundred clients at once.
CONNECTIONS = {"max_connections": "300"}


def _servers() -> tuple[EmbeddedPostgres, EmbeddedRedis]:
    folder = _folder()
    return (
        EmbeddedPostgres(folder / "pg", folder / "run", fsync=False, settings=CONNECTIONS),
        EmbeddedRedis(folder / "redis", folder / "run"),
    )


# Settings are read before any hook of ours runs, so the addresses are decided on import;
# workers inherit what the controller decided.
os.environ.setdefault("PARK_TEST_EMBEDDED", "" if "DATABASE_URL" in os.environ else "yes")
EMBEDDED = bool(os.environ["PARK_TEST_EMBEDDED"])
if EMBEDDED:
    _postgres, _redis = _servers()
    os.environ["DATABASE_URL"] = _postgres.url("portal_app", TEMPLATE)
    os.environ["DATABASE_OWNER_URL"] = _postgres.url("portal_owner", TEMPLATE)
    os.environ["REDIS_URL"] = _redis.url()
    os.environ["CELERY_BROKER_URL"] = _redis.broker_url()
# A cache of its own for each worker: tests empty it, and limits are counted in it.
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={_number}")
os.environ["PORTAL_MODE"] = "test"
# Workers collect the same tests only when they agree about this run's part (tests/proof.py).
os.environ.setdefault("PARK_TURN", str(random.SystemRandom().randrange(10**6)))
os.environ["MEDIA_ROOT"] = str(_folder() / "media")


def connect_superuser(name: str) -> Any:
    """A connection as the embedded server's superuser, closed at the end of the ``with``."""
    return _postgres.connect(name)


def pytest_configure(config: Any) -> None:
    if EMBEDDED and not hasattr(config, "workerinput"):
        _start()


def pytest_unconfigure(config: Any) -> None:
    if hasattr(config, "workerinput"):
        return
    if EMBEDDED:
        _redis.stop()
        _postgres.stop()
    shutil.rmtree(_folder(), ignore_errors=True)


def _start() -> None:
    is_migrated = cluster.take(_postgres.data_dir)
    _postgres.init()
    _postgres.start()
    _redis.start()
    _postgres.wait_ready()
    _redis.wait_ready()
    _postgres.prepare_portal(TEMPLATE)
    if not is_migrated:
        cluster.keep(_postgres)
    with _postgres.connect() as connection, connection.cursor() as cursor:
        cursor.execute("alter role portal_owner createdb")
        # To drop a database that a live server's threads are still connected to.
        cursor.execute("grant pg_signal_backend to portal_owner")
        # To empty the tables after a test without a trigger that forbids it.
        cursor.execute("grant set on parameter session_replication_role to portal_owner")
