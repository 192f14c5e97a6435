"""`make demo`: one command up, one Ctrl-C down, and nothing lost in between."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from park_portal.embedded import paths
from park_portal.embedded.postgres import EmbeddedPostgres
from tests.cluster import copy_with_owners
from tests.embedded.helpers import Demo, alive, demo, environment, family, free_port, run, until

pytestmark = pytest.mark.slow
SERVERS = ("bin/postgres", "valkey-server", "granian", "park_portal worker", "park_portal beat")


@pytest.fixture(scope="module")
def _started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's folder after its first start and stop, made once."""
    state = tmp_path_factory.mktemp("started") / "park"
    with demo(state):
        pass
    return state


def _copy_of(started: Path, folder: Path) -> Path:
    own = folder / "park"
    copy_with_owners(started, own)
    return own


@pytest.fixture
def state(_started: Path, tmp_path: Path) -> Path:
    """A folder of the test's own, migrated and filled already."""
    return _copy_of(_started, tmp_path)


@pytest.fixture(scope="module")
def running(_started: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for all tests after which it still runs."""
    with demo(_copy_of(_started, tmp_path_factory.mktemp("running"))) as running:
        yield running


def query(state: Path, statement: str) -> object:
    server = EmbeddedPostgres(state / "postgres", paths.socket_folder(state))
    with server.connect(paths.DATABASE) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        return row[0] if row else None


def child(of: Demo, words: str) -> int:
    return min(pid for pid, line in family(of.pid).items() if words in line)


def test_ctrl_c_stops_all_of_it(tmp_path: Path) -> None:
    with demo(tmp_path / "park", filled=True) as running:
        children = family(running.pid)
        for server in SERVERS:
            assert any(server in line for line in children.values()), server
        assert f"http://127.0.0.1:{running.port}/" in running.said()
        assert running.signal(signal.SIGINT) == 0
        # Whatever outlives its server is killed with the group; the kernel takes a moment for it.
        until(lambda: not [pid for pid in children if alive(pid)])
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", running.port)) != 0


def test_a_second_start_says_who_runs(running: Demo) -> None:
    second = run(running.state, "-m", "park_portal.embedded", "up", PORT=str(free_port()))
    assert second.returncode == 0
    assert f"already running: http://127.0.0.1:{running.port}/" in second.stdout
    assert str(running.pid) in second.stdout
    reset = run(running.state, "-m", "park_portal.embedded", "reset")
    assert reset.returncode == 1
    assert running.runs()


def test_a_kill_leaves_nothing_and_the_next_start_keeps_the_data(state: Path) -> None:
    with demo(state) as running:
        query(state, "create table kept as select 42 as answer; select 1")
        children = family(running.pid)
        running.signal(signal.SIGKILL)
        until(lambda: not [pid for pid in children if alive(pid)])
    with demo(state):
        assert query(state, "select answer from kept") == 42


def test_manage_py_uses_the_running_server(running: Demo) -> None:
    done = run(running.state, "manage.py", "showmigrations", "sessions")
    assert "[X] 0001_initial" in done.stdout
    assert running.runs()
    assert query(running.state, "select 1") == 1


def test_a_dead_worker_is_started_again(running: Demo) -> None:
    worker = child(running, "park_portal worker")
    os.kill(worker, signal.SIGKILL)
    until(lambda: "worker ended by itself" in running.said())
    until(lambda: any("park_portal worker" in line for line in family(running.pid).values()))
    assert running.runs()


def test_a_dead_database_stops_the_rest_with_a_reason(state: Path) -> None:
    with demo(state) as running:
        children = family(running.pid)
        os.kill(int((state / "postgres/postmaster.pid").read_text().split()[0]), 9)
        assert running.process is not None
        assert running.process.wait(120) == 1
        assert "postgres ended by itself" in running.said()
        until(lambda: not [pid for pid in children if alive(pid)])


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run(tmp_path / "park", "-m", "park_portal.embedded", "up", PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} cannot be used" in refused.stderr
    assert not (tmp_path / "park" / "postgres").exists()


def test_external_servers_are_used_and_nothing_is_embedded(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", port=free_port(), fsync=False) as external:
        external.prepare_portal()
        for role in ("portal_app", "portal_owner"):
            external.set_password(role, "a password")
        addresses = {
            "DATABASE_URL": external.tcp_url("portal_app", "a password"),
            "DATABASE_OWNER_URL": external.tcp_url("portal_owner", "a password"),
        }
        assert "DATABASE_URL" not in environment(tmp_path)
        migrated = run(
            tmp_path / "park",
            "manage.py",
            "migrate",
            "sessions",
            "--database=owner",
            "-v0",
            **addresses,
        )
        assert migrated.returncode == 0, migrated.stderr
        shown = run(tmp_path / "park", "manage.py", "showmigrations", "sessions", **addresses)
        assert "[X] 0001_initial" in shown.stdout
    assert not (tmp_path / "park" / "postgres").exists()
