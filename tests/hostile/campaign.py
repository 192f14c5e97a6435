"""All of it at once, for the tests and for the record of ``make proof``."""

from __future__ import annotations

from functools import cached_property

from tests.browser.small_park import SmallPark
from tests.hostile.addresses import throw_at_headers, throw_at_parameters, throw_at_paths
from tests.hostile.attack import Attack, attack
from tests.hostile.sender import Sender
from tests.hostile.smuggling import smuggle
from tests.hostile.strings import SEED
from tests.hostile.walk import Doors


class Campaign:
    """Walks through the portal once and throws odd text at whatever it found."""

    def __init__(self, park: SmallPark) -> None:
        self.park = park
        self.sender = Sender()
        self.smuggled = 0

    @cached_property
    def doors(self) -> Doors:
        return Doors(self.park, self.sender)

    @cached_property
    def attacks(self) -> list[Attack]:
        """The forms, each filled in so that it is taken; where its words are kept and shown is
        known."""
        found = [Attack(self.sender, self.park, door) for door in self.doors.writing]
        for each in found:
            each.find_out()
        return found

    def at(self, route: str) -> Attack:
        return next(each for each in self.attacks if each.door.route == route)

    def throw_at_forms(self, part: int = 0, parts: int = 1) -> None:
        for each in self.attacks[part::parts]:
            attack(each)

    def throw_at_parameters(self) -> None:
        throw_at_parameters(self.sender, self.doors)

    def throw_at_paths(self) -> None:
        throw_at_paths(self.sender, self.doors)

    def throw_at_headers(self) -> None:
        throw_at_headers(self.sender, self.doors)

    def smuggle(self) -> None:
        self.smuggled = sum(smuggle(each) for each in self.attacks)


def figures(park: SmallPark) -> dict[str, int]:
    """Throws everything at everything and tells how much that was and what went wrong."""
    campaign = Campaign(park)
    campaign.throw_at_forms()
    campaign.throw_at_parameters()
    campaign.throw_at_paths()
    campaign.throw_at_headers()
    campaign.smuggle()
    return figures_of(campaign)


def figures_of(campaign: Campaign) -> dict[str, int]:
    told = campaign.sender.figures.as_numbers()
    problems = len(campaign.sender.problems)
    return told | {"smuggled_fields": campaign.smuggled, "problems": problems, "seed": SEED}
