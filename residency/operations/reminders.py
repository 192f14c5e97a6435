"""Telling an organisation in time that its stay ends: 90, 60 and 30 days before, and when over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.home import Destination
from foundation.operations import operation
from residency.answering import tell_leads
from residency.board import NOTICE_DAYS, column_of
from residency.models import Agreement, AgreementState, Stay, StayState
from tenants.isolation.context import as_system, enter_tenant

KIND = "residency.stay_ends"
ENDS = _("Your stay in the park ends on %(day)s")
ENDS_BODY = _("%(days)s days are left. Tell the park whether you renew or leave.")
OVER = _("Your stay in the park ended on %(day)s")
OVER_BODY = _("The term is over. Tell the park today whether you renew or leave.")


def remind_all(now: datetime) -> None:
    """Each organisation whose stay ends soon, in a transaction of its own."""
    last = timezone.localdate(now) + timedelta(days=max(NOTICE_DAYS))
    with as_system():
        waiting = list(Stay.objects.ending_by(last).values_list("tenant_id", "pk"))
        over = Agreement.objects.filter(
            state=AgreementState.EFFECTIVE,
            ends_on__lt=timezone.localdate(now),
            renewals__state=AgreementState.EFFECTIVE,
        )
        renewed = list(over.values_list("tenant_id", "pk"))
    for tenant_id, stay_id in waiting:
        with enter_tenant(tenant_id):
            remind(actor=Actor(user_id=None, tenant_id=tenant_id), now=now, stay_id=stay_id)
    for tenant_id, agreement_id in renewed:
        with enter_tenant(tenant_id):
            close_renewed(
                actor=Actor(user_id=None, tenant_id=tenant_id), now=now, agreement_id=agreement_id
            )


@operation
def remind(*, actor: Actor, now: datetime, stay_id: int) -> None:
    """Tell the organisation's leads once for each notice before each last day (the system).

    Who is leaving knows. A notice that was missed while nothing ran is given late, the ones
    before it are not.
    """
    stay = Stay.objects.select_related("tenant").get(pk=stay_id)
    days = (stay.ends_on - timezone.localdate(now)).days
    if stay.state not in (StayState.RESIDENT, StayState.SUSPENDED) or days > max(NOTICE_DAYS):
        return
    title, body = (OVER, OVER_BODY) if days < 0 else (ENDS, ENDS_BODY)
    tell_leads(
        actor=actor,
        now=now,
        tenant=stay.tenant,
        kind=KIND,
        title=title,
        body=body,
        params={"day": f"{stay.ends_on:%Y-%m-%d}", "days": days},
        to=Destination("residency:stay"),
        key=f"stay:{stay.pk}:ends:{stay.ends_on:%Y-%m-%d}:{column_of(days)}",
    )


@operation
def close_renewed(*, actor: Actor, now: datetime, agreement_id: int) -> None:
    """An agreement whose term is over and whose renewal is in force has ended (the system)."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    renewal = agreement.renewals.filter(state=AgreementState.EFFECTIVE).first()
    if renewal is None or agreement.state != AgreementState.EFFECTIVE:
        return
    agreement.move_to(AgreementState.ENDED)
    agreement.closed_on = agreement.ends_on
    # Language neutral: a number says it to everybody.
    agreement.closing_reason = f"→ {renewal.number}"
    agreement.save(update_fields=["state", "closed_on", "closing_reason"])
