"""How a running job tells how far it is, while its own work is not committed yet.

The reporter has a connection of its own: what it writes is seen at once, whatever the job's
transaction does. On that connection it also holds the job's advisory lock. A worker that is
killed loses the connection and with it the lock, so "who works on this job" can never be
stale, which a time stamp always can.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol

import psycopg2
from django.db import connections

from backbone.heartbeat import beat
from backbone.jobs import JobCancelled

SECONDS_BETWEEN_UPDATES = 0.5
SECONDS_BETWEEN_BEATS = 10
LOCK_TRIES = 5
SECONDS_BETWEEN_TRIES = 0.2

LOCK_KEY = "hashtextextended('backbone.job', %(job)s)"
TRY_LOCK = f"select pg_try_advisory_lock({LOCK_KEY})"
# Statements sent together are one transaction, so the setting ends with the update.
UPDATE = """
select set_config('app.tenant', %(tenant)s, true);
update backbone_job
   set done = %(done)s, total = %(total)s, note = %(note)s, heartbeat_at = clock_timestamp()
 where id = %(job)s and state = 'running'
returning cancel_requested_at is not null
"""
# A remote server notices a vanished machine after 25 seconds instead of two hours; a worker
# that waits for the row gives up rather than stand in the way of its own work.
SESSION = """
set application_name = 'portal job'; set lock_timeout = '2s';
set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3
"""


class LostJob(Exception):
    """The job is not this worker's any more; whatever it has not committed must not be."""


class Reports(Protocol):
    """What a handler may ask of its reporter."""

    def report(self, done: int | None = None, total: int | None = None, note: str = "") -> None:
        """Say how far the work is; raises JobCancelled like ``check``."""

    def check(self) -> None:
        """Between two slices of work: raises JobCancelled when somebody asked to stop."""


class Silent:
    """A reporter for work outside a job: a management command, a test."""

    def report(self, done: int | None = None, total: int | None = None, note: str = "") -> None:
        return

    def check(self) -> None:
        return


class Reporter:
    """Progress, sign of life, cancelling and the lock of one running job.

    As a context manager it holds a connection from start to end; ``locked`` tells whether this
    worker owns the job. Writes at most twice a second however often it is called.
    """

    def __init__(
        self, *, tenant_id: int, job_id: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.tenant_id = tenant_id
        self.job_id = job_id
        self.locked = False
        self._clock = clock
        self._connection: Any = None
        self._values: dict[str, Any] = {"done": 0, "total": 0, "note": ""}
        self._written_at = self._beat_at = float("-inf")
        self._cancelled = False

    def __enter__(self) -> Reporter:
        self._connection = _connect()
        self._execute(SESSION)
        self.locked = self._take_lock()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        connection, self._connection, self.locked = self._connection, None, False
        with contextlib.suppress(psycopg2.Error):
            connection.close()

    def report(self, done: int | None = None, total: int | None = None, note: str = "") -> None:
        """Say how far the work is: ``done`` of ``total`` units, 0 for a total not known yet.

        What is left out stays as it was. Raises JobCancelled like :meth:`check`.
        """
        said = {"done": done, "total": total, "note": note[:200] or None}
        self._values |= {name: value for name, value in said.items() if value is not None}
        self.check()

    def check(self) -> None:
        """Raises JobCancelled when somebody asked to stop, LostJob when the job was taken."""
        if self._clock() - self._written_at >= SECONDS_BETWEEN_UPDATES:
            self.write()
        if self._cancelled:
            raise JobCancelled

    def write(self) -> None:
        """Write now what was last reported."""
        values = self._values
        if values["total"]:  # an estimate that proved too low grows with the work
            values["total"] = max(values["total"], values["done"])
        try:
            answer = self._execute(UPDATE, values)
        except psycopg2.errors.LockNotAvailable:
            return
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise LostJob from error
        self._written_at = self._clock()
        if answer is None:
            raise LostJob
        self._cancelled = answer
        self._beat()

    def _beat(self) -> None:
        """A worker whose every process has a long job is busy, not dead."""
        if self._clock() - self._beat_at >= SECONDS_BETWEEN_BEATS:
            self._beat_at = self._clock()
            beat()

    def _take_lock(self) -> bool:
        """Ask a few times: a worker that has just settled or died lets go a moment later."""
        for _n in range(LOCK_TRIES):
            if self._execute(TRY_LOCK):
                return True
            time.sleep(SECONDS_BETWEEN_TRIES)
        return False

    def _execute(self, statement: str, values: dict[str, Any] | None = None) -> Any:
        """The first column of the first row that the last statement returns, None without one."""
        names = {"tenant": str(self.tenant_id), "job": self.job_id}
        with self._connection.cursor() as cursor:
            cursor.execute(statement, names | (values or {}))
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _connect() -> Any:
    """A connection like Django's own, as the role of the workers, each statement its own.

    Past a pooler where there is one: it would give the lock's session to somebody else.
    """
    alias = "direct" if "direct" in connections else "default"
    connection = psycopg2.connect(**connections[alias].get_connection_params())
    connection.autocommit = True
    return connection
