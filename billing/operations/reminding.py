"""Reminders: one mail to an organisation for all bills that come to a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from backbone.operations import send_mail_to
from billing.dunning import step_on, terms_on
from billing.models import BillingTerms, Invoice, Reminder
from billing.telling import money_people
from foundation.actors import Actor
from foundation.money import format_money
from foundation.operations import operation
from tenants.models import Tenant

MAIL = "billing/mail/reminder"
Step = tuple[Invoice, int]


@operation
def remind(*, actor: Actor, now: datetime) -> int:
    """Mail those who answer for the organisation's money once for each step of an open bill (the
    system); gives how many bills were told of.

    Only the step that a bill has come to: what was missed while nothing ran is not sent late.
    """
    today = timezone.localdate(now)
    rows = _due(actor.tenant_id, today)
    if rows:
        Reminder.objects.bulk_create(
            Reminder(tenant_id=actor.tenant_id, invoice=own, step=step, sent_at=now)
            for own, step in rows
        )
        _tell(actor, now, today, rows)
    return len(rows)


def _due(tenant_id: int, today: date) -> list[Step]:
    """Open bills that have come to a step they were not reminded of, locked: whoever reminds at
    the same moment waits and finds that it is done."""
    rows = Invoice.objects.open().filter(tenant_id=tenant_id).select_for_update(of=("self",))
    bills = list(rows.order_by("pk"))
    sent = Reminder.objects.filter(tenant_id=tenant_id, invoice__in=bills)
    known = set(sent.values_list("invoice_id", "step"))
    return [(own, step) for own, step in _steps(bills, today) if (own.pk, step) not in known]


def _steps(bills: Iterable[Invoice], today: date) -> Iterator[Step]:
    terms = list(BillingTerms.objects.all())
    for own in bills:
        step = step_on(today, own.due_on, terms_on(own.issued_on or today, terms))
        if step is not None:
            yield own, step.value


def _tell(actor: Actor, now: datetime, today: date, rows: Sequence[Step]) -> None:
    tenant = Tenant.objects.get(pk=actor.tenant_id)
    context = {
        "path": reverse("billing:bills", kwargs={"tenant": tenant.slug}),
        "bills": [_told(own, step, today) for own, step in sorted(rows, key=_most_urgent)],
        "step": max(step for _own, step in rows),
    }
    for user in money_people(tenant.pk):
        send_mail_to(
            actor=actor, now=now, user=user, template=MAIL, context=context,
            key=f"reminder:{rows[0][0].pk}:{rows[0][1]}:{user.pk}",
        )  # fmt: skip


def _most_urgent(row: Step) -> Any:
    own, step = row
    return (-step, own.due_on, own.pk)


def _told(own: Invoice, step: int, today: date) -> dict[str, Any]:
    return {
        "number": own.number,
        "step": step,
        "due_on": f"{own.due_on:%Y-%m-%d}",
        "days": (today - own.due_on).days,
        "open": format_money(own.open_amount, own.currency),
        "reference": own.reference,
    }
