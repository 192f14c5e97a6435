"""An exit as its pages show it, to the organisation and to the park."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backbone.clearance import ClearanceItem
from backbone.sentences import for_reader
from foundation.errors import Sentence
from foundation.home import address_of
from residency.exit_check import AppCheck, CheckedItem, exit_check, steps_of
from residency.models import Exit, ExitState, Waiver
from tenants.models import Tenant

TONES: Mapping[str, str] = {
    ExitState.REQUESTED: "info",
    ExitState.NOTICE: "info",
    ExitState.CLEARANCE: "warning",
    ExitState.INSPECTION: "warning",
    ExitState.SETTLEMENT: "warning",
    ExitState.LEFT: "neutral",
    ExitState.WITHDRAWN: "success",
}
WAY = (
    ExitState.REQUESTED,
    ExitState.NOTICE,
    ExitState.CLEARANCE,
    ExitState.INSPECTION,
    ExitState.SETTLEMENT,
    ExitState.LEFT,
)


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An open item with its address for this reader."""

    checked: CheckedItem
    url: str

    @property
    def sentence(self) -> str:
        return str(self.checked.item)

    @property
    def blocks(self) -> bool:
        return self.checked.blocks

    @property
    def is_waived(self) -> bool:
        return self.checked.is_waived

    @property
    def waiver(self) -> Waiver | None:
        return self.checked.waiver

    @property
    def identity(self) -> str:
        return self.checked.identity


@dataclass(frozen=True, slots=True)
class ShownCheck:
    label: Sentence
    items: list[ShownItem]


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A part of another app in the inspection or the settlement."""

    label: Sentence
    items: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownExit:
    """``where`` holds the organisation's slug, and is None for staff."""

    exit: Exit
    tenant: Tenant
    now: datetime
    where: Mapping[str, str] | None = None

    @property
    def tone(self) -> str:
        return TONES[self.exit.state]

    @property
    def is_open(self) -> bool:
        return self.exit.state not in (ExitState.LEFT, ExitState.WITHDRAWN)

    @property
    def way(self) -> list[tuple[Sentence, str]]:
        """The steps in their order, each ``done``, ``current`` or ``ahead``."""
        if self.exit.state == ExitState.WITHDRAWN:
            return []
        here = WAY.index(ExitState(self.exit.state))
        marks = [
            "done" if n < here else "current" if n == here else "ahead" for n in range(len(WAY))
        ]
        return [(state.label, mark) for state, mark in zip(WAY, marks, strict=True)]

    @property
    def steps(self) -> list[ShownStep]:
        """What other apps have to do now."""
        return [
            ShownStep(step.label, [(str(item), self._address(item)) for item in step.items])
            for step in steps_of(self.tenant, self.exit.state, self.now)
        ]

    @property
    def is_checked_by_apps(self) -> bool:
        return self.exit.state in (ExitState.INSPECTION, ExitState.SETTLEMENT)

    def _address(self, item: ClearanceItem) -> str:
        return address_of(item.staff_to if self.where is None else item.to, self.where)


def shown_checks(
    tenant: Tenant,
    park_exit: Exit | None,
    now: datetime,
    where: Mapping[str, str] | None = None,
) -> list[ShownCheck]:
    """The exit check with the addresses of the organisation (``where``) or of the staff site."""
    return [_shown(check, where) for check in exit_check(tenant, park_exit, now)]


def open_lines(checks: list[ShownCheck]) -> list[str]:
    """What blocks, one sentence each."""
    return [item.sentence for check in checks for item in check.items if item.blocks]


def waiver_label(waiver: Waiver) -> str:
    return f"{for_reader(waiver.said)} – {waiver.reason} ({waiver.asked_by})"


def _shown(check: AppCheck, where: Mapping[str, str] | None) -> ShownCheck:
    items = [
        ShownItem(each, address_of(each.item.staff_to if where is None else each.item.to, where))
        for each in check.items
    ]
    return ShownCheck(check.label, sorted(items, key=lambda item: not item.blocks))
