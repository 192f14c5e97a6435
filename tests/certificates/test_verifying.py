"""The page for everybody, the holder's link, and the paper."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from certificates import links
from certificates.models import Certificate
from certificates.numbers import new_number
from certificates.operations.ending import replace, revoke
from certificates.operations.links import make_personal_link
from certificates.paper import paper_data, printed
from foundation.errors import NotPermitted, WrongState
from tenants.isolation.context import PUBLIC, Identity, enter, enter_tenant
from tests.certificates.conftest import FACTS, NOW, TODAY, by
from tests.certificates.test_issuing import given


def look(number: str, language: str = "en"):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(reverse("verify_number", kwargs={"number": number}))


def test_everybody_sees_what_a_certificate_says(certify):
    made = certify()
    answer = look(made.number)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (made.number, FACTS.course_en, FACTS.issuer_en, "32", "王**", "Valid"):
        assert words in page
    assert FACTS.holder_name not in page
    assert FACTS.holder_id not in page
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "noindex" in page


def test_the_page_speaks_the_readers_language(certify):
    made = certify()
    assert FACTS.course_en in look(made.number).content.decode()
    assert FACTS.course_zh in look(made.number, "zh-hans").content.decode()


@pytest.mark.parametrize(
    "typed", [str.lower, lambda n: n.replace("-", " "), lambda n: n.replace("-", "")]
)
def test_a_number_is_found_however_it_is_typed(certify, typed):
    made = certify()
    answer = Client().get(reverse("verify"), {"number": typed(made.number)})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("verify_number", kwargs={"number": made.number})


def test_each_refusal_has_a_sentence_of_its_own(certify):
    made = certify()
    last = "2" if made.number[-1] != "2" else "3"
    typed = [made.number[:-1] + last, new_number(TODAY), "hello"]
    pages = [look(number).content.decode() for number in typed]
    found = (re.search(r'class="error-summary".*?</ul>', page, re.DOTALL) for page in pages)
    sentences = {each.group() for each in found if each}
    assert len(sentences) == 3
    assert all(made.holder_name not in page for page in pages)


def test_numbers_are_not_tried_out(certify):
    """The control: without wrong guesses before it, the right number opens."""
    made = certify()
    assert look(made.number).status_code == 200
    client = Client(REMOTE_ADDR="203.0.113.9")
    answers = [
        client.get(reverse("verify_number", kwargs={"number": new_number(TODAY)})).status_code
        for _turn in range(11)
    ]
    assert answers[:10] == [404] * 10
    assert answers[10] == 429
    again = client.get(reverse("verify_number", kwargs={"number": made.number}))
    assert again.status_code == 429


def test_right_numbers_are_looked_at_as_often_as_one_likes(certify):
    made = certify()
    assert {look(made.number).status_code for _turn in range(15)} == {200}


def test_a_revoked_one_says_so_with_reason_and_day(certify, office):
    made = certify()
    with office() as actor:
        revoke(actor=actor, now=NOW, certificate=made, reason="考勤记录有误")
    page = look(made.number).content.decode()
    assert "考勤记录有误" in page
    assert f"{TODAY}" in page
    assert "Revoked" in page


def test_a_replaced_one_leads_to_the_new(certify, office):
    made = certify()
    with office() as actor:
        new = replace(actor=actor, now=NOW, certificate=made, reason="姓名", holder_name="王晓明")
    assert (
        reverse("verify_number", kwargs={"number": new.number})
        in look(made.number).content.decode()
    )


def test_an_expired_one_says_so(certify):
    day = TODAY - timedelta(days=30)
    made = certify(
        issued_on=day, started_on=day, ended_on=day, expires_on=TODAY - timedelta(days=1)
    )
    assert "Expired" in look(made.number).content.decode()


def test_what_others_gave_is_not_verified_here(university, office):
    with office() as actor:
        made = given(actor, university)
    assert look(made.given_number).status_code == 404


def test_the_public_role_sees_one_row_and_no_name(certify):
    made = certify()
    with enter(Identity(PUBLIC)):
        assert list(Certificate.objects.values_list("pk", "tenant_id", "number")) == []
        with connection.cursor() as cursor:
            cursor.execute(links.PRESENT, [made.number])
        assert Certificate.objects.values_list("number", flat=True).get() == made.number
    with pytest.raises(Exception, match="permission denied"), enter(Identity(PUBLIC)):
        list(Certificate.objects.values_list("holder_name"))


# -- the holder's link ---------------------------------------------------------------------------


def linked(coordinator, made) -> str:
    with enter_tenant(made.tenant_id, user_id=coordinator.user_id):
        own = make_personal_link(actor=by(coordinator), now=NOW, certificate=made)
        return reverse(
            "own_certificate", kwargs={"token": links.token_of(own, "binhai-university")}
        )


def test_the_holder_reads_and_takes_it_along(certify, coordinator):
    made = certify()
    path = linked(coordinator, made)
    page = Client().get(path)
    assert FACTS.holder_name in page.content.decode()
    pdf = Client().get(f"{path}paper/")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_a_link_ends_when_another_is_made(certify, coordinator):
    made = certify()
    first = linked(coordinator, made)
    assert Client().get(first).status_code == 200
    linked(coordinator, made)
    assert Client().get(first).status_code == 404


def test_a_link_ends_after_its_days(certify, coordinator, monkeypatch):
    path = linked(coordinator, certify())
    assert Client().get(path).status_code == 200
    monkeypatch.setattr(settings, "CERTIFICATE_LINK_DAYS", 0)
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "nonsense"])
def test_a_link_that_was_not_signed_opens_nothing(certify, coordinator, change):
    token = linked(coordinator, certify()).split("/")[-2]
    path = reverse("own_certificate", kwargs={"token": change(token)})
    assert Client().get(path).status_code == 404


def test_whoever_may_not_hand_out_makes_no_link(certify, weaker, stranger, coordinator):
    made = certify()
    for who, error in ((weaker, NotPermitted), (stranger, Certificate.DoesNotExist)):
        with enter_tenant(who.tenant_id, user_id=who.user_id), pytest.raises(error):
            make_personal_link(actor=by(who), now=NOW, certificate=made)
    with enter_tenant(made.tenant_id):
        assert Certificate.objects.get(pk=made.pk).link_nonce == made.link_nonce


def test_what_others_gave_has_no_link(university, coordinator, office):
    with office() as actor:
        made = given(actor, university)
    with enter_tenant(university.pk), pytest.raises(WrongState):
        make_personal_link(actor=by(coordinator), now=NOW, certificate=made)


# -- the paper -------------------------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    told = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return told.stdout.decode()


def test_the_paper_says_it_in_both_languages(certify):
    made = certify()
    pdf = printed(made)
    text = text_of(pdf)
    for words in (
        *(made.number, FACTS.holder_name, FACTS.holder_latin_name, FACTS.course_zh),
        *(FACTS.course_en, FACTS.issuer_zh, "Certificate of training", "32"),
    ):
        assert words in text
    assert text.count("\f") == 1
    assert len(pdf) <= 1024 * 1024
    assert "Revoked" not in text


def test_a_revoked_one_is_printed_with_that_word(certify, office):
    with office() as actor:
        made = revoke(actor=actor, now=NOW, certificate=certify(), reason="x")
    assert re.search(rf"Revoked\s+{TODAY}", text_of(printed(made)))


def test_the_longest_words_stay_on_one_page(certify):
    made = certify(
        holder_name="欧阳" * 20,
        holder_latin_name="Ouyang " * 12,
        course_zh="跨境电子商务" * 26,
        course_en="Cross-border commerce " * 7,
        issuer_zh="天津跨境电商产业园" * 17,
        issuer_en="Tianjin Park " * 12,
    )
    assert text_of(printed(made)).count("\f") == 1


def test_the_code_leads_to_the_page_for_everybody(certify):
    made = certify()
    data = paper_data(made, TODAY)
    assert data["address"].endswith(reverse("verify_number", kwargs={"number": made.number}))
    assert "<svg" in data["qr"]
