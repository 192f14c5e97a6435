"""Telling whoever booked what became of their seats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.operations import notify, send_mail_to
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import Sentence
from tenants.kinds import Role
from tenants.models import Membership, Tenant, User
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
    "idle": (
        _("Free hours to practise: %(session)s"),
        _("You wait for a seat of this course. These hours of a space are free and can be booked."),
    ),
    "settled": (
        _("The session is settled: %(session)s"),
        _("Seats: %(count)s. Certificates that are ready: %(certificates)s."),
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
        _tell_one(tenant, person, now, session, by_person[person.pk], what, {"reason": reason})


def tell_settled(
    tenant_id: int, now: datetime, session: Session, seats: list[Seat], certificates: int
) -> None:
    """Inside the organisation: its coordinators, and who booked, learn what came of the session."""
    tenant = Tenant.objects.get(pk=tenant_id)
    booked = {seat.booked_by_id for seat in seats if seat.booked_by_id is not None}
    here = Membership.objects.current().filter(tenant=tenant)
    told = here.filter(Q(roles__contains=[Role.COORDINATOR]) | Q(user__in=booked))
    for person in User.objects.filter(pk__in=told.values("user")).order_by("pk"):
        more = {"certificates": certificates}
        _tell_one(tenant, person, now, session, seats, "settled", more)


def _tell_one(
    tenant: Tenant,
    person: User,
    now: datetime,
    session: Session,
    seats: list[Seat],
    what: str,
    more: dict[str, Any],
) -> None:
    actor = Actor(user_id=None, tenant_id=tenant.pk)
    title, body = WORDS[what]
    until = seats[0].offer_expires_at
    params = {
        "count": len(seats),
        "session": session,
        "until": f"{timezone.localtime(until):%Y-%m-%d %H:%M}" if until else "",
        **more,
    }
    path = _path(tenant, session, bool(more.get("certificates")))
    key = f"seat:{what}:{seats[0].pk}:{person.pk}:{int(now.timestamp())}"
    notify(
        actor=actor, now=now, user_id=person.pk, kind=f"training.{what}", title=title,
        body=body, params=params, url=path, key=key,
    )  # fmt: skip
    said = {"title": in_every_language(title, params), "body": in_every_language(body, params)}
    send_mail_to(
        actor=actor, now=now, user=person, template="training/mail/told",
        context={"path": path, "said": said}, key=key,
    )  # fmt: skip


def _path(tenant: Tenant, session: Session, is_certified: bool) -> str:
    """Where the certificates are once there are some, the session otherwise."""
    if is_certified:
        return reverse("certificates:certificates", kwargs={"tenant": tenant.slug})
    return reverse("training:session", kwargs={"tenant": tenant.slug, "pk": session.pk})
