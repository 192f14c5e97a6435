"""An application at a park, and a document that it is asked for."""

from __future__ import annotations

from django.utils import timezone

from foundation.actors import Actor
from residency.models import Application, DocumentRequirement
from residency.operations.applying import begin_application
from tenants.isolation.context import enter_tenant
from tenants.models import Tenant


def asked_for(park: Tenant, kind: str = "exporter") -> tuple[Application, DocumentRequirement]:
    with enter_tenant(park.pk):
        application = begin_application(
            actor=Actor(None, park.pk),
            now=timezone.now(),
            kind=kind,
            email="chen@example.test",
            language="en",
        )
        requirement = DocumentRequirement.objects.create(
            tenant=park, kind=kind, code="paper", label_zh="材料", label_en="A paper"
        )
    return application, requirement
