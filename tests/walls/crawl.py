"""One person opens everything; what they saw of whom is written down."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase

import structlog
from django.test import Client

from tests.browser import excused as browser
from tests.routes import Route
from tests.walls import excused
from tests.walls.arguments import paths
from tests.walls.marks import ALL, Mark, foreign
from tests.walls.population import Organisation
from tests.walls.reading import Answer, ask

# Tokens of forms, nonces, numbers of requests, signed links.
NEW_EACH_TIME = re.compile(
    r'[A-Za-z0-9]{64}|nonce="[^"]*"|/files/[^"<\s]+'
    r"|\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b"
)
# Answers to a GET that excuse a route in the browser's list and are no page here either.
NO_PAGE = {"302", "403", "404", "405", "no row"}


class Crawl:
    """``own`` are the markers that this person may see."""

    def __init__(self, who: str, client: Client, own: Iterable[Mark]) -> None:
        self.who, self.client, self.own = who, client, tuple(own)
        self.statuses: dict[str, set[int]] = defaultdict(set)
        # Route to the words of one's own rows, and to everybody else's markers.
        self.words: dict[str, set[str]] = defaultdict(set)
        self.foreign: dict[str, set[str]] = defaultdict(set)
        self.leaks: list[str] = []
        # What each path showed, without what is new at each look.
        self.pages: dict[str, str] = {}

    def open(self, routes: Iterable[Route], own: Organisation, *, rows: int = 0) -> None:
        """Every route with the organisation's rows."""
        for route in routes:
            for path in paths(route, own, rows=rows):
                if self.visit(route, path).status == 405:
                    break

    def visit(self, route: Route, path: str, *echoes: str) -> Answer:
        answer = ask(self.client, path, echoes)
        self.statuses[route.name].add(answer.status)
        self.pages[path] = NEW_EACH_TIME.sub("", answer.body)
        for mark in self.own:
            self.words[route.name] |= mark.words_in(answer.said)
        if found := foreign(answer.said, self.own):
            self.foreign[route.name] |= found
            self.leaks.append(f"{route.name} {path} shows {self.who} {sorted(found)}")
        return answer

    def lost(self, routes: Iterable[Route]) -> list[str]:
        """Routes that gave no page and have no excuse, and excuses of those that did."""
        found = []
        for route in routes:
            statuses, reached = self.statuses[route.name], 200 in self.statuses[route.name]
            if reached and (needless := _reason(excused.UNREACHED, route.name)):
                found.append(f"{route.name} is excused ({needless}) and can be reached")
            if not reached and statuses != {405} and not _reason(UNREACHED, route.name):
                found.append(
                    f"{route.name} gave {sorted(statuses) or 'no address'}: name the model of its "
                    "parameters in tests/walls/arguments.py, or the reason in tests/walls/excused.py"
                )
        return found


UNREACHED = excused.UNREACHED | {
    pattern: reason
    for pattern, (answer, reason) in browser.ROUTES.items()
    if set(answer.split(" or ")) <= NO_PAGE
}


def _reason(reasons: dict[str, str], name: str) -> str:
    return next((why for pattern, why in reasons.items() if fnmatchcase(name, pattern)), "")


class Logged(logging.Handler):
    """Keeps what the portal logs, as it would stand in its log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        root = logging.getLogger()
        own = structlog.stdlib.ProcessorFormatter
        self.formatter = next(
            handler.formatter for handler in root.handlers if isinstance(handler.formatter, own)
        )

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def words(self) -> set[str]:
        """The words of rows in it, whoever's."""
        return {word for line in self.lines for mark in ALL for word in mark.words_in(line)}
