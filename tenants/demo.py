"""The demo park's organisations and people: invented, deterministic, made by the operations."""

from __future__ import annotations

from datetime import datetime
from itertools import product

from stdnum.cn import uscc

from foundation.actors import Actor
from tenants import operations
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import Role, TenantKind
from tenants.models import Tenant, User

PASSWORD = "park-demo-2026"  # noqa: S105  the demo's own, made nowhere else
ACTOR = Actor(user_id=None, tenant_id=0, is_staff=True)

PARK = ("demo-park", "津渝跨境电商示范园区", "Jinyu Cross-Border E-Commerce Park")

# Place × trade: 80 invented enterprises and 40 start-ups with names that sound like a park.
_PLACES = [
    ("海河", "Haihe"),
    ("滨江", "Binjiang"),
    ("云帆", "Yunfan"),
    ("北辰", "Beichen"),
    ("嘉陵", "Jialing"),
    ("星桥", "Xingqiao"),
    ("渤海湾", "Bohaiwan"),
    ("山城", "Shancheng"),
    ("新港", "Xingang"),
    ("蓝途", "Lantu"),
]
_TRADES = [
    ("家居用品", "Homeware"),
    ("电子科技", "Electronics"),
    ("服饰", "Apparel"),
    ("美妆", "Cosmetics"),
    ("玩具", "Toys"),
    ("户外用品", "Outdoor"),
    ("母婴用品", "Baby Goods"),
    ("食品", "Foods"),
]
_STUDIOS = [
    ("创意", "Creative"),
    ("数字", "Digital"),
    ("优选", "Select"),
    ("国际", "Global"),
]
_UNIVERSITIES = [
    ("海津开放", "Haijin Open"),
    ("滨海理工", "Binhai Polytechnic"),
    ("渤海商务", "Bohai Business"),
    ("津南外国语", "Jinnan Foreign Languages"),
    ("北辰科技", "Beichen Technology"),
    ("嘉陵财经", "Jialing Finance"),
    ("两江交通", "Liangjiang Transport"),
    ("山城工商", "Shancheng Commerce"),
    ("新港职业", "Xingang Vocational"),
    ("东丽传媒", "Dongli Media"),
    ("西青农林", "Xiqing Agriculture"),
    ("武清城建", "Wuqing Construction"),
    ("静海体育", "Jinghai Sports"),
    ("宝坻医药", "Baodi Medical"),
    ("蓟州文理", "Jizhou Arts and Sciences"),
    ("渝中师范", "Yuzhong Normal"),
    ("沙坪艺术", "Shaping Arts"),
    ("北碚生态", "Beibei Ecology"),
]
_OTHERS = [
    ("jinqiao-bank", TenantKind.FUNDER, "津桥银行滨海支行", "Jinqiao Bank, Binhai Branch"),
    ("yuhai-factoring", TenantKind.FUNDER, "渝海商业保理有限公司", "Yuhai Factoring"),
    ("express-line", TenantKind.PROVIDER, "通达国际物流有限公司", "Tongda International Logistics"),
    ("clear-customs", TenantKind.PROVIDER, "捷关报关有限公司", "Jieguan Customs Brokers"),
    ("commerce-bureau", TenantKind.AUTHORITY, "示范区商务局", "Demonstration Zone Commerce Bureau"),
]


def seed(now: datetime) -> bool:
    """Make the organisations and the people of the demo; False when they are there."""
    with enter(Identity(STAFF)):
        if Tenant.objects.exists():
            return False
        _seed(now)
        return True


def _seed(now: datetime) -> None:
    park = _tenant(now, *PARK[:1], TenantKind.OPERATOR, *PARK[1:], number=1)
    for number, (slug, kind, name, name_en) in enumerate(_all_others(), start=2):
        _tenant(now, slug, kind, name, name_en, number=number)
    _seed_people(now, park)


def enterprises() -> list[tuple[str, str, str]]:
    """(slug, Chinese name, English name) of the 80 enterprises."""
    return [
        (f"{en}-{trade_en}".lower().replace(" ", "-"), f"{zh}{trade}有限公司", f"{en} {trade_en}")
        for (zh, en), (trade, trade_en) in product(_PLACES, _TRADES)
    ]


def start_ups() -> list[tuple[str, str, str]]:
    return [
        (f"{en}-{kind_en}-studio".lower(), f"{zh}{kind}工作室", f"{en} {kind_en} Studio")
        for (zh, en), (kind, kind_en) in product(_PLACES, _STUDIOS)
    ]


def universities() -> list[tuple[str, str, str]]:
    return [
        (f"{en}-university".lower().replace(" ", "-"), f"{zh}大学", f"{en} University")
        for zh, en in _UNIVERSITIES
    ]


def _all_others() -> list[tuple[str, str, str, str]]:
    lists = [
        (TenantKind.ENTERPRISE, enterprises()),
        (TenantKind.START_UP, start_ups()),
        (TenantKind.UNIVERSITY, universities()),
    ]
    named = [(slug, kind, zh, en) for kind, rows in lists for slug, zh, en in rows]
    return [*named, *_OTHERS]


def _tenant(now: datetime, slug: str, kind: str, name: str, name_en: str, *, number: int) -> Tenant:
    return operations.register_tenant(
        actor=ACTOR,
        now=now,
        slug=slug,
        kind=kind,
        name=name,
        name_en=name_en,
        registration_number=_credit_code(number),
    )


def _credit_code(number: int) -> str:
    """An invented Unified Social Credit Code that passes both of its check characters."""
    organisation = f"9{number:07d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = -sum(w * int(d) for w, d in zip(weights, organisation, strict=True)) % 11
    body = f"91120116{organisation}{'X' if rest == 10 else rest}"
    return body + uscc.calc_check_digit(body)


def _seed_people(now: datetime, park: Tenant) -> None:
    for username, name, slug, roles in PEOPLE:
        tenant = park if slug == PARK[0] else Tenant.objects.get(slug=slug)
        staff = username in STAFF_PEOPLE
        user = _person(now, username, name, is_staff=staff)
        operations.add_member(actor=ACTOR, now=now, tenant=tenant, user=user, roles=roles)
    # One person in two organisations, for the switcher.
    again = Tenant.objects.get(slug="haihe-electronics")
    owner = User.objects.get(username="owner")
    operations.add_member(actor=ACTOR, now=now, tenant=again, user=owner, roles=[Role.FINANCE])


def _person(now: datetime, username: str, name: str, *, is_staff: bool) -> User:
    return operations.create_person(
        actor=ACTOR,
        now=now,
        username=username,
        full_name=name,
        email=f"{username}@park.example",
        password=PASSWORD,
        is_staff=is_staff,
    )


STAFF_PEOPLE = {"staff", "trainer", "manager", "desk", "books"}
PEOPLE = [
    ("staff", "周敏", "demo-park", [Role.OWNER]),
    ("trainer", "韩雪", "demo-park", [Role.OPERATIONS, Role.COORDINATOR]),
    ("manager", "何琳", "demo-park", [Role.MANAGER]),
    ("desk", "孙磊", "demo-park", [Role.OPERATIONS]),
    ("books", "郑洁", "demo-park", [Role.FINANCE]),
    ("owner", "李海", "haihe-homeware", [Role.OWNER]),
    ("clerk", "王芳", "haihe-homeware", [Role.OPERATIONS]),
    ("neighbour", "赵强", "binjiang-toys", [Role.OWNER]),
    ("departed", "孙涛", "binjiang-foods", [Role.OWNER]),
    ("coordinator", "陈静", "haijin-open-university", [Role.COORDINATOR]),
]
SIGN_INS = ["staff", "owner", "coordinator"]
