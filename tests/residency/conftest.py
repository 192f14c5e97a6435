"""The park's staff, an application that somebody began, and the letters that leave."""

from __future__ import annotations

from collections.abc import Callable
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
from residency.operations.applying import begin_application
from tenants.isolation.context import enter_tenant
from tenants.models import Tenant

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
