"""How the demo park admits: policies, rubrics with what each score means, and rules."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from foundation.actors import Actor
from residency.kinds import ApplicantKind as Kind
from residency.models import ReviewPolicy, RuleCode
from residency.operations import admission
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant

FROM = date(2024, 1, 1)

# Kind: reviewers, pass mark, days to answer, weights of the criteria below.
POLICIES: dict[str, tuple[int, str, int, tuple[int, ...]]] = {
    Kind.EXPORTER: (2, "3.00", 15, (25, 30, 15, 15, 15)),
    Kind.IMPORTER: (2, "3.00", 15, (25, 25, 10, 25, 15)),
    Kind.START_UP: (3, "3.20", 20, (30, 20, 30, 5, 15)),
    Kind.LIVESTREAM: (2, "3.00", 15, (20, 25, 20, 20, 15)),
    Kind.PROVIDER: (2, "3.00", 15, (15, 25, 20, 20, 20)),
    Kind.ADDRESS: (1, "3.00", 10, (20, 30, 5, 35, 10)),
    # The review meeting of park and university decides.
    Kind.UNIVERSITY: (0, "3.00", 30, ()),
}

# Code, label, and the anchors of 1 to 5, each in both languages.
CRITERIA: list[tuple[str, tuple[str, str], list[tuple[str, str]]]] = [
    (
        "plan",
        ("经营计划", "Business plan"),
        [
            ("只有设想，没有市场、产品和数字。", "An idea only: no market, product or figures."),
            ("有产品，市场和收支没有依据。", "A product; market and figures have no basis."),
            (
                "市场、产品、收支齐全，部分数字有依据。",
                "Market, product and budget are there; some figures have a basis.",
            ),
            (
                "十二个月计划，数字来自实际订单或合同。",
                "A plan for 12 months with figures from real orders or contracts.",
            ),
            (
                "同上，且写明风险和应对，去年的计划已完成八成以上。",
                "As for 4, with risks and answers, and 80 % of last year's plan was reached.",
            ),
        ],
    ),
    (
        "cross-border",
        ("跨境业务匹配度", "Cross-border fit"),
        [
            ("没有跨境业务，也没有打算。", "No cross-border business and none intended."),
            ("打算开展，尚未选定市场和平台。", "Intended; no market or platform chosen."),
            (
                "已选定市场和平台，有试单。",
                "Market and platform chosen, first trial orders.",
            ),
            (
                "过去十二个月持续有跨境订单，海关或平台数据可查。",
                "Cross-border orders in each of the last 12 months, seen in customs or platform data.",
            ),
            (
                "同上，两个以上国家，并会用到园区的通关、仓储或直播服务。",
                "As for 4, in two or more countries, and will use the park's customs, storage or studios.",
            ),
        ],
    ),
    (
        "team",
        ("团队", "Team"),
        [
            ("只有一人，没有相关经历。", "One person without experience in the field."),
            ("两人以上，没有相关经历。", "Two or more without experience in the field."),
            (
                "有一名成员做过两年以上相关工作。",
                "One member worked in the field for two years or more.",
            ),
            (
                "运营、产品、合规都有人负责且有经历。",
                "Somebody with experience for operations, product and compliance each.",
            ),
            (
                "同上，且带过同类项目，愿意带实习生。",
                "As for 4, led a like project before, and takes interns.",
            ),
        ],
    ),
    (
        "compliance",
        ("合规", "Compliance"),
        [
            ("两年内有行政处罚未了结。", "A penalty of the last two years is not settled."),
            (
                "缺少必需的许可或备案，没有办理计划。",
                "A licence or filing is missing, with no plan.",
            ),
            (
                "缺少的许可正在办理，有受理回执。",
                "What is missing was applied for; receipts are there.",
            ),
            (
                "许可、备案、商标授权齐全。",
                "All licences, filings and trademark rights are there.",
            ),
            (
                "同上，有专人负责，有数据和产品合规制度。",
                "As for 4, with somebody in charge and rules for data and products.",
            ),
        ],
    ),
    (
        "contribution",
        ("对园区的贡献", "Contribution to the park"),
        [
            ("只需要地址。", "Wants an address only."),
            ("会使用场地，不参加活动。", "Will use space and take part in nothing."),
            (
                "会使用服务，参加培训或活动。",
                "Will use services and take part in training or events.",
            ),
            (
                "提供实习或就业岗位，或与园内企业合作。",
                "Offers internships or jobs, or works with enterprises of the park.",
            ),
            (
                "同上，且带来上下游企业或公共服务。",
                "As for 4, and brings suppliers, customers or a service for all.",
            ),
        ],
    ),
]

PARK_RULES = "园区准入办法（演示）第 4 条 / Admission rules of the park (demo), article 4"
BY_ADDRESS = (
    "广州“鲲鹏”行动 2025：入驻企业按注册地址计 / Guangzhou Kunpeng 2025: tenants are counted by "
    "registered address"
)
SCIENCE_PARK = (
    "东南大学国家大学科技园：成立不超过 3 年 / SEU science park: at most 3 years old "
    "(sp.seu.edu.cn/4795/list.htm)"
)
ANHUI = "安徽宣州 2022：每家跨境企业不低于 30 万美元 / Anhui Xuanzhou 2022: USD 0.3 m for each firm"
WITH_SPACE = [Kind.EXPORTER, Kind.IMPORTER, Kind.START_UP, Kind.LIVESTREAM, Kind.PROVIDER]
COMPANIES = [*WITH_SPACE, Kind.ADDRESS]
# Kinds, rule, figure, whether it blocks, source.
RULES: list[tuple[list[Kind], RuleCode, str | None, bool, str]] = [
    (COMPANIES, RuleCode.NOT_DISHONEST, None, True, PARK_RULES),
    (WITH_SPACE, RuleCode.SAFE_USE, None, True, PARK_RULES),
    ([Kind.START_UP], RuleCode.AGE_AT_MOST, "36", True, SCIENCE_PARK),
    ([Kind.START_UP], RuleCode.HEADCOUNT_AT_LEAST, "2", False, PARK_RULES),
    ([Kind.START_UP], RuleCode.AREA_AT_MOST, "200", False, PARK_RULES),
    ([Kind.START_UP, Kind.ADDRESS], RuleCode.REGISTERS_HERE, None, True, BY_ADDRESS),
    ([Kind.EXPORTER, Kind.IMPORTER], RuleCode.REGISTERS_HERE, None, False, BY_ADDRESS),
    ([Kind.EXPORTER, Kind.IMPORTER], RuleCode.VOLUME_AT_LEAST, "2100000", False, ANHUI),
    ([Kind.IMPORTER], RuleCode.AGE_AT_LEAST, "6", False, PARK_RULES),
]


def seed(now: datetime) -> bool:
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
    actor = Actor(user_id=None, tenant_id=park.pk, is_staff=True)
    with enter(Identity(STAFF, park.pk)):
        if ReviewPolicy.objects.exists():
            return False
        for kind, values in POLICIES.items():
            _policy(actor, now, kind, *values)
        for kinds, code, figure, is_blocking, source in RULES:
            for kind in kinds:
                admission.set_rule(
                    actor=actor,
                    now=now,
                    kind=kind,
                    code=code,
                    figure=Decimal(figure) if figure else None,
                    is_blocking=is_blocking,
                    starts_on=FROM,
                    source=source,
                )
    return True


def _policy(
    actor: Actor, now: datetime, kind: str, reviewers: int, mark: str, days: int, weights: Any
) -> None:
    policy = admission.set_policy(
        actor=actor, now=now, kind=kind, reviewers=reviewers, pass_mark=Decimal(mark),
        answer_days=days,
    )  # fmt: skip
    for position, (weight, (code, label, anchors)) in enumerate(
        zip(weights, CRITERIA, strict=False), start=1
    ):
        admission.set_criterion(
            actor=actor,
            now=now,
            policy=policy,
            code=code,
            label_zh=label[0],
            label_en=label[1],
            weight=weight,
            position=position,
            anchors={
                str(score): {"zh": zh, "en": en} for score, (zh, en) in enumerate(anchors, start=1)
            },
        )
