"""What the clients of ``crash.py`` do, and what must be true of it afterwards."""

from __future__ import annotations

import random
import threading
import time
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import DomainError
from ledger.checking import CHECKS, drifts
from ledger.models import Account, Entry, Voucher
from ledger.operations.posting import Source, credit, debit, post, reverse
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Tenant
from tenants.operations import register_tenant

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
SYSTEM = Actor(user_id=None, tenant_id=0, is_staff=True)
SUM = "select coalesce(sum(debits - credits), 0), coalesce(sum(debits), 0) from ledger_account"


class Life:
    """Organisations with a few accounts each; ``acknowledged`` is what clients were told is
    posted."""

    def __init__(self, organisations: int, codes: int) -> None:
        with enter(Identity(STAFF)):
            self.tenants = [self._tenant(number) for number in range(organisations)]
        self.codes = [f"revenue:r{number}" for number in range(codes - 1)]
        self.numbers, self.lock = count(1), threading.Lock()
        self.acknowledged: dict[int, tuple[int, Decimal]] = {}
        self.reversals: set[int] = set()
        self.posted: list[tuple[Tenant, Source, Decimal, str, int]] = []
        self.unbalanced, self.snapshots, self.lost, self.refused = 0, 0, 0, 0
        self.replays, self.strays = 0, 0
        self.unexpected: list[str] = []

    def _tenant(self, number: int) -> Tenant:
        name = f"bank-{number}"
        return register_tenant(
            actor=SYSTEM, now=NOW, slug=name, kind="enterprise", name=name, name_en=name
        )

    # -- clients -------------------------------------------------------------------------------

    def client(self, dice: random.Random, end: float) -> None:
        while time.monotonic() < end:
            try:
                self._one(dice)
            except DomainError as refusal:
                # A second reversal of one voucher; nothing else is refused here.
                if refusal.code == "voucher_reversed_once":
                    self.refused += 1
                else:
                    self.unexpected.append(refusal.code)
            except Error as error:
                self._crashed(error)
        connection.close()

    def _crashed(self, error: Error) -> None:
        """The server went away: the client does not know what became of its posting."""
        self.lost += 1
        if "deadlock" in str(error):
            self.unexpected.append("deadlock")
        connection.close()
        time.sleep(0.05)

    def _one(self, dice: random.Random) -> None:
        chance = dice.random()
        known = dice.choice(self.posted) if chance < 0.15 and self.posted else None
        if known is None:
            amount = Decimal(dice.randint(1, 100_000)) / 100
            self._post(
                dice.choice(self.tenants), Source("bank.thing", next(self.numbers)), amount,
                dice.choice(self.codes),
            )  # fmt: skip
        elif chance < 0.10:
            self._reverse(known)
        else:
            tenant, source, amount, code, pk = known
            self.replays += 1
            if self._post(tenant, source, amount, code) != pk:
                self.strays += 1

    def _post(self, tenant: Tenant, source: Source, amount: Decimal, code: str) -> int:
        legs = [debit("receivable", amount, "CNY"), credit(code, amount, "CNY")]
        actor = Actor(user_id=None, tenant_id=tenant.pk)
        with enter_tenant(tenant.pk):
            made = post(
                actor=actor, now=NOW, tenant=tenant, source=source, event="moved",
                effective_on=TODAY, legs=legs,
            )  # fmt: skip
        # Committed: from here on it may not be missing.
        with self.lock:
            if made.pk not in self.acknowledged:
                self.posted.append((tenant, source, amount, code, made.pk))
            self.acknowledged[made.pk] = (tenant.pk, amount)
        return made.pk

    def _reverse(self, known: tuple[Tenant, Source, Decimal, str, int]) -> None:
        tenant, pk = known[0], known[4]
        with enter_tenant(tenant.pk):
            made = reverse(
                actor=Actor(user_id=None, tenant_id=tenant.pk),
                now=NOW,
                voucher=Voucher.objects.get(pk=pk),
                effective_on=TODAY,
            )
        with self.lock:
            self.acknowledged[made.pk] = (tenant.pk, known[2])
            self.reversals.add(made.pk)

    def watch(self, end: float) -> None:
        """Whoever looks at any moment sees the same total: nothing."""
        while time.monotonic() < end:
            try:
                with enter(Identity(STAFF)), connection.cursor() as cursor:
                    cursor.execute(SUM)
                    self.unbalanced += cursor.fetchone()[0] != 0
                self.snapshots += 1
            except Error:
                connection.close()
            time.sleep(0.05)
        connection.close()

    # -- afterwards ----------------------------------------------------------------------------

    def verdict(self) -> dict[str, Any]:
        # The one of this thread is from before the kills.
        connection.close()
        with enter(Identity(STAFF)):
            there = dict(Voucher.objects.values_list("pk", "tenant_id"))
            once = Voucher.objects.values("source_id").filter(reverses=None).distinct().count()
            amounts = dict(Entry.objects.filter(leg=1).values_list("voucher_id", "amount"))
            told = {
                "accounts": Account.objects.count(),
                "vouchers": len(there),
                "twice": len(there) - once - Voucher.objects.exclude(reverses=None).count(),
                "missing": sum(
                    there.get(pk) != tenant or amounts.get(pk) != amount
                    for pk, (tenant, amount) in self.acknowledged.items()
                ),
                "drifts": list(drifts(CHECKS)),
            }
        return told | {
            "acknowledged": len(self.acknowledged),
            "reversals": len(self.reversals),
            "reversed_already": self.refused,
            "replays": self.replays,
            "strays": self.strays,
            "lost_connections": self.lost,
            "snapshots": self.snapshots,
            "unbalanced_snapshots": self.unbalanced,
            "unexpected": sorted(set(self.unexpected)),
        }
