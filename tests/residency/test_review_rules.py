"""What each admission rule says, and which rules apply."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from residency.admission_rules import RULES, findings, missed, months_after
from residency.models import AdmissionRule, Application, RuleCode
from tenants.isolation.context import STAFF, Identity, enter

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2023, 11, 25), 36, date(2026, 11, 25)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2024, 5, 5), 0, date(2024, 5, 5)),
    ],
)
def test_months_are_counted_to_the_same_day(day, months, after):
    assert months_after(day, months) == after


@pytest.mark.parametrize(
    ("code", "figure", "said", "met"),
    [
        ("age_at_most", 36, {"founded_on": date(2023, 11, 25)}, True),
        ("age_at_most", 36, {"founded_on": date(2023, 11, 24)}, False),
        ("age_at_most", 36, {}, None),
        ("age_at_least", 12, {"founded_on": date(2025, 11, 25)}, True),
        ("age_at_least", 12, {"founded_on": date(2025, 11, 26)}, False),
        ("age_at_least", 12, {}, None),
        ("headcount_at_least", 3, {"headcount": 3}, True),
        ("headcount_at_least", 3, {"headcount": 2}, False),
        ("headcount_at_least", 3, {}, None),
        ("volume_at_least", 1000, {"volume": Decimal("1000.00")}, True),
        ("volume_at_least", 1000, {"volume": Decimal("999.99")}, False),
        ("volume_at_least", 1000, {}, None),
        ("area_at_most", 200, {"wanted_area": Decimal("200.00")}, True),
        ("area_at_most", 200, {"wanted_area": Decimal("200.01")}, False),
        ("area_at_most", 200, {}, None),
        ("area_at_most", 200, {"kind": "address"}, True),
        ("registers_here", None, {"details": {"registers_here": True}}, True),
        ("registers_here", None, {"details": {"registers_here": False}}, False),
        ("registers_here", None, {}, None),
        ("registers_here", None, {"kind": "address"}, True),
        ("not_dishonest", None, {"details": {"not_dishonest": True}}, True),
        ("not_dishonest", None, {"details": {"not_dishonest": False}}, False),
        ("not_dishonest", None, {"details": {"not_dishonest": "yes"}}, None),
        ("safe_use", None, {"details": {"safe_use": True}}, True),
        ("safe_use", None, {"details": {"safe_use": False}}, False),
        ("safe_use", None, {}, None),
    ],
)
def test_each_rule_is_met_missed_or_not_known_yet(code, figure, said, met):
    verdict = RULES[code](Application(**({"kind": "start_up"} | said)), Decimal(figure or 0), DAY)
    assert verdict.met is met
    assert str(verdict.sentence) % dict(verdict.params)


def test_every_code_has_its_function():
    assert set(RULES) == set(RuleCode.values)


def rule(park: Any, code: str, figure: int | None = None, **values: Any) -> AdmissionRule:
    known = {"kind": "start_up", "starts_on": date(2026, 1, 1), "source": "rule book"}
    return AdmissionRule.objects.create(tenant=park, code=code, figure=figure, **(known | values))


def test_only_the_rules_in_force_for_the_kind_are_asked(park):
    with enter(Identity(STAFF, park.pk)):
        rule(park, "age_at_most", 36)
        rule(park, "headcount_at_least", 3, is_blocking=False)
        rule(park, "safe_use", kind="exporter")
        rule(park, "area_at_most", 10, ends_on=date(2026, 11, 24))
        rule(park, "registers_here", starts_on=date(2026, 11, 26))
        asked = Application(tenant=park, kind="start_up", founded_on=date(2020, 1, 1), headcount=1)
        found = findings(asked, DAY)
    assert {(each["code"], each["met"], each["blocking"]) for each in found} == {
        ("age_at_most", False, True),
        ("headcount_at_least", False, False),
    }
    assert [each["code"] for each in missed(found)] == ["age_at_most"]
    assert set(found[0]["sentence"]) == {"en", "zh-hans"}
