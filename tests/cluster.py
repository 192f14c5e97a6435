"""The migrated PostgreSQL cluster of a run, kept for the next one: migrating takes twenty seconds.

It is kept in ``.park/test-cluster`` under a digest of whatever makes the schema, so another schema
finds none. CI keeps nothing and takes nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from park_portal.embedded import paths
from park_portal.embedded.postgres import EmbeddedPostgres

KEPT = paths.CHECKOUT / ".park" / "test-cluster"
# Migrations, what turns them into SQL, the roles, the server and the libraries.
MAKE_THE_SCHEMA = [
    *("*/migrations/*.py", "tenants/isolation/**/*.py", "tenants/isolation/*.sql"),
    *("park_portal/embedded/postgres.py", "uv.lock"),
]
IS_USED = "CI" not in os.environ


def take(folder: Path) -> bool:
    """Put the kept cluster into ``folder``; False when there is none of this schema."""
    if not IS_USED:
        return False
    with _one_at_a_time():
        if is_kept := _kept().exists():
            copy_with_owners(_kept(), folder)
    return is_kept


def keep(server: EmbeddedPostgres) -> None:
    """Migrate the running server's template and keep its cluster; it runs again afterwards."""
    if not IS_USED:
        return
    command = [sys.executable, "manage.py", "migrate", "--database=owner", "--verbosity=0"]
    subprocess.run(command, cwd=paths.CHECKOUT, check=True)
    server.stop()
    with _one_at_a_time():
        for of_another_schema in KEPT.iterdir():
            shutil.rmtree(of_another_schema)
        partial = KEPT / "partial"
        copy_with_owners(server.data_dir, partial)
        partial.rename(_kept())
    server.start()
    server.wait_ready()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Several runs may start in one checkout."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept() -> Path:
    digest = hashlib.sha256()
    for pattern in MAKE_THE_SCHEMA:
        for file in sorted(paths.CHECKOUT.glob(pattern)):
            digest.update(f"{file.relative_to(paths.CHECKOUT)}\0".encode() + file.read_bytes())
    return KEPT / digest.hexdigest()[:16]


def copy_with_owners(source: Path, target: Path) -> None:
    """PostgreSQL runs as somebody else when the tests run as root."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
