"""Issuing: frozen, numbered without a gap, in the books."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from stdnum import iso11649

from banking.models import BankAccount
from billing.models import Allocation, BillingTerms, CreditNote, Invoice, InvoiceLine
from billing.models import InvoiceTax as Tax
from billing.operations import issuing
from foundation.errors import InvalidInput, NotPermitted, WrongState
from foundation.operations import operation
from tenants.isolation.context import enter_tenant
from tests.billing.making import (
    KINDS,
    NOW,
    TODAY,
    D,
    anew,
    balances,
    credited,
    days,
    drafted,
    everything,
    issued,
    lines_of,
    overview,
    past_rules,
    received,
    refused,
    right,
    rows_of,
    taxed,
)
from tests.spaces.bursts import DONE, burst
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db


def issue(staff, bill, **values):
    with office(staff) as actor:
        return issuing.issue(actor=actor, now=NOW, invoice=bill, **values)


def numbers(tenant):
    with overview():
        rows = Invoice.objects.issued().filter(tenant=tenant).order_by("sequence")
        return list(rows.values_list("sequence", flat=True))


def test_it_is_numbered_dated_frozen_and_in_the_books(staff, enterprise):
    taxed(rent="9", service="6")
    with overview():
        BankAccount.objects.create(
            holder="Park", number="6222000011112222", bank="ICBC", currency="CNY"
        )
    with office(staff) as actor:
        rent = drafted(staff, enterprise, "109", "109", kind=KINDS.RENT)
        bill = issuing.issue(actor=actor, now=NOW, invoice=rent)
    assert bill.number == f"HAIHE-B{TODAY.year}-0001"
    assert iso11649.validate(bill.reference) == bill.reference
    assert (bill.issued_on, bill.due_on) == (TODAY, TODAY + days(10))
    assert bill.parties["payer"]["name"] == enterprise.name
    assert bill.parties["pay_to"]["number"] == "6222000011112222"
    assert balances(enterprise) == {
        "receivable CNY": 218, "revenue:rent CNY": 200, "tax:9 CNY": 18,
    }  # fmt: skip
    right()


def test_tax_is_rounded_on_the_sum_of_a_rate(staff, enterprise):
    taxed(rent="9")
    bill = issued(staff, enterprise, "0.05", "0.05", "0.05", kind=KINDS.RENT)
    with overview():
        row = Tax.objects.get(invoice=bill)
    # Of each line by itself it would be nothing: 0.05 × 9 ÷ 109 = 0.0041.
    assert (row.gross, row.tax, row.net) == (D("0.15"), D("0.01"), D("0.14"))


def test_terms_give_days_to_pay_and_a_later_day_of_the_charges_stands(staff, enterprise):
    with overview():
        BillingTerms.objects.create(valid_from=TODAY - days(30), due_days=20)
    assert issued(staff, enterprise).due_on == TODAY + days(20)
    assert issued(staff, enterprise, due_on=TODAY + days(60)).due_on == TODAY + days(60)


def test_a_day_in_the_future_is_refused_and_one_in_the_past_is_not(staff, enterprise):
    bill = drafted(staff, enterprise)
    with refused(kind=InvalidInput):
        issue(staff, bill, issued_on=TODAY + days(1))
    assert issue(staff, bill, issued_on=TODAY - days(3)).issued_on == TODAY - days(3)


def test_each_year_series_and_organisation_counts_for_itself(staff, enterprise, neighbour):
    last_year = TODAY.replace(month=1, day=1) - days(1)
    first = issue(staff, drafted(staff, enterprise), issued_on=last_year)
    made = [
        first, issued(staff, enterprise), issued(staff, enterprise),
        issued(staff, enterprise, kind=KINDS.DEPOSIT), issued(staff, neighbour),
    ]  # fmt: skip
    this, before = TODAY.year, TODAY.year - 1
    assert [bill.number for bill in made] == [
        f"HAIHE-B{before}-0001", f"HAIHE-B{this}-0001", f"HAIHE-B{this}-0002",
        f"HAIHE-D{this}-0001", f"JINMEN-B{this}-0001",
    ]  # fmt: skip
    assert len({bill.reference for bill in made}) == 5
    right()


def test_a_number_is_given_back_when_the_bill_is_not_issued(staff, enterprise, monkeypatch):
    def failing(*_args, **_values):
        raise WrongState

    issued(staff, enterprise)
    bill = drafted(staff, enterprise)
    for _each in range(3):
        with monkeypatch.context() as patch, refused(kind=WrongState):
            patch.setattr(issuing, "post_all", failing)
            issue(staff, bill)
    issue(staff, bill)
    assert numbers(enterprise) == [1, 2]
    right()


def test_it_is_issued_once(staff, enterprise):
    bill = issued(staff, enterprise)
    with refused(kind=WrongState):
        issue(staff, bill)


@pytest.mark.parametrize("role", ["operations", "coordinator", "member"])
def test_others_of_the_staff_issue_nothing(make, park, staff, enterprise, role):
    bill = drafted(staff, enterprise)
    with refused(kind=NotPermitted):
        issue(make.member(park, role, is_staff=True), bill)


def test_organisations_issue_nothing(owner, staff, enterprise):
    bill = drafted(staff, enterprise)
    with refused(kind=NotPermitted), portal(owner) as actor:
        issuing.issue(actor=actor, now=NOW, invoice=bill)


# -- frozen --------------------------------------------------------------------------------------------


@pytest.fixture
def papers(staff, enterprise):
    """A bill with lines and tax, a credit note on it, a payment of it."""
    taxed(other="6")
    bill = issued(staff, enterprise, "100", "50")
    credited(staff, bill, {lines_of(bill)[0].pk: D(10)})
    received(staff, enterprise, "40", {bill: "40"})
    return bill


CHANGES = [
    (Invoice, {"total": F("total") + 1}),
    (Invoice, {"due_on": TODAY + days(99)}),
    (Invoice, {"number": "HAIHE-B1999-0001"}),
    (Invoice, {"state": "draft", "number": "", "reference": "", "year": None, "sequence": None}),
    (Invoice, {"parties": {}}),
    (InvoiceLine, {"amount": F("amount") + 1}),
    (InvoiceLine, {"what": "Something else"}),
    (Tax, {"tax": 0}),
    (CreditNote, {"total": F("total") + 1}),
    (CreditNote, {"reason": "Another"}),
    (Allocation, {"amount": F("amount") + 1}),
]
FROZEN = [Invoice, InvoiceLine, Tax, CreditNote, Allocation]


@pytest.mark.parametrize(("model", "change"), CHANGES)
def test_nothing_of_it_is_altered_by_staff_or_its_organisation(papers, model, change, staff):
    before = everything()
    for entering in (overview, partial(enter_tenant, papers.tenant_id)):
        with pytest.raises(DatabaseError), transaction.atomic(), entering():
            model.objects.update(**change)
    assert everything() == before


def delete_all(model):
    with connection.cursor() as cursor:
        cursor.execute(f"delete from {model._meta.db_table}")
        cursor.execute("set constraints all immediate")


@pytest.mark.parametrize("model", FROZEN)
def test_nothing_of_it_is_deleted_by_staff_or_its_organisation(papers, model, staff):
    before = everything()
    for entering in (overview, partial(enter_tenant, papers.tenant_id)):
        with pytest.raises(DatabaseError), transaction.atomic(), entering():
            delete_all(model)
    assert everything() == before


def test_a_line_is_not_slipped_in(papers, staff):
    line = lines_of(papers)[0]
    line.pk, line.position = None, 9
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), overview():
        line.save(force_insert=True)


def test_a_draft_that_does_not_sum_up_is_not_issued(staff, enterprise, monkeypatch):
    bill = drafted(staff, enterprise)
    with refused("invoice_sums_up"), office(staff) as actor:
        own = Invoice.objects.get(pk=bill.pk)
        own.tenant = enterprise
        monkeypatch.setattr(issuing, "sums_by_rate", lambda *_args: [])
        operation(issuing.issue_locked)(actor, NOW, own, TODAY)


OWNERS = [
    "update billing_invoice set total = total + 1 where state = 'issued'",
    "update billing_invoice set number = 'X' where state = 'issued'",
    "delete from billing_invoice where state = 'issued'",
    "update billing_invoiceline set amount = amount + 1",
    "delete from billing_invoiceline",
    "update billing_invoicetax set tax = tax + 0.01",
    "delete from billing_invoicetax",
    "update billing_creditnote set total = total + 1",
    "delete from billing_creditnote",
    "update billing_creditnoteline set amount = amount + 1",
    "delete from billing_creditnoteline",
    "update billing_allocation set amount = amount + 1",
    "delete from billing_allocation",
    "update billing_payment set amount = amount + 1",
]


WORDS = "frozen|append-only|keeps its facts|foreign key"


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_is_refused_too(papers):
    for statement in OWNERS:
        with past_rules(rules=True) as cursor, pytest.raises(psycopg2.Error, match=WORDS):
            cursor.execute(f"{statement}; set constraints all immediate")


@pytest.mark.django_db(transaction=True)
def test_without_the_triggers_the_owner_is_not(papers):
    done = []
    for statement in OWNERS:
        with past_rules() as cursor:
            cursor.execute(statement)
            done.append(cursor.rowcount > 0)
    assert all(done)


# -- many at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_issuers_of_one_organisation_leave_no_gap(staff, enterprise):
    bills = [drafted(staff, enterprise) for _each in range(16)]
    tries = [partial(issue, staff, bill) for bill in bills]
    tries += [partial(issue, staff, bill) for bill in bills[:8]]
    assert burst(tries, clients=8) == {DONE: 16, "wrong_state": 8}
    assert numbers(enterprise) == list(range(1, 17))
    right()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_series_two_would_get_one_number(staff, enterprise):
    """Who reads the last number and adds one, as a careless operation would, is refused by the
    key, and the number of bills issued falls short."""

    def careless(bill):
        with office(staff), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select coalesce(max(sequence), 0) + 1 from billing_invoice")
            (number,) = cursor.fetchone()
            cursor.execute("select pg_sleep(0.05)")
            cursor.execute(
                "insert into billing_invoicetax (tenant_id, invoice_id, rate, gross, tax,"
                " credited_gross, credited_tax) values (%s, %s, 0, 100, 0, 0, 0)",
                [enterprise.pk, bill.pk],
            )
            cursor.execute(
                "update billing_invoice set state = 'issued', number = %s, reference = %s,"
                " year = 2026, sequence = %s, issued_on = now() where id = %s",
                [f"N{bill.pk}", f"R{bill.pk}", number, bill.pk],
            )

    bills = [drafted(staff, enterprise) for _each in range(8)]
    outcomes = burst([partial(careless, bill) for bill in bills], clients=8)
    assert outcomes[DONE] < 8
    assert any("invoice_number_once" in told for told in outcomes)
    assert len(rows_of("select 1 from billing_invoice where state = 'issued'")) == outcomes[DONE]


def test_a_stored_bill_is_the_one_that_was_given_back(staff, enterprise):
    bill = issued(staff, enterprise)
    again = anew(bill)
    assert (again.number, again.reference, again.parties) == (
        bill.number, bill.reference, bill.parties,
    )  # fmt: skip
    assert isinstance(again.created_at, datetime)
