"""Databases of the test run: one migrated template, a copy for each worker."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.servers import TEMPLATE

# Filled by migrations and read-only for the portal, so a flush leaves them alone.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
# Tables that refuse to be emptied, whoever asks: the books.
GUARDED = "select distinct tgrelid::regclass::text from pg_trigger where tgtype & 32 <> 0"

# Only the few tables that have rows, with neither triggers nor foreign keys looked at: a twentieth
# of the time that emptying all of them takes.
DELETE_ROWS = """
set session_replication_role = replica;
select set_config('park.kept', array_to_string(%s, ','), false);
do $$
declare name text; filled boolean;
begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
        if not name = any(string_to_array(current_setting('park.kept'), ',')) then
            execute format('select exists (select from %%I)', name) into filled;
            if filled then execute format('delete from %%I', name); end if;
        end if;
    end loop;
end $$
"""


def connect_owner(name: str) -> Any:
    """A plain connection as the owner: creates, drops and empties databases for the tests."""
    return connect(name, alias="owner")


def connect(name: str, *, alias: str = "default") -> Any:
    """A plain connection in autocommit, by default as the role of the web and the workers."""
    config = settings.DATABASES[alias]
    options = {k: v for k, v in config["OPTIONS"].items() if k in ("host", "port", "sslmode")}
    connection = psycopg2.connect(
        dbname=name,
        user=config["USER"],
        password=config["PASSWORD"] or None,
        **({"host": config["HOST"], "port": config["PORT"] or None} | options),
    )
    connection.autocommit = True
    return connection


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    with (Path(os.environ["PARK_TEST_DIR"]) / "databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrated_template() -> bool:
    """Migrate the template once per run; the first worker does it (True), the others wait."""
    done = Path(os.environ["PARK_TEST_DIR"]) / "template.ready"
    if done.exists():
        return False
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = TEMPLATE
    with contextlib.suppress(psycopg2.errors.DuplicateDatabase):
        _execute("postgres", f'create database "{TEMPLATE}" template template0')
    call_command("migrate", database="owner", verbosity=0)
    connections.close_all()
    done.touch()
    return True


def create_copy(name: str) -> None:
    copy_database(TEMPLATE, name)
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def copy_database(template: str, name: str) -> None:
    """A database like ``template``, in the place of one of that name that a run left behind."""
    drop_database(name)
    _execute("postgres", f'create database "{name}" template "{template}" strategy file_copy')


def drop_database(name: str) -> None:
    _execute("postgres", f'drop database if exists "{name}" with (force)')


def send_everybody_away(name: str) -> None:
    """End connections that other threads left open: a database in use cannot be copied."""
    statement = "select pg_terminate_backend(pid, 2000) from pg_stat_activity where datname = %s"
    with contextlib.closing(connect("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute(f"{statement} and usename = current_user", [name])


def drop_copy(name: str) -> None:
    connections.close_all()
    drop_database(name)
    drop_database(kept_park())


def kept_park() -> str:
    """The worker's small park as it was built first (tests/browser/small_park.py)."""
    return f"portal_park_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


def empty(name: str) -> None:
    """Empty every table that tests fill, as the owner: the portal itself may not truncate."""
    with contextlib.closing(connect_owner(name)) as connection, connection.cursor() as cursor:
        if _may_pass_triggers(cursor) and not _has_much(cursor):
            cursor.execute(DELETE_ROWS, [list(KEPT)])
        else:
            _truncate(cursor)


def _may_pass_triggers(cursor: Any) -> bool:
    cursor.execute("select has_parameter_privilege('session_replication_role', 'set')")
    return bool(cursor.fetchone()[0])


def _has_much(cursor: Any) -> bool:
    """Rows that are deleted stay on the disk for a while and are passed by every scan."""
    cursor.execute(
        "select max(pg_relation_size(oid)) > 8 * 1024 * 1024 from pg_class"
        " where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    return bool(cursor.fetchone()[0])


def _truncate(cursor: Any) -> None:
    """What takes a third of a second, however little there is in the tables."""
    cursor.execute("select tablename from pg_tables where schemaname = 'public'")
    tables = [f'"{row[0]}"' for row in cursor if row[0] not in KEPT]
    cursor.execute(GUARDED)
    guarded = [row[0] for row in cursor]
    for table in guarded:
        cursor.execute(f"alter table {table} disable trigger user")
    cursor.execute(f"truncate {', '.join(tables)} restart identity cascade")
    for table in guarded:
        cursor.execute(f"alter table {table} enable trigger user")


def _execute(database: str, statement: str) -> None:
    with contextlib.closing(connect_owner(database)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
