"""The import wizard's pages, as somebody without scripts walks through them."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest

from backbone.models import Job
from foundation.refs import ref_of
from tenants.isolation.context import enter_tenant
from tests.trade.conftest import HEADER, lines
from tests.trade.wizard import (
    BAD,
    GOOD,
    IMPORTS,
    adopt,
    countries_of,
    page_of,
    run_jobs,
    step_of,
    text_of,
    upload,
)
from trade.models import ImportMapping, Order, OrderImport

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(owner, sign_in):
    client = sign_in(owner)
    client.cookies["django_language"] = "en"
    return client


def imported(browser, tenant, content=GOOD, **choice):
    """The whole way; gives the result page."""
    checked = adopt(browser, upload(browser, content))
    started = browser.post(page_of(checked), {"amount": "good"} | choice, follow=True)
    run_jobs(tenant)
    return browser.get(page_of(started), follow=True)


def test_from_upload_to_result(browser, enterprise):
    uploaded = upload(browser)
    assert page_of(uploaded).endswith("/mapping/"), "ASCII leaves nothing to choose"
    assert "fits this file" in text_of(uploaded)
    checked = adopt(browser, uploaded)
    assert page_of(checked).endswith("/preview/")
    assert "No problem found" in text_of(checked)
    started = browser.post(page_of(checked), {"amount": "good"}, follow=True)
    assert page_of(started).endswith("/run/")
    assert 'role="progressbar"' in text_of(started)
    run_jobs(enterprise)
    result = browser.get(page_of(started), follow=True)
    assert page_of(result) == step_of("import", latest_pk(enterprise))
    assert "2 new lines" in text_of(result)
    assert "period=2011-01-04..2011-01-05" in text_of(result)


def latest_pk(tenant):
    with enter_tenant(tenant.pk):
        return OrderImport.objects.latest("pk").pk


def test_the_same_file_again_says_that_nothing_changed(browser, enterprise):
    imported(browser, enterprise)
    checked = adopt(browser, upload(browser))
    assert "Importing it again changes nothing" in text_of(checked)
    result = imported(browser, enterprise)
    assert "Nothing changed" in text_of(result)
    with enter_tenant(enterprise.pk):
        assert Order.objects.count() == 2


def test_every_distinct_problem_with_count_row_column_and_value(browser):
    checked = adopt(browser, upload(browser, BAD))
    page = text_of(checked)
    report = checked.context["report"]
    assert [
        (p["reason"], p["count"], p["row"], p["letter"], p["value"]) for p in report["problems"]
    ] == [
        ("not_a_number:quantity", 2, 3, "D", "two"),
        ("zero_price", 1, 5, "F", "0"),
    ]
    assert report["unmapped"] == ["Atlantis"]
    assert "D · Quantity" in page
    assert "Say which countries these are" in page


def test_rejected_rows_can_be_taken_before_anything_is_imported(browser, enterprise):
    checked = adopt(browser, upload(browser, BAD))
    answer = browser.get(page_of(checked).replace("preview/", "rejected.csv"))
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][2:] == HEADER.split(",")
    assert [row[5] for row in rows[1:]] == ["two", "four"]
    with enter_tenant(enterprise.pk):
        assert not Order.objects.exists()


def test_all_or_nothing_imports_nothing_and_says_why(browser, enterprise):
    failed = imported(browser, enterprise, BAD, amount="all")
    assert page_of(failed).endswith("/run/")
    assert "Rows rejected: 2. You chose all or nothing" in text_of(failed)
    with enter_tenant(enterprise.pk):
        assert not Order.objects.exists()


def test_good_rows_only_gives_the_others_back(browser, enterprise):
    page = text_of(imported(browser, enterprise, BAD))
    assert "Rejected rows (2) as a file" in page
    assert "Countries nobody has looked up yet" in page


def test_an_undecided_encoding_is_asked_with_previews(browser, enterprise):
    # The letters of this line are also two Chinese characters in GB18030.
    content = (
        lines("1,A,Caf\u00c4\u00e9 ,2,2011-01-04 10:00:00,2.50,,EIRE").decode().encode("latin-1")
    )
    asked = upload(browser, content)
    assert page_of(asked).endswith("/reading/")
    offered = [candidate.encoding for candidate in asked.context["candidates"]]
    assert {"gb18030", "cp1252"} <= set(offered)
    assert "checked" not in text_of(asked).split("encodings")[1].split("</fieldset>")[0]
    refused = browser.post(page_of(asked), {"delimiter": ","})
    assert "There is a problem" in text_of(refused)
    chosen = browser.post(page_of(asked), {"encoding": "cp1252", "delimiter": ","}, follow=True)
    assert page_of(chosen).endswith("/mapping/")
    assert "Caf\u00c4\u00e9" in text_of(chosen)


def test_no_table_is_refused_at_the_upload_and_leaves_nothing(browser, enterprise):
    refused = upload(browser, b"%PDF-1.7 not a table", "orders.csv")
    assert "This is a PDF document, not a table." in text_of(refused)
    with enter_tenant(enterprise.pk):
        assert not OrderImport.objects.exists()


def test_an_empty_file_is_refused_in_words(browser):
    assert "empty" in text_of(upload(browser, b""))


def test_a_mapping_of_ones_own(browser, enterprise):
    content = b"Bestellung;Zeit;Art;Menge;Preis;Land\nB1;05/09/2026;X1;2;1.234,50;DE\n"
    asked = upload(browser, content)
    assert page_of(asked).endswith("/columns/"), "nothing fits, so a mapping is made"
    values = {
        "name": "Laden", "channel": "Laden", "fixed_currency": "EUR", "direction_rule": "country",
        "home_country": "CN", "decimal_sign": ",", "date_order": "dmy", "time_zone": "Europe/Berlin",
        "cancellation": "negative_quantity", "column_number": "Bestellung", "column_ordered_at": "Zeit",
        "column_sku": "Art", "column_quantity": "Menge", "column_unit_price": "Preis",
        "column_country": "Land",
    }  # fmt: skip
    checked = browser.post(page_of(asked), values, follow=True)
    assert page_of(checked).endswith("/preview/")
    (stored,) = checked.context["report"]["stored"]
    assert (stored["unit_price"], stored["quantity"], stored["currency"]) == ("1234.50", "2", "EUR")
    assert stored["moment"].isoformat() == "2026-09-04T22:00:00+00:00"
    with enter_tenant(enterprise.pk):
        mapping = ImportMapping.objects.get()
        assert (mapping.name, mapping.kind_rules) == (
            "Laden",
            {"cancellation": "negative_quantity"},
        )


def test_a_dash_is_a_name_a_header_and_a_prefix_like_others(browser, enterprise):
    """It is the value of options that stand for nothing, and of those alone."""
    content = b"No;When;-;Qty;Price;Land\n-1;2026-05-09;X1;-2;1.50;DE\n"
    asked = upload(browser, content)
    values = {
        "name": "-", "channel": "-", "fixed_currency": "EUR", "direction_rule": "country",
        "home_country": "CN", "decimal_sign": "-", "date_order": "ymd", "time_zone": "Asia/Shanghai",
        "cancellation": "prefix", "cancellation_prefix": "-", "adjustment_prefix": "",
        "column_number": "No", "column_ordered_at": "When", "column_sku": "-",
        "column_quantity": "Qty", "column_unit_price": "Price", "column_country": "Land",
    }  # fmt: skip
    checked = browser.post(page_of(asked), values, follow=True)
    assert page_of(checked).endswith("/preview/")
    assert checked.context["report"]["cancellation_lines"] == 1
    with enter_tenant(enterprise.pk):
        mapping = ImportMapping.objects.get()
        assert (mapping.name, mapping.columns["sku"], mapping.decimal_sign) == ("-", "-", "")
        assert mapping.kind_rules == {"cancellation_prefix": "-"}


def test_a_mapping_that_cannot_be_keeps_what_was_typed(browser):
    asked = upload(browser, b"a;b;c;d;e\n1;2;3;4;5\n")
    values = {"name": "Mine", "channel": "Shop", "column_number": "a", "column_sku": "a"}
    refused = browser.post(page_of(asked), values)
    page = text_of(refused)
    assert refused.status_code == 200
    assert "There is a problem" in page
    assert 'value="Mine"' in page


def test_labels_are_looked_up_during_the_import_and_the_check_follows(browser, enterprise):
    checked = adopt(browser, upload(browser, BAD))
    own = checked.context["own"]
    link = f"{countries_of(own.mapping_id)}?import={ref_of(own.pk, 'import')}"
    page = browser.get(link)
    form = page.context["form"]
    name = next(name for name, label in form._names.items() if label == "Atlantis")
    values = {field.html_name: field.value() for field in form} | {name: "GR"}
    again = browser.post(link, values, follow=True)
    assert page_of(again).endswith("/preview/")
    assert again.context["report"]["unmapped"] == []


def test_a_label_looked_up_later_moves_the_orders(browser, enterprise):
    imported(browser, enterprise, BAD)
    home = text_of(browser.get("/o/haihe/"))
    assert "1 country label of “online-retail” is not looked up" in home
    with enter_tenant(enterprise.pk):
        mapping = ImportMapping.objects.get()
        assert Order.objects.get(number="5").country == "ZZ"
    link = countries_of(mapping.pk)
    form = browser.get(link).context["form"]
    name = next(name for name, label in form._names.items() if label == "Atlantis")
    assert form.fields[name].initial == ""
    browser.post(link, {name: "GR"})
    with enter_tenant(enterprise.pk):
        assert Order.objects.get(number="5").country == "GR"
    assert "is not looked up" not in text_of(browser.get("/o/haihe/"))


def test_a_job_that_is_pressed_twice_starts_once(browser, enterprise):
    checked = adopt(browser, upload(browser))
    for _press in range(2):
        browser.post(page_of(checked), {"amount": "good"})
    with enter_tenant(enterprise.pk):
        assert Job.objects.count() == 1


def test_cancel_and_try_again(browser, enterprise):
    checked = adopt(browser, upload(browser))
    started = browser.post(page_of(checked), {"amount": "good"}, follow=True)
    cancelled = browser.post(page_of(started).replace("run/", "cancellation/"), follow=True)
    assert "The import was cancelled" in text_of(cancelled)
    again = browser.post(page_of(started).replace("run/", "resumption/"), follow=True)
    assert 'role="progressbar"' in text_of(again)
    run_jobs(enterprise)
    assert "2 new lines" in text_of(browser.get(page_of(started), follow=True))


def test_template_and_sample_are_read_by_the_wizard_itself(browser):
    workbook = b"".join(browser.get(IMPORTS + "template.xlsx").streaming_content)
    assert "portal-orders" in text_of(upload(browser, workbook, "t.xlsx"))
    sample = b"".join(browser.get(IMPORTS + "sample.csv").streaming_content)
    checked = adopt(browser, upload(browser, sample, "s.csv"), "portal-orders")
    report = checked.context["report"]
    assert (report["sale_lines"], report["cancellation_lines"]) == (3, 1)
    assert (report["rejected"], report["skipped"]) == (6, 1)


def test_notes_of_the_template_are_in_both_languages(browser):
    import zipfile

    workbook = b"".join(browser.get(IMPORTS + "template.xlsx").streaming_content)
    comments = zipfile.ZipFile(BytesIO(workbook)).read("xl/comments1.xml").decode()
    assert "The same number on every row of one order." in comments
    assert any("\u4e00" <= letter <= "\u9fff" for letter in comments)


def test_a_stranger_and_a_colleague_without_the_role(browser, enterprise, make, sign_in, neighbour):
    checked = adopt(browser, upload(browser))
    foreign = sign_in(make.member(neighbour, "owner"))
    path = page_of(checked).replace("/haihe/", "/jinmen/")
    assert foreign.get(page_of(checked)).status_code == 404
    assert foreign.get(path).status_code == 404
    never = step_of("import_preview", 999, "jinmen")
    assert foreign.get(path).content == foreign.get(never).content
    member = sign_in(make.member(enterprise, "member"))
    assert member.get(IMPORTS + "new/").status_code == 403
    assert member.post(page_of(checked), {"amount": "good"}).status_code == 403
    with enter_tenant(enterprise.pk):
        assert not Job.objects.exists()


@pytest.mark.parametrize(
    "step", ["import_mapping", "import_columns", "import_preview", "import_reading"]
)
def test_pages_of_the_wizard_stay_under_twelve_queries(
    step, browser, enterprise, django_assert_max_num_queries
):
    checked = adopt(browser, upload(browser, BAD))
    path = step_of(step, checked.context["own"].pk)
    with django_assert_max_num_queries(12):
        assert browser.get(path).status_code == 200


@pytest.mark.parametrize("page", ["", "new/"])
def test_history_and_upload_stay_under_twelve_queries(
    page, browser, enterprise, django_assert_max_num_queries
):
    adopt(browser, upload(browser, BAD))
    with django_assert_max_num_queries(12):
        assert browser.get(IMPORTS + page).status_code == 200


def test_the_result_stays_under_twelve_queries(browser, enterprise, django_assert_max_num_queries):
    result = imported(browser, enterprise, BAD)
    with django_assert_max_num_queries(12):
        browser.get(page_of(result))
