"""What the headers and the markup of an answer must look like."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from tests.walls.visits import Visit

NONCE = re.compile(r"'nonce-([A-Za-z0-9+/=]{22,})'")
# Route to the sources of scripts it may have beside the nonce, with the reason.
MORE_SCRIPTS = {
    "admin:": ({"'self'", "'unsafe-eval'"}, "the theme's tags lack a nonce; its Alpine evaluates"),
    "error": ({"'self'"}, "rendered without the request, so that all errors are alike"),
}
POLICY = {
    "default-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Files that people gave: nobody knows their encoding, and they are downloads only.
NO_CHARSET = {"backbone:file"}
NO_SCRIPT = {"application/json", "application/ld+json"}


def policy_of(answer: Any) -> dict[str, set[str]]:
    header = answer.headers.get("Content-Security-Policy", "")
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {words[0]: set(words[1:]) for words in parts}


def nonces_of(answer: Any) -> list[str]:
    return NONCE.findall(answer.headers.get("Content-Security-Policy", ""))


def is_html(answer: Any) -> bool:
    return str(answer.headers.get("Content-Type", "")).startswith("text/html")


def is_page(answer: Any) -> bool:
    return is_html(answer) and answer.status_code == 200 and b"<html" in answer.content


def wrong_headers(visit: Visit, answer: Any) -> list[str]:
    found = [
        f"{name} is {answer.headers.get(name)!r}"
        for name, value in HEADERS.items()
        if answer.headers.get(name) != value
    ]
    kept = set(re.split(r",\s*", answer.headers.get("Cache-Control", "")))
    if not {"private", "no-store"} <= kept:
        found.append(f"may be kept: {kept}")
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/") and "charset" not in kind and visit.route not in NO_CHARSET:
        found.append(f"no charset: {kind}")
    return found + wrong_policy(visit, answer)


def wrong_policy(visit: Visit, answer: Any) -> list[str]:
    policy = policy_of(answer)
    found = [
        f"{name} is {policy.get(name)}"
        for name, value in POLICY.items()
        if policy.get(name) != value
    ]
    allowed = set(MORE_SCRIPTS["admin:"][0]) if visit.is_staff_site else set()
    if answer.status_code >= 400:
        allowed |= MORE_SCRIPTS["error"][0]
    sources = policy.get("script-src", {"nothing said"})
    if too_many := {word for word in sources if not NONCE.fullmatch(word)} - allowed:
        found.append(f"scripts from {too_many}")
    if is_page(answer) and not visit.is_staff_site and len(nonces_of(answer)) != 1:
        found.append("a page without a nonce")
    return found


class Markup(HTMLParser):
    """Notes what could run a script, or make the page load or send something elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.nonces: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if re.fullmatch(r"on[a-z]+|hx-on.*", name):
                self.found.append(f"<{tag} {name}>")
            if re.match(r"\s*(javascript|vbscript|data:text)", value or "", re.IGNORECASE):
                self.found.append(f"<{tag} {name}={value!r}>")
        said = dict(attrs)
        if tag in ("base", "object", "embed", "applet"):
            self.found.append(f"<{tag}>")
        if tag == "script" and said.get("type") not in NO_SCRIPT:
            self._script(said)

    def _script(self, said: dict[str, str | None]) -> None:
        source = said.get("src") or ""
        self.nonces.add(said.get("nonce") or "")
        if not re.match(r"/[^/\\]", source):
            self.found.append(f"a script of the page itself, or of another host: {source!r}")


def wrong_markup(visit: Visit, answer: Any) -> list[str]:
    """Scripts in the page, event handlers, script addresses, tags without the page's nonce."""
    if not is_html(answer):
        return []
    markup = Markup()
    markup.feed(answer.content.decode())
    if is_page(answer) and not visit.is_staff_site and markup.nonces != set(nonces_of(answer)):
        markup.found.append(f"nonces of scripts: {markup.nonces}")
    return markup.found
