"""What the register brings to the home page of who keeps it, in a university."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.actors import Actor
from foundation.home import Destination, QuickAction, Tile, WorkItem
from foundation.money import format_number
from learners.models import Learner, RosterUpload
from learners.permissions import permissions

# An upload nobody goes on with is not work for ever; the file is gone by then.
RECENT = timedelta(days=30)
SHOWN = 3


def learner_work(*, actor: Actor, now: datetime) -> list[WorkItem]:
    """Learners without consent, and rosters that wait to be put in."""
    if not permissions.permits(actor, "keep_learners"):
        return []
    return [*_without_consent(actor), *_rosters(actor, now)]


def learner_tiles(*, actor: Actor, now: datetime) -> list[Tile]:
    if not permissions.permits(actor, "keep_learners"):
        return []
    here = Learner.objects.visible_to(actor).active()
    count = here.count()
    if not count:
        return []
    agreed = count - Learner.objects.visible_to(actor).without_consent().count()
    return [
        Tile(_("Active learners"), format_number(count), Destination("learners:learners")),
        Tile(
            _("Learners with consent"),
            format_number(agreed),
            Destination("learners:learners", query={"consent": "given"}),
            percent=100 * agreed // count,
        ),
    ]


def learner_actions(*, actor: Actor, now: datetime) -> list[QuickAction]:
    if not permissions.permits(actor, "keep_learners"):
        return []
    return [QuickAction(_("Upload a roster"), "upload", Destination("learners:rosters"))]


def _without_consent(actor: Actor) -> list[WorkItem]:
    count = Learner.objects.visible_to(actor).without_consent().count()
    if not count:
        return []
    title = ngettext(
        "%(count)s learner has given no consent",
        "%(count)s learners have given no consent",
        count,
    ) % {"count": format_number(count)}
    where = Destination("learners:learners", query={"consent": "none"})
    note = _("Without it they cannot be put forward for training, internships or jobs.")
    return [WorkItem(title, _("See who"), where, note=note)]


def _rosters(actor: Actor, now: datetime) -> list[WorkItem]:
    waiting = RosterUpload.objects.visible_to(actor).filter(
        applied_at=None, created_at__gte=now - RECENT
    )
    return [
        WorkItem(
            _("The roster %(name)s waits for your decision") % {"name": own.name},
            _("Go on"),
            Destination("learners:roster", {"pk": own.pk}),
            due_at=own.created_at + timedelta(days=1),
        )
        for own in waiting.order_by("-pk")[:SHOWN]
    ]
