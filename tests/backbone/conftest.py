"""What the backbone's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from backbone import jobs as job_kinds
from backbone import outbox as effects
from backbone.operations import start_job
from foundation.actors import Actor
from tenants.isolation.context import enter_tenant
from tenants.models import Membership


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def actor(owner: Membership) -> Actor:
    return owner.actor(request_id="test-request")


@pytest.fixture
def kind() -> Iterator[Callable[..., str]]:
    """Registers a kind of job for one test."""
    before = dict(job_kinds._kinds)

    def register(handler: Any, name: str = "test.job", **options: Any) -> str:
        job_kinds.register(name, handler, **({"label": "A test"} | options))
        return name

    yield register
    job_kinds._kinds.clear()
    job_kinds._kinds.update(before)


@pytest.fixture
def effect() -> Iterator[Callable[..., str]]:
    """Registers a kind of message for one test."""
    before = dict(effects._effects)

    def register(function: Any, name: str = "test.effect") -> str:
        effects.register(name, function)
        return name

    yield register
    effects._effects.clear()
    effects._effects.update(before)


@pytest.fixture
def start(actor: Actor, kind: Any) -> Callable[..., Any]:
    """A committed job of the enterprise, not sent to anybody."""

    def _start(handler: Any = lambda job, reporter: None, **payload: Any) -> Any:
        name = kind(handler)
        with enter_tenant(actor.tenant_id, user_id=actor.user_id):
            return start_job(actor=actor, now=timezone.now(), kind=name, payload=payload)

    return _start


@pytest.fixture
def reload() -> Callable[[Any], Any]:
    """The row as it is now, read as its organisation."""

    def _reload(row: Any) -> Any:
        with enter_tenant(row.tenant_id):
            return type(row).objects.get(pk=row.pk)

    return _reload
