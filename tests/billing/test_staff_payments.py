"""Payments on the staff's pages: recorded, applied, taken off a bill, taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from banking.models import BankAccount
from banking.operations.accounts import keep_account
from billing.models import Fapiao, FapiaoState, Payment, PaymentMethod, PaymentOutcome
from billing.operations import fapiao as asking
from tests.billing import at_the_desk as desk
from tests.billing.at_the_desk import TODAY, day, fresh, issued, received, take
from tests.spaces.making import NOW, office

pytestmark = pytest.mark.django_db
D = Decimal
ADD = "admin:billing_payment_add"
PAYMENTS = "admin:billing_payment_changelist"


@pytest.fixture
def finance(make, park, sign_in):
    return sign_in(make.member(park, "finance", is_staff=True))


@pytest.fixture
def reader(make, park, sign_in):
    return sign_in(make.member(park, "member", is_staff=True))


@pytest.fixture
def account(staff) -> BankAccount:
    with office(staff) as actor:
        return keep_account(
            actor=actor, now=NOW, holder="Park", number="62220200001", bank="ICBC", swift="",
            currency="USD",
        )  # fmt: skip


def came_in(tenant, **values: Any) -> dict[str, Any]:
    return {
        "tenant": tenant.pk, "amount": "250", "currency": "CNY", "received_on": TODAY,
        "account": "", "reference": "ICBC 9", "note": "", "oldest_first": "on",
    } | values  # fmt: skip


def test_one_payment_settles_the_oldest_bills_and_leaves_credit(
    staff, enterprise, neighbour, finance
) -> None:
    later = issued(staff, enterprise, "100", due_on=day(60))
    sooner = issued(staff, enterprise, "200", due_on=day(30))
    other = issued(staff, neighbour)
    answer = finance.post(reverse(ADD), came_in(enterprise))
    own = desk.only(Payment)
    assert answer.url == desk.page_of(own)
    assert [fresh(each).paid for each in (sooner, later, other)] == [D(200), D(50), 0]
    finance.post(reverse(ADD), came_in(enterprise, amount="80", reference="ICBC 10"))
    assert fresh(later).payment_state == "paid"
    shown = finance.get(reverse(PAYMENTS), {"credit": "left"}).context["cl"].result_list
    assert [row.credit for row in shown] == [D(30)]


def test_it_waits_as_credit_where_somebody_is_to_choose(staff, enterprise, finance) -> None:
    first, second = issued(staff, enterprise), issued(staff, enterprise)
    finance.post(reverse(ADD), came_in(enterprise, oldest_first=""))
    own = desk.only(Payment)
    assert own.credit == D(250)
    form = finance.get(desk.page_of(own, "application")).context["form"]
    assert form.fields[f"bill_{first.pk}"].initial == "100.00"
    take(finance, own, "application", **{f"bill_{second.pk}": "60"})
    assert (fresh(first).paid, fresh(second).paid, fresh(own).credit) == (0, D(60), D(190))
    for wrong in ("100.01", "0.001", "-1", ""):
        desk.refused(finance, own, "application", **{f"bill_{first.pk}": wrong})


def test_another_organisations_bill_is_not_on_the_form(
    staff, enterprise, neighbour, finance
) -> None:
    other, _own = issued(staff, neighbour), issued(staff, enterprise)
    paid = received(staff, enterprise)
    desk.refused(finance, paid, "application", **{f"bill_{other.pk}": "1"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"}, {"amount": "1.001"}, {"received_on": day(1)}, {"reference": ""},
        {"currency": "XYZ"},
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_comes_back(staff, enterprise, finance, wrong) -> None:
    issued(staff, enterprise)
    before = desk.everything()
    answer = finance.post(reverse(ADD), came_in(enterprise, **wrong))
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert desk.everything() == before


def test_an_account_of_another_currency_is_refused(enterprise, finance, account) -> None:
    sent = came_in(enterprise, account=account.pk)
    assert finance.post(reverse(ADD), sent).status_code == 200
    assert finance.post(reverse(ADD), sent | {"currency": "USD"}).status_code == 302
    own = desk.only(Payment)
    assert (own.method, own.account_id) == (PaymentMethod.BANK, account.pk)


def test_it_is_taken_off_a_bill_in_part_and_whole(staff, enterprise, finance) -> None:
    own = issued(staff, enterprise)
    paid = received(staff, enterprise, "100", own)
    take(finance, paid, "removal", invoice=own.pk, amount="30")
    assert (fresh(own).open_amount, fresh(paid).credit) == (D(30), D(30))
    desk.refused(finance, paid, "removal", invoice=own.pk, amount="71")
    desk.refused(finance, paid, "removal", invoice="", amount="")
    take(finance, paid, "removal", invoice=own.pk, amount="")
    assert fresh(own).open_amount == D(100)
    desk.is_over(finance, paid, "removal")


def test_what_the_bank_takes_back_opens_its_bills(staff, enterprise, finance) -> None:
    own = issued(staff, enterprise)
    paid = received(staff, enterprise, "100", own)
    desk.refused(finance, paid, "return", reason=" ")
    take(finance, paid, "return", reason="Bounced")
    assert (fresh(paid).state, fresh(own).open_amount) == (PaymentOutcome.RETURNED, D(100))
    for step in ("return", "removal", "application", "refund"):
        desk.is_over(finance, paid, step)


def test_whoever_reads_only_has_no_buttons(staff, enterprise, reader) -> None:
    issued(staff, enterprise)
    paid = received(staff, enterprise)
    assert desk.offered(reader, paid) == set()
    for step in ("application", "removal", "return", "refund"):
        desk.is_shut(reader, paid, step)
    assert reader.get(reverse(ADD)).status_code == 403
    sent = {"action": "as_xlsx", "_selected_action": [paid.pk]}
    assert reader.post(reverse(PAYMENTS), sent).content[:2] == b"PK"


def test_a_fapiao_from_the_request_to_the_red_one(staff, enterprise, finance, reader) -> None:
    with office(staff) as actor:
        bill = issued(staff, enterprise)
    with office(staff) as actor:
        own = asking.request(actor=actor, now=NOW, invoice=bill, title="Haihe")
    desk.is_shut(reader, own, "issued")
    sent = {"number": "12345678901234567890", "issued_on": TODAY}
    for wrong in ({"number": "123"}, {"issued_on": day(1)}, {"number": ""}):
        desk.refused(finance, own, "issued", **(sent | wrong))
    take(finance, own, "issued", **sent)
    for step in ("issued", "withdrawal", "red"):
        desk.is_over(finance, own, step)
    take(finance, own, "red-request", reason="Wrong title")
    take(finance, own, "red-end")
    take(finance, own, "red-request", reason="Wrong title")
    desk.refused(finance, own, "red", red_number=sent["number"])
    take(finance, own, "red", red_number="09876543210987654321")
    assert desk.only(Fapiao).state == FapiaoState.RED_ISSUED
    desk.is_over(finance, own, "red-request")
