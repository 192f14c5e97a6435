"""What the tests of trade share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from foundation.actors import Actor
from tenants.isolation.context import enter_tenant
from tenants.models import Membership
from trade import operations
from trade.models import OrderImport

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
Importer = Callable[..., OrderImport]


@pytest.fixture
def actor(owner: Membership) -> Actor:
    return owner.actor(request_id="test-request")


@pytest.fixture
def as_owner(actor: Actor) -> Iterator[Actor]:
    """The test's own queries and operations run as the enterprise's owner."""
    with enter_tenant(actor.tenant_id, user_id=actor.user_id, request_id=actor.request_id):
        yield actor


def lines(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def run(
    actor: Actor, content: bytes | Path, mapping: Any = "online-retail", **reading: Any
) -> OrderImport:
    """Upload and import as the command does, inside the transaction that is open."""
    now = timezone.now()
    if isinstance(mapping, str):
        mapping = operations.adopt_preset(actor=actor, now=now, name=mapping)
    name = content.name if isinstance(content, Path) else "orders.csv"
    file = content.open("rb") if isinstance(content, Path) else BytesIO(content)
    with file:
        uploaded = operations.upload_orders(actor=actor, now=now, file=file, name=name)
    operations.read_import_as(
        actor=actor, now=now, order_import=uploaded, mapping=mapping, **reading
    )
    return operations.run_import(actor=actor, now=now, import_id=uploaded.pk)


@pytest.fixture
def import_orders(as_owner: Actor) -> Importer:
    return lambda content, mapping="online-retail", **reading: run(
        as_owner, content, mapping, **reading
    )
