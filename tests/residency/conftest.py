"""The park's staff, an application that somebody began, and the letters that leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from backbone import relay
from foundation.actors import Actor
from residency import links
from residency.models import Application, DocumentRequirement
from residency.operations.applying import begin_application, submit_application
from residency.operations.papers import bring_document
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant

ADDRESS = "chen@example.test"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def applicant(park: Tenant) -> Actor:
    """Whoever holds a link: nobody in person, acting at the park."""
    return Actor(user_id=None, tenant_id=park.pk)


@pytest.fixture
def begin(applicant: Actor) -> Callable[..., Application]:
    def _begin(kind: str = "exporter", **values: Any) -> Application:
        values = {"email": ADDRESS, "language": "zh-hans", **values}
        values.setdefault("now", timezone.now())
        with enter_tenant(applicant.tenant_id):
            return begin_application(actor=applicant, kind=kind, **values)

    return _begin


@pytest.fixture
def letters(mailoutbox: list[Any]) -> Callable[[], list[Any]]:
    """The mails that have left by now, delivered as the relay does."""

    def _letters() -> list[Any]:
        relay.deliver_due()
        return mailoutbox

    return _letters


# -- what applicants say ----------------------------------------------------------------------------

ANSWERS: dict[str, dict[str, Any]] = {
    "company": {
        "country": "CN",
        "name": "津桥跨境电商有限公司",
        "name_en": "Jinqiao Cross-border Ltd",
        "registration_number": "91120116MA05J7XH28",
        "legal_person": "陈明",
        "registered_address": "天津市滨海新区新港路 8 号",
        "founded_on": "2024年3月5日",
        "business_scope": "跨境电商出口",
    },
    "contact": {
        "contact_name": "陈明",
        "contact_mobile": "+86 138 0000 1234",
        "contact_email": ADDRESS,
    },
    "business": {
        "headcount": "12",
        "volume": "1,250,000.50",
        "platforms": "Amazon, Shopee",
        "countries": "Germany, 日本",
        "more_products": "家居",
        "more_modes": ["9610", "9810"],
        "more_not_dishonest": "on",
        "more_safe_use": "on",
    },
    "wishes": {"wanted_space": "office", "wanted_area": "120", "wanted_from": "2027-01-01"},
}


def PDF(name: str = "licence.pdf") -> SimpleUploadedFile:  # noqa: N802
    return SimpleUploadedFile(name, b"%PDF-1.7\nlicence\n")


def paper_of(application: Application, requirement: DocumentRequirement) -> str:
    """Where the document is brought."""
    known = {"token": links.token_of(application), "pk": requirement.pk}
    return reverse("apply:document", kwargs=known)


@pytest.fixture
def paper(park: Tenant) -> DocumentRequirement:
    """A document that exporters have to bring."""
    with enter_tenant(park.pk):
        return DocumentRequirement.objects.create(
            tenant=park,
            kind="exporter",
            code="licence",
            label_zh="营业执照",
            label_en="Business licence",
        )


@pytest.fixture
def fill_in(applicant: Actor) -> Callable[[Application], None]:
    """Answer everything that an exporter is asked."""

    def _fill_in(application: Application, **other: Any) -> None:
        with enter_tenant(applicant.tenant_id):
            typed = {name: value for said in ANSWERS.values() for name, value in said.items()}
            Application.objects.filter(pk=application.pk).update(draft=typed | other)
            application.refresh_from_db()

    return _fill_in


@pytest.fixture
def submitted(
    begin: Any, fill_in: Any, paper: DocumentRequirement, applicant: Actor
) -> Callable[..., Application]:
    """A whole application, with the park."""

    def _submitted(**other: Any) -> Application:
        application = begin("exporter", language="en")
        fill_in(application, **other)
        with enter_tenant(applicant.tenant_id):
            bring_document(
                actor=applicant,
                now=timezone.now(),
                application=application,
                requirement=paper,
                file=PDF(),
                name="licence.pdf",
            )
            return submit_application(actor=applicant, now=timezone.now(), application=application)

    return _submitted


@pytest.fixture
def as_staff(staff: Membership) -> Callable[..., Any]:
    """Call an operation as the park's owner, or in another role of its staff."""

    def _as_staff(operation: Callable[..., Any], *, role: str = "", **values: Any) -> Any:
        actor = staff.actor(is_staff=True)
        if role:
            actor = replace(actor, roles=frozenset({role}))
        with enter(Identity(STAFF, actor.tenant_id, actor.user_id)):
            return operation(**{"actor": actor, "now": timezone.now(), **values})

    return _as_staff


def reload(row: Any) -> Any:
    """The row as it is now, read as the park."""
    with enter_tenant(row.tenant_id):
        return type(row).objects.get(pk=row.pk)
