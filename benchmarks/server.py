"""A PostgreSQL of the benchmark's own, with fsync on, as production has it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from park_portal.embedded.postgres import EmbeddedPostgres


@contextlib.contextmanager
def portal_database() -> Iterator[EmbeddedPostgres]:
    """Migrated and empty; Django's settings point at it when the block starts."""
    folder = Path(tempfile.mkdtemp(prefix="park-bench-"))
    folder.chmod(0o711)
    settings = {"shared_buffers": "1GB", "max_wal_size": "8GB", "work_mem": "64MB"}
    try:
        with EmbeddedPostgres(folder / "pg", folder / "run", settings=settings) as server:
            server.prepare_portal()
            os.environ |= {
                "DATABASE_URL": server.url("portal_app"),
                "DATABASE_OWNER_URL": server.url("portal_owner"),
                "REDIS_URL": "redis://127.0.0.1:1/0",
                "PORTAL_MODE": "test",
                "MEDIA_ROOT": str(folder / "media"),
            }
            _start_django()
            yield server
            _close_connections()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "park_portal.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
