"""The demo's orders: invented, deterministic, brought in by the import that everybody uses."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

from django.utils import timezone

from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.kinds import TenantKind
from tenants.models import Tenant
from trade import operations
from trade.models import Order, RateSource, ReferenceRate
from trade.presets import PORTAL_ORDERS

STARTS_ON = date(2024, 1, 1)
# Exporters among the 80 enterprises; the others have uploaded nothing yet.
EXPORTERS = 32
SIGN_IN = "haihe-homeware"
ORDERS_A_MONTH = 6
# Yuan for one unit, invented; they swing by three percent over a year.
RATES = {"USD": "7.15", "EUR": "7.80", "GBP": "9.10", "SGD": "5.35"}
MARKETS = [("US", "USD", 5), ("DE", "EUR", 3), ("GB", "GBP", 3), ("SG", "SGD", 2), ("CN", "CNY", 2)]
GOODS = [
    ("TEA-01", "不锈钢保温杯 / Steel vacuum flask", "68.50"),
    ("LMP-07", "LED 台灯 / LED desk lamp", "124.00"),
    ("BAG-12", "帆布双肩包 / Canvas backpack", "156.80"),
    ("TOY-03", "木制积木 / Wooden blocks", "49.90"),
    ("PAN-21", "铸铁锅 / Cast-iron pan", "233.00"),
    ("MAT-05", "瑜伽垫 / Yoga mat", "88.00"),
    ("TNT-09", "双人帐篷 / Tent for two", "412.50"),
    ("SPK-02", "蓝牙音箱 / Bluetooth speaker", "199.00"),
]


def seed(now: datetime) -> bool:
    """Rates first, then a file of orders for each exporter; what is there already is left."""
    today = timezone.localdate(now)
    made = _seed_rates(today)
    with enter(Identity(STAFF)):
        kinds = Tenant.objects.filter(kind=TenantKind.ENTERPRISE).order_by("pk")
        exporters = list(kinds[:EXPORTERS])
    for tenant in exporters:
        made |= _seed_orders(tenant, now, today)
    return made


def _seed_rates(today: date) -> bool:
    with enter(Identity(STAFF)):
        if ReferenceRate.objects.filter(source=RateSource.DEMO).exists():
            return False
        ReferenceRate.objects.bulk_create(_rates(today))
    return True


def _rates(today: date) -> Iterator[ReferenceRate]:
    for offset in range((today - STARTS_ON).days + 1):
        day = STARTS_ON + timedelta(days=offset)
        if day.weekday() >= 5:
            continue
        swing = Decimal(abs(day.timetuple().tm_yday - 183) - 91) / 91 * Decimal("0.03")
        for currency, rate in RATES.items():
            value = (Decimal(rate) * (1 + swing)).quantize(Decimal("0.0001"))
            yield ReferenceRate(
                day=day, currency=currency, cny_per_unit=value, source=RateSource.DEMO
            )


def _seed_orders(tenant: Tenant, now: datetime, today: date) -> bool:
    actor = Actor(user_id=None, tenant_id=tenant.pk)
    with enter_tenant(tenant.pk):
        if Order.objects.exists():
            return False
        content = _file(tenant.slug, _until(tenant, today))
        mapping = operations.adopt_preset(actor=actor, now=now, name="portal-orders")
        uploaded = operations.upload_orders(
            actor=actor, now=now, file=BytesIO(content), name="orders-to-date.csv"
        )
        operations.read_import_as(
            actor=actor, now=now, order_import=uploaded, mapping=mapping, encoding="utf-8"
        )
        operations.run_import(actor=actor, now=now, import_id=uploaded.pk)
        if tenant.slug == SIGN_IN:  # Something waits for whoever signs in.
            file = BytesIO(_with_mistakes(today))
            name = "november-from-the-platform.csv"
            operations.receive_orders(actor=actor, now=now, file=file, name=name)
    return True


def _until(tenant: Tenant, today: date) -> date:
    """Three of the exporters have been silent for a while: work for the park's people."""
    return today - timedelta(days=70) if tenant.pk % 11 == 5 else today


def _file(slug: str, today: date) -> bytes:
    """Orders from the first day of the demo to today, as the portal's own template has them."""
    chance = random.Random(slug)  # noqa: S311  figures of a demo
    return _csv(
        row
        for number, day in enumerate(_days(chance, today), start=1)
        for row in _order(chance, f"{slug[:3].upper()}-{number:05d}", day)
    )


def _days(chance: random.Random, today: date) -> Iterator[date]:
    step = 30.4 / ORDERS_A_MONTH
    day = 0.0
    while True:
        day += chance.uniform(0.4, 1.6) * step
        found = STARTS_ON + timedelta(days=int(day))
        if found > today:
            return
        yield found


def _order(chance: random.Random, number: str, day: date) -> Iterator[list[str]]:
    country, currency, _weight = chance.choices(MARKETS, [weight for *_m, weight in MARKETS])[0]
    moment = f"{day} {chance.randrange(8, 22):02d}:{chance.randrange(60):02d}:00"
    rate = Decimal(RATES.get(currency, "1"))
    for sku, name, price in chance.sample(GOODS, chance.choice([1, 2, 2, 3])):
        unit = (Decimal(price) / rate).quantize(Decimal("0.01"))
        yield [
            number,
            moment,
            sku,
            name,
            str(chance.randrange(800, 9000, 50)),
            str(unit),
            currency,
            country,
        ]


def _with_mistakes(today: date) -> bytes:
    day = today.replace(day=1)
    return _csv(
        [
            ["P-20001", f"{day} 10:15:00", "TEA-01", "保温杯", "1200", "9.60", "USD", "US"],
            ["P-20001", f"{day} 10:15:00", "BAG-12", "双肩包", "-3", "21.90", "USD", "US"],
            ["P-20002", f"{day} 11:40:00", "LMP-07", "台灯", "eight", "17.30", "USD", "DE"],
            ["P-20003", "yesterday", "TOY-03", "积木", "640", "6.98", "USD", "GB"],
            ["P-20004", f"{day} 16:05:00", "SPK-02", "音箱", "500", "0", "USD", "Atlantis"],
        ]
    )


def _csv(rows: Iterator[list[str]] | list[list[str]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(PORTAL_ORDERS["columns"].values())
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
