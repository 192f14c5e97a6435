"""What the owners of an organisation are told of its exit: a notice, and a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from backbone.operations import notify, send_mail_to
from backbone.sentences import for_reader, in_every_language
from foundation.actors import Actor
from foundation.errors import Sentence
from residency.models import Exit, ExitState, Waiver
from tenants import standing
from tenants.kinds import Role
from tenants.models import Membership, MembershipQuerySet

TITLES: Mapping[str, Sentence] = {
    ExitState.REQUESTED: _("Leaving the park was requested, for %(day)s"),
    ExitState.NOTICE: _("The park confirms the last day: %(day)s"),
    ExitState.CLEARANCE: _("The exit check has begun"),
    ExitState.INSPECTION: _("The exit check is passed"),
    ExitState.SETTLEMENT: _("The inspection of the space is done"),
    ExitState.LEFT: _("The organisation has left the park"),
    ExitState.WITHDRAWN: _("The organisation stays: the exit is withdrawn"),
}
BODIES: Mapping[str, Sentence] = {
    ExitState.REQUESTED: _("The park confirms the last day next; you are told."),
    ExitState.NOTICE: _("Next comes the exit check. See what is open and settle it."),
    ExitState.CLEARANCE: _("What blocks is settled before the space is inspected."),
    ExitState.INSPECTION: _("Next comes the inspection of the space."),
    ExitState.SETTLEMENT: _("Next comes the settlement, then the exit is complete."),
    ExitState.LEFT: _(
        "Until %(until)s your people read and take the data along, then the accounts are "
        "closed. API keys, open invitations and consents have ended."
    ),
    ExitState.WITHDRAWN: _("Reason: %(reason)s"),
}
WAIVED = _("The park lets an open item pass: %(item)s")
WAIVED_BODY = _("It does not stand in the way of leaving any more.")

in_readers_words = lazy(for_reader, str)


def tell_owners(*, actor: Actor, now: datetime, park_exit: Exit) -> None:
    """The step that was just taken."""
    until = standing.read_only_until(park_exit.tenant)
    params = {
        "day": f"{park_exit.leaves_on:%Y-%m-%d}",
        "until": f"{timezone.localtime(until):%Y-%m-%d}" if until else "",
        "reason": park_exit.withdrawn_reason,
    }
    _tell(
        actor,
        now,
        park_exit,
        f"{park_exit.state}",
        TITLES[park_exit.state],
        BODIES[park_exit.state],
        params,
    )


def tell_of_waiver(*, actor: Actor, now: datetime, park_exit: Exit, waiver: Waiver) -> None:
    params = {"item": in_readers_words(waiver.said)}
    _tell(actor, now, park_exit, f"waiver:{waiver.pk}", WAIVED, WAIVED_BODY, params)


def _tell(
    actor: Actor,
    now: datetime,
    park_exit: Exit,
    what: str,
    title: Sentence,
    body: Sentence,
    params: Mapping[str, Any],
) -> None:
    actor = replace(actor, tenant_id=park_exit.tenant_id)
    path = reverse("residency:exit", kwargs={"tenant": park_exit.tenant.slug})
    said = {"title": in_every_language(title, params), "body": in_every_language(body, params)}
    for owner in _owners(park_exit.tenant_id):
        key = f"exit:{park_exit.pk}:{what}:{owner.user_id}"
        notify(
            actor=actor, now=now, user_id=owner.user_id, kind="residency.exit", title=title,
            body=body, params=params, url=path, key=key,
        )  # fmt: skip
        send_mail_to(
            actor=actor, now=now, user=owner.user, template="residency/mail/exit_step",
            context={"path": path, "said": said}, key=key,
        )  # fmt: skip


def _owners(tenant_id: int) -> MembershipQuerySet:
    current = Membership.objects.current().filter(tenant_id=tenant_id)
    return current.filter(roles__contains=[Role.OWNER]).select_related("user").order_by("pk")
