"""Bank statements in the staff site: upload, look, take, read."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.html import escape

from banking.models import BankAccount, Quarantined, Statement, StatementFile, StatementLine
from banking.reading.door import LARGEST_BYTES
from tests.banking.making import IBAN, camt, fact, kept, office, upload, worked_off

pytestmark = pytest.mark.django_db(transaction=True)

UPLOAD = "admin:banking_upload"
TWO = [fact("12.50", 3, name="海河贸易", text="INV-7"), fact("-3.00", 4, text="Fee")]


@pytest.fixture
def desk(sign_in, staff):
    return sign_in(staff)


def page(model, row=None, step=""):
    label = f"admin:banking_{model._meta.model_name}"
    if step:
        return reverse(f"{label}_step", kwargs={"object_id": row.pk, "step": step})
    return reverse(f"{label}_change", args=[row.pk]) if row else reverse(f"{label}_changelist")


def sent(data, name="statement.xml", **values):
    file = BytesIO(data)
    file.name = name
    return {"file": file, **values}


def stored(staff):
    with office(staff):
        return StatementFile.objects.get()


def test_a_file_is_uploaded_looked_at_and_taken(desk, staff, own_account):
    answer = desk.post(reverse(UPLOAD), sent(camt(TWO)))
    own = stored(staff)
    assert answer.url == page(StatementFile, own)
    shown = desk.get(answer.url)
    assert shown.headers["Refresh"]
    worked_off(staff, own)
    shown = desk.get(answer.url)
    assert "Refresh" not in shown.headers
    assert "海河贸易" in shown.content.decode()
    assert kept() == []
    assert desk.post(page(StatementFile, own, "taking")).url == page(StatementFile, own)
    worked_off(staff, own)
    assert len(kept()) == 2
    assert "taking" not in desk.get(page(StatementFile, own)).content.decode()


def test_lists_show_what_was_taken_with_filters(desk, staff, own_account):
    own = upload(staff, camt(TWO))
    for model in (BankAccount, StatementFile, Statement, StatementLine):
        with office(staff):
            row = model.objects.first()
        assert desk.get(page(model)).status_code == 200
        assert desk.get(page(model, row)).status_code == 200
    lines = page(StatementLine)
    assert "海河贸易" in desk.get(lines, {"side": "in"}).content.decode()
    assert "海河贸易" not in desk.get(lines, {"side": "out"}).content.decode()
    assert "INV-7" in desk.get(lines, {"q": "INV-7"}).content.decode()
    assert own.name in desk.get(page(StatementFile)).content.decode()


def test_what_was_set_aside_says_why(desk, staff, own_account):
    own = upload(staff, camt(TWO, ends=fact("1.00").amount))
    with office(staff):
        aside = Quarantined.objects.get()
    for language in ("en", "zh-hans"):
        desk.cookies["django_language"] = language
        assert escape(aside.reason[language]) in desk.get(page(StatementFile, own)).content.decode()


@pytest.mark.parametrize("data", [b"", bytes(LARGEST_BYTES + 1)])
def test_a_file_that_is_empty_or_too_large_keeps_the_form(desk, staff, data):
    answer = desk.post(reverse(UPLOAD), sent(data))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    with office(staff):
        assert not StatementFile.objects.exists()


def test_the_same_file_again_is_told_at_the_form(desk, staff, own_account):
    upload(staff, camt(TWO))
    answer = desk.post(reverse(UPLOAD), sent(camt(TWO)))
    assert "statement.xml" in str(answer.context["form"].errors)


def test_a_file_is_read_again_with_another_answer(desk, staff, own_account):
    own = upload(staff, b"Date,Amount\n03/04/2026,1.00\n", account=own_account)
    assert (own.lines_read, own.set_aside) == (0, 1)
    desk.post(page(StatementFile, own, "reading"), {"account": own_account.pk, "date_order": "dmy"})
    own = worked_off(staff, own)
    assert (own.state, own.lines_read, own.set_aside) == ("read", 1, 0)


def test_a_file_without_names_of_columns_is_read_with_those_that_are_typed(
    desk, staff, own_account
):
    own = upload(staff, b"2026-04-03;-1.50;Rent\n", account=own_account)
    assert own.state == "refused"
    said = {"account": own_account.pk, "columns": "Date；Amount; Description"}
    desk.post(page(StatementFile, own, "reading"), said)
    own = worked_off(staff, own)
    assert (own.state, own.lines_read) == ("read", 1)


def test_an_account_is_added_changed_and_closed(desk, staff):
    said = {"holder": "园区", "number": "DE89 3704 0044 0532 0130 00", "bank": "DB", "swift": ""}
    desk.post(reverse("admin:banking_bankaccount_add"), said | {"currency": "EUR"})
    with office(staff):
        own = BankAccount.objects.get()
    assert (own.number, own.currency) == (IBAN, "EUR")
    desk.post(page(BankAccount, own), said | {"currency": "EUR", "bank": "Deutsche Bank"})
    desk.post(page(BankAccount, own, "closing"))
    with office(staff):
        own.refresh_from_db()
        assert own.bank == "Deutsche Bank"
        assert own.closed_at is not None
    desk.post(page(BankAccount, own, "reopening"))
    with office(staff):
        own.refresh_from_db()
        assert own.closed_at is None


@pytest.mark.parametrize("role", ["operations", "coordinator", "member"])
def test_who_does_not_keep_the_books_sees_no_page(make, park, sign_in, role, staff, own_account):
    upload(staff, camt(TWO))
    client = sign_in(make.member(park, role, is_staff=True))
    for address in (page(StatementLine), page(BankAccount), reverse(UPLOAD)):
        assert client.get(address).status_code == 403
