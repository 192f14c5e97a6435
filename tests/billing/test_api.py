"""Bills and payments through the API of an organisation."""

from __future__ import annotations

from typing import Any

import pytest

from foundation.refs import ref_of
from tests.billing.owing import TODAY
from tests.gateway.conftest import Program, make_key
from tests.spaces.conftest import rival

pytestmark = pytest.mark.django_db
__all__ = ["rival"]


def program(member: Any, role: str = "finance", **values: Any) -> Program:
    return Program(str(make_key(member, role, **values)[1]))


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["data"]]


def test_bills_newest_first_and_one_with_its_lines(owner, desk) -> None:
    paid, late = desk.bill(owner.tenant, 10), desk.late_bill(owner.tenant, "20.5", 7)
    desk.pay(owner.tenant, 10, paid)
    desk.draft(owner.tenant)
    api = program(owner)
    listed = api.get("bills")
    assert numbers(listed) == [late.number, paid.number]
    row = listed.json()["data"][0]
    assert (row["open"], row["payment_state"], row["overdue"]) == ("27.5", "open", True)
    one = api.get(f"bills/{row['id']}").json()
    assert [line["amount"] for line in one["lines"]] == ["7", "20.5"]
    assert {name: one[name] for name in row} == row
    assert one["pay_to"] is None


def test_a_list_is_narrowed(owner, desk) -> None:
    paid, late = desk.bill(owner.tenant, 10), desk.late_bill(owner.tenant)
    dollars = desk.bill(owner.tenant, currency="USD")
    desk.pay(owner.tenant, 10, paid)
    api = program(owner)
    asked: list[tuple[dict[str, Any], list[Any]]] = [
        ({"state": "open"}, [dollars, late]),
        ({"state": "overdue"}, [late]),
        ({"state": "settled"}, [paid]),
        ({"currency": "USD"}, [dollars]),
        ({"since": TODAY.isoformat()}, [dollars, paid]),
        ({"until": late.issued_on.isoformat()}, [late]),
    ]
    for query, found in asked:
        assert numbers(api.get("bills", query)) == [bill.number for bill in found], query
    first = api.get("bills", {"limit": 2})
    rest = api.get("bills", {"limit": 2, "cursor": first.json()["next"]})
    assert numbers(first) + numbers(rest) == [dollars.number, late.number, paid.number]
    assert api.get("bills", {"state": "draft"}).status_code == 422


def test_payments_with_what_they_paid(owner, desk) -> None:
    bill = desk.bill(owner.tenant)
    desk.pay(owner.tenant, 130, bill)
    (row,) = program(owner).get("payments").json()["data"]
    assert (row["amount"], row["credit"], row["state"]) == ("130", "30", "succeeded")
    (part,) = row["allocations"]
    assert (part["bill"], part["amount"]) == (ref_of(bill.pk, "bill"), "100")


def test_a_draft_and_a_strangers_bill_are_not_there(owner, rival, desk) -> None:
    draft, foreign = desk.draft(owner.tenant), desk.bill(rival.tenant)
    desk.pay(rival.tenant, 5)
    api = program(owner)
    for bill in (draft, foreign):
        assert api.get(f"bills/{ref_of(bill.pk, 'bill')}").status_code == 404
    assert numbers(api.get("bills")) == []
    assert api.get("payments").json()["data"] == []


def test_scope_and_role_open_it(owner, desk) -> None:
    desk.bill(owner.tenant)
    for path in ("bills", "payments"):
        assert program(owner, scopes=["orders.read"]).get(path).status_code == 403
        assert program(owner, "operations").get(path).status_code == 403
        assert program(owner, "finance").get(path).status_code == 200
