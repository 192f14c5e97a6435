"""The PDF of an agreement: both languages, room to seal, small, made once."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest

from backbone.models import Document, Job
from foundation import pdf
from residency.agreement_paper import make
from residency.models import Agreement
from residency.operations import agreement_parts as parts
from residency.operations import agreements
from tenants.isolation.context import enter_tenant
from tests.foundation.test_pdf import text_of
from tests.residency.making import NOW, day, draft, office, organisation_party, send


@pytest.fixture(autouse=True)
def _fonts():
    if not pdf.has_fonts():
        pytest.skip("no fonts: run make setup")


@pytest.fixture
def sent(staff, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise, kind="mou")
        parts.add_commitment(
            actor=actor, now=NOW, party=organisation_party(row), text="接收二十名实习生",
            owner_name="李四", due_on=day(90),
        )  # fmt: skip
        send(actor, row)
    return row


def printed(staff):
    with office(staff):
        job = Job.objects.select_related("tenant").latest("pk")
        return job, make(job, Mock())


def test_both_languages_with_room_to_sign_and_seal(sent, staff, enterprise):
    _job, result = printed(staff)
    with enter_tenant(enterprise.pk):
        document = Document.objects.get(pk=result["document"])
        with document.open() as file:
            content = file.read()
    assert len(content) < 1_000_000
    text = re.sub(r"\s+", " ", text_of(content))
    chinese, _pages, english = text.partition(sent.title_en)
    assert "园区提供场地。" in chinese
    assert "合作备忘录" in chinese
    assert "接收二十名实习生" in chinese
    for word in ("Memorandum of understanding", "The park gives space.", "Official seal"):
        assert word in english
    assert sent.number in chinese
    assert re.search(r"1 ?/ ?\d", text), "page x of y"
    assert "/agreements/" in text, "the address stands beside its QR code"


def test_it_belongs_to_the_organisation_and_the_park_reads_it(sent, staff, make, park, neighbour):
    _job, result = printed(staff)
    with office(staff) as actor:
        assert Document.objects.visible_to(actor).filter(pk=result["document"]).exists()
    with enter_tenant(neighbour.pk):
        assert not Document.objects.exists()


def test_a_job_that_runs_twice_makes_one_file(sent, staff):
    job, first = printed(staff)
    assert make(job, Mock()) == first
    with office(staff):
        assert Document.objects.filter(purpose="residency.agreement").count() == 1


def test_a_text_that_was_taken_back_is_not_printed(sent, staff):
    with office(staff) as actor:
        agreements.take_back(actor=actor, now=NOW, agreement=sent)
    _job, result = printed(staff)
    assert result == {"document": None}
    with office(staff):
        assert Agreement.objects.get().document_id is None
        assert not Document.objects.exists()


def test_hostile_words_are_words(sent, staff, enterprise):
    hostile = '#read("/etc/passwd") *bold* $x$ <label> @ref'
    with office(staff) as actor:
        agreements.take_back(actor=actor, now=NOW, agreement=sent)
        agreements.change_draft(actor=actor, now=NOW, agreement=sent, scope=hostile)
        send(actor, sent)
    _job, result = printed(staff)
    with enter_tenant(enterprise.pk):
        document = Document.objects.get(pk=result["document"])
        with document.open() as file:
            assert '#read("/etc/passwd")' in text_of(file.read())
