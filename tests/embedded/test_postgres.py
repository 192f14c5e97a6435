"""The embedded PostgreSQL: life, roles, sockets, TCP."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from park_portal.embedded import paths
from park_portal.embedded.postgres import EmbeddedPostgres
from park_portal.embedded.processes import ServerFailed
from tests.embedded.helpers import alive, environment, free_port, until

pytestmark = pytest.mark.slow


def value(server: EmbeddedPostgres, query: str, dbname: str = "postgres") -> object:
    with server.connect(dbname) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path / "pg", fsync=False) as running:
        yield running


def test_it_runs_and_stops(server: EmbeddedPostgres) -> None:
    assert server.is_running()
    assert server.process is not None
    pid = server.process.pid
    server.stop()
    assert not server.is_running()
    assert not alive(pid)


def test_it_never_runs_as_root(server: EmbeddedPostgres) -> None:
    assert server.process is not None
    assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0


def test_settings_that_the_portal_relies_on(server: EmbeddedPostgres) -> None:
    assert value(server, "show timezone") == "UTC"
    assert value(server, "show client_connection_check_interval") == "1s"
    assert value(server, "show listen_addresses") == ""


def test_the_portal_is_prepared_twice_with_the_same_result(server: EmbeddedPostgres) -> None:
    server.prepare_portal()
    server.prepare_portal()
    assert value(server, "select current_database()", paths.DATABASE) == paths.DATABASE
    owner = "select datdba::regrole::text from pg_database where datname = 'portal'"
    assert value(server, owner) == "portal_owner"


def test_trigrams_of_chinese_text_are_not_empty(server: EmbeddedPostgres) -> None:
    server.prepare_portal()
    trigrams = "create extension if not exists pg_trgm; select cardinality(show_trgm('跨境电商'))"
    assert value(server, trigrams, paths.DATABASE) != 0


def test_data_outlives_a_restart(server: EmbeddedPostgres) -> None:
    value(server, "create table kept as select 42 as answer; select 1")
    server.stop()
    server.start()
    server.wait_ready()
    assert value(server, "select answer from kept") == 42


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "pg.partial").mkdir()
    (tmp_path / "pg.partial" / "PG_VERSION").write_text("18")
    with EmbeddedPostgres(tmp_path / "pg", fsync=False) as running:
        assert value(running, "select 1") == 1


def test_a_deep_folder_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("deep-" * 30)
    with EmbeddedPostgres(deep / "pg", fsync=False) as running:
        assert len(os.fsencode(running.socket_dir)) <= paths.LONGEST_SOCKET_FOLDER
        assert running.socket_dir.stat().st_mode & 0o077 == 0
        assert value(running, "select 1") == 1
    shutil.rmtree(running.socket_dir)


def test_two_deep_folders_never_share_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("deep-" * 30)
    assert paths.socket_folder(deep / "a") != paths.socket_folder(deep / "b")


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 4242, -1)
    with pytest.raises(paths.UnsafeFolder, match="somebody else"):
        paths.make_private(theirs)


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(paths.UnsafeFolder):
        paths.make_private(tmp_path / "link")


def test_a_closed_folder_is_named_when_the_server_cannot_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("an ordinary user's own server reaches what the user reaches")
    tmp_path.chmod(0o700)
    monkeypatch.setattr("park_portal.embedded.postgres.shutil.which", lambda _name: None)
    with pytest.raises(ServerFailed, match=f"nobody cannot reach {tmp_path}"):
        EmbeddedPostgres(tmp_path / "pg", fsync=False).init()


def test_a_server_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    broken = EmbeddedPostgres(tmp_path / "pg", fsync=False, settings={"shared_buffers": "many"})
    with pytest.raises(ServerFailed, match="shared_buffers"):
        broken.__enter__()
    assert not broken.is_running()


def test_over_tcp_everybody_needs_the_password(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "pg", port=free_port(), fsync=False) as external:
        external.prepare_portal()
        external.set_password("portal_app", "right / password")
        psycopg2.connect(external.tcp_url("portal_app", "right / password")).close()
        for refused in (
            external.tcp_url("portal_app", "wrong"),
            external.tcp_url("portal_owner", "right / password"),
            external.tcp_url("postgres", "", "postgres"),
        ):
            with pytest.raises(psycopg2.OperationalError):
                psycopg2.connect(refused)


@pytest.fixture(params=["closed to others", "open to others"])
def either_folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """As root the server is started in another way where its account may not walk in."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o700 if request.param == "closed to others" else 0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's end")
def test_a_kill_of_the_parent_ends_the_server(either_folder: Path) -> None:
    tmp_path = either_folder
    program = (
        "import sys, time\n"
        "from park_portal.embedded.postgres import EmbeddedPostgres\n"
        "server = EmbeddedPostgres(sys.argv[1], fsync=False).__enter__()\n"
        "print(server.process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "pg")],
        cwd=paths.CHECKOUT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not alive(pid))
    with EmbeddedPostgres(tmp_path / "pg", fsync=False) as again:
        assert value(again, "select 1") == 1
    log = (tmp_path / "pg.log").read_text()
    assert "not properly shut down" not in log
