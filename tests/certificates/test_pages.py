"""An organisation's pages, the archive, the staff site, erasure."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from backbone.models import Document, Job
from backbone.progress import Silent
from certificates.erasing import erase_holders
from certificates.models import Certificate, CertificateState
from certificates.operations.archives import NothingToPutIn, start_archive, write_archive
from certificates.operations.ending import revoke
from foundation.actors import Actor
from foundation.errors import NotPermitted
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.certificates.conftest import FACTS, NOW, by
from tests.certificates.test_issuing import given
from tests.certificates.test_verifying import look

ALL = {"q": "", "kind": "", "state": "", "since": None, "until": None, "language": "en"}


def page(name: str, tenant, **more) -> str:
    return reverse(f"certificates:{name}", kwargs={"tenant": tenant.slug, **more})


def test_the_list_shows_what_the_address_asks_for(certify, weaker, coordinator, university, sign_in, office):  # fmt: skip
    made, other = certify(), certify(source=weaker, holder_name="李四", course_zh="报关实务")
    with office() as actor:
        revoke(actor=actor, now=NOW, certificate=other, reason="x")
        given(actor, university)
    client = sign_in(coordinator)
    asked = {
        "": {made.number, other.number, "津大2026-0007"},
        "?q=王小明": {made.number, "津大2026-0007"},
        f"?q={made.number.lower()}": {made.number},
        "?kind=training&state=revoked": {other.number},
        "?state=issued": {made.number, "津大2026-0007"},
        "?since=2000-01-01&until=2000-01-02": set(),
        "?since=nonsense": {made.number, other.number, "津大2026-0007"},
    }
    for query, expected in asked.items():
        answer = client.get(page("certificates", university) + query)
        assert {str(shown.row) for shown in answer.context["rows"]} == expected, query


def test_who_opens_the_pages(certify, university, coordinator, weaker, stranger, sign_in):
    made = certify()
    paths = [page("certificates", university), page("certificate", university, pk=made.pk), page("paper", university, pk=made.pk)]  # fmt: skip
    for who, status in ((coordinator, 200), (weaker, 403), (stranger, 404)):
        assert {sign_in(who).get(path).status_code for path in paths} == {status}


def test_a_link_for_the_holder_is_shown_once(certify, university, coordinator, sign_in):
    made = certify()
    answer = sign_in(coordinator).post(page("personal_link", university, pk=made.pk))
    path = answer.context["address"].partition("/certificates/")[2]
    assert sign_in(coordinator).get(f"/certificates/{path}").status_code == 200


def test_a_university_records_its_number_on_the_page(university, coordinator, sign_in):
    said = {"given_number": "T-9", "holder_name": "王五", "course_zh": "微专业", "issued_on": f"{NOW:%Y-%m-%d}"}  # fmt: skip
    path = page("given_number", university)
    assert sign_in(coordinator).post(path, said).status_code == 302
    again = sign_in(coordinator).post(path, said)
    assert again.status_code == 200
    assert again.context["form"].errors
    with enter_tenant(university.pk):
        assert Certificate.objects.get().given_number == "T-9"


# -- the archive ---------------------------------------------------------------------------------


def test_the_archive_holds_each_paper_and_a_list(certify, weaker, university, coordinator, office):
    made, other = certify(), certify(source=weaker, holder_name="李四")
    with office() as actor:
        recorded = given(actor, university)
    with enter_tenant(university.pk, user_id=coordinator.user_id):
        job = start_archive(actor=by(coordinator), now=NOW, wanted=ALL)
        assert Job.objects.get(pk=job.pk).payload == ALL
        document = write_archive(actor=by(coordinator), now=NOW, wanted=ALL, reporter=Silent())
        with document.open() as file, zipfile.ZipFile(BytesIO(file.read())) as archive:
            names = set(archive.namelist())
            listed = archive.read("certificates.xlsx")
    assert names == {f"{made.number}.pdf", f"{other.number}.pdf", "certificates.xlsx"}
    book = CalamineWorkbook.from_filelike(BytesIO(listed))
    cells = {cell for row in book.get_sheet_by_index(0).to_python() for cell in row}
    assert {made.number, other.number, recorded.given_number} <= cells


def test_an_archive_of_nothing_is_not_begun(university, coordinator):
    with enter_tenant(university.pk, user_id=coordinator.user_id):
        with pytest.raises(NothingToPutIn):
            start_archive(actor=by(coordinator), now=NOW, wanted=ALL)
        assert not Job.objects.exists()


def test_whoever_may_not_hand_out_gets_no_archive(certify, university, weaker):
    certify()
    with enter_tenant(university.pk, user_id=weaker.user_id):
        for step in (
            start_archive,
            lambda **known: write_archive(**known, reporter=Silent()),
        ):
            with pytest.raises(NotPermitted):
                step(actor=by(weaker), now=NOW, wanted=ALL)
        assert not Document.objects.exists()


# -- the staff site ------------------------------------------------------------------------------


def test_staff_revoke_and_replace_by_steps(certify, weaker, staff, sign_in):
    first, second = certify(), certify(source=weaker)
    client = sign_in(staff)
    for row, step, said in (
        (first, "revocation", {"reason": "考勤有误"}),
        (second, "replacement", {"reason": "姓名有误", "holder_name": "王晓明", "course_zh": "课"}),
    ):
        path = reverse("admin:certificates_certificate_step", args=[row.pk, step])
        assert client.get(path).status_code == 200
        answer = client.post(path, said)
        assert answer.status_code == 302, answer.context["form"].errors
        assert client.get(path).status_code == 302, "not offered twice"
    with enter(Identity(STAFF)):
        assert Certificate.objects.get(pk=first.pk).state == CertificateState.REVOKED
        assert Certificate.objects.get(replaces=second).holder_name == "王晓明"


def test_staff_write_down_a_qualification(university, staff, sign_in):
    said = {
        *{"tenant": university.pk, "kind": "vocational"}.items(),
        *{"given_number": "S000011", "holder_name": "王五", "issuer_zh": "人社局"}.items(),
        *{"course_zh": "电子商务师 三级", "issued_on": f"{NOW:%Y-%m-%d}"}.items(),
    }
    answer = sign_in(staff).post(reverse("admin:certificates_certificate_add"), dict(said))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with enter(Identity(STAFF)):
        assert Certificate.objects.get().given_number == "S000011"


def test_the_list_of_staff_masks_names(certify, clerk, sign_in):
    certify()
    page = sign_in(clerk).get(reverse("admin:certificates_certificate_changelist")).content.decode()
    assert "王**" in page
    assert FACTS.holder_name not in page


# -- erasure -------------------------------------------------------------------------------------


def test_a_holder_is_erased_and_the_number_stays(certify, university, coordinator, sign_in):
    made = certify()
    system = Actor(None, university.pk)
    with enter_tenant(university.pk):
        assert erase_holders(system, NOW) == 0
        assert erase_holders(system, NOW + timedelta(days=1)) == 1
        assert erase_holders(system, NOW + timedelta(days=1)) == 0
        own = Certificate.objects.get(pk=made.pk)
    assert (own.holder_name, own.holder_latin_name, own.holder_id) == ("", "", "")
    assert own.course_zh == FACTS.course_zh
    answer = look(made.number)
    assert answer.status_code == 200
    assert "王" not in answer.content.decode().partition("<h1")[2].partition("</dl>")[0]
    client = sign_in(coordinator)
    assert client.get(page("certificate", university, pk=made.pk)).status_code == 200
    assert client.get(page("paper", university, pk=made.pk)).status_code == 404
    assert own.erased_at is not None
