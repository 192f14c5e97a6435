"""From an upload to lines: taken once, known again, set aside with a reason, by those who may."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import permutations

import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from backbone.models import Document, Job
from backbone.runner import perform
from banking import queries
from banking.erasing import erase_payers
from banking.models import BankAccount, Quarantined, Statement, StatementFile, StatementLine
from banking.operations import accounts, files
from foundation.actors import Actor
from foundation.errors import DomainError, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import TrailEntry
from tests import databases
from tests.banking.making import (
    IBAN,
    NOW,
    account,
    camt,
    fact,
    kept,
    mt940,
    office,
    table,
    upload,
    worked_off,
)

pytestmark = pytest.mark.django_db(transaction=True)

TWINS = [fact("5.00", 2, name="Wang", text="Rent"), fact("5.00", 2, name="Wang", text="Rent")]
ROLES = ["owner", "manager", "finance", "operations", "coordinator", "member"]


def everything():
    with enter(Identity(STAFF)):
        models = (BankAccount, StatementFile, Statement, StatementLine, Quarantined, Document, Job)
        return [model.objects.count() for model in models]


def reasons(own):
    with enter(Identity(STAFF)):
        return list(Quarantined.objects.filter(file=own).values_list("reason_code", flat=True))


def test_lines_are_taken_with_what_the_bank_says(staff, own_account):
    own = upload(staff, camt([fact("12.50", 3, name="海河", text="INV-7", reference="B1")]))
    assert (own.state, own.kind, own.lines_read, own.lines_new) == ("taken", "camt.053", 1, 1)
    with office(staff):
        line = StatementLine.objects.get()
        statement = Statement.objects.get()
    assert (line.amount, line.currency, line.counterparty_name) == (Decimal("12.5"), "EUR", "海河")
    assert (line.bank_reference, line.remittance, line.occurrence) == ("B1", "INV-7", 1)
    assert (statement.account_id, statement.closing) == (own_account.pk, Decimal("112.5"))


def test_a_look_comes_first_and_adds_nothing(staff, own_account):
    own = upload(staff, camt(TWINS), take=False)
    assert (own.state, own.lines_new, kept()) == ("read", 2, [])
    assert own.preview[0]["lines"] == 2
    with office(staff) as actor:
        files.take_lines(actor=actor, now=NOW, file=own)
    own = worked_off(staff, own)
    assert (own.state, own.lines_new, own.preview, len(kept())) == ("taken", 2, [], 2)


def test_two_lines_that_say_the_same_both_stay_and_come_again_as_known(staff, own_account):
    upload(staff, camt(TWINS))
    assert len(kept()) == 2
    again = upload(staff, camt(TWINS, number=2))
    assert (again.lines_read, again.lines_new, again.lines_known) == (2, 0, 2)
    assert len(kept()) == 2


def test_the_very_file_again_is_told_and_adds_nothing(staff, own_account):
    upload(staff, camt(TWINS))
    before = everything()
    with pytest.raises(DomainError) as refusal:
        upload(staff, camt(TWINS))
    assert refusal.value.code == "bank_file_once"
    assert everything() == before


FACTS = [
    fact("5.00", 1, text="A"), fact("5.00", 1, text="A"), fact("-2.00", 2, text="B"),
    fact("7.00", 3, text="C"), fact("5.00", 3, text="A"),
]  # fmt: skip
OVERLAPPING = [FACTS[:1], FACTS[:3], FACTS[2:], FACTS[1:4]]


@pytest.mark.parametrize("write", [lambda part: camt(part), lambda part: table(part)])
def test_overlapping_files_give_the_same_lines_in_any_order(staff, own_account, write):
    found = set()
    for order in list(permutations(OVERLAPPING))[::5]:
        for place, part in enumerate(order, 1):
            upload(staff, write(part), account=own_account)
            assert len(kept()) >= len(part), place
        found.add(tuple(kept()))
        forget()
    assert len(found) == 1
    assert len(found.pop()) == len(FACTS)


def forget():
    """As if no file had come; nobody in the portal can, so the table's owner does."""
    with closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        owner.autocommit = True
        with owner.cursor() as cursor:
            cursor.execute(
                "truncate banking_quarantined, banking_statementline, banking_statement, "
                "banking_statementfile cascade"
            )


def test_pages_of_one_statement_count_together_and_statements_that_overlap_do_not(
    staff, own_account
):
    first = mt940(TWINS[:1], number="1/1")
    second = mt940(TWINS[:1], number="1/2", opening=Decimal("105.00"))
    upload(staff, first + second)
    assert len(kept()) == 2
    upload(staff, mt940(TWINS, number="3/1") + mt940(TWINS[:1], number="4/1"))
    assert len(kept()) == 2


def test_the_balance_after_them_tells_identical_lines_of_two_exports_apart(staff, own_account):
    for balance in ("105.00", "110.00"):
        said = fact("5.00", 2, text="Rent", balance=Decimal(balance))
        upload(staff, table([said]), account=own_account)
    assert len(kept()) == 2


def test_a_report_of_the_day_and_the_statement_after_it_are_the_same_lines(staff, own_account):
    said = [fact("5.00", 2, text="in the day", reference="R-1")]
    upload(staff, camt(said, message="BkToCstmrAcctRpt", part="Rpt", balances=False))
    final = [fact("5.00", 2, text="in full", reference="R-1"), fact("1.00", 2, reference="R-2")]
    own = upload(staff, camt(final))
    assert (own.lines_new, own.lines_known) == (1, 1)


def test_a_statement_that_does_not_add_up_is_kept_aside_and_the_rest_is_taken(staff, own_account):
    wrong = mt940(TWINS, ends=Decimal("1.00"))
    own = upload(staff, wrong + mt940(TWINS[:1], number="2/1"))
    assert (own.lines_new, own.set_aside, reasons(own)) == (1, 1, ["balance_differs"])
    with office(staff):
        aside = Quarantined.objects.get()
    assert "EUR" in aside.why
    assert aside.reason.keys() == {"en", "zh-hans"}
    assert ":61:" in aside.raw


def test_a_file_nobody_can_read_is_refused_with_a_sentence(staff, own_account):
    own = upload(staff, b"first,second\n1,2\n")
    assert (own.state, own.refusal_code, kept()) == ("refused", "no_header", [])
    assert own.why_refused


def test_a_statement_of_an_unknown_account_waits_for_it(staff):
    own = upload(staff, camt(TWINS))
    assert (own.lines_new, reasons(own)) == (0, ["account_unknown"])
    account(staff)
    with office(staff) as actor:
        files.read_again(actor=actor, now=NOW, file=own)
    own = worked_off(staff, own)
    assert (own.state, own.lines_new, reasons(own)) == ("read", 2, [])


def test_a_table_is_of_the_account_that_was_chosen(staff, own_account):
    own = upload(staff, table(TWINS))
    assert reasons(own) in (["no_currency"], ["no_account"])
    with office(staff) as actor:
        files.read_again(actor=actor, now=NOW, file=own, account=own_account)
    assert worked_off(staff, own).lines_new == 2


def test_a_statement_of_another_account_or_currency_is_not_put_on_the_chosen_one(staff):
    other = account(staff, number="CN1234567890", currency="CNY")
    assert reasons(upload(staff, camt(TWINS), account=other)) == ["account_other"]
    account(staff, currency="USD")
    assert reasons(upload(staff, camt(TWINS, number=2))) == ["account_currency"]


def test_an_account_is_found_by_its_domestic_number(staff):
    account(staff, number=IBAN[-10:])
    assert upload(staff, camt(TWINS)).lines_new == 2


def test_nothing_is_taken_for_a_closed_account(staff, own_account):
    with office(staff) as actor:
        accounts.close_account(actor=actor, now=NOW, account=own_account)
    assert reasons(upload(staff, camt(TWINS))) == ["account_unknown"]


def test_where_the_balance_jumps_a_statement_is_missing(staff, own_account):
    first = camt([fact("5.00", 1)], number=1)
    later = camt([fact("5.00", 9)], number=3).replace(b"2026-04-01", b"2026-05-01")
    later = later.replace(b"2026-04-30", b"2026-05-30").replace(b"2026-04-09", b"2026-05-09")
    upload(staff, first)
    with office(staff):
        assert queries.gaps(own_account) == []
    upload(staff, later)
    with office(staff):
        (gap,) = queries.gaps(own_account)
    assert gap.difference == Decimal(-5)


# -- the job -------------------------------------------------------------------------------------


def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_the_next_one_takes_all(
    staff, own_account, monkeypatch
):
    class Killed(BaseException):
        pass

    def killed(*_args, **_values):
        raise Killed

    with office(staff) as actor:
        own = files.upload_statement(
            actor=actor, now=NOW, file=BytesIO(camt(TWINS)), name="a.xml", take=True
        )
    with office(staff):
        job = Job.objects.latest("pk")
    with monkeypatch.context() as patch:
        patch.setattr(files, "set_aside", killed)
        with pytest.raises(Killed):
            perform(tenant_id=staff.tenant_id, job_id=job.pk)
    assert kept() == []
    perform(tenant_id=staff.tenant_id, job_id=job.pk)
    assert len(kept()) == 2
    with office(staff):
        assert StatementFile.objects.get(pk=own.pk).state == "taken"


def test_a_job_that_runs_twice_adds_nothing(staff, own_account):
    own = upload(staff, camt(TWINS))
    before = everything()
    with office(staff):
        files.read_statement(
            actor=Actor(user_id=None, tenant_id=staff.tenant_id), now=NOW, file_id=own.pk, take=True
        )
    assert everything() == before


# -- who may, and the wrong state ------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_who_keeps_the_books_uploads_and_only_leads_keep_accounts(make, park, role):
    member = make.member(park, role, is_staff=True)
    with office(member) as actor:
        for may, ask in (
            (role in ("owner", "manager", "finance"), lambda: uploaded(actor)),
            (role in ("owner", "manager"), lambda: opened(actor)),
        ):
            if may:
                ask()
                continue
            before = everything()
            with pytest.raises(NotPermitted):
                ask()
            assert everything() == before


def uploaded(actor):
    return files.upload_statement(
        actor=actor, now=NOW, file=BytesIO(camt(TWINS)), name="a.xml", take=True
    )


def opened(actor):
    return accounts.keep_account(
        actor=actor, now=NOW, holder="园区", number="12345678", bank="ICBC", currency="CNY"
    )


def test_somebody_of_an_organisation_does_nothing(owner, own_account):
    actor = owner.actor()
    before = everything()
    for ask in (uploaded, opened):
        with pytest.raises(NotPermitted):
            ask(actor)
    assert everything() == before


def test_the_portals_role_does_not_even_read(staff, own_account):
    upload(staff, camt(TWINS))
    for table_name in ("bankaccount", "statementfile", "statement", "statementline", "quarantined"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            enter_tenant(staff.tenant_id),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"select * from banking_{table_name}")


def test_lines_are_for_those_who_keep_the_books(make, park, staff, own_account):
    upload(staff, camt(TWINS))
    with office(staff) as actor:
        assert queries.lines_for(actor, currency="EUR").count() == 2
        assert queries.lines_for(actor, currency="USD").count() == 0
    with office(make.member(park, "coordinator", is_staff=True)) as actor:
        assert queries.lines_for(actor).count() == 0


def test_steps_in_the_wrong_state_are_refused(staff, own_account):
    own = upload(staff, camt(TWINS))
    before = everything()
    with office(staff) as actor, pytest.raises(WrongState):
        files.take_lines(actor=actor, now=NOW, file=own)
    with office(staff) as actor, pytest.raises(WrongState):
        accounts.reopen_account(actor=actor, now=NOW, account=own_account)
    assert everything() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"number": "DE89370400440532013001"}, "invalid"),
        ({"number": "12"}, "bank_account_number"),
        ({"number": IBAN}, "bank_account_once"),
        ({"swift": "ABC", "number": "99887766"}, "bank_account_swift"),
        ({"currency": "XXX", "number": "99887766"}, "unknown_currency"),
    ],
)
def test_an_account_that_cannot_be_is_refused(staff, own_account, values, code):
    before = everything()
    with pytest.raises(DomainError) as refusal:
        account(staff, **values)
    assert refusal.value.code == code
    assert everything() == before


def test_the_trail_tells_counts_and_no_payer(staff, own_account):
    upload(staff, camt([fact("5.00", 2, name="Somebody Secret", text="Secret words")]))
    with enter(Identity(STAFF)):
        entries = [str(row) for row in TrailEntry.objects.values_list("after", flat=True)]
    assert any("lines_new" in said for said in entries)
    assert not any("Secret" in said for said in entries)


# -- personal data -------------------------------------------------------------------------------


def test_payers_and_their_files_go_when_the_time_is_over(staff, own_account):
    own = upload(staff, camt(TWINS))
    with office(staff):
        document = own.document
        assert document is not None
    later = timezone.now() + timedelta(days=4000)
    actor = Actor(user_id=None, tenant_id=staff.tenant_id)
    with enter_tenant(staff.tenant_id):
        assert erase_payers(actor, own.uploaded_at - timedelta(days=1000)) == 0
        assert erase_payers(actor, later) == 2
        assert erase_payers(actor, later) == 0
    with office(staff):
        line = StatementLine.objects.first()
        assert line is not None
        assert (line.counterparty_name, line.remittance, line.amount) == ("", "", 5)
        assert StatementFile.objects.get().document is None
    assert not document.path.exists()
    # What is erased is still known.
    assert upload(staff, camt(TWINS, number=9)).lines_new == 0


def test_an_organisation_erases_nothing_of_the_park(staff, owner, own_account):
    upload(staff, camt(TWINS))
    with enter_tenant(owner.tenant_id):
        later = timezone.now() + timedelta(days=4000)
        assert erase_payers(Actor(user_id=None, tenant_id=owner.tenant_id), later) == 0
