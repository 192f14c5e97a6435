"""A PgBouncer in transaction mode between the portal and the test's database."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection

from park_portal.embedded import paths
from park_portal.embedded.postgres import unprivileged_account
from park_portal.embedded.processes import spawn, stop, tail

# Debian puts it where an ordinary user's PATH does not look.
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PORT = 6432
CONFIG = """
[databases]
pooled = {target}
[pgbouncer]
pool_mode = transaction
default_pool_size = {back_ends}
max_client_conn = 100
auth_type = any
listen_port = {port}
unix_socket_dir = {folder}
ignore_startup_parameters = options,extra_float_digits
"""


class PgBouncer:
    """``back_ends`` connections to the server, shared by however many clients come."""

    def __init__(self, back_ends: int) -> None:
        self.back_ends = back_ends
        # Not pytest's folder: when we are root, the program runs as somebody else.
        self.folder = Path(tempfile.mkdtemp(prefix="pool-", dir=os.environ["PARK_TEST_DIR"]))
        self.log = Path(f"{self.folder}.log")

    def __enter__(self) -> PgBouncer:
        account = unprivileged_account()
        owner = account.uid if account else os.getuid()
        config = self.folder / "pgbouncer.ini"
        target = " ".join(f"{name}='{value}'" for name, value in _target().items())
        values = {"back_ends": self.back_ends, "port": PORT, "folder": self.folder}
        config.write_text(CONFIG.format(target=target, **values))
        for path in (self.folder, config):
            os.chown(path, owner, -1)
        paths.make_private(self.folder, owner)
        self.process = spawn([str(PROGRAM), str(config)], log=self.log, account=account)
        self._wait_ready()
        return self

    def __exit__(self, *_error: object) -> None:
        stop(self.process, signal.SIGINT, 10)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """This thread's database connection goes through the pool."""
        before = connection.settings_dict
        connection.close()
        options = before["OPTIONS"] | {"host": str(self.folder), "port": PORT}
        here = {"HOST": "", "PORT": "", "NAME": "pooled", "PASSWORD": "", "OPTIONS": options}
        connection.settings_dict = before | here
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict = before

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OperationalError), self.used(), connection.cursor():
                return
            time.sleep(0.05)
        raise RuntimeError(f"PgBouncer did not start:\n{tail(self.log)}")


def _target() -> dict[str, Any]:
    """The test's own database, in PgBouncer's words."""
    known = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password")
    return {name: known[name] for name in names if known.get(name)}
