"""A university with a coordinator and a member, and what its tests share."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.actors import Actor
from learners import operations
from learners.models import Learner, RosterUpload
from learners.roster.plan import Plan, make_plan
from learners.roster.reading import open_roster
from tenants.isolation.context import enter_tenant
from tenants.kinds import TenantKind
from tenants.models import Membership, Tenant
from tests.makers import Makers

NOW = timezone.now()
YEAR = timezone.localdate(NOW).year
HEADERS = ["学号", "姓名", "专业", "年级", "手机", "邮箱"]
WANG = {
    "number": "20260101",
    "name": "王小明",
    "programme": "跨境电子商务",
    "entry_year": str(YEAR),
    "mobile": "13800000001",
    "email": "wang@example.test",
}


def row(place: int, **other: str) -> list[str]:
    """A good row of a roster; ``other`` replaces cells by their header."""
    said = {
        "学号": f"2026{place:04d}",
        "姓名": f"学生{'甲乙丙丁戊己庚辛壬癸'[place % 10]}",
        "专业": "跨境电子商务",
        "年级": f"{YEAR}级",
        "手机": f"139{place:08d}",
        "邮箱": f"s{place}@example.test",
    }
    return list((said | other).values())


def sheet(*rows: list[str], headers: list[str] = HEADERS, encoding: str = "utf-8-sig") -> bytes:
    text = StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode(encoding)


@pytest.fixture
def university(make: Makers) -> Tenant:
    return make.tenant(slug="binhai-university", kind=TenantKind.UNIVERSITY)


@pytest.fixture
def keeper(make: Makers, university: Tenant) -> Membership:
    return make.member(university, "coordinator")


@pytest.fixture
def member(make: Makers, university: Tenant) -> Membership:
    return make.member(university, "member")


@pytest.fixture
def actor(keeper: Membership) -> Actor:
    return keeper.actor()


@pytest.fixture
def inside(keeper: Membership) -> Iterator[None]:
    """The test's own queries run as the university."""
    with enter_tenant(keeper.tenant_id, user_id=keeper.user_id):
        yield


@pytest.fixture
def record(actor: Actor, inside: None) -> Callable[..., Learner]:
    def _record(**other: str) -> Learner:
        return operations.record_learner(actor=actor, now=NOW, said=WANG | other)

    return _record


@pytest.fixture
def upload(actor: Actor, inside: None) -> Callable[..., RosterUpload]:
    def _upload(content: bytes, name: str = "roster.csv") -> RosterUpload:
        return operations.upload_roster(actor=actor, now=NOW, file=BytesIO(content), name=name)

    return _upload


@pytest.fixture
def look(actor: Actor) -> Callable[[RosterUpload], Plan]:
    def _look(own: RosterUpload) -> Plan:
        with open_roster(own) as table:
            return make_plan(actor, table, timezone.localdate(NOW))

    return _look


@pytest.fixture
def put_in(actor: Actor, upload: Any, look: Any) -> Callable[..., RosterUpload]:
    """Uploads, looks and puts in, as the page does."""

    def _put_in(content: bytes, **choices: bool) -> RosterUpload:
        own = upload(content)
        return operations.apply_roster(
            actor=actor, now=NOW, upload=own, seen=look(own).digest, **choices
        )

    return _put_in


@pytest.fixture
def browser(keeper: Membership, sign_in: Any) -> Client:
    client = sign_in(keeper)
    client.cookies["django_language"] = "en"
    return client


def snapshot() -> list[tuple[Any, ...]]:
    """All that is kept about learners, to see that a refusal changed nothing."""
    return [
        *Learner.objects.order_by("pk").values_list(),
        *RosterUpload.objects.order_by("pk").values_list(),
    ]
