"""Charges and bills on the staff's pages: from what is charged to what is credited."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.models import Charge, ChargeKind, CreditNote, Fapiao, Invoice, InvoiceState, Payment
from foundation.staff import ReadInline
from tests.billing import at_the_desk as desk
from tests.billing.at_the_desk import TODAY, charged, day, drafted, fresh, issued, take

pytestmark = pytest.mark.django_db
D = Decimal
BILLS = "admin:billing_invoice_changelist"
CHARGES = "admin:billing_charge_changelist"


@pytest.fixture
def lead(make, park, sign_in):
    return sign_in(make.member(park, "manager", is_staff=True))


@pytest.fixture
def finance(make, park, sign_in):
    return sign_in(make.member(park, "finance", is_staff=True))


@pytest.fixture
def reader(make, park, sign_in):
    return sign_in(make.member(park, "coordinator", is_staff=True))


def by_hand(tenant, **values):
    return {
        "tenant": tenant.pk, "kind": "other", "what": "Lost key", "period": TODAY, "quantity": "2",
        "unit": "", "unit_price": "30", "currency": "CNY", "due_on": day(5),
    } | values  # fmt: skip


def bills_shown(client, **query) -> set[str]:
    answer = client.get(reverse(BILLS), query)
    assert answer.status_code == 200
    return {str(row.pk) for row in answer.context["cl"].result_list}


def test_what_no_app_charges_is_added(enterprise, finance, reader) -> None:
    page = reverse("admin:billing_charge_add")
    assert reader.get(page).status_code == 403
    assert finance.post(page, by_hand(enterprise)).status_code == 302
    made = desk.only(Charge)
    assert (made.amount, made.what, made.due_on) == (D(60), "Lost key", day(5))


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit_price": "0"}, {"quantity": "-1"}, {"currency": "XYZ"}, {"what": ""},
        {"unit_price": "99999999999999", "quantity": "9999999999"},
    ],
)  # fmt: skip
def test_a_charge_that_cannot_be_comes_back(enterprise, finance, wrong) -> None:
    page = reverse("admin:billing_charge_add")
    answer = finance.post(page, by_hand(enterprise, **wrong))
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert desk.everything()[0] == []


def test_lines_that_are_many_are_read_page_by_page(staff, enterprise, reader, monkeypatch) -> None:
    monkeypatch.setattr(ReadInline, "per_page", 2)
    row = drafted(staff, *(charged(staff, enterprise, what=f"Key {n}") for n in range(3)))
    page = reverse("admin:billing_invoice_change", args=[row.pk])
    first = reader.get(page).content.decode()
    assert ["Key 0" in first, "Key 1" in first, "Key 2" in first] == [True, True, False]
    (link,) = set(re.findall(r'href="(\?lines-page=2)#lines-group"', first))
    second = reader.get(page + link).content.decode()
    assert ["Key 0" in second, "Key 2" in second] == [False, True]


def test_chosen_charges_are_billed_by_organisation_and_currency(
    staff, enterprise, neighbour, finance
) -> None:
    rows = [
        charged(staff, enterprise), charged(staff, enterprise), charged(staff, neighbour),
        charged(staff, enterprise, currency="USD"),
        charged(staff, enterprise, kind=ChargeKind.DEPOSIT),
    ]  # fmt: skip
    sent = {"action": "bill_these", "_selected_action": [row.pk for row in rows]}
    answer = finance.post(reverse(CHARGES), sent)
    assert answer.url == reverse(BILLS) + "?state__exact=draft"
    before = desk.everything()
    assert len(before[1]) == 4
    # Once more: they are billed already.
    assert finance.post(reverse(CHARGES), sent, follow=True).context["messages"]
    assert desk.everything() == before


def test_whoever_may_not_issue_bills_has_no_such_action(staff, enterprise, reader) -> None:
    row = charged(staff, enterprise)
    sent = {"action": "bill_these", "_selected_action": [row.pk]}
    assert b"bill_these" not in reader.get(reverse(CHARGES)).content
    reader.post(reverse(CHARGES), sent)
    assert desk.everything()[1] == []
    desk.is_shut(reader, row, "bill")


def test_charges_by_whether_they_are_billed(staff, enterprise, lead) -> None:
    billed, free = charged(staff, enterprise), charged(staff, enterprise)
    drafted(staff, billed)

    def shown(said: str) -> list[int]:
        answer = lead.get(reverse(CHARGES), {"billed": said})
        return [row.pk for row in answer.context["cl"].result_list]

    assert (shown("yes"), shown("no")) == ([billed.pk], [free.pk])
    desk.is_over(lead, billed, "bill")


def test_one_charge_is_billed_and_its_draft_issued(staff, enterprise, finance) -> None:
    row = charged(staff, enterprise)
    take(finance, row, "bill")
    draft = desk.only(Invoice)
    assert desk.offered(finance, draft) == {"issue", "due", "dropping"}
    take(finance, draft, "due", due_on=day(40))
    take(finance, draft, "issue", issued_on=TODAY)
    own = fresh(draft)
    assert (own.state, own.due_on, own.issued_on) == (InvoiceState.ISSUED, day(40), TODAY)
    page = finance.get(desk.page_of(own)).text
    for words in (own.number, own.reference, "Cleaning", "100.00"):
        assert words in page
    for step in ("issue", "due", "dropping"):
        desk.is_over(finance, own, step)


def test_a_bill_of_tomorrow_is_refused(staff, enterprise, finance) -> None:
    draft = drafted(staff, charged(staff, enterprise))
    desk.refused(finance, draft, "issue", issued_on=day(1))
    desk.refused(finance, draft, "issue", issued_on="soon")


def test_a_dropped_draft_frees_its_charges(staff, enterprise, finance) -> None:
    row = charged(staff, enterprise)
    draft = drafted(staff, row)
    take(finance, draft, "dropping")
    desk.is_over(finance, draft, "issue")
    take(finance, row, "bill")


def test_a_bill_is_credited_once_it_was_seen_what_comes_of_it(staff, enterprise, lead) -> None:
    own = issued(staff, enterprise, "100", "50")
    desk.received(staff, enterprise, "150", own)
    sent = {"how": "whole", "reason": "Agreed"}
    shown = lead.post(desk.page_of(own, "credit"), sent)
    form = shown.context["form"]
    assert [amount for _label, amount in form.facts] == ["CNY 150.00", "CNY 0.00", "CNY 150.00"]
    assert desk.everything()[4] == []
    take(lead, own, "credit", **sent, seen=form["seen"].value())
    note = desk.only(CreditNote)
    assert (note.total, fresh(own).payment_state) == (D(150), "credited")
    assert note.number in lead.get(desk.page_of(own)).text
    assert "Agreed" in lead.get(desk.page_of(note)).text
    desk.is_over(lead, own, "credit")


def test_a_part_of_a_line_is_credited(staff, enterprise, lead) -> None:
    own = issued(staff, enterprise, "100", "50")
    first, second = desk.lines_of(own)
    sent = {"how": "lines", f"line_{second}": "20", "reason": "Agreed"}
    other = {**sent, f"line_{first}": "1"}
    seen = lead.post(desk.page_of(own, "credit"), sent).context["form"]["seen"].value()
    # Other amounts than those that were seen are shown first.
    desk.refused(lead, own, "credit", **other, seen=seen)
    take(lead, own, "credit", **sent, seen=seen)
    assert fresh(own).open_amount == D(130)


@pytest.mark.parametrize("wrong", [{"amount": "50.01"}, {"amount": "0.001"}, {"reason": " "}, {}])
def test_a_credit_that_cannot_be_comes_back(staff, enterprise, lead, wrong) -> None:
    own = issued(staff, enterprise, "50")
    (line,) = desk.lines_of(own)
    sent = {"how": "lines", f"line_{line}": wrong.get("amount", "10" if wrong else "")}
    sent["reason"] = wrong.get("reason", "x")
    form = lead.post(desk.page_of(own, "credit"), sent).context["form"]
    desk.refused(lead, own, "credit", **sent, seen=form["seen"].value() or "")


def test_a_payment_of_one_bill_leaves_the_rest_as_credit(staff, enterprise, finance) -> None:
    own = issued(staff, enterprise)
    sent = {"amount": "120", "received_on": TODAY, "reference": "ICBC 7"}
    for wrong in ({"amount": "0"}, {"received_on": day(1)}, {"reference": ""}):
        desk.refused(finance, own, "payment", **(sent | wrong))
    take(finance, own, "payment", **sent)
    paid = desk.only(Payment)
    assert (fresh(own).payment_state, paid.credit, paid.method) == ("paid", D(20), "cash")
    desk.is_over(finance, own, "payment")


def test_a_small_rest_is_written_off_and_a_large_one_has_no_button(
    staff, enterprise, finance
) -> None:
    own = issued(staff, enterprise, "100")
    assert "write-off" not in desk.offered(finance, own)
    desk.is_over(finance, own, "write-off")
    take(finance, own, "payment", amount="99.50", received_on=TODAY, reference="x")
    take(finance, own, "write-off")
    assert (fresh(own).written_off, fresh(own).open_amount) == (D("0.50"), 0)


def test_a_fapiao_is_asked_for_once(staff, enterprise, finance) -> None:
    own = issued(staff, enterprise)
    desk.refused(finance, own, "fapiao", kind="special", title="Haihe", tax_number="")
    take(finance, own, "fapiao", kind="ordinary", title="Haihe", tax_number="")
    assert desk.only(Fapiao).title == "Haihe"
    assert "fapiao" not in desk.offered(finance, own)


def test_who_sees_which_button(staff, enterprise, finance, reader, lead) -> None:
    own = issued(staff, enterprise)
    assert desk.offered(reader, own) == set()
    assert desk.offered(finance, own) == {"payment", "fapiao"}
    assert desk.offered(lead, own) == {"payment", "fapiao", "credit"}
    for step in ("payment", "credit", "fapiao", "write-off"):
        desk.is_shut(reader, own, step)
    desk.is_shut(finance, own, "credit")


def test_an_organisation_comes_to_none_of_the_pages(staff, owner, sign_in) -> None:
    own = issued(staff, owner.tenant)
    client = sign_in(owner)
    for page in (reverse(BILLS), desk.page_of(own), reverse("admin:billing_ageing")):
        assert client.get(page).status_code in (302, 403, 404)


def test_bills_are_found_by_number_reference_and_organisation(
    staff, enterprise, neighbour, reader
) -> None:
    own, other = issued(staff, enterprise), issued(staff, neighbour)
    for words in (own.number, own.reference, enterprise.name):
        assert bills_shown(reader, q=words) == {str(own.pk)}
    assert bills_shown(reader, organisation="jinmen") == {str(other.pk)}
    assert bills_shown(reader, organisation="nobody") == set()
    assert bills_shown(reader, due_until="x") == set()


def test_ageing_leads_to_exactly_its_bills(
    staff, enterprise, neighbour, reader, monkeypatch
) -> None:
    rows = {place: issued(staff, enterprise, str(100 + place)) for place in range(5)}
    issued(staff, neighbour, "7")
    late = {0: 0, 1: 1, 2: 31, 3: 90, 4: 91}
    latest = max(row.due_on for row in rows.values())
    ages = {place: latest - rows[place].due_on for place in rows}
    assert set(ages.values()) == {ages[0]}
    for place, days in late.items():
        at = rows[place].due_on + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_a, at=at, **_k: at)
        shown = reader.get(reverse("admin:billing_ageing"))
        (aged,) = [row for row in shown.context["rows"] if row[0].tenant_id == enterprise.pk]
        amount, where = aged[2][place]
        assert amount == sum(row.total for row in rows.values())
        found = reader.get(where)
        assert found.status_code == 200
        listed = {row.pk for row in found.context["cl"].result_list}
        assert listed == {row.pk for row in rows.values()}
    answer = reader.get(reverse("admin:billing_ageing_xlsx"))
    assert answer.content[:2] == b"PK"


def test_lists_are_taken_away_as_workbooks(staff, enterprise, reader) -> None:
    own = issued(staff, enterprise)
    sent = {"action": "as_xlsx", "_selected_action": [own.pk]}
    assert reader.post(reverse(BILLS), sent).content[:2] == b"PK"


def test_papers_of_what_was_issued(staff, enterprise, lead) -> None:
    own = issued(staff, enterprise)
    draft = drafted(staff, charged(staff, enterprise))
    page = reverse("admin:billing_invoice_paper", args=[own.pk])
    assert lead.get(page).content[:5] == b"%PDF-"
    assert lead.get(reverse("admin:billing_invoice_paper", args=[draft.pk])).status_code == 404
