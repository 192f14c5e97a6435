"""A roster: read in every form, looked at row by row, put in whole or in part, once."""

from __future__ import annotations

import csv
import threading
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.utils import timezone

from backbone.models import Document
from backbone.operations.documents import delete_document
from foundation.errors import DomainError, InvalidInput, WrongState
from foundation.tables.source import open_table
from foundation.tables.writing import Sheet, write_xlsx
from learners import operations
from learners.models import Consent, Learner, RosterUpload
from learners.roster import files, reading
from learners.roster.columns import CHINESE, ENGLISH, recognised
from learners.roster.plan import Verdict, make_plan
from learners.values import FIELDS
from tenants.isolation.context import enter_tenant
from tests.learners.conftest import HEADERS, NOW, YEAR, row, sheet, snapshot

pytestmark = pytest.mark.django_db


def workbook(*rows, headers=HEADERS, first=()):
    out = BytesIO()
    write_xlsx(out, [*first, Sheet("名单", headers, rows)])
    return out.getvalue()


def said(plan):
    return [(each.line, each.verdict.value) for each in plan.rows]


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_every_encoding_in_which_the_columns_have_names_is_read(put_in, encoding):
    put_in(sheet(row(1), row(2), encoding=encoding))
    assert {each.name for each in Learner.objects.all()} == {"学生乙", "学生丙"}


def test_a_workbook_is_read_whatever_its_sheet_and_kind_of_cell(put_in):
    cells = [*row(1)[:3], YEAR, 13900000001, ""]
    first = [Sheet("说明", ["What this is"], [["A roster"]])]
    put_in(workbook(cells, first=first))
    own = Learner.objects.get()
    assert (own.mobile, own.entry_year, own.email) == ("13900000001", YEAR, "")


def test_names_of_columns_are_known_in_both_languages():
    for names in (CHINESE, ENGLISH):
        for place in (0, 1, -1):
            headers = [names[field][place] for field in FIELDS]
            assert recognised(headers) == {field: n for n, field in enumerate(FIELDS)}, headers


def test_the_template_is_read_back(upload, look, client):
    for content, name in ((files.template_csv(), "t.csv"), (files.template_xlsx(), "t.xlsx")):
        assert look(upload(content, name)).rows == []


def test_where_no_column_tells_the_encoding_a_person_chooses(upload, look, actor):
    english = [ENGLISH[name][0] for name in FIELDS]
    cells = ["1", "王芳", "贸易", str(YEAR), "", "", ""]
    own = upload(sheet(cells, headers=english, encoding="gb18030"))
    assert own.encoding == ""
    assert "gb18030" in [each.encoding for each in reading.candidates_of(own)]
    own = operations.read_roster_as(actor=actor, now=NOW, upload=own, encoding="gb18030")
    assert look(own).rows[0].values["name"] == "王芳"


REFUSED = {
    "no column": (sheet(["1", "2"], headers=["a", "b"]), "columns_missing"),
    "empty": (b"", "file_empty"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "not_a_table"),
    "too many": (sheet(*([["1", "王", "贸", "2024"]] * 4), headers=HEADERS[:4]), "too_many_rows"),
    "too large": (b"x" * 3_000, "file_too_large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_roster_leaves_nothing(upload, monkeypatch, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    monkeypatch.setattr(operations.rosters, "LARGEST_BYTES", 2_000)
    content, code = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        upload(content)
    assert refused.value.code == code
    assert "%(" not in str(refused.value)
    assert not RosterUpload.objects.exists()
    assert not Document.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# -- the look ----------------------------------------------------------------------------------


def test_each_row_gets_its_verdict_with_the_files_row_number(put_in, upload, look):
    put_in(sheet(row(1), row(2)))
    plan = look(
        upload(
            sheet(
                row(1),
                row(2, 专业="物流管理"),
                row(3),
                row(3),
                row(4, 手机="12"),
                row(5),
                row(5, 姓名="别人"),
                row(6, 学号="", 姓名=""),
            )
        )
    )
    assert said(plan) == [
        (2, "same"), (3, "changed"), (4, "new"), (5, "double"), (6, "wrong"), (7, "wrong"),
        (8, "wrong"), (9, "wrong"),
    ]  # fmt: skip
    assert plan.counts == {"new": 1, "changed": 1, "same": 1, "double": 1, "wrong": 4}
    (change,) = plan.rows[1].changes
    assert (change.before, change.after) == ("跨境电子商务", "物流管理")
    assert plan.rows[3].notes[0].params == {"row": 4}
    assert plan.rows[5].problems[0].params == {"row": 8}
    assert len(plan.rows[7].problems) == 2
    assert plan.rows[4].problems[0].value == "12"


def test_looking_writes_nothing(upload, look):
    own = upload(sheet(row(1)))
    look(own)
    assert not Learner.objects.exists()


def test_a_person_under_another_number_is_pointed_out_and_nothing_is_guessed(put_in, upload, look):
    put_in(sheet(row(1)))
    twin = {"姓名": "学生乙", "手机": "13900000001"}
    plan = look(upload(sheet(row(2, **twin), row(3, 手机="13900000001"), row(4))))
    assert [bool(each.notes) for each in plan.rows] == [True, False, False]
    assert plan.rows[0].verdict == Verdict.NEW
    assert plan.rows[0].notes[0].params == {"numbers": "20260001"}


def test_twins_within_the_file_are_pointed_out_too(upload, look):
    twin = {"姓名": "同名", "手机": "13911111111"}
    plan = look(upload(sheet(row(1, **twin), row(2, **twin))))
    assert [each.notes[0].params["numbers"] for each in plan.rows] == ["20260002", "20260001"]


def test_identity_cards_are_not_read(put_in, upload, look):
    own = upload(sheet([*row(1), "11010519491231002X"], headers=[*HEADERS, "身份证号"]))
    assert any("身份证号" in remark for remark in look(own).remarks)
    put_in(sheet([*row(1), "11010519491231002X"], headers=[*HEADERS, "身份证号"]))
    assert "11010519491231002X" not in str(snapshot())


def test_a_blank_cell_and_a_missing_column_leave_what_is_kept(put_in):
    put_in(sheet(row(1)))
    put_in(sheet(row(1, 手机=""), headers=HEADERS))
    put_in(sheet(row(1)[:4], headers=HEADERS[:4]))
    assert Learner.objects.get().mobile == "13900000001"


def test_a_roster_takes_nobody_back_who_left(put_in, look, upload, actor):
    put_in(sheet(row(1)))
    operations.release_learner(actor=actor, now=NOW, learner=Learner.objects.get())
    assert look(upload(sheet(row(1)))).rows[0].notes
    put_in(sheet(row(1, 专业="物流管理")))
    own = Learner.objects.get()
    assert (own.state, own.programme) == ("left", "物流管理")


# -- putting it in -----------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(put_in):
    content = sheet(*(row(place) for place in range(20)))
    assert put_in(content).result == {"new": 20, "changed": 0, "same": 0, "double": 0, "wrong": 0, "consents": 0}  # fmt: skip
    before = list(Learner.objects.order_by("pk").values_list())
    assert put_in(content).result["same"] == 20
    assert list(Learner.objects.order_by("pk").values_list()) == before


def test_all_or_none_changes_nothing_while_a_row_is_wrong(upload, look, actor):
    own = upload(sheet(row(1), row(2, 年级="soon")))
    before = snapshot()
    with pytest.raises(DomainError) as refused:
        operations.apply_roster(actor=actor, now=NOW, upload=own, seen=look(own).digest)
    assert refused.value.code == "rows_wrong"
    assert snapshot() == before


def test_the_good_rows_go_in_and_the_wrong_ones_come_back(put_in, look):
    own = put_in(sheet(row(1), row(2, 年级="soon", 专业="=1+1")), only_good=True)
    assert [each.number for each in Learner.objects.all()] == ["20260001"]
    text = files.wrong_csv(look(own)).decode("utf-8-sig")
    header, wrong = csv.reader(StringIO(text))
    assert header[:6] == HEADERS
    assert wrong[:4] == ["20260002", "学生丙", "'=1+1", "soon"]
    assert wrong[6] == "3"
    with open_table(BytesIO(text.encode()), filename="back.csv") as table:
        assert recognised(table.headers).keys() >= {"number", "name", "programme", "entry_year"}


def test_a_look_that_is_not_true_any_more_puts_nothing_in(upload, look, put_in, actor):
    own = upload(sheet(row(1), row(2)))
    seen = look(own).digest
    put_in(sheet(row(1, 专业="物流管理")))
    before = snapshot()
    with pytest.raises(DomainError) as refused:
        operations.apply_roster(actor=actor, now=NOW, upload=own, seen=seen)
    assert refused.value.code == "roster_changed"
    assert snapshot() == before


def test_a_file_goes_in_once(put_in, look, actor):
    own = put_in(sheet(row(1)))
    before = snapshot()
    for again in (
        lambda: operations.apply_roster(actor=actor, now=NOW, upload=own, seen=look(own).digest),
        lambda: operations.discard_roster(actor=actor, now=NOW, upload=own),
        lambda: operations.read_roster_as(actor=actor, now=NOW, upload=own, encoding="utf-8"),
    ):
        with pytest.raises(WrongState):
            again()
    assert snapshot() == before


def test_a_declared_consent_leaves_out_who_took_it_back(put_in, actor):
    put_in(sheet(row(1), row(2)), declares_consent=True)
    back = Learner.objects.get(number="20260001")
    operations.withdraw_consent(actor=actor, now=NOW, learner=back, own_wish=False)
    done = put_in(sheet(row(1), row(2), row(3)), declares_consent=True)
    assert done.result["consents"] == 1
    given = Consent.objects.in_force().order_by("learner__number")
    assert [each.learner.number for each in given] == ["20260002", "20260003"]
    assert {each.way for each in given} == {"declared"}


def test_a_discarded_file_is_gone(upload, actor, django_capture_on_commit_callbacks):
    own = upload(sheet(row(1)))
    path = own.document.path
    with django_capture_on_commit_callbacks(execute=True):
        operations.discard_roster(actor=actor, now=NOW, upload=own)
    assert not RosterUpload.objects.exists()
    assert not Document.objects.exists()
    assert not path.exists()


def test_when_the_file_is_gone_what_came_of_it_stays(put_in, actor):
    own = put_in(sheet(row(1)))
    assert own.document.expires_on is not None
    delete_document(actor=actor, now=NOW, document=own.document)
    own = RosterUpload.objects.get()
    assert own.document is None
    assert own.result == {"new": 1, "changed": 0, "same": 0, "double": 0, "wrong": 0, "consents": 0}


def test_two_hundred_go_in_with_few_queries(put_in, django_assert_max_num_queries):
    content = sheet(*(row(place) for place in range(200)))
    with django_assert_max_num_queries(45):
        put_in(content)
    assert Learner.objects.count() == 200


# -- two at once -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_at_once_take_turns(keeper, monkeypatch, guarded):
    """Without the lock both find the learner missing, and the constraint refuses one."""
    actor, both = keeper.actor(), threading.Barrier(2, timeout=10)
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        uploads = [
            operations.upload_roster(
                actor=actor, now=NOW, file=BytesIO(sheet(row(1))), name=f"{place}.csv"
            )
            for place in range(2)
        ]
        with reading.open_roster(uploads[0]) as table:
            seen = make_plan(actor, table, timezone.localdate(NOW)).digest

    def side_by_side(*arguments):
        plan = make_plan(*arguments)
        both.wait()
        return plan

    if not guarded:
        monkeypatch.setattr(operations.rosters, "take_turn", lambda actor: None)
        monkeypatch.setattr(operations.rosters, "make_plan", side_by_side)
    outcomes: list[str] = []

    def put_in(upload):
        try:
            with enter_tenant(actor.tenant_id, user_id=actor.user_id):
                operations.apply_roster(actor=actor, now=NOW, upload=upload, seen=seen)
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=put_in, args=[own]) for own in uploads]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    # With the turn the second one sees what the first did, and says that the look is old.
    refused = "roster_changed" if guarded else "learner_number_once"
    assert sorted(outcomes) == sorted(["done", refused])
    with enter_tenant(actor.tenant_id):
        assert Learner.objects.count() == 1
