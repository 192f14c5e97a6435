"""Which of the park's accounts bills name."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from banking.models import BankAccount
from banking.operations.accounts import close_account, name_on_bills, reopen_account
from foundation.errors import NotPermitted, WrongState
from tests.banking.making import NOW, account, office
from tests.reconciliation.making import billed, fresh

pytestmark = pytest.mark.django_db
FIRST, SECOND, DOLLARS = "DE75512108001245126199", "6222020000000001", "6222020000000002"


@pytest.fixture
def rows(staff):
    """Two accounts in EUR and one in USD, the first there was first."""
    numbers = [(FIRST, "EUR"), (SECOND, "EUR"), (DOLLARS, "USD")]
    return [account(staff, number=number, currency=currency) for number, currency in numbers]


def call(staff, operation, row):
    with office(staff) as actor:
        return operation(actor=actor, now=NOW, account=row)


def named(staff):
    with office(staff):
        return {row.currency: row.number for row in BankAccount.objects.for_bills()}


def test_bills_name_the_first_account_until_somebody_chooses(staff, enterprise, rows):
    assert [row.is_on_bills for row in rows] == [True, False, True]
    assert named(staff) == {"EUR": FIRST, "USD": DOLLARS}
    before = billed(staff, enterprise, "10.00")
    call(staff, name_on_bills, rows[1])
    assert named(staff) == {"EUR": SECOND, "USD": DOLLARS}
    after = billed(staff, enterprise, "10.00")
    assert fresh(before).parties["pay_to"]["number"] == FIRST
    assert fresh(after).parties["pay_to"]["number"] == SECOND
    call(staff, name_on_bills, rows[0])
    assert named(staff)["EUR"] == FIRST


def test_a_closed_one_is_not_named_and_comes_back_without(staff, rows):
    call(staff, name_on_bills, rows[1])
    call(staff, close_account, rows[1])
    assert named(staff)["EUR"] == FIRST
    call(staff, reopen_account, rows[1])
    assert named(staff)["EUR"] == FIRST


def test_what_is_closed_or_named_already_is_refused(staff, rows):
    call(staff, name_on_bills, rows[1])
    with pytest.raises(WrongState):
        call(staff, name_on_bills, rows[1])
    call(staff, close_account, rows[0])
    with pytest.raises(WrongState):
        call(staff, name_on_bills, rows[0])
    assert named(staff)["EUR"] == SECOND


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_only_leads_choose(make, park, rows, role):
    who = make.member(park, role, is_staff=True)
    with pytest.raises(NotPermitted):
        call(who, name_on_bills, rows[1])


def test_the_database_names_one_of_a_currency_that_is_in_use(staff, rows):
    tries = {
        "bank_account_on_bills_once": lambda: BankAccount.objects.filter(pk=rows[1].pk).update(
            is_on_bills=True
        ),
        "bank_account_on_bills_in_use": lambda: BankAccount.objects.filter(pk=rows[0].pk).update(
            closed_at=NOW
        ),
    }
    for rule, one in tries.items():
        with (
            office(staff),
            pytest.raises(IntegrityError, match=rule),
            transaction.atomic(),
        ):
            one()


def test_its_step_on_the_page(sign_in, staff, rows):
    desk = sign_in(staff)
    where = reverse(
        "admin:banking_bankaccount_step", kwargs={"object_id": rows[1].pk, "step": "bills"}
    )
    assert desk.get(where).status_code == 200
    assert desk.post(where).status_code == 302
    assert named(staff)["EUR"] == SECOND
    shown = desk.get(reverse("admin:banking_bankaccount_change", args=[rows[1].pk]))
    assert where not in shown.content.decode()
