"""The demo's bank file: open lines of each kind, once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from reconciliation import demo
from reconciliation.gathering import proposed
from reconciliation.proposing import Rank
from reconciliation.queries import open_lines
from tests.banking.making import NOW, account, office
from tests.reconciliation.making import billed

pytestmark = pytest.mark.django_db


def test_a_line_of_each_kind_waits_and_a_second_start_adds_none(
    make, park, staff, enterprise, neighbour
):
    make.member(park, "finance", is_staff=True, username="books")
    account(staff, number="6222020008102026118", currency="CNY")
    assert not demo.seed(NOW)
    billed(staff, enterprise, "100.00", currency="CNY")
    billed(staff, neighbour, "30.00", currency="CNY")
    assert demo.seed(NOW)
    assert not demo.seed(NOW)
    with office(staff) as actor:
        lines = list(open_lines(actor))
        found = proposed(actor, lines, today=timezone.localdate(NOW))
    best = {line.remittance[:3]: found[line.pk][:1] for line in lines}
    assert len(lines) == 5
    assert best["货款 "][0].is_certain
    assert best["往来款"][0].rank == Rank.PAYER
    assert [best[said] for said in ("会议室", "结息", "账户管")] == [[], [], []]
