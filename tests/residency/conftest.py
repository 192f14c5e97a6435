"""The park's staff, an application that somebody began, and the letters that leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from backbone import relay
from foundation.actors import Actor
from residency.models import Application
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
