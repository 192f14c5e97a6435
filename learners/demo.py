"""The demo's learners: invented, deterministic, brought in by the roster that everybody uses."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from itertools import product

from django.utils import timezone

from foundation.actors import Actor
from learners import operations
from learners.consent_text import CURRENT
from learners.models import Learner
from learners.roster.columns import CHINESE
from learners.roster.plan import make_plan
from learners.roster.reading import open_roster
from learners.values import FIELDS
from tenants.isolation.context import as_public, enter_tenant
from tenants.models import Tenant, User
from tenants.queries import memberships_of

UNIVERSITY, KEEPER = "haijin-open-university", "coordinator"
# The first roster comes with a declared consent; of the second a few have agreed themselves.
DECLARED, LATER = 140, 60
AGREED, TAKEN_BACK, LEFT = 12, 3, 5
SURNAMES = [("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen")]
SURNAMES += [("杨", "Yang"), ("赵", "Zhao"), ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu")]
GIVEN = [("子轩", "Zixuan"), ("雨桐", "Yutong"), ("浩然", "Haoran"), ("欣怡", "Xinyi")]
GIVEN += [("思远", "Siyuan"), ("佳琪", "Jiaqi"), ("文博", "Wenbo"), ("梦瑶", "Mengyao")]
GIVEN += [("俊杰", "Junjie"), ("晓彤", "Xiaotong"), ("明", "Ming"), ("静", "Jing")]
GIVEN += [("天宇", "Tianyu"), ("若曦", "Ruoxi"), ("志强", "Zhiqiang"), ("丽华", "Lihua")]
GIVEN += [("建国", "Jianguo"), ("芳", "Fang"), ("海涛", "Haitao"), ("诗涵", "Shihan")]
PROGRAMMES = ["跨境电子商务", "国际经济与贸易", "商务英语", "物流管理"]


def seed(now: datetime) -> bool:
    """From the demo's coordinator; False when they are there."""
    with as_public():
        tenant = Tenant.objects.only("pk").get(slug=UNIVERSITY)
    keeper = User.objects.get(username=KEEPER)
    actor = next(m for m in memberships_of(keeper) if m.tenant_id == tenant.pk).actor()
    with enter_tenant(tenant.pk, user_id=keeper.pk):
        if Learner.objects.exists():
            return False
        every = list(rows(timezone.localdate(now)))
        _bring_in(actor, now, every[:DECLARED], "roster-1.csv", declares_consent=True)
        _bring_in(actor, now, every[DECLARED:], "roster-2.csv", declares_consent=False)
        _decide(actor, now)
    return True


def rows(today: date) -> Iterator[list[str]]:
    """200 of them over four years; every fifth has no address, every seventh no mobile."""
    names = list(product(GIVEN, SURNAMES))[: DECLARED + LATER]
    for place, ((given, given_latin), (surname, surname_latin)) in enumerate(names):
        year = today.year - place % 4
        number = f"{year}{1 + place % len(PROGRAMMES):02d}{place:04d}"
        yield [
            number,
            f"{surname}{given}",
            PROGRAMMES[place % len(PROGRAMMES)],
            str(year),
            f"{surname_latin} {given_latin}",
            "" if place % 7 == 3 else f"1380000{place:04d}",
            "" if place % 5 == 2 else f"s{number}@haijin.example",
        ]


def with_mistakes(today: date) -> bytes:
    """Every kind of row: same, changed, new, repeated, wrong, and a namesake."""
    known = list(rows(today))
    moved, again = [*known[1]], [*known[2]]
    moved[2] = PROGRAMMES[0] if moved[2] != PROGRAMMES[0] else PROGRAMMES[1]
    again[0] = f"{today.year}999"
    new = [f"{today.year}998", "欧阳雪", PROGRAMMES[0], str(today.year), "", "13900000998", ""]
    bad = [f"{today.year}997", "司马光", PROGRAMMES[0], "大一", "", "1390000", "nobody"]
    return _csv([known[0], moved, again, new, new, bad])


def _csv(part: list[list[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([[CHINESE[field][0] for field in FIELDS], *part])
    return text.getvalue().encode("utf-8-sig")


def _bring_in(
    actor: Actor, now: datetime, part: list[list[str]], name: str, *, declares_consent: bool
) -> None:
    file = BytesIO(_csv(part))
    own = operations.upload_roster(actor=actor, now=now, file=file, name=name)
    with open_roster(own) as table:
        seen = make_plan(actor, table, timezone.localdate(now)).digest
    operations.apply_roster(
        actor=actor, now=now, upload=own, seen=seen, declares_consent=declares_consent
    )


def _decide(actor: Actor, now: datetime) -> None:
    """Some of the second roster agree by their link, a few take it back, others have left."""
    person = Actor(user_id=None, tenant_id=actor.tenant_id)
    later = list(Learner.objects.visible_to(actor).order_by("pk")[DECLARED:])
    for place, learner in enumerate(later[:AGREED]):
        operations.give_consent(actor=person, now=now, learner=learner, version=CURRENT)
        if place < TAKEN_BACK:
            operations.withdraw_consent(actor=person, now=now, learner=learner, own_wish=True)
    for learner in later[AGREED : AGREED + LEFT]:
        operations.release_learner(actor=actor, now=now, learner=learner)
