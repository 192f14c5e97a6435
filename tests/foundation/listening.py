"""The other side of an outgoing call: a canary, a server with bad manners, a resolver that lies."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Handler = Callable[[BaseHTTPRequestHandler], None]
real_getaddrinfo = socket.getaddrinfo


def say_hello(call: BaseHTTPRequestHandler) -> None:
    call.send_response(200)
    call.send_header("Content-Type", "text/plain")
    call.send_header("Content-Length", "5")
    call.send_header("Set-Cookie", "taste=sweet")
    call.end_headers()
    call.wfile.write(b"hello")


class Listener(ThreadingHTTPServer):
    """Answers every method with ``answer`` and counts every connection in ``hits``."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Handler = say_hello, *, everywhere: bool = False) -> None:
        self.hits: list[Any] = []
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        self.address_family = socket.AF_INET6 if everywhere else socket.AF_INET
        super().__init__(("::" if everywhere else "127.0.0.1", 0), _handler(answer))

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.hits.append(client_address)
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers hang up here; that is what the tests are about."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/"


def _handler(answer: Handler) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        server: Listener

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.server.calls.append((self.command, self.path, dict(self.headers), body))
            answer(self)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Nothing on standard error."""

    return Answering


@contextlib.contextmanager
def listening(answer: Handler = say_hello, **how: Any) -> Iterator[Listener]:
    with Listener(answer, **how) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Resolver:
    """Stands in for ``socket.getaddrinfo``; knows only the names it was told.

    A name may have several answers: each question gets the next, the last one stays. ``roads``
    says which machine of the test an address of the internet really leads to.
    """

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.roads: dict[str, str] = {}
        self.asked: Counter[str] = Counter()

    def knows(self, name: str, *answers: list[str]) -> None:
        self.names[name] = list(answers)

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked[host] += 1
        if host in self.names:
            answers = self.names[host]
            addresses = answers[min(self.asked[host], len(answers)) - 1]
            return [entry for one in addresses for entry in _numeric(one, port)]
        if host == "localhost":
            return _numeric("127.0.0.1", port)
        return _numeric(self.roads.get(host, host), port)


def _numeric(host: str, port: Any) -> Any:
    flags = socket.AI_NUMERICHOST
    return real_getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
