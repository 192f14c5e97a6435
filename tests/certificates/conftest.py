"""A university whose people are certified, and the park's staff who do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from certificates.facts import Facts
from certificates.models import Certificate
from certificates.operations.issuing import issue
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant
from tests.makers import Makers

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
FACTS = Facts(
    holder_name="王小明",
    holder_latin_name="Wang Xiaoming",
    holder_id="2026****01",
    course_zh="跨境电商平台运营",
    course_en="Running a cross-border shop",
    minutes=1_440,
    minutes_per_hour=45,
    started_on=TODAY - timedelta(days=9),
    ended_on=TODAY - timedelta(days=2),
    grade="合格",
    issuer_zh="天津跨境电商产业园",
    issuer_en="Tianjin Cross-Border E-Commerce Park",
    issued_on=TODAY,
    rule={"attendance_percent": 80, "test_required": True},
    evidence={"minutes": 1_350, "of": 1_440, "test_passed": True},
)


def by(member: Membership) -> Actor:
    return Actor(
        member.user_id, member.tenant_id, frozenset(member.roles), is_staff=member.user.is_staff
    )


@pytest.fixture
def university(make: Makers) -> Tenant:
    return make.tenant(slug="binhai-university", kind=TenantKind.UNIVERSITY)


@pytest.fixture
def coordinator(make: Makers, university: Tenant) -> Membership:
    return make.member(university, "coordinator")


@pytest.fixture
def weaker(make: Makers, university: Tenant) -> Membership:
    return make.member(university, "member")


@pytest.fixture
def stranger(make: Makers) -> Membership:
    other = make.tenant(slug="haijin-university", kind=TenantKind.UNIVERSITY)
    return make.member(other, "coordinator")


@pytest.fixture
def clerk(make: Makers, park: Tenant) -> Membership:
    """Of the park's staff, without the right to issue or to revoke."""
    return make.member(park, "finance", is_staff=True)


@pytest.fixture
def office(staff: Membership) -> Callable[[], Any]:
    """The staff site: ``with office() as actor``."""
    return lambda: at_office(staff)


class at_office:  # noqa: N801  used as a context
    def __init__(self, member: Membership) -> None:
        self.member = member
        self.entered = enter(Identity(STAFF, member.tenant_id, member.user_id))

    def __enter__(self) -> Actor:
        self.entered.__enter__()
        return by(self.member)

    def __exit__(self, *error: Any) -> Any:
        return self.entered.__exit__(*error)


@pytest.fixture
def certify(university: Tenant, coordinator: Membership, staff: Membership) -> Callable[..., Any]:
    """Issues a certificate for the coordinator's membership, which stands for a seat."""

    def _certify(source: Any = None, **other: Any) -> Certificate:
        with at_office(staff) as actor:
            return issue(
                actor=actor,
                now=NOW,
                tenant=university,
                source=source or coordinator,
                facts=replace(FACTS, **other),
            )

    return _certify
