"""Pages of agreements and stays: the organisation's, the staff's steps, the board."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backbone.models import Document
from residency.models import Agreement, Application, Stay, Task
from residency.operations import agreement_parts as parts
from tenants.models import Tenant
from tests.residency.making import (
    NOW,
    PDF,
    TEXT,
    TODAY,
    YEAR,
    awaiting,
    copy,
    day,
    draft,
    in_force,
    offered,
    office,
    organisation_party,
    print_papers,
    stay,
)


def page(client, view, slug, **kwargs):
    return client.get(reverse(view, kwargs={"tenant": slug, **kwargs}))


def step(client, model, row, name, **values):
    address = reverse(f"admin:residency_{model}_step", kwargs={"object_id": row.pk, "step": name})
    return client.post(address, values)


def test_a_draft_is_the_parks_own_affair(staff, owner, sign_in, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise)
    browser = sign_in(owner)
    assert row.title not in page(browser, "residency:agreements", "haihe").content.decode()
    assert page(browser, "residency:agreement", "haihe", pk=row.pk).status_code == 404


def test_the_organisation_brings_the_signed_copy(owner, sign_in):
    row, browser = awaiting(owner), sign_in(owner)
    listed = page(browser, "residency:agreements", "haihe").content.decode()
    assert row.title in listed
    address = reverse("residency:signed_copy", kwargs={"tenant": "haihe", "pk": row.pk})
    sent = browser.post(address, {"file": SimpleUploadedFile("s.pdf", PDF)})
    assert sent.status_code == 302
    shown = browser.get(sent.url).content.decode()
    assert reverse("backbone:file", kwargs={"tenant": "haihe", "pk": _copy_of(owner)}) in shown


def _copy_of(member):
    with office(member):
        copied = Agreement.objects.get().signed_copy_id
    assert copied
    return copied


def test_words_instead_of_a_scan_come_back_with_a_sentence(owner, sign_in):
    row, browser = awaiting(owner), sign_in(owner)
    address = reverse("residency:signed_copy", kwargs={"tenant": "haihe", "pk": row.pk})
    sent = browser.post(address, {"file": SimpleUploadedFile("s.pdf", b"words")})
    assert sent.status_code == 200
    assert sent.context["form"].errors["file"]


@pytest.mark.parametrize("role", ["operations", "member"])
def test_roles_that_do_not_answer_for_agreements_open_none(make, enterprise, sign_in, role):
    browser = sign_in(make.member(enterprise, role))
    assert page(browser, "residency:agreements", "haihe").status_code == 403
    assert page(browser, "residency:stay", "haihe").status_code == 200


def test_progress_is_told_in_the_portal(staff, owner, sign_in, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise, kind="mou")
        promised = parts.add_commitment(
            actor=actor, now=NOW, party=organisation_party(row), text="派两名教师",
            owner_name="李四", due_on=day(9),
        )  # fmt: skip
        in_force(actor, row)
    browser = sign_in(owner)
    address = reverse("residency:progress", kwargs={"tenant": "haihe", "pk": promised.pk})
    assert address in page(browser, "residency:agreement", "haihe", pk=row.pk).content.decode()
    assert browser.post(address, {"progress": 60, "note": "一名已到岗"}).status_code == 302
    with office(staff):
        promised.refresh_from_db()
    assert promised.progress == 60


def test_the_stay_shows_days_tasks_and_whom_to_call(staff, owner, sign_in, enterprise):
    browser = sign_in(owner)
    assert page(browser, "residency:stay", "haihe").status_code == 200
    with office(staff) as actor:
        stay(actor, enterprise, ends_on=day(20), contact=staff.user)
        labels = [str(task) for task in Task.objects.all()]
    shown = page(browser, "residency:stay", "haihe").content.decode()
    assert str(staff.user) in shown
    assert re.search(r"<span class=\"numeric\">20</span>", shown)
    assert all(label in shown for label in labels)


# -- the staff site --------------------------------------------------------------------------------


def test_staff_take_an_offer_to_the_first_day_by_its_steps(staff, sign_in):
    with office(staff):
        application = offered(staff)
    browser = sign_in(staff)
    term = {"starts_on": TODAY, "ends_on": TODAY + YEAR}
    opened = browser.get(
        reverse(
            "admin:residency_application_step",
            kwargs={"object_id": application.pk, "step": "agreement"},
        )
    )
    assert opened.context["form"].initial["slug"] == "xinhai-trading"
    made = step(browser, "application", application, "agreement", slug="xinhai", **(TEXT | term))
    with office(staff):
        row = Agreement.objects.get()
        row.parties.update(signatory="张三")
    assert made.url == reverse("admin:residency_agreement_change", args=[row.pk])
    step(browser, "agreement", row, "signature")
    with office(staff):
        print_papers()
    file = SimpleUploadedFile("s.pdf", PDF)
    assert step(browser, "agreement", row, "signed-copy", file=file).status_code == 302
    assert step(browser, "agreement", row, "acceptance", signed_on=TODAY).status_code == 302
    moved = step(browser, "application", application, "moving-in", starts_on=TODAY)
    with office(staff):
        made_stay = Stay.objects.select_related("tenant").get()
        assert moved.url == reverse("admin:residency_stay_change", args=[made_stay.pk])
        assert made_stay.tenant == Tenant.objects.get(slug="xinhai")
        assert Application.objects.get().state == "resident"


def test_the_paper_opens_in_the_staff_site_and_other_files_do_not(
    staff, make, sign_in, owner, enterprise
):
    row, browser = awaiting(owner), sign_in(staff)
    address = reverse("admin:staff_file", kwargs={"pk": row.document_id})
    assert b"".join(browser.get(address)) == PDF
    with office(staff):
        Document.objects.update(purpose="trade.orders")
    assert browser.get(address).status_code == 404


def test_only_steps_that_are_possible_now_are_offered(staff, sign_in, enterprise):
    with office(staff) as actor:
        row = draft(actor, enterprise)
    browser = sign_in(staff)
    shown = browser.get(reverse("admin:residency_agreement_change", args=[row.pk])).content.decode()
    assert "/steps/signature/" in shown
    assert "/steps/acceptance/" not in shown
    gone = step(browser, "agreement", row, "acceptance", signed_on=TODAY)
    assert gone.status_code == 302
    with office(staff):
        assert Agreement.objects.get().state == "draft"


def test_staff_see_who_waits_with_a_text_to_copy_and_the_way_to_renew(staff, sign_in, enterprise):
    with office(staff) as actor:
        stay(actor, enterprise, starts_on=day(-300), ends_on=day(20))
        row = in_force(actor, draft(actor, enterprise, starts_on=day(-300), ends_on=day(20)))
    browser = sign_in(staff)
    shown = browser.get(reverse("admin:renewal_board")).content.decode()
    assert f"/staff/residency/agreement/{row.pk}/steps/renewal/" in shown
    assert "data-copies" in shown
    assert "/o/haihe/residency/" in shown
    made = step(browser, "agreement", row, "renewal")
    with office(staff):
        renewal = Agreement.objects.get(previous=row)
    assert made.url == reverse("admin:residency_agreement_change", args=[renewal.pk])
    again = browser.get(reverse("admin:renewal_board")).content.decode()
    assert renewal.number in again
    assert f"/staff/residency/agreement/{row.pk}/steps/renewal/" not in again


def test_a_signed_copy_waits_on_the_staffs_first_page(staff, owner, sign_in, enterprise):
    row = awaiting(owner)
    with office(staff) as actor:
        copy(actor, row)
    home = sign_in(staff).get("/staff/").content.decode()
    assert reverse("admin:residency_agreement_change", args=[row.pk]) in home
