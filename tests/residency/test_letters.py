"""Letters to applicants: in their language, once, with a link that opens their application."""

from django.test import Client
from django.utils import timezone

from residency import links
from residency.letters import tell_applicant
from residency.models import Application
from tenants.isolation.context import enter_tenant


def link_in(mail):
    (link,) = {word for word in mail.body.split() if "/apply/" in word}
    return "/apply/" + link.partition("/apply/")[2]


def test_the_link_of_a_new_application_is_mailed_in_the_applicants_language(begin, letters, db):
    begin(language="zh-hans")
    begin(language="en", email="tan@example.test")
    first, second = letters()
    assert [first.to, second.to] == [["chen@example.test"], ["tan@example.test"]]
    assert second.subject == "Your application to move in: the link to come back"
    assert Client().get(link_in(second)).status_code == 200


def test_the_same_letter_leaves_once(begin, letters, applicant, db):
    application = begin(language="en")
    for _time in range(2):
        with enter_tenant(applicant.tenant_id):
            tell_applicant(
                actor=applicant,
                now=timezone.now(),
                application=application,
                template="begun",
                key="once",
            )
    assert len(letters()) == 2, "one when it was begun, one told twice"


def test_a_link_that_nobody_signed_opens_nothing(begin, client, db):
    token = links.token_of(begin())
    for other in ("x", token[:-1], f"0{token}", token.replace(".", ":")):
        assert client.get(f"/apply/{other}/").status_code == 404


def test_an_erased_application_gets_no_letter_and_opens_for_nobody(begin, letters, applicant, db):
    application = begin()
    with enter_tenant(applicant.tenant_id):
        Application.objects.filter(pk=application.pk).update(erased_at=timezone.now())
    assert letters() == []
    assert Client().get(links.path_of(application)).status_code == 404
