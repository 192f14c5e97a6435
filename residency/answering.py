"""Telling the people who answer for an organisation: a notice and a mail, in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from backbone.operations import notify, send_mail_to
from backbone.sentences import in_every_language
from foundation.actors import Actor
from foundation.errors import Sentence
from foundation.home import Destination
from tenants.kinds import Role
from tenants.models import Membership, Tenant, User

# A university has no manager; its coordinators do that work.
ANSWERING = [Role.OWNER, Role.MANAGER, Role.COORDINATOR]
MAIL = "residency/mail/told"


def tell_leads(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    kind: str,
    title: Sentence,
    to: Destination,
    key: str,
    body: Sentence = "",
    params: Mapping[str, Any] | None = None,
) -> None:
    """Tell each of them once for each ``key``; the mail leaves after the commit.

    ``title`` and ``body`` are filled with ``params``; ``to`` is a page of the portal.
    """
    path = reverse(to.view, kwargs={"tenant": tenant.slug, **to.arguments})
    inside = replace(actor, tenant_id=tenant.pk)
    said = {"title": in_every_language(title, params), "body": in_every_language(body, params)}
    for user in _answering(tenant):
        notify(
            actor=inside, now=now, user_id=user.pk, kind=kind, title=title, body=body,
            params=params, url=path, key=key,
        )  # fmt: skip
        send_mail_to(
            actor=inside, now=now, user=user, template=MAIL,
            context={"path": path, "said": said}, key=f"{key}:{user.pk}",
        )  # fmt: skip


def _answering(tenant: Tenant) -> Iterable[User]:
    wanted = Q()
    for role in ANSWERING:
        wanted |= Q(roles__contains=[role])
    found = Membership.objects.current().filter(wanted, tenant=tenant, user__is_active=True)
    return [member.user for member in found.select_related("user").order_by("pk")]
