"""Telling the money people of an organisation of a bill: a notice and a mail, in their language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backbone.models import OutboxMessage
from backbone.operations import enqueue_all, notify, send_mail_to
from backbone.sentences import in_every_language
from billing.models import Invoice
from billing.permissions import MONEY
from foundation.actors import Actor
from foundation.money import format_money
from tenants.models import Membership, User

EFFECT = "billing.bill_issued"
MAIL = "billing/mail/told"
TITLE = _("A new bill: %(number)s, %(total)s")
BODY = _("Due on %(due)s. How to pay stands at the bill; give its reference.")


def tell_issued(actor: Actor, now: datetime, bills: Iterable[Invoice]) -> None:
    """Once they are committed. One row for each bill; a worker finds its readers."""
    messages = [(own.tenant_id, key_of(own), {"invoice_id": own.pk}) for own in bills]
    enqueue_all(actor=actor, now=now, kind=EFFECT, messages=messages)


def key_of(invoice: Invoice) -> str:
    return f"bill:{invoice.pk}"


def send_issued(message: OutboxMessage) -> None:
    """The effect, inside the organisation: each of its money people is told once."""
    bill = Invoice.objects.issued().select_related("tenant").get(pk=message.payload["invoice_id"])
    params = {
        "number": bill.number,
        "total": format_money(bill.total, bill.currency),
        "due": f"{bill.due_on}",
    }
    path = reverse("billing:bill", kwargs={"tenant": bill.tenant.slug, "pk": bill.pk})
    said = {"title": in_every_language(TITLE, params), "body": in_every_language(BODY, params)}
    actor, now = Actor(user_id=None, tenant_id=bill.tenant_id), timezone.now()
    for user in money_people(bill.tenant_id):
        notify(
            actor=actor, now=now, user_id=user.pk, kind="billing.issued", title=TITLE, body=BODY,
            params=params, url=path, key=key_of(bill),
        )  # fmt: skip
        send_mail_to(
            actor=actor, now=now, user=user, template=MAIL,
            context={"path": path, "said": said}, key=f"{key_of(bill)}:{user.pk}",
        )  # fmt: skip


def money_people(tenant_id: int) -> list[User]:
    """Who answers for the organisation's money."""
    wanted = Q()
    for role in sorted(MONEY):
        wanted |= Q(roles__contains=[role])
    here = Membership.objects.current().filter(wanted, tenant=tenant_id, user__is_active=True)
    return [member.user for member in here.select_related("user").order_by("pk")]
