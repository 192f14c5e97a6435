"""Standing and exit check: what an organisation still owes the park, answered by every app.

Each app that keeps rows for organisations registers one function in ``AppConfig.ready``; an app
without an answer fails a test. Blocking items keep an organisation from leaving, warnings are
told to whoever decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foundation.errors import Sentence
from foundation.home import Destination
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class ClearanceItem:
    """One open thing. ``code`` is stable: a waiver names it. ``key`` tells two of a kind apart.

    ``to`` is a page of the portal where the organisation settles it, ``staff_to`` one of the
    staff site; either may be missing.
    """

    code: str
    sentence: Sentence
    params: Mapping[str, Any] = field(default_factory=dict)
    blocking: bool = True
    key: str = ""
    to: Destination | None = None
    staff_to: Destination | None = None

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


Provider = Callable[[Tenant, datetime], Iterable[ClearanceItem]]
_providers: dict[str, Provider] = {}


def register_clearance(app: str, provider: Provider) -> None:
    """``provider(tenant, now)`` gives what is open; it filters by the organisation itself."""
    _providers[app] = provider


def nothing_open(tenant: Tenant, now: datetime) -> Iterable[ClearanceItem]:
    """The answer of an app whose rows never keep anybody from leaving."""
    return ()


def clearance(tenant: Tenant, now: datetime) -> dict[str, list[ClearanceItem]]:
    """What is open, by app; an app with nothing open has an empty list."""
    return {app: list(provider(tenant, now)) for app, provider in _providers.items()}


def answering_apps() -> frozenset[str]:
    return frozenset(_providers)


# -- steps of an exit that belong to other apps ----------------------------------------------


@dataclass(frozen=True, slots=True)
class ExitStep:
    """A part of the inspection or the settlement of an exit that another app answers for.

    ``open_items(tenant, now)`` gives what is not done yet; an exit passes ``state`` only when no
    step of it has any.
    """

    state: str
    code: str
    label: Sentence
    open_items: Provider


_steps: list[ExitStep] = []


def register_exit_step(step: ExitStep) -> None:
    _steps.append(step)


def exit_steps(state: str) -> list[ExitStep]:
    return [step for step in _steps if step.state == state]
