"""The demo park's spaces: 14,000 m² in three buildings, invented, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from foundation.actors import Actor
from spaces import plan_demo
from spaces.models import Building, Floor, Space, SpaceType
from spaces.operations import closing, tree
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Tenant

# Of everything that has an area, in m²; the figure that the park brief gives.
TOTAL = Decimal(14_000)

BUILDINGS = [
    ("A", "创新楼", "Innovation Hall", 5),
    ("B", "贸易楼", "Trade Hall", 4),
    ("C", "直播与培训中心", "Live and Learning Centre", 4),
]
NUMERALS = "一二三四五"
TYPES = [
    ("office", "办公室", "Office"),
    ("shared-office", "共享办公室", "Shared office"),
    ("shop", "商铺", "Shop"),
    ("desk", "工位", "Desk"),
    ("small-meeting-room", "小会议室", "Small meeting room"),
    ("large-meeting-room", "大会议室", "Large meeting room"),
    ("classroom", "教室", "Classroom"),
    ("studio", "直播间", "Live-stream studio"),
    ("kit", "设备套件", "Kit"),
    ("operator", "技术人员", "Operator"),
]
# By turns, before everything is brought to the total.
OFFICE_SIZES = [62, 78, 96, 110, 86, 72, 130, 54, 99, 120]
DESKS_OF_SHARED_OFFICE = 12
STUDIOS = [
    ("美妆", "Beauty", 48),
    ("服饰", "Apparel", 64),
    ("家居", "Home", 72),
    ("食品", "Food", 56),
    ("电子产品", "Electronics", 40),
    ("综合", "All-round", 96),
]
CLASSROOMS = [("多媒体", "Multimedia", 80), ("实训", "Practice", 96), ("小班", "Seminar", 48)] * 2
# (code, Chinese, English, how many there are)
KITS = [
    ("K-LIGHT", "直播灯光套件", "Live-stream lighting kit", 6),
    ("K-CAM", "移动摄像套件", "Mobile camera kit", 4),
    ("K-MIC", "无线麦克风套件", "Wireless microphone kit", 8),
    ("K-BACK", "可换背景架", "Changeable backdrop", 3),
    ("K-PROJ", "投影套件", "Projector kit", 3),
]
OPERATORS = [
    ("O-DIR", "直播导播", "Live-stream director", 3),
    ("O-HOST", "双语主播", "Bilingual presenter", 2),
    ("O-TECH", "现场技术支持", "On-site technician", 2),
]
# What the park itself sits in.
OWN_USE = {"A-101": ("园区管理办公室", "Park office"), "C-105": ("设备库房", "Equipment store")}
# (code, days from now, days it lasts or None, why)
MAINTENANCE = [
    ("A-304", -6, None, "顶棚漏水，等待防水施工 / Leaking ceiling, waiting for the roofers"),
    ("B-207", -2, 12, "更换空调主机 / New air conditioner"),
    ("C-S6", -1, 3, "更换吸音板 / New acoustic panels"),
]
BLOCKS = [("A-M5", 2, 4, "创新创业大赛评审会 / Jury of the start-up contest")]


@dataclass(frozen=True, slots=True)
class Plan:
    """A space before it is made; ``size`` in m² before everything is brought to the total."""

    kind: str
    type: str
    code: str
    name_zh: str
    name_en: str
    floor: tuple[str, int] | None = None
    size: int = 0
    quantity: int = 1
    lets_by_lease: bool = False
    lets_by_hour: bool = False
    counts: bool = True


def seed(now: datetime) -> bool:
    """Make the tree, close what is closed, hang the plans; False when all of it is there."""
    made = _seed_tree(now)
    return plan_demo.seed(now) or made


def _seed_tree(now: datetime) -> bool:
    with enter(Identity(STAFF)):
        park = Tenant.objects.operator()
    with enter(Identity(STAFF, park.pk)):
        if Building.objects.exists():
            return False
        _seed(Actor(user_id=None, tenant_id=park.pk, is_staff=True), now)
    return True


def _seed(actor: Actor, now: datetime) -> None:
    known: dict[str, Any] = {"actor": actor, "now": now}
    types = {
        code: tree.add_type(code=code, name_zh=zh, name_en=en, position=position, **known)
        for position, (code, zh, en) in enumerate(TYPES)
    }
    floors = dict(_floors(known))
    plans = [*_offices(), *_centre(), *_movable()]
    areas = _areas(plans)
    for plan in plans:
        unit = _add(plan, types[plan.type], floors, areas.get(plan.code), known)
        if plan.type == "shared-office":
            _add_desks(unit, types["desk"], known)
    _close(known, now)


def _floors(known: dict[str, Any]) -> Iterator[tuple[tuple[str, int], Floor]]:
    for position, (code, zh, en, levels) in enumerate(BUILDINGS):
        building = tree.add_building(
            code=code.lower(), name_zh=f"{code} {zh}", name_en=f"{code} {en}", position=position,
            **known,
        )  # fmt: skip
        for level in range(1, levels + 1):
            named: dict[str, Any] = {"name_zh": f"{NUMERALS[level - 1]}层", "name_en": f"{level}F"}
            yield (code, level), tree.add_floor(building=building, level=level, **named, **known)


def _offices() -> Iterator[Plan]:
    """Ten units on each floor of A, twelve on each of B, and a meeting room on each."""
    for code, levels, units in (("A", 5, 10), ("B", 4, 12)):
        for level in range(1, levels + 1):
            for number in range(1, units + 1):
                size = OFFICE_SIZES[(number + 3 * level) % len(OFFICE_SIZES)]
                yield _unit("office", code, level, number, size)
            large = level % 2 == 1
            yield Plan(
                kind="meeting_room",
                type="large-meeting-room" if large else "small-meeting-room",
                code=f"{code}-M{level}",
                name_zh="大会议室" if large else "小会议室",
                name_en="Large meeting room" if large else "Small meeting room",
                floor=(code, level),
                size=60 if large else 24,
                lets_by_hour=True,
            )


def _unit(kind: str, building: str, level: int, number: int, size: int) -> Plan:
    code = f"{building}-{level}{number:02d}"
    names = {"office": ("办公室", "Office"), "shop": ("商铺", "Shop")}
    zh, en = names.get(kind, ("共享办公室", "Shared office"))
    own = OWN_USE.get(code)
    name_zh, name_en = own or (f"{zh} {level}{number:02d}", f"{en} {level}{number:02d}")
    return Plan(
        kind="unit",
        type=kind,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        floor=(building, level),
        size=size,
        lets_by_lease=own is None,
        counts=own is None,
    )


def _centre() -> Iterator[Plan]:
    """Shops and studios, classrooms, shared offices, and offices at the top: building C."""
    for number in range(1, 6):
        yield _unit("shop", "C", 1, number, 60 + 10 * number)
    for number, (zh, en, size) in enumerate(STUDIOS, start=1):
        yield Plan("studio", "studio", f"C-S{number}", f"{zh}直播间", f"{en} studio", ("C", 1), size,
                   lets_by_hour=True)  # fmt: skip
    for number, (zh, en, size) in enumerate(CLASSROOMS, start=1):
        yield Plan("classroom", "classroom", f"C-R{number}", f"{zh}教室 {number}",
                   f"{en} classroom {number}", ("C", 2), size, lets_by_hour=True)  # fmt: skip
    for number in range(1, 8):
        kind = "shared-office" if number <= 3 else "office"
        yield _unit(kind, "C", 3, number, 140 if number <= 3 else OFFICE_SIZES[number])
    for number in range(1, 11):
        yield _unit("office", "C", 4, number, OFFICE_SIZES[number - 1])


def _movable() -> Iterator[Plan]:
    for kind, rows in (("kit", KITS), ("operator", OPERATORS)):
        for code, zh, en, quantity in rows:
            yield Plan(kind, kind, code, zh, en, quantity=quantity, lets_by_hour=True)


def _areas(plans: list[Plan]) -> dict[str, Decimal]:
    """Sizes brought to the total, to a tenth of a square metre; the last one takes the rest."""
    sized = [plan for plan in plans if plan.size]
    factor = TOTAL / sum(plan.size for plan in sized)
    tenth = Decimal("0.1")
    areas = {p.code: (p.size * factor).quantize(tenth, ROUND_FLOOR) for p in sized}
    areas[sized[-1].code] += TOTAL - sum(areas.values())
    return areas


def _add(
    plan: Plan,
    kind: SpaceType,
    floors: dict[tuple[str, int], Floor],
    area: Decimal | None,
    known: dict[str, Any],
) -> Space:
    return tree.add_space(
        kind=plan.kind,
        type=kind,
        code=plan.code,
        name_zh=plan.name_zh,
        name_en=plan.name_en,
        floor=floors[plan.floor] if plan.floor else None,
        area=area,
        quantity=plan.quantity,
        lets_by_lease=plan.lets_by_lease,
        lets_by_hour=plan.lets_by_hour,
        counts_in_statistics=plan.counts,
        **known,
    )


def _add_desks(unit: Space, kind: SpaceType, known: dict[str, Any]) -> None:
    for number in range(1, DESKS_OF_SHARED_OFFICE + 1):
        tree.add_space(
            kind="desk",
            type=kind,
            code=f"{unit.code}-{number:02d}",
            name_zh=f"工位 {number}",
            name_en=f"Desk {number}",
            parent=unit,
            lets_by_lease=True,
            lets_by_hour=True,
            **known,
        )


def _close(known: dict[str, Any], now: datetime) -> None:
    for close, rows in (
        (closing.put_into_maintenance, MAINTENANCE),
        (closing.block_space, BLOCKS),
    ):
        for code, begins, days, reason in rows:
            start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=begins)
            end = None if days is None else start + timedelta(days=days)
            space = Space.objects.get(code=code)
            close(space=space, start=start, end=end, reason=reason, **known)
