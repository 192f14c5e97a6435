"""Reviews and decisions of the demo: one application for each state from review to decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from residency.demo.applying import Story, credit_code
from residency.kinds import ApplicantKind as Kind
from residency.models import Application, Review
from residency.operations import applying, decisions, reviews
from residency.operations.decisions import Wanted
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, Tenant

FIRST = 70
CONDITIONS = (
    ("60 天内把注册地址迁入园区", 40),
    ("签约前提交商标授权书", 12),
)


@dataclass(frozen=True, slots=True)
class Part:
    """How far one application comes, and the scores it gets, a line for each reviewer."""

    kind: Kind
    name: str
    english: str
    scores: Sequence[tuple[int, ...]] = ()
    outcome: str = ""
    reason: str = ""
    conflict: bool = False
    met: int = 0
    minutes: bool = False
    more: dict[str, str] = field(default_factory=dict)


PARTS = [
    Part(Kind.EXPORTER, "津海通出口贸易有限公司", "Jinhaitong Export", [(4, 5, 4, 4, 3)]),
    Part(
        Kind.START_UP, "三汇口创客团队", "Sanhuikou Makers",
        [(4, 3, 4, 3, 4), (3, 4, 5, 3, 4), (4, 4, 4, 2, 5)],
        more={"registration_number": "", "legal_person": "", "founded_on": ""},
    ),
    Part(Kind.UNIVERSITY, "滨城职业大学", "Bincheng Vocational University"),
    Part(Kind.UNIVERSITY, "西青商贸大学", "Xiqing Commerce University", minutes=True),
    Part(Kind.IMPORTER, "渝新欧进口有限公司", "Yuxinou Import", [(3, 4, 4, 5, 3)], conflict=True),
    Part(
        Kind.IMPORTER, "北仑优鲜进口有限公司", "Beilun Fresh Import",
        [(4, 4, 3, 3, 4), (4, 5, 4, 2, 4)], "conditional", met=1,
    ),
    Part(
        Kind.LIVESTREAM, "两江云播传媒有限公司", "Liangjiang Live Media",
        [(4, 4, 5, 4, 4), (3, 4, 4, 4, 5)], "conditional", met=2,
    ),
    Part(
        Kind.PROVIDER, "津关通报关服务有限公司", "Jinguantong Customs Service",
        [(4, 5, 4, 5, 4), (4, 4, 4, 5, 5)], "offered",
    ),
    Part(
        Kind.ADDRESS, "海港云商贸易有限公司", "Haigang Cloud Trading",
        [(2, 3, 2, 3, 2)], "offered", "平均分略低于及格线；补充材料已核实，同意托管地址一年。",
    ),
    Part(
        Kind.EXPORTER, "永定河外贸有限公司", "Yongdinghe Foreign Trade",
        [(2, 1, 2, 3, 2), (1, 2, 2, 2, 2)], "rejected",
        "没有选定市场和平台，也没有跨境订单。准备好之后欢迎再次申请。",
    ),
]  # fmt: skip
COMMENTS = [
    "材料齐全，数字有订单支持。",
    "建议先从一个市场做起。",
    "面谈时回答清楚。",
    "需要跟进许可办理进度。",
    "愿意接收实习生。",
]


def seed(now: datetime) -> bool:
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
        people = _people(park)
        if Review.objects.exists():
            return False
    for number, part in enumerate(PARTS):
        _tell(park, people, number, part, now)
    return True


def _people(park: Tenant) -> list[Membership]:
    """The owner first, then whoever can be asked to review."""
    names = ["staff", "manager", "trainer", "desk", "books"]
    found = Membership.objects.current().filter(tenant=park, user__username__in=names)
    return sorted(
        found.select_related("user", "tenant"), key=lambda m: names.index(m.user.username)
    )


def _tell(park: Tenant, people: list[Membership], number: int, part: Part, now: datetime) -> None:
    begun = now - timedelta(days=13 - number)
    lead = people[0]
    with enter_tenant(park.pk, user_id=lead.user_id):
        own = _submitted(park, lead, number, part, begun, now)
    with _at_work(lead) as actor:
        own = reviews.begin_review(actor=actor, now=begun + timedelta(days=2), application=own)
    after = begun + timedelta(days=3)
    if part.kind == Kind.UNIVERSITY:
        _meet(lead, own, part, after)
    else:
        _review(people, own, part, after)
    if part.outcome:
        _decide(people, own, part, min(now, begun + timedelta(days=4)), now)


def _submitted(
    park: Tenant, lead: Membership, number: int, part: Part, begun: datetime, now: datetime
) -> Application:
    story = Story(park, lead, now)
    code = FIRST + number
    own = applying.begin_application(
        actor=story.applicant,
        now=begun,
        kind=part.kind,
        email=f"applicant-{code}@applicant.example",
        language="en" if number % 2 else "zh-hans",
    )
    founded = timezone.localdate(now) - timedelta(days=400 + 60 * number)
    said = {
        "registration_number": credit_code(1000 + number),
        "founded_on": founded.isoformat(),
        "headcount": str(5 + 3 * number),
        "volume": f"{1_800_000 + 700_000 * number}",
        "registered_address": f"天津市滨海新区示范路 {code} 号",
    }
    story.fill_in(own, part.name, part.english, code, begun, said | part.more)
    story.submit(own, code, begun + timedelta(hours=3))
    story.check(own, "checked", begun + timedelta(days=1))
    return own


@contextmanager
def _at_work(member: Membership) -> Iterator[Actor]:
    """One of the park's people inside the staff site."""
    with enter(Identity(STAFF, member.tenant_id, member.user_id)):
        yield member.actor(is_staff=True)


def _meet(lead: Membership, own: Application, part: Part, at: datetime) -> None:
    if not part.minutes:
        return
    text = "评审会纪要（演示）\n同意共建实训基地，先签一年。\n".encode()
    with _at_work(lead) as actor:
        reviews.upload_minutes(
            actor=actor, now=at, application=own, file=BytesIO(text), name="评审会纪要.txt"
        )


def _review(people: list[Membership], own: Application, part: Part, at: datetime) -> None:
    asked = people[1 : 1 + own.rubric["reviewers"]]
    with _at_work(people[0]) as actor:
        made = reviews.assign_reviewers(
            actor=actor, now=at, application=own, people=[member.user for member in asked]
        )
    if part.conflict:
        with _at_work(asked[-1]) as actor:
            reviews.declare_conflict(
                actor=actor, now=at, review=made[-1], reason="配偶在该公司任职。"
            )
    for turn, (member, review, given) in enumerate(zip(asked, made, part.scores, strict=False)):
        with _at_work(member) as actor:
            reviews.submit_review(
                actor=actor,
                now=at + timedelta(hours=5 + turn),
                review=review,
                scores=_scores(own, given, turn),
                comment=COMMENTS[turn],
            )


def _scores(own: Application, given: Sequence[int], turn: int) -> dict[str, dict[str, Any]]:
    return {
        each["code"]: {"score": score, "comment": COMMENTS[(turn + place) % len(COMMENTS)]}
        for place, (each, score) in enumerate(zip(own.rubric["criteria"], given, strict=True))
    }


def _decide(
    people: list[Membership], own: Application, part: Part, at: datetime, now: datetime
) -> None:
    wanted = [
        Wanted(text, people[place + 1].user, timezone.localdate(now) + timedelta(days=days))
        for place, (text, days) in enumerate(CONDITIONS)
    ]
    with _at_work(people[0]) as actor:
        decisions.decide(
            actor=actor,
            now=at,
            application=own,
            outcome=part.outcome,
            reason=part.reason,
            conditions=wanted if part.outcome == "conditional" else (),
        )
        for condition in own.conditions.order_by("due_on")[: part.met]:
            decisions.meet_condition(
                actor=actor, now=now, condition=condition, how="已提交并核对原件。"
            )
