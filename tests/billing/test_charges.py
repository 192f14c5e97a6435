"""What is charged, once; paid, waived; told to whoever leaves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import translation

from backbone.clearance import clearance, exit_steps
from billing.models import Charge, ChargeKind, ChargeState
from billing.operations import charging, single
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter
from tests.spaces.conftest import rival
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
__all__ = ["rival"]
TODAY = NOW.date()
D = Decimal


def charged(member: Any, **values: Any) -> Charge:
    known: dict[str, Any] = {
        "debtor": member.tenant, "source": member, "kind": ChargeKind.BOOKING, "period": TODAY,
        "what": "M-1", "amount": D("60"), "currency": "CNY", "due_on": TODAY,
    }  # fmt: skip
    with portal(member) as actor:
        return charging.charge(actor=actor, now=NOW, **(known | values))


def rows() -> list[Any]:
    with enter(Identity(STAFF)):
        return list(Charge.objects.order_by("pk").values())


def test_the_same_is_charged_once(owner) -> None:
    first = charged(owner, amount=D("60.005"))
    assert first.amount == D("60.01")
    assert charged(owner, amount=D("60.005"), what="otherwise") == first
    assert len(rows()) == 1


@pytest.mark.parametrize(
    "other", [{"amount": D(61)}, {"currency": "USD"}, {"due_on": TODAY + timedelta(days=1)}]
)
def test_other_figures_for_the_same_are_refused(owner, other) -> None:
    charged(owner)
    before = rows()
    with pytest.raises(DomainError) as refusal:
        charged(owner, **other)
    assert (refusal.value.code, rows()) == ("charge_differs", before)


def test_another_period_or_kind_is_another_charge(owner) -> None:
    charged(owner)
    charged(owner, period=TODAY + timedelta(days=1))
    charged(owner, kind=ChargeKind.LATE)
    assert len(rows()) == 3


@pytest.mark.parametrize("amount", ["0", "-1", "0.004"])
def test_nothing_is_charged_for_nothing(owner, amount) -> None:
    with pytest.raises(InvalidInput):
        charged(owner, amount=D(amount))
    assert rows() == []


def test_paid_or_waived_and_then_no_more(owner, staff) -> None:
    first, second = charged(owner), charged(owner, kind=ChargeKind.OTHER)
    with office(staff) as actor:
        for wrong in ({"note": " "}, {"paid_on": TODAY + timedelta(days=2)}):
            before = rows()
            known: dict[str, Any] = {"paid_on": TODAY, "note": "ICBC 1"} | wrong
            with pytest.raises(DomainError):
                single.record_payment(actor=actor, now=NOW, charge=first, **known)
            assert rows() == before
        paid = single.record_payment(
            actor=actor, now=NOW, charge=first, paid_on=TODAY, note="ICBC 1"
        )
        waived = charging.waive(actor=actor, now=NOW, charge=second, reason="Agreed")
        assert (paid.state, waived.state) == (ChargeState.SETTLED, ChargeState.WAIVED)
        with pytest.raises(WrongState):
            charging.waive(actor=actor, now=NOW, charge=first, reason="Agreed")


@pytest.mark.parametrize("state", ChargeState.values)
@pytest.mark.parametrize("to", ChargeState.values)
def test_states_follow_the_map_and_nothing_else(state, to) -> None:
    charge = Charge(state=state)
    if to in Charge.TRANSITIONS[state]:
        charge.move_to(to)
        assert charge.state == to
    else:
        with pytest.raises(WrongState):
            charge.move_to(to)


ROLES = ["owner", "manager", "finance", "operations", "coordinator", "member"]


@pytest.mark.parametrize("role", ROLES)
def test_who_of_the_staff_closes_charges(make, park, owner, role) -> None:
    charge, who = charged(owner), make.member(park, role, is_staff=True)
    calls = {
        ("owner", "manager", "finance"): lambda actor: single.record_payment(
            actor=actor, now=NOW, charge=charge, paid_on=TODAY, note="x"
        ),
        ("owner", "manager"): lambda actor: charging.waive(
            actor=actor, now=NOW, charge=charge, reason="x"
        ),
    }
    for permitted, call in calls.items():
        before = rows()
        if role not in permitted:
            with office(who) as actor, pytest.raises(NotPermitted):
                call(actor)
            assert rows() == before


def test_the_organisation_reads_its_own_and_closes_none(make, owner, rival, sign_in) -> None:
    charge = charged(owner, what="Our own room")
    with portal(owner) as actor, pytest.raises(NotPermitted):
        charging.waive(actor=actor, now=NOW, charge=charge, reason="x")
    assert "Our own room" in sign_in(owner).get(f"/o/{owner.tenant.slug}/charges/").text
    assert "Our own room" not in sign_in(rival).get(f"/o/{rival.tenant.slug}/charges/").text
    colleague = sign_in(make.member(owner.tenant, "member"))
    assert colleague.get(f"/o/{owner.tenant.slug}/charges/").status_code == 403


def test_a_debt_is_never_deleted(owner, staff) -> None:
    charge = charged(owner)
    for entering in (lambda: portal(owner), lambda: office(staff)):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), entering():
            charge.delete()


def test_whoever_leaves_is_told_and_settles_before_the_end(owner, staff) -> None:
    def told() -> list[tuple[str, bool]]:
        with office(staff), translation.override("en"):
            first = clearance(owner.tenant, NOW)["billing"]
            (step,) = [each for each in exit_steps("settlement") if each.code == "debts"]
            last = list(step.open_items(owner.tenant, NOW))
            return [(str(item), item.blocking) for item in (*first, *last)]

    assert told() == []
    charge = charged(owner)
    charged(owner, kind=ChargeKind.OTHER, amount=D(3), currency="USD")
    words = "Charges that are not billed: 2, CNY 60.00 · USD 3.00"
    assert told() == [(words, False), (words, True)]
    with office(staff) as actor:
        charging.waive(actor=actor, now=NOW, charge=charge, reason="x")
    assert told()[0][0] == "Charges that are not billed: 1, USD 3.00"
