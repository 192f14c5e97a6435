"""The exit check of one exit: what every app says is open, beside the waivers that were given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from backbone.clearance import ClearanceItem, clearance, exit_steps
from foundation.errors import Sentence, WrongState
from residency.models import Exit, ExitState, Waiver
from tenants.models import Tenant

# What a refusal names of many items.
NAMED = 5
OPEN = _("Still open: %(items)s")
MORE_OPEN = _("Still open: %(items)s; and %(more)s more")


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One open item, and the waiver that was asked for it."""

    app: str
    item: ClearanceItem
    waiver: Waiver | None = None

    @property
    def blocks(self) -> bool:
        return self.item.blocking and not self.is_waived

    @property
    def is_waived(self) -> bool:
        return self.waiver is not None and self.waiver.given_at is not None

    @property
    def identity(self) -> str:
        """Names the item in a form."""
        return "|".join((self.app, self.item.code, self.item.key))


@dataclass(frozen=True, slots=True)
class AppCheck:
    """What one app says."""

    app: str
    label: Sentence
    items: list[CheckedItem]


@dataclass(frozen=True, slots=True)
class StepCheck:
    """A part of the inspection or the settlement that another app answers for."""

    label: Sentence
    items: list[ClearanceItem]


class StillOpen(WrongState):
    """Something blocks; the sentence names it."""

    code = "exit_blocked"


def exit_check(tenant: Tenant, park_exit: Exit | None, now: datetime) -> list[AppCheck]:
    """Each app's answer, those with something open first."""
    known = _waivers(park_exit)
    answers = [
        AppCheck(
            app,
            apps.get_app_config(app).verbose_name,
            [CheckedItem(app, item, known.get((app, item.code, item.key))) for item in items],
        )
        for app, items in clearance(tenant, now).items()
    ]
    return sorted(answers, key=lambda answer: not answer.items)


def blocking(checks: Iterable[AppCheck]) -> list[CheckedItem]:
    return [item for check in checks for item in check.items if item.blocks]


def steps_of(tenant: Tenant, state: str, now: datetime) -> list[StepCheck]:
    """What other apps have to do in this state of an exit; none where no app has a part in it."""
    return [StepCheck(s.label, list(s.open_items(tenant, now))) for s in exit_steps(state)]


def require_clear(park_exit: Exit, now: datetime) -> None:
    """Raise StillOpen while an item of the exit check blocks and is not waived."""
    _refuse([str(each.item) for each in blocking(exit_check(park_exit.tenant, park_exit, now))])


def require_steps_done(park_exit: Exit, state: ExitState, now: datetime) -> None:
    """Raise StillOpen while another app's part in this state is not done."""
    steps = steps_of(park_exit.tenant, state, now)
    _refuse([str(item) for step in steps for item in step.items if item.blocking])


def _refuse(open_items: list[str]) -> None:
    if not open_items:
        return
    named = "; ".join(open_items[:NAMED])
    more = len(open_items) - NAMED
    raise StillOpen(MORE_OPEN if more > 0 else OPEN, params={"items": named, "more": max(more, 0)})


def _waivers(park_exit: Exit | None) -> dict[tuple[str, str, str], Waiver]:
    if park_exit is None:
        return {}
    found = park_exit.waivers.select_related("asked_by", "given_by")
    return {(waiver.app, waiver.code, waiver.key): waiver for waiver in found}
