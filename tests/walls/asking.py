"""Ask for an address as somebody, and hold what two of them got against each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client

from foundation.refs import PATTERN

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# They differ between any two answers and say nothing of what was asked for.
OWN_TO_EACH = {"date", "x-request-id"}
NONCE = re.compile(r"'nonce-[^']+'")
CHANGING = re.compile(
    r"(csrfmiddlewaretoken\" value=|\"X-CSRFToken\": |name=\"submission\" value=|nonce=)\"[^\"]*\""
)
REQUEST = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, without what differs between any two answers."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def leads_to_sign_in(self) -> bool:
        return self.status == 302 and "/login/" in dict(self.headers).get("location", "")

    def without(self, *words: str) -> Answer:
        """The same with what was asked for taken out: for answers that repeat it."""
        headers = tuple((name, _blank(text, words)) for name, text in self.headers)
        text = CHANGING.sub("", REQUEST.sub("", self.body.decode(errors="replace")))
        return Answer(self.status, headers, _blank(text, words).encode())


def ask(client: Client, method: str, path: str, data: Any = None, **more: Any) -> Answer:
    """One request whose effects are taken back, so that the next one finds what this one found."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = _send(client, method, path, data, more)
        body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = cookies  # type: ignore[assignment]
    headers = {name.lower(): NONCE.sub("nonce", text) for name, text in response.items()}
    kept = sorted((name, text) for name, text in headers.items() if name not in OWN_TO_EACH)
    return Answer(response.status_code, tuple(kept), body)


def _send(client: Client, method: str, path: str, data: Any, more: Any) -> Any:
    if data is None:
        return client.generic(method, path, **more)
    return getattr(client, method.lower())(path, data, **more)


def _blank(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = text.replace(word, "…")
    return re.sub(PATTERN, "…", text) if words else text
