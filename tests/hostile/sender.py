"""Sends requests the way a hostile client does, and writes down every answer that must not be.

Each request runs in a transaction that is rolled back, so the next one finds the same park.
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.cache import cache
from django.db import transaction
from django.forms import BaseForm
from django.test import Client

from tests.hostile.page import Page
from tests.hostile.strings import leaks

Pairs = list[tuple[str, str]]
HOPS = 4
# Answers that say no clearly.
REFUSALS = {400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 416, 422, 429}
HOST = "testserver"


@dataclass
class Answer:
    """What came at the end of the redirects, and the refusals of every form on the way."""

    status: int
    statuses: list[int]
    path: str
    body: str
    is_html: bool
    refused: dict[str, list[str]]
    # Where the first redirect led.
    sent_to: str = ""

    @property
    def asks_who(self) -> bool:
        """Nothing was looked at: the person is to sign in, or to show again who it is."""
        return any(word in self.sent_to for word in ("/accounts/login/", "/reauthenticate/"))

    @property
    def is_accepted(self) -> bool:
        """Where a redirect led afterwards is another matter."""
        return not self.refused and not self.is_error_page

    @property
    def is_error_page(self) -> bool:
        return self.statuses[0] >= 400

    def page(self) -> Page:
        return Page(self.body if self.is_html else "")


@dataclass
class Figures:
    """What was sent, for the record."""

    requests: int = 0
    server_errors: int = 0
    doors: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)

    def as_numbers(self) -> dict[str, int]:
        sets = {name: len(getattr(self, name)) for name in ("doors", "fields", "strings")}
        return {"requests": self.requests, "server_errors": self.server_errors, **sets}


class Sender:
    """Requests by people of the park; ``problems`` says what went wrong, a line each."""

    def __init__(self) -> None:
        self.figures = Figures()
        self.problems: list[str] = []
        # One for all people: making one loads every middleware anew.
        self.client = Client(raise_request_exception=False)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside leaves no row behind."""
        with transaction.atomic():
            try:
                yield
            finally:
                transaction.set_rollback(True)

    def get(self, cookies: SimpleCookie, path: str, query: bytes = b"", **more: Any) -> Answer:
        return self._follow(cookies, "GET", path, query=query, **more)

    def post(
        self,
        cookies: SimpleCookie,
        path: str,
        pairs: Pairs,
        files: dict[str, Any] | None = None,
        **more: Any,
    ) -> Answer:
        kind, body = multipart(pairs, files) if files is not None else urlencoded(pairs)
        return self._follow(cookies, "POST", path, body=body, content_type=kind, **more)

    def complain(self, where: str, what: str) -> None:
        self.problems.append(f"{where}: {what}")

    def _follow(
        self, cookies: SimpleCookie, method: str, path: str, *, follow: bool = True, **sent: Any
    ) -> Answer:
        self.client.cookies = SimpleCookie({name: m.value for name, m in cookies.items()})
        if method == "POST":
            cache.clear()  # Guessing limits are another test's affair.
        response = self._send(method, path, **sent)
        statuses, refused = [response.status_code], _refusals(response)
        sent_to = response.headers.get("Location", "")
        while follow and 300 <= response.status_code < 400 and len(statuses) <= HOPS:
            target = urljoin(f"http://{HOST}{path}", response.headers["Location"])
            if urlsplit(target).netloc != HOST:
                self.complain(path, f"leads elsewhere: {target[:80]!r}")
                break
            path = target.removeprefix(f"http://{HOST}")
            response = self._send("GET", path)
            statuses.append(response.status_code)
            refused |= _refusals(response)
        return _answer(response, statuses, path, refused, sent_to)

    def _send(self, method: str, path: str, **sent: Any) -> Any:
        self.figures.requests += 1
        plain, _mark, query = path.partition("?")
        query_bytes = sent.get("query") or query.encode()
        response: Any = self.client.generic(
            method,
            plain,
            sent.get("body", b""),
            sent.get("content_type", ""),
            QUERY_STRING=query_bytes.decode("latin-1"),
            headers=sent.get("headers"),
        )
        if response.status_code >= 500:
            self.figures.server_errors += 1
            raised: Any = response
            _kind, error, _trace = raised.exc_info or (None, None, None)
            self.complain(
                path[:120], f"{response.status_code} {type(error).__name__}: {error}"[:200]
            )
        return response


def _answer(response: Any, statuses: list[int], path: str, refused: Any, sent_to: str) -> Answer:
    body = response.getvalue()
    kind = response.headers.get("Content-Type", "")
    return Answer(
        status=response.status_code,
        statuses=statuses,
        path=path,
        body=body.decode("utf-8", "replace") if kind.startswith("text/") else "",
        is_html=kind.startswith("text/html"),
        refused=refused,
        sent_to=sent_to,
    )


def _refusals(response: Any) -> dict[str, list[str]]:
    """Field to sentences of every form that the answer shows as refused."""
    found: dict[str, list[str]] = {}
    for context in response.context or []:
        for value in _values(context):
            if isinstance(value, BaseForm) and value.is_bound:
                for name, errors in value.errors.items():
                    found[value.add_prefix(name) if name != "__all__" else name] = [
                        str(each) for each in errors
                    ]
    return found


def _values(context: Any) -> Iterator[Any]:
    for layer in getattr(context, "dicts", [context]):
        for value in layer.values():
            yield getattr(value, "form", value)  # The admin wraps its form.


def is_run_by(text: str, answer: Answer) -> list[str]:
    """What of the string would run in the page."""
    if not answer.is_html:
        return []
    found = ["stands unescaped in the page"] if leaks(text, answer.body) else []
    if "<" in text and html.escape(text.strip())[:40] in answer.body:
        found += answer.page().runs
    return found


def as_bytes(text: str) -> bytes:
    """UTF-8, with lone surrogates as the bytes that a careless client makes of them."""
    return text.encode("utf-8", "surrogatepass")


def urlencoded(pairs: Pairs) -> tuple[str, bytes]:
    said = [(as_bytes(name), as_bytes(value)) for name, value in pairs]
    return "application/x-www-form-urlencoded", urlencode(said).encode()


def multipart(pairs: Pairs, files: dict[str, Any]) -> tuple[str, bytes]:
    """``files`` is field to (name, content)."""
    boundary = uuid.uuid4().hex
    parts = [(f'name="{name}"', b"", as_bytes(value)) for name, value in pairs]
    for name, (filename, content) in files.items():
        kind = b"Content-Type: application/octet-stream\r\n"
        parts.append((f'name="{name}"; filename="{filename}"', kind, content))
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {said}\r\n".encode()
        + kind + b"\r\n" + content + b"\r\n"
        for said, kind, content in parts
    )  # fmt: skip
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()
