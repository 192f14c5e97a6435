"""The contract as PDF: both languages, the schedule, room to seal, made once."""

from __future__ import annotations

import re
from io import BytesIO
from unittest.mock import Mock

import pytest

from backbone.models import Document, Job
from foundation import pdf
from foundation.errors import DomainError, InvalidInput, WrongState
from leasing.contract_paper import make
from leasing.operations import papers
from tenants.isolation.context import enter_tenant
from tests.foundation.test_pdf import text_of
from tests.leasing.making import PDF, TODAY, day, everything, fresh
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db


def test_both_languages_with_the_schedule_and_room_to_seal(owner, desk) -> None:
    if not pdf.has_fonts():
        pytest.skip("no fonts: run make setup")
    unit = desk.unit()
    terms = {"terms": "不得转租。", "terms_en": "No subletting.", "rent_free_months": 1}
    lease = desk.approved(desk.submitted(owner.tenant, unit, **terms))
    with office(desk.manager):
        job = Job.objects.select_related("tenant").latest("pk")
        result = make(job, Mock())
        assert make(job, Mock()) == result
    with enter_tenant(owner.tenant_id):
        document = Document.objects.get(pk=result["document"])
        with document.open() as file:
            content = file.read()
    assert len(content) < 1_000_000
    text = re.sub(r"\s+", " ", text_of(content))
    for words in (
        lease.number, unit.code, "不得转租。", "No subletting.", "CNY 6,300.00", "CNY 9,450.00",
        "Schedule of rent", "Official seal", f"{TODAY} – ", "52.50",
    ):  # fmt: skip
        assert words in text
    assert re.search(r"1 ?/ ?\d", text), "page x of y"


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html></html>"])
def test_what_is_no_scan_is_refused(owner, desk, content) -> None:
    lease = desk.approved(desk.submitted(owner.tenant))
    desk.signed(lease)
    before = everything()
    with portal(owner) as actor, pytest.raises(InvalidInput):
        papers.upload_signed_copy(
            actor=actor, now=NOW, lease=lease, file=BytesIO(content), name="copy.pdf"
        )
    assert everything() == before


def test_a_copy_is_refused_with_a_reason_and_sent_again(owner, desk) -> None:
    lease = desk.signed(desk.approved(desk.submitted(owner.tenant)))
    with office(desk.manager) as actor:
        with pytest.raises(InvalidInput):
            papers.refuse_copy(actor=actor, now=NOW, lease=lease, reason=" ")
        papers.refuse_copy(actor=actor, now=NOW, lease=lease, reason="The seal is missing")
        with pytest.raises(WrongState):
            papers.refuse_copy(actor=actor, now=NOW, lease=lease, reason="The seal is missing")
    assert fresh(lease).copy_refusal == "The seal is missing"
    with portal(owner) as actor:
        papers.upload_signed_copy(
            actor=actor, now=NOW, lease=lease, file=BytesIO(PDF), name="copy.pdf"
        )
    assert fresh(lease).copy_refusal == ""


def test_nobody_signs_in_the_future(owner, desk) -> None:
    lease = desk.signed(desk.approved(desk.submitted(owner.tenant)))
    before = everything()
    with office(desk.manager) as actor, pytest.raises(DomainError) as refusal:
        papers.bring_into_force(actor=actor, now=NOW, lease=lease, signed_on=day(1))
    assert ("signed_on" in refusal.value.fields, everything()) == (True, before)
