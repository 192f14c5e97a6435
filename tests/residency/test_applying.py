"""Applying online: begun without an account, kept as typed, submitted once, withdrawn."""

from django.urls import reverse

from residency import links
from residency.models import Application
from tenants.isolation.context import enter_tenant
from tests.residency.conftest import ANSWERS, PDF, paper_of


def row(application):
    with enter_tenant(application.tenant_id):
        return Application.objects.get(pk=application.pk)


def test_somebody_without_an_account_begins_and_the_link_opens(client, park, letters):
    form = {"kind": "exporter", "email": "chen@example.test", "language": "en"}
    answer = client.post(reverse("apply:begin"), form)
    page = client.get(answer["Location"])
    assert page.status_code == 200
    (mail,) = letters()
    assert answer["Location"] in mail.body


def test_the_whole_way_to_a_submitted_application(begin, client, letters, paper):
    application = begin("exporter", language="en")
    for section, answers in ANSWERS.items():
        base = links.path_of(application) + f"answers/{section}/"
        page = client.get(base)
        sent = {"base": page.context["base"], "page": page.context["page"], "turn": "1", **answers}
        assert client.post(base, sent).status_code == 302
    client.post(paper_of(application, paper), {"file": PDF()})
    page = client.get(links.path_of(application))
    assert page.context["can_submit"], page.context["sections"]
    assert client.post(links.path_of(application) + "submission/").status_code == 302
    found = row(application)
    assert found.state == "submitted"
    assert found.registration_number == "91120116MA05J7XH28"
    assert found.countries == ["DE", "JP"]
    assert client.get(links.path_of(application)).status_code == 200
    assert "submitted" in letters()[-1].subject
