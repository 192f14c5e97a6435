"""What has to be done before a period closes: each app above says what is open.

An app registers one function in ``AppConfig.ready``; a period closes only when nobody names
anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.errors import Sentence
from foundation.home import Destination
from ledger.models import Period


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing to do before the period closes; ``to`` is the staff page where it is done."""

    sentence: Sentence
    params: Mapping[str, Any] = field(default_factory=dict)
    to: Destination | None = None

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


Provider = Callable[[Period], Iterable[OpenItem]]
_providers: dict[str, Provider] = {}


def register_checklist(app: str, provider: Provider) -> None:
    """``provider(period)`` gives what is open in all books; it is called as the park's staff."""
    _providers[app] = provider


def open_items(period: Period) -> list[OpenItem]:
    return [item for provider in _providers.values() for item in provider(period)]
