"""Ways to pay a bill beside the bank transfer: each app that has one registers it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from billing.models import Invoice
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.home import Destination


@dataclass(frozen=True, slots=True)
class PayWay:
    """A button at an open bill; ``to`` is a page of the portal where its payment begins."""

    label: Sentence
    to: Destination


# None where the bill cannot be paid that way, or not by this actor.
Way = Callable[[Actor, Invoice], PayWay | None]
_ways: dict[str, Way] = {}


def register_way(name: str, way: Way) -> None:
    """Called once by each app, in ``AppConfig.ready``."""
    _ways[name] = way


def ways_to_pay(actor: Actor, invoice: Invoice) -> list[PayWay]:
    """In the order in which they were registered; none for a bill with nothing open."""
    if not invoice.open_amount:
        return []
    found = (way(actor, invoice) for way in _ways.values())
    return [way for way in found if way]
