"""The PDF of a lease: Chinese first, then English, the schedule, room to sign and to seal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backbone.jobs import register
from backbone.models import Job
from backbone.progress import Reporter
from backbone.purposes import register_purpose
from foundation.actors import Actor
from foundation.money import format_money, format_number
from foundation.pdf import render
from foundation.qr import qr_picture
from leasing.models import Lease
from leasing.operations.handovers import PHOTO_PURPOSE
from leasing.operations.papers import PAPER, PURPOSE, keep_paper
from leasing.schedule import total
from leasing.terms import schedule_of, trimmed
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role

LANGUAGES = ("zh-hans", "en")


def announce() -> None:
    register(PAPER, make, label=gettext_lazy("Lease as PDF"), result_url=_result_url)
    readers = {Role.FINANCE, Role.COORDINATOR}
    for purpose, label in (
        (PURPOSE, gettext_lazy("Lease")),
        (PHOTO_PURPOSE, gettext_lazy("Photo of a handover")),
    ):
        register_purpose(purpose, label=label, readers=readers, shared_with_park=True)


def make(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Compile it from the rows as they are now; running twice keeps one file.

    The row is locked meanwhile, so what is printed is what stands in it when the file is kept.
    """
    with enter_tenant(job.payload["organisation_id"], request_id=job.request_id) as identity:
        assert identity.tenant_id is not None
        system = Actor(user_id=None, tenant_id=identity.tenant_id, request_id=job.request_id)
        locked = Lease.objects.select_for_update(of=("self",)).select_related("tenant")
        lease = locked.get(pk=job.payload["lease_id"])
        reporter.check()
        data = paper_data(lease, job.payload["park"])
        content = render("leasing/contract", data, language="zh-hans")
        document = keep_paper(actor=system, now=timezone.now(), lease=lease, content=content)
    return {"document": document.pk if document else None}


def paper_data(lease: Lease, park: list[str]) -> dict[str, Any]:
    """What the template prints: each text in both languages, figures and dates ready to print."""
    address = settings.PORTAL_URL + reverse(
        "leasing:lease", kwargs={"tenant": lease.tenant.slug, "pk": lease.pk}
    )
    periods = schedule_of(lease)
    return {
        "number": lease.number,
        "follows": lease.previous.number if lease.previous else "",
        "names": [park, [lease.tenant.name, lease.tenant.name_en or lease.tenant.name]],
        "term": [lease.starts_on.isoformat(), lease.ends_on.isoformat()],
        "units": [
            {
                "names": [f"{u.space.code} {u.space.name_zh}", f"{u.space.code} {u.space.name_en}"],
                "area": format_number(u.area),
                "price": format_money(u.price, lease.currency),
                "days": f"{u.starts_on} – {u.ends_on}",
            }
            for u in lease.units.select_related("space")
        ],
        "schedule": [
            [
                f"{each.starts_on} – {each.ends_on}",
                each.due_on.isoformat(),
                format_money(each.total, lease.currency),
            ]
            for each in periods
        ],
        "total": format_money(total(periods), lease.currency),
        "conditions": [_conditions(language, lease) for language in LANGUAGES],
        "terms": [_paragraphs(lease.terms), _paragraphs(lease.terms_en)],
        "address": address,
        "qr": qr_picture(address),
        "texts": [_texts(language) for language in LANGUAGES],
    }


def _conditions(language: str, lease: Lease) -> list[list[str]]:
    """Label and value, in the order of the contract."""
    with translation.override(language):
        return [[str(label), str(value)] for label, value in conditions(lease)]


def conditions(lease: Lease) -> list[tuple[str, str]]:
    """The terms in the reader's language, those that do not apply left out."""
    found = [
        (_("Deposit"), _deposit(lease)),
        (_("Rent is paid"), str(lease.get_period_months_display())),
        (
            pgettext("rent", "Due"),
            _("%(days)s days before a period begins") % {"days": lease.advance_days},
        ),
    ]
    if lease.rent_free_months:
        free = _("the first %(months)s months") % {"months": lease.rent_free_months}
        found.append((_("Free of rent"), free))
    if lease.index_percent and lease.index_from:
        rises = _("%(percent)s %% from %(day)s, and again each year on the same day")
        known = {"percent": trimmed(lease.index_percent), "day": lease.index_from}
        found.append((pgettext("rent", "Increase"), rises % known))
    if lease.late_percent:
        late = _("%(percent)s %% a day of what is overdue, at most %(cap)s %% of it")
        known = {
            "percent": trimmed(lease.late_percent), "cap": trimmed(lease.late_cap)
        }  # fmt: skip
        found.append((_("Late fee"), late % known))
    return found


def _deposit(lease: Lease) -> str:
    return _("%(amount)s (%(months)s months' rent)") % {
        "amount": format_money(lease.deposit, lease.currency),
        "months": trimmed(lease.deposit_months),
    }


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _texts(language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "title": _("Lease contract"),
            "number": _("Number"),
            "follows": _("Follows"),
            "sides": [_("The park (lessor)"), _("The organisation (lessee)")],
            "parties": _("The parties"),
            "term": _("Term"),
            "from_to": _("from {from} to {to}, both days included"),
            "units": _("What is let"),
            "unit": _("Unit"),
            "area": _("Area in m²"),
            "price": _("Price per m² and month"),
            "days": _("Days"),
            "conditions": _("Terms"),
            "further": _("Further terms"),
            "schedule": _("Schedule of rent"),
            "period": _("Period"),
            "due": _("Due on"),
            "amount": _("Amount"),
            "total": _("Total"),
            "hand_back": _(
                "The units are handed back by an inspection that both sides sign; until then they "
                "stay with the lessee."
            ),
            "languages": _(
                "Both languages say the same. Where they differ, the Chinese text counts."
            ),
            "signatures": _("Signatures and seals"),
            "signature": _("Signature"),
            "seal": _("Official seal"),
            "date": _("Date"),
            "record": _("The record of this lease in the portal"),
        }


def _result_url(job: Job) -> str:
    return reverse("admin:leasing_lease_change", args=[job.payload["lease_id"]])
