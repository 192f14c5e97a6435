"""Runs of bills: gathered, looked at, issued; stopped, continued, dropped; refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from backbone import progress
from billing.models import (
    ChargeKind,
    Invoice,
    InvoiceLine,
    InvoiceRun,
    InvoiceState,
    RunState,
    Series,
)
from billing.operations import run_work, runs
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from ledger.models import Account, Entry
from ledger.operations import accounts
from tests.billing.running import (
    TODAY,
    begun,
    everything,
    numbers_without_gap,
    overview,
    owed,
    ready,
    stepped,
    worked,
)
from tests.spaces.making import NOW, office

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
DAY = timedelta(days=1)


@pytest.fixture
def small_bundles(monkeypatch: Any) -> None:
    monkeypatch.setattr(run_work, "ORGANISATIONS", 2)
    monkeypatch.setattr(run_work, "BILLS", 2)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_UPDATES", 0)


@pytest.fixture
def debtors(make: Any) -> list[Any]:
    return [make.tenant() for _each in range(5)]


def fresh(run: InvoiceRun) -> InvoiceRun:
    with overview():
        return InvoiceRun.objects.get(pk=run.pk)


def drafts(**wanted: Any) -> list[Invoice]:
    with overview():
        return list(Invoice.objects.filter(state=InvoiceState.DRAFT, **wanted).order_by("pk"))


def test_one_draft_for_each_organisation_currency_and_series(staff, enterprise, neighbour) -> None:
    owed([enterprise, neighbour])
    owed([enterprise], 1, currency="USD", source_type="tests.other")
    owed([enterprise], 2, kind=ChargeKind.DEPOSIT, tax_rate=0)
    owed([neighbour], 1, due_on=TODAY + DAY, source_type="tests.later")
    run = ready(staff)
    found = [(d.tenant_id, d.series, d.currency, d.total) for d in drafts(run=run)]
    assert sorted(found) == sorted(
        [
            (enterprise.pk, Series.BILL, "CNY", D(318)),
            (enterprise.pk, Series.BILL, "USD", D(106)),
            (enterprise.pk, Series.DEPOSIT, "CNY", D(212)),
            (neighbour.pk, Series.BILL, "CNY", D(318)),
        ]
    )
    assert (run.planned, run.issued) == (4, 0)


def test_a_run_issues_all_with_numbers_taxes_and_books(staff, debtors, small_bundles) -> None:
    owed(debtors)
    run = ready(staff)
    stepped(runs.issue_run, staff, run)
    job = worked(run)
    assert (job.state, job.percent, job.result) == ("succeeded", 100, {"bills": 5})
    assert numbers_without_gap() == 5
    with overview():
        assert fresh(run).state == RunState.DONE
        for own in Invoice.objects.issued():
            assert (own.issued_by_id, own.issued_on) == (staff.user_id, TODAY)
            assert [(t.rate, t.tax) for t in own.taxes.all()] == [(D(6), D(18))]
            sums = {a.code: a.balance for a in Account.objects.filter(tenant_id=own.tenant_id)}
            assert sums == {"receivable": D(318), "revenue:service": D(300), "tax:6": D(18)}


def test_what_is_on_a_draft_is_not_gathered_again(staff, enterprise) -> None:
    owed([enterprise])
    run = ready(staff)
    stepped(runs.drop_run, staff, run)
    assert (fresh(run).state, drafts()) == (RunState.DROPPED, [])
    again = ready(staff)
    assert [own.total for own in drafts(run=again)] == [D(318)]
    stepped(runs.issue_run, staff, again)
    worked(again)
    third = ready(staff)
    assert (third.planned, numbers_without_gap()) == (0, 1)
    with pytest.raises(DomainError) as refusal:
        stepped(runs.issue_run, staff, third)
    assert refusal.value.code == "nothing_to_bill"


def test_one_run_at_a_time(staff, enterprise) -> None:
    owed([enterprise])
    begun(staff)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        begun(staff)
    assert (refusal.value.code, everything()) == ("run_one_at_a_time", before)


@pytest.mark.parametrize("step", [runs.issue_run, runs.stop_run, runs.continue_run, runs.drop_run])
def test_a_weaker_role_does_nothing(staff, park, make, enterprise, step) -> None:
    owed([enterprise])
    run = ready(staff)
    before = everything()
    with pytest.raises(NotPermitted):
        stepped(step, make.member(park, "operations"), run)
    with pytest.raises(NotPermitted):
        begun(make.member(park, "operations"))
    assert everything() == before


def test_the_wrong_state_is_refused(staff, enterprise) -> None:
    owed([enterprise])
    run = begun(staff)
    for step in (runs.issue_run, runs.continue_run, runs.drop_run):
        before = everything()
        with pytest.raises(WrongState):
            stepped(step, staff, run)
        assert everything() == before
    worked(run)
    for step in (runs.stop_run, runs.continue_run):
        with pytest.raises(WrongState):
            stepped(step, staff, run)


def test_bills_are_not_dated_ahead(staff, enterprise) -> None:
    owed([enterprise])
    run = ready(staff, issue_on=TODAY + DAY)
    before = everything()
    with pytest.raises(InvalidInput):
        stepped(runs.issue_run, staff, run)
    assert everything() == before


def test_stopped_before_it_began_and_continued(staff, enterprise) -> None:
    owed([enterprise])
    run = begun(staff)
    assert stepped(runs.stop_run, staff, run).state == RunState.STOPPED
    assert worked(run).state == "cancelled"
    assert stepped(runs.continue_run, staff, run).state == RunState.GATHERING
    assert worked(run).state == "succeeded"
    assert fresh(run).planned == 1


def test_stopped_between_two_bundles_and_continued(
    staff, debtors, small_bundles, monkeypatch
) -> None:
    owed(debtors)
    run = ready(staff)
    stepped(runs.issue_run, staff, run)
    plain, asked = run_work.issue, []

    def issue(**known: Any) -> Any:
        asked.append(1)
        done = plain(**known)
        if len(asked) == 1:
            stepped(runs.stop_run, staff, run)
        return done

    with monkeypatch.context() as patched:
        patched.setattr(run_work, "issue", issue)
        assert worked(run).state == "cancelled"
    assert (fresh(run).state, fresh(run).issued, numbers_without_gap()) == (RunState.STOPPED, 2, 2)
    stepped(runs.continue_run, staff, run)
    assert worked(run).state == "succeeded"
    assert (fresh(run).state, numbers_without_gap()) == (RunState.DONE, 5)


def test_one_that_is_refused_stays_a_draft_and_the_others_are_issued(
    staff, debtors, small_bundles
) -> None:
    owed(debtors)
    frozen = debtors[2]
    with office(staff) as actor:
        own = accounts.open_account(
            actor=actor, now=NOW, tenant=frozen, code="receivable", currency="CNY"
        )
        accounts.freeze(actor=actor, now=NOW, account=own)
    run = ready(staff)
    stepped(runs.issue_run, staff, run)
    job = worked(run)
    assert (job.state, job.error_code) == ("failed", "run_left_out")
    assert frozen.name in job.reason
    assert (fresh(run).state, fresh(run).issued) == (RunState.STOPPED, 4)
    assert [own.tenant_id for own in drafts()] == [frozen.pk]
    with office(staff) as actor:
        accounts.thaw(actor=actor, now=NOW, account=own)
    stepped(runs.continue_run, staff, run)
    assert worked(run).state == "succeeded"
    assert (fresh(run).state, numbers_without_gap()) == (RunState.DONE, 5)


def test_a_bundle_takes_as_many_statements_as_one_bill(
    staff, make, django_assert_max_num_queries
) -> None:
    owed([make.tenant() for _each in range(6)])
    run = ready(staff)
    stepped(runs.issue_run, staff, run)
    first, *rest = [own.pk for own in drafts()]
    with office(staff) as actor:
        known: dict[str, Any] = {"actor": actor, "now": NOW, "run_id": run.pk}
        with django_assert_max_num_queries(40) as one:
            run_work.issue(bills=[first], **known)
        with django_assert_max_num_queries(len(one)):
            run_work.issue(bills=rest, **known)


def test_work_that_is_done_twice_is_done_once(staff, enterprise) -> None:
    owed([enterprise])
    run = ready(staff)
    stepped(runs.issue_run, staff, run)
    with office(staff) as actor:
        known: dict[str, Any] = {"actor": actor, "now": NOW, "run_id": run.pk}
        bills = [own.pk for own in drafts()]
        assert run_work.issue(bills=bills, **known) == 1
        assert run_work.issue(bills=bills, **known) == 0
        assert run_work.gather(tenants=[enterprise.pk], **known) == 0
    assert worked(run).state == "succeeded"
    assert numbers_without_gap() == 1


def test_staff_see_sums_and_bills_before_they_issue(staff, client, enterprise) -> None:
    owed([enterprise])
    run = ready(staff)
    client.force_login(staff.user)
    page = client.get(reverse("admin:billing_invoicerun_change", args=[run.pk]))
    text = page.content.decode()
    assert "CNY 318.00" in text
    assert enterprise.name in text
    with overview():
        assert InvoiceLine.objects.count() == 3
        assert not Entry.objects.exists()
