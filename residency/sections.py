"""What residency says of an organisation on the staff's page about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backbone.sections import Line, Section
from foundation.actors import Actor
from foundation.home import Destination
from residency.models import Agreement, AgreementState, Commitment, Stay, Task
from residency.permissions import permissions
from tenants.models import Tenant

AGREEMENTS_SHOWN = 5


def residency(actor: Actor, tenant: Tenant, now: datetime) -> Section | None:
    """Stay, agreements, promises and open tasks; None for whoever may not see them."""
    if not permissions.permits(actor, "see_residency"):
        return None
    today = timezone.localdate(now)
    lines = [*_stay(tenant, today), *_agreements(tenant, today), *_open_work(tenant, today)]
    if not lines:
        return None
    stays = Destination("admin:residency_stay_changelist", query={"q": tenant.slug})
    return Section(title=_("Residency"), lines=lines, to=stays, order=20)


def _stay(tenant: Tenant, today: date) -> Iterator[Line]:
    for stay in Stay.objects.filter(tenant=tenant).order_by("-starts_on")[:1]:
        ends_soon = stay.state != "left" and (stay.is_expiring(today) or stay.ends_on < today)
        yield Line(
            label=_("Stay"),
            value=format_lazy(
                "{state} · {start} – {end}",
                state=stay.get_state_display(),
                start=f"{stay.starts_on:%Y-%m-%d}",
                end=f"{stay.ends_on:%Y-%m-%d}",
            ),
            to=Destination("admin:residency_stay_change", {"object_id": stay.pk}),
            warning=ends_soon or stay.state == "suspended",
        )
        if stay.contact:
            yield Line(label=_("Looked after by"), value=str(stay.contact))


def _agreements(tenant: Tenant, today: date) -> Iterator[Line]:
    known = Agreement.objects.filter(tenant=tenant).exclude(state=AgreementState.VOID)
    for agreement in known.order_by("-starts_on", "-pk")[:AGREEMENTS_SHOWN]:
        yield Line(
            label=agreement.get_kind_display(),
            value=format_lazy(
                "{number} · {state} · {end}",
                number=agreement.number,
                state=agreement.get_state_display(),
                end=f"{agreement.ends_on:%Y-%m-%d}",
            ),
            to=Destination("admin:residency_agreement_change", {"object_id": agreement.pk}),
            warning=agreement.state == AgreementState.EFFECTIVE and agreement.ends_on < today,
        )


def _open_work(tenant: Tenant, today: date) -> Iterator[Line]:
    promised = Commitment.objects.open().filter(tenant=tenant)
    if count := promised.count():
        yield Line(
            label=_("Open commitments"),
            value=str(count),
            to=Destination("admin:residency_commitment_changelist", query={"q": tenant.slug}),
            warning=promised.overdue(today).exists(),
        )
    for task in Task.objects.open().filter(tenant=tenant):
        yield Line(
            label=_("Open task"),
            value=format_lazy("{task} · {due}", task=str(task), due=f"{task.due_on:%Y-%m-%d}"),
            to=Destination("admin:residency_task_change", {"object_id": task.pk}),
            warning=task.due_on < today,
        )
