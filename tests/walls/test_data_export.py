"""Everything of one organisation as one archive: whole, its own, and nothing secret."""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import closing
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from backbone import jobs
from backbone.data_export import reviewed, tables
from backbone.data_export.archive import PURPOSE
from backbone.models import Document, Job
from backbone.operations import store_document
from backbone.operations.data_export import BeingMade, export_data, start_data_export
from backbone.progress import Silent
from backbone.runner import perform
from foundation.actors import Actor
from foundation.errors import NotPermitted
from foundation.refs import pk_of
from foundation.tables.source import open_table
from foundation.tables.writing import Sheet, continued, write_xlsx
from tenants.isolation.context import enter_tenant
from tests import databases
from tests.clients import fresh_client
from tests.residency.exits import left
from tests.walls.arguments import KINDS
from tests.walls.marks import foreign
from tests.walls.tables import tenant_tables

NOW = timezone.now()
system = lambda tenant_id: Actor(user_id=None, tenant_id=tenant_id)  # noqa: E731


def archive_of(tenant_id, language="en"):
    with enter_tenant(tenant_id):
        made = export_data(actor=system(tenant_id), now=NOW, language=language, reporter=Silent())
        with made.open() as file:
            return zipfile.ZipFile(BytesIO(file.read()))


def everything_in(archive):
    """All texts of an archive, workbooks unpacked."""
    found = []
    for name in archive.namelist():
        content = archive.read(name)
        if name.endswith(".xlsx"):
            book = zipfile.ZipFile(BytesIO(content))
            content = b"".join(book.read(part) for part in book.namelist())
        found += [name, content.decode("utf-8", "ignore")]
    return "\n".join(found)


@pytest.mark.parametrize("name", ["amber", "cedar"])
def test_every_word_of_its_own_is_in_it_and_none_of_a_neighbours(population, name):
    own = getattr(population, name)
    archive = archive_of(own.pk)
    text = everything_in(archive)
    assert foreign(text, [own.mark]) == set()
    exported = json.loads(archive.read("data.json"))["tables"]
    told = own.mark.words_in(json.dumps(exported, ensure_ascii=False))
    assert marked_words(own) <= told
    assert own.mark.words_in(archive.read("data.xlsx").decode("latin-1")) == set()  # squeezed
    assert f"files/{own.mark.word('file')}.txt" in archive.namelist()


def marked_words(own):
    """What the owner of the tables finds of the organisation's markers in what is exported."""
    words = set()
    with closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        cursor = owner.cursor()
        for table in tenant_tables(cursor):
            if table.name in reviewed.TABLES:
                continue
            for column in table.texts:
                if f"{table.name}.{column}" in reviewed.COLUMNS:
                    continue
                cursor.execute(
                    f'select "{column}"::text from "{table.name}" where {table.owner} = %s '
                    f'and "{column}"::text ilike %s',
                    [own.pk, f"%{own.mark.stem}%"],
                )
                for (value,) in cursor.fetchall():
                    words |= own.mark.words_in(value)
    return words


def test_each_table_and_column_is_exported_or_listed_with_a_reason(population):
    with closing(databases.connect_owner(connection.settings_dict["NAME"])) as owner:
        cursor = owner.cursor()
        known = {table.name for table in tenant_tables(cursor)}
        cursor.execute(
            "select table_name || '.' || column_name from information_schema.columns "
            "where table_schema = 'public'"
        )
        columns = {row[0] for row in cursor.fetchall()}
    exported = {model._meta.db_table for model in tables.exported_models()}
    assert known - exported - {"tenants_tenant"} == reviewed.TABLES.keys()
    assert reviewed.COLUMNS.keys() <= columns
    suspicious = {
        column
        for column in columns
        if column.partition(".")[0] in exported
        and any(word in column.partition(".")[2] for word in reviewed.SUSPICIOUS)
    }
    assert suspicious <= reviewed.COLUMNS.keys() | reviewed.HARMLESS.keys()


def test_refs_are_those_of_the_addresses(population):
    for kind, model in KINDS.items():
        if model in tables.exported_models():
            assert tables.kind_of(model) == kind
    exported = json.loads(archive_of(population.amber.pk).read("data.json"))["tables"]
    order = exported["trade.order"]["rows"][0]
    assert pk_of(order["id"], "order")
    channels = {row["id"] for row in exported["trade.channel"]["rows"]}
    assert order["channel"] in channels
    assert not re.search(r'"\w*id": \d', json.dumps(exported))


def test_formulas_stay_text_and_numbers_numbers(population):
    own = population.amber
    book = BytesIO(archive_of(own.pk).read("data.xlsx"))
    parts = zipfile.ZipFile(book)
    sheets = [parts.read(name).decode() for name in parts.namelist() if "/sheet" in name]
    assert not any("<f>" in sheet for sheet in sheets)
    with open_table(book, filename="data.xlsx", sheet="Order lines") as table:
        rows = list(table.rows())
    assert any(f"={own.mark.word('description')}" in str(row) for row in rows)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next():
    out = BytesIO()
    write_xlsx(out, continued(Sheet("Orders", ["n"], ([n] for n in range(7))), most=3))
    found = []
    for name in ("Orders", "Orders 2", "Orders 3"):
        with open_table(out, filename="a.xlsx", sheet=name) as table:
            found.append(len(list(table.rows())))
    assert found == [3, 3, 1]
    assert [sheet.title for sheet in continued(Sheet("Empty", ["n"], []))] == ["Empty"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_headers_are_in_the_readers_language_and_the_readme_in_both(population, language):
    archive = archive_of(population.cedar.pk, language)
    book = zipfile.ZipFile(BytesIO(archive.read("data.xlsx")))
    names = book.read("xl/workbook.xml").decode()
    assert ('name="Files"' in names) == (language == "en")
    readme = archive.read("README.txt").decode()
    assert "as of" in readme
    assert "截至" in readme or "backbone.document" in readme


def test_two_files_of_one_name_are_both_there(population):
    own = population.amber
    for content in (b"first", b"second"):
        with enter_tenant(own.pk):
            store_document(
                actor=system(own.pk), now=NOW, file=BytesIO(content), name="合同.txt", purpose="x"
            )
    archive = archive_of(own.pk)
    assert archive.read("files/合同.txt") == b"first"
    assert archive.read("files/合同 (2).txt") == b"second"
    again = archive_of(own.pk)
    assert len(again.namelist()) == len(archive.namelist())


@pytest.mark.django_db(transaction=True)
def test_the_owner_asks_also_after_leaving_and_gets_a_file_for_a_month(enterprise, owner):
    left(enterprise, NOW)
    client = fresh_client(owner.user)
    page = reverse("backbone:data", kwargs={"tenant": enterprise.slug})
    assert client.post(page).status_code == 302
    with enter_tenant(enterprise.pk):
        job = jobs_of(enterprise).get()
        with pytest.raises(BeingMade):
            start_data_export(actor=owner.actor(), now=NOW, language="en")
    perform(tenant_id=enterprise.pk, job_id=job.pk)
    with enter_tenant(enterprise.pk):
        job.refresh_from_db()
        made = Document.objects.get(purpose=PURPOSE)
    assert (job.state, job.reason) == ("succeeded", "")
    assert made.expires_on == timezone.localdate() + timedelta(days=30)
    assert made.content_type == "application/zip"
    assert made.name in client.get(page).content.decode()
    assert jobs.runs_after_leaving(job.kind)


def jobs_of(tenant):
    return Job.objects.filter(tenant=tenant, kind="backbone.export_data")


@pytest.mark.parametrize("role", ["manager", "finance", "operations", "member"])
def test_nobody_but_the_owner(make, enterprise, role):
    member = make.member(enterprise, role)
    with enter_tenant(enterprise.pk):
        with pytest.raises(NotPermitted):
            start_data_export(actor=member.actor(), now=NOW, language="en")
        assert not jobs_of(enterprise).exists()


def test_not_the_park_for_an_organisation(enterprise, staff):
    with enter_tenant(enterprise.pk), pytest.raises(NotPermitted):
        start_data_export(actor=staff.actor(is_staff=True), now=NOW, language="en")


def test_it_stops_when_somebody_asks(population):
    class Cancelled(Silent):
        def check(self):
            raise jobs.JobCancelled

    own = population.amber
    with enter_tenant(own.pk):
        before = Document.objects.count()
        with pytest.raises(jobs.JobCancelled):
            export_data(actor=system(own.pk), now=NOW, language="en", reporter=Cancelled())
        assert Document.objects.count() == before
