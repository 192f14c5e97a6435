"""Telling whoever booked what became of their seats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations import notify, send_mail_to
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import Sentence
from tenants.models import Tenant, User
from training.models import Seat, Session

WORDS: dict[str, tuple[Sentence, Sentence]] = {
    "offered": (
        _("%(count)s seats are offered to you: %(session)s"),
        _("Accept them by %(until)s, all or some, or the next in the list is asked."),
    ),
    "lapsed": (
        _("%(count)s seats lapsed: %(session)s"),
        _("Their time is over. What is still free can be booked again."),
    ),
    "approved": (
        _("%(count)s seats were approved: %(session)s"),
        _("What there was no room for is on the waiting list."),
    ),
    "declined": (_("%(count)s seats were declined: %(session)s"), _("Reason: %(reason)s")),
    "cancelled": (
        _("The session is cancelled: %(session)s"),
        _("Reason: %(reason)s. Your seats went back to where they came from."),
    ),
    "moved": (
        _("A date has changed: %(session)s"),
        _("Look at the dates of the session and tell the people you have booked."),
    ),
}


def tell(
    tenant_id: int,
    now: datetime,
    session: Session,
    seats: Iterable[Seat],
    what: str,
    reason: str = "",
) -> None:
    """Inside the organisation: a notice and a mail for each who booked one of these seats."""
    by_person: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.booked_by_id is not None:
            by_person[seat.booked_by_id].append(seat)
    if not by_person:
        return
    tenant = Tenant.objects.get(pk=tenant_id)
    people = User.objects.filter(
        pk__in=by_person, memberships__tenant=tenant, memberships__ended_at=None
    )
    for person in people.distinct():
        _tell_one(tenant, person, now, session, by_person[person.pk], what, reason)


def _tell_one(
    tenant: Tenant,
    person: User,
    now: datetime,
    session: Session,
    seats: list[Seat],
    what: str,
    reason: str,
) -> None:
    actor = Actor(user_id=None, tenant_id=tenant.pk)
    title, body = WORDS[what]
    until = seats[0].offer_expires_at
    params = {
        "count": len(seats),
        "session": session,
        "until": f"{timezone.localtime(until):%Y-%m-%d %H:%M}" if until else "",
        "reason": reason,
    }
    path = reverse("training:session", kwargs={"tenant": tenant.slug, "pk": session.pk})
    key = f"seat:{what}:{seats[0].pk}:{int(now.timestamp())}"
    notify(
        actor=actor, now=now, user_id=person.pk, kind=f"training.{what}", title=title,
        body=body, params=params, url=path, key=key,
    )  # fmt: skip
    said = {"title": in_every_language(title, params), "body": in_every_language(body, params)}
    send_mail_to(
        actor=actor, now=now, user=person, template="training/mail/told",
        context={"path": path, "said": said}, key=key,
    )  # fmt: skip
