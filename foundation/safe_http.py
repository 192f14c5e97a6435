"""The one way out: calls to web addresses that people set.

An address is judged when it is saved (``check_url``) and again when it is called (``send``),
since by then its name may lead elsewhere; the connection goes to the very address that was
judged. Redirects are answers like any other. What comes back is for programs: who may set an
address must not read the portal's network through it.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import idna
import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

from foundation.errors import DomainError, InvalidInput
from foundation.public_addresses import is_public

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

LONGEST_URL = 2000
CONNECT_SECONDS = 5
ANSWER_BYTES = 64 * 1024
ANSWER_HEADERS = ("Content-Type", "Retry-After")
DEFAULT_PORTS = {"https": 443, "http": 80}
# ``0x7f.1`` and ``127.1`` are addresses to some resolvers and names to others.
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

MALFORMED = _("Enter a whole web address, such as https://example.com/path.")
PRIVATE = _("This address leads into a private network. The portal calls public addresses only.")


class NoAnswer(DomainError):
    """The other side could not be reached, or did not answer in time."""

    code = "no_answer"
    message = _("The other side could not be reached or did not answer in time.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``body`` holds at most 64 KB and is never shown to people."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """A judged address: ``url`` rewritten in one form, ``address`` what to connect to."""

    url: str
    scheme: str
    address: str
    is_own: bool


def check_url(url: str) -> str:
    """The address in its plain form, to be saved.

    Raise InvalidInput for anything but a web address on an allowed port whose name leads to
    public addresses only. The park's own hosts (SAFE_HTTP_ALLOWED_HOSTS) may be private.
    """
    return _judge(url).url


def send(
    method: Method,
    url: str,
    *,
    body: bytes | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10,
) -> Answer:
    """Call the address once and wait for the answer at most ``timeout`` seconds.

    Looking up the name comes before and has the resolver's own limit. Raise InvalidInput where
    ``check_url`` would, NoAnswer where no answer came in time.
    """
    target = _judge(url)
    own_headers = {"Accept-Encoding": "identity", **(headers or {})}
    with _Deadline(timeout) as deadline, _session(target, deadline, timeout) as session:
        try:
            answer = session.request(
                method, target.url, data=body, json=json, headers=own_headers, stream=True
            )
            with answer:
                content = _beginning(answer)
        except InvalidIPAddress as error:
            raise InvalidInput(PRIVATE) from error
        except (OSError, HTTPError) as error:
            raise NoAnswer() from error
        if deadline.is_over:
            raise NoAnswer()
    kept = {name: answer.headers[name] for name in ANSWER_HEADERS if name in answer.headers}
    return Answer(answer.status_code, kept, content)


def _beginning(answer: requests.Response) -> bytes:
    """At most ANSWER_BYTES, as they were sent: nothing is unpacked."""
    content = b""
    while len(content) < ANSWER_BYTES:
        part = answer.raw.read1(ANSWER_BYTES - len(content), decode_content=False)
        if not part:
            break
        content += part
    return content


# -- judging -----------------------------------------------------------------------------------


def _judge(url: str) -> Target:
    scheme, host, port, path = _parts(url)
    if scheme not in settings.SAFE_HTTP_SCHEMES:
        schemes = ", ".join(f"{name}://" for name in settings.SAFE_HTTP_SCHEMES)
        raise InvalidInput(
            _("The address must start with %(schemes)s."), params={"schemes": schemes}
        )
    shown = f"[{host}]" if ":" in host else host
    allowed = settings.SAFE_HTTP_ALLOWED_HOSTS
    is_own = f"{shown}:{port}" in allowed
    if not is_own and port not in settings.SAFE_HTTP_PORTS:
        ports = ", ".join(map(str, settings.SAFE_HTTP_PORTS))
        raise InvalidInput(
            _("Port %(port)s is not allowed. Use one of: %(ports)s."),
            params={"port": port, "ports": ports},
        )
    is_own = is_own or shown in allowed
    place = shown if port == DEFAULT_PORTS[scheme] else f"{shown}:{port}"
    address = _address(host, port, must_be_public=not is_own)
    return Target(f"{scheme}://{place}{path}", scheme, address, is_own)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and the rest; raise InvalidInput where two readers could differ."""
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise InvalidInput(MALFORMED)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _plain_host(parts.hostname or "")
    except (ValueError, UnicodeError) as error:
        raise InvalidInput(MALFORMED) from error
    if "@" in parts.netloc:
        raise InvalidInput(_("The address must not hold a user name or a password."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, DEFAULT_PORTS.get(parts.scheme, 0) if port is None else port, path


def _plain_host(host: str) -> str:
    """The name in ASCII, or the IP address as it is usually written; raise ValueError."""
    if "%" in host:
        raise ValueError(host)
    with suppress(ValueError):
        return str(ip_address(host))
    name = idna.encode(host, uts46=True, std3_rules=True).decode().rstrip(".")
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        return str(ip_address(name))
    return name


def _address(host: str, port: int, *, must_be_public: bool) -> str:
    """The first of the host's addresses; raise InvalidInput unless each of them will do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InvalidInput(_("There is no host of this name.")) from error
    addresses = [str(entry[4][0]) for entry in found]
    if must_be_public and not all(is_public(address) for address in addresses):
        raise InvalidInput(PRIVATE)
    return addresses[0]


# -- sending -----------------------------------------------------------------------------------


class _Deadline:
    """Cuts the connection when the time is over, however slowly the other side drips.

    The library's timeouts count from one received byte to the next.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        for connection in self._watched:
            connection.close()

    def watch(self, connection: socket.socket) -> socket.socket:
        # A copy: TLS takes the original's place on the same connection.
        self._watched.append(connection.dup())
        if self.is_over:
            self._cut()
        return connection

    def _cut(self) -> None:
        self.is_over = True
        for connection in self._watched:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Session(HTTPSession):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Not to follow is not enough: requests reads a redirect's whole body to look ahead."""


class _Watched(HTTPAdapter):
    deadline: _Deadline

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(pool.ConnectionCls, self.deadline)
        return pool


class _Pinned(_Watched, IPFilterAdapter):
    """Connects to the judged address; the name stays in the Host header and in TLS.

    The library looks the name up once more and refuses by its own list: a second opinion.
    """

    address: str

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        place, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        place["host"] = f"[{self.address}]" if ":" in self.address else self.address
        return place, pool


def _watched(kind: Any, deadline: _Deadline) -> Any:
    class Watched(kind):
        def _new_conn(self) -> socket.socket:
            return deadline.watch(super()._new_conn())

    return Watched


def _session(target: Target, deadline: _Deadline, timeout: float) -> requests.Session:
    config = Config(
        ip_filter_enable=not target.is_own,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(min(CONNECT_SECONDS, timeout), timeout),
        user_agent_override="ParkPortal",
    )
    session = _Session(config)
    # No proxies and no passwords from the surroundings.
    session.trust_env = False
    adapter = _Watched() if target.is_own else _pinned(target)
    adapter.deadline = deadline
    session.mount(f"{target.scheme}://", adapter)
    return session


def _pinned(target: Target) -> _Watched:
    adapter: Any = _Pinned(is_https_proto=target.scheme == "https")  # type: ignore[call-arg]
    adapter.address = target.address
    return adapter
