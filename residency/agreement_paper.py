"""The PDF of an agreement: Chinese first, then English, with room to sign and to seal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backbone.jobs import register
from backbone.models import Job
from backbone.progress import Reporter
from backbone.purposes import register_purpose
from foundation.actors import Actor
from foundation.pdf import render
from foundation.qr import qr_picture
from residency.models import Agreement, AgreementParty
from residency.operations.agreements import PAPER
from residency.operations.signing import PURPOSE, keep_paper
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role

LANGUAGES = ("zh-hans", "en")


def announce() -> None:
    register(PAPER, make, label=gettext_lazy("Agreement as PDF"), result_url=_result_url)
    register_purpose(
        PURPOSE,
        label=gettext_lazy("Agreement"),
        readers={Role.FINANCE, Role.COORDINATOR},
        shared_with_park=True,
    )


def make(job: Job, reporter: Reporter) -> dict[str, Any]:
    """Compile it from the rows as they are now; running twice keeps one file.

    The row is locked meanwhile, so what is printed is what stands in it when the file is kept.
    """
    with enter_tenant(job.payload["organisation_id"], request_id=job.request_id) as identity:
        assert identity.tenant_id is not None
        system = Actor(user_id=None, tenant_id=identity.tenant_id, request_id=job.request_id)
        locked = Agreement.objects.select_for_update(of=("self",)).select_related("tenant")
        agreement = locked.get(pk=job.payload["agreement_id"])
        reporter.check()
        content = render("residency/agreement", paper_data(agreement), language="zh-hans")
        document = keep_paper(
            actor=system, now=timezone.now(), agreement=agreement, content=content
        )
    return {"document": document.pk if document else None}


def paper_data(agreement: Agreement) -> dict[str, Any]:
    """What the template prints: each text in both languages, dates ready to print."""
    parties = list(agreement.parties.all())
    address = settings.PORTAL_URL + reverse(
        "residency:agreement", kwargs={"tenant": agreement.tenant.slug, "pk": agreement.pk}
    )
    return {
        "number": agreement.number,
        "titles": [agreement.title, agreement.title_en or agreement.title],
        "kinds": [_in(language, agreement.get_kind_display) for language in LANGUAGES],
        "scopes": [_paragraphs(agreement.scope), _paragraphs(agreement.scope_en)],
        "term": [agreement.starts_on.isoformat(), agreement.ends_on.isoformat()],
        "parties": [_party(party) for party in parties],
        "commitments": [
            {
                "party": [each.party.name, each.party.name_en or each.party.name],
                "text": each.text,
                "owner": each.owner_name,
                "due": each.due_on.isoformat(),
            }
            for each in agreement.commitments.select_related("party")
        ],
        "renews": agreement.previous.number if agreement.previous else "",
        "address": address,
        "qr": qr_picture(address),
        "texts": [_texts(language) for language in LANGUAGES],
    }


def _party(party: AgreementParty) -> dict[str, Any]:
    contact = [party.contact_name, party.contact_mobile, party.contact_email]
    return {
        "sides": [_in(language, party.get_side_display) for language in LANGUAGES],
        "names": [party.name, party.name_en or party.name],
        "signatory": " · ".join(filter(None, [party.signatory, party.signatory_title])) or "--",
        "contact": " · ".join(filter(None, contact)) or "--",
    }


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _texts(language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "number": _("Agreement number"),
            "renews": _("Renews"),
            "parties": _("The parties"),
            "signs": _("signs"),
            "contact": _("contact person"),
            "scope": _("What it is about"),
            "term": _("Term"),
            "from_to": _("from {from} to {to}, both days included"),
            "commitments": _("What was promised"),
            "promised_by": _("promised by"),
            "commitment": _("commitment"),
            "owner": _("owner"),
            "due": _("due"),
            "none": _("No single promises are listed."),
            "languages": _(
                "Both languages say the same. Where they differ, the Chinese text counts."
            ),
            "signatures": _("Signatures and seals"),
            "signature": _("Signature"),
            "seal": _("Official seal"),
            "date": _("Date"),
            "record": _("The record of this agreement in the portal"),
        }


def _in(language: str, text: Any) -> str:
    with translation.override(language):
        return str(text())


def _result_url(job: Job) -> str:
    return reverse("admin:residency_agreement_change", args=[job.payload["agreement_id"]])
