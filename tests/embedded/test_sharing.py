"""manage.py and the demo share one server: who comes first starts it, who goes last stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from park_portal.embedded import paths
from park_portal.embedded.postgres import EmbeddedPostgres
from tests.embedded.helpers import environment, run, until

pytestmark = pytest.mark.slow

# Uses the server, says so, goes on until it is told to end.
USER = """
import sys
from park_portal.embedded.shared import shared_postgres
with shared_postgres() as server, server.connect("portal") as connection:
    connection.cursor().execute("select 1")
    print("uses", flush=True)
    sys.stdin.readline()
    connection.cursor().execute("select 1")
"""


Start = Callable[[Path], subprocess.Popen[str]]


@pytest.fixture
def start_user() -> Iterator[Start]:
    """Starts users of a state folder's server; none is left when a test fails."""
    started = []

    def start(state: Path) -> subprocess.Popen[str]:
        user = subprocess.Popen(
            [sys.executable, "-c", USER],
            cwd=paths.CHECKOUT,
            env=environment(state),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(user)
        return user

    yield start
    for user in started:
        user.kill()
        user.wait()


def wait_until_it_uses(user: subprocess.Popen[str]) -> None:
    assert user.stdout is not None
    assert user.stdout.readline() == "uses\n"


def end(user: subprocess.Popen[str]) -> None:
    user.communicate("\n", timeout=60)
    assert user.returncode == 0


def server_of(state: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(state / "postgres", paths.socket_folder(state))


def test_the_first_leaves_without_stopping_the_second(tmp_path: Path, start_user: Start) -> None:
    first, second = start_user(tmp_path), start_user(tmp_path)
    wait_until_it_uses(first)
    wait_until_it_uses(second)
    end(first)
    assert server_of(tmp_path).is_running()
    end(second)
    assert not server_of(tmp_path).is_running()


def test_many_at_once_start_one_server(tmp_path: Path, start_user: Start) -> None:
    users = [start_user(tmp_path) for _ in range(6)]
    for user in users:
        wait_until_it_uses(user)
    for user in users:
        end(user)
    assert not server_of(tmp_path).is_running()
    log = (tmp_path / "log" / "postgres.log").read_text()
    assert log.count("ready to accept connections") == 1


def test_coming_and_going_never_fails(tmp_path: Path, start_user: Start) -> None:
    """The next one comes just while the last one's server is stopping."""
    for _ in range(8):
        users = [start_user(tmp_path) for _ in range(2)]
        for user in users:
            wait_until_it_uses(user)
            end(user)
    assert not server_of(tmp_path).is_running()


def test_a_killed_user_leaves_no_server(tmp_path: Path, start_user: Start) -> None:
    user = start_user(tmp_path)
    wait_until_it_uses(user)
    user.send_signal(signal.SIGKILL)
    user.wait()
    until(lambda: not server_of(tmp_path).is_running())
    until(lambda: not (tmp_path / "postgres" / "postmaster.pid").exists())


def test_a_killed_keeper_takes_the_server_and_the_next_user_gets_one(
    tmp_path: Path, start_user: Start
) -> None:
    user = start_user(tmp_path)
    wait_until_it_uses(user)
    postmaster = int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0])
    keeper = int(Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(keeper, signal.SIGKILL)
    user.kill()
    user.wait()
    following = start_user(tmp_path)
    wait_until_it_uses(following)
    end(following)


def test_a_command_that_needs_no_database_starts_none(tmp_path: Path) -> None:
    done = run(tmp_path / "state", "manage.py", "version")
    assert done.returncode == 0
    assert not (tmp_path / "state" / "postgres").exists()


def test_a_command_finds_a_database_with_nothing_set(tmp_path: Path) -> None:
    done = run(tmp_path / "state", "manage.py", "showmigrations", "contenttypes")
    assert "0001_initial" in done.stdout, done.stderr
    assert not server_of(tmp_path / "state").is_running()
