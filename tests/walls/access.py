"""Who may do what, as it stands in ``access.txt``: made by the matrix, read by people."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tests.proof import share
from tests.routes import Route

ACCESS = Path(__file__).with_name("access.txt")
WRITE = os.environ.get("PARK_WRITE_ACCESS") == "1"


def told(asked: str, got: dict[str, str]) -> str:
    """``GET trade:order  yes: owner, manager; no: member``."""
    words = {word: [who for who in got if got[who] == word] for word in dict.fromkeys(got.values())}
    return f"{asked}  " + "; ".join(
        f"{word}: {', '.join(who)}" for word, who in words.items() if word
    )


def compared(section: str, lines: list[str], left_out: Iterable[str] = ()) -> None:
    """Hold the lines against the file, but for those of routes that were ``left_out``; with
    PARK_WRITE_ACCESS=1 write them into it."""
    known = _sections()
    if WRITE:
        known[section] = lines
        text = "".join(
            f"# {name}\n" + "".join(f"{line}\n" for line in some) + "\n"
            for name, some in sorted(known.items())
        )
        ACCESS.write_text(text, encoding="utf-8")
    before = {line for line in known.get(section, []) if route_of(line) not in set(left_out)}
    now = set(lines)
    news = [f"+ {line}" for line in lines if line not in before]
    gone = [f"- {line}" for line in sorted(before - now)]
    assert not news + gone, "who may do what has changed:\n" + "\n".join(news + gone)


def tried_of(section: str, wanted: list[Route]) -> list[Route]:
    """This run's share of the routes, and whatever the file does not know yet."""
    known = {route_of(line) for line in _sections().get(section, [])}
    if WRITE:
        return wanted
    told = share([route for route in wanted if route.name in known])
    return [*told, *(route for route in wanted if route.name not in known)]


def names(wanted: Iterable[Route]) -> set[str]:
    return {route.name for route in wanted}


def route_of(line: str) -> str:
    return line.split("  ")[0].split(" ", 1)[1]


def _sections() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    lines = ACCESS.read_text(encoding="utf-8").splitlines() if ACCESS.exists() else []
    for line in lines:
        if line.startswith("# "):
            current = known.setdefault(line[2:], [])
        elif line:
            current.append(line)
    return known


def all_lines() -> list[str]:
    return [line for lines in _sections().values() for line in lines]
