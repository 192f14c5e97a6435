"""Applying online: begun without an account, submitted once and whole, withdrawn."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency import links
from residency.models import Application, Lead, ReviewPolicy
from residency.operations import applicants, applying, checking
from residency.operations.applying import submit_application, withdraw_application
from tenants.isolation.context import enter_tenant
from tests.residency.conftest import ANSWERS, PDF, paper_of, reload


def page_of(application, rest=""):
    return links.path_of(application) + rest


def call(operation, application, applicant, **values):
    values.setdefault("now", timezone.now())
    with enter_tenant(application.tenant_id):
        return operation(actor=applicant, application=application, **values)


# -- beginning -------------------------------------------------------------------------------------


def test_somebody_without_an_account_begins_and_the_link_opens(client, park, letters):
    form = {"kind": "exporter", "email": "chen@example.test", "language": "en"}
    answer = client.post(reverse("apply:begin"), form)
    assert client.get(answer["Location"]).status_code == 200
    (mail,) = letters()
    assert answer["Location"] in mail.body


def test_a_kind_an_address_or_a_language_that_is_none_begins_nothing(client, park):
    form = {"kind": "exporter", "email": "chen@example.test", "language": "en"}
    for wrong in ({"kind": "bank"}, {"email": "chen"}, {"language": "tlh"}):
        assert client.post(reverse("apply:begin"), form | wrong).status_code == 200
    with enter_tenant(park.pk):
        assert not Application.objects.exists()


def test_nobody_sends_mail_to_a_stranger_again_and_again(client, park, letters):
    form = {"kind": "exporter", "email": "chen@example.test", "language": "en"}
    answers = [client.post(reverse("apply:begin"), form).status_code for _time in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert len(letters()) == 3


# -- submitting ------------------------------------------------------------------------------------


def test_the_whole_way_to_a_submitted_application(begin, client, letters, paper):
    application = begin("exporter", language="en")
    for section, answers in ANSWERS.items():
        page = client.get(page_of(application, f"answers/{section}/"))
        sent = {name: page.context[name] for name in ("base", "page")} | answers
        assert client.post(page_of(application, f"answers/{section}/"), sent).status_code == 302
    client.post(paper_of(application, paper), {"file": PDF()})
    page = client.get(page_of(application))
    assert page.context["can_submit"], page.context["sections"]
    assert client.post(page_of(application, "submission/")).status_code == 302
    found = reload(application)
    assert (found.state, found.registration_number) == ("submitted", "91120116MA05J7XH28")
    assert (found.countries, found.platforms) == (["DE", "JP"], ["Amazon", "Shopee"])
    assert (str(found.volume), found.founded_on.isoformat()) == ("1250000.50", "2024-03-05")
    assert found.details["modes"] == ["9610", "9810"]
    assert found.details["safe_use"] is True
    assert client.get(page_of(application)).status_code == 200
    assert found.number in letters()[-1].subject


def test_what_is_missing_is_named_with_a_link_and_nothing_is_submitted(begin, client, paper):
    application = begin("exporter", language="en")
    client.post(page_of(application, "submission/"))
    found = reload(application)
    assert (found.state, found.submitted_at) == ("applying", None)
    page = client.get(page_of(application)).content.decode()
    assert page_of(application, "answers/company/") + "#id_registration_number" in page
    assert page_of(application, "documents/") + "#file-licence" in page


def test_a_missing_document_or_answer_is_refused(begin, fill_in, applicant, paper):
    application = begin()
    fill_in(application, name="")
    with pytest.raises(InvalidInput) as refused:
        call(submit_application, application, applicant)
    assert list(refused.value.fields) == ["name"]
    fill_in(application)
    with pytest.raises(InvalidInput) as refused:
        call(submit_application, application, applicant)
    assert refused.value.code == "documents_missing"
    assert reload(application).state == "applying"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("registration_number", "91120116MA05J7XH2C"),
        ("founded_on", "yesterday"),
        ("volume", "much"),
        ("countries", "Germany, Atlantis"),
        ("contact_mobile", "call me"),
    ],
)
def test_a_malformed_answer_is_refused_by_its_name(begin, fill_in, applicant, field, typed):
    application = begin()
    fill_in(application, **{field: typed})
    with pytest.raises(InvalidInput) as refused:
        call(submit_application, application, applicant)
    assert list(refused.value.fields) == [field]


def test_the_answer_is_due_after_the_days_of_the_policy(submitted, park):
    with enter_tenant(park.pk):
        ReviewPolicy.objects.create(tenant=park, kind="exporter", answer_days=20)
    found = submitted()
    assert found.due_at - found.submitted_at == timedelta(days=20)


def test_a_company_has_one_open_application(submitted, begin, fill_in, applicant, client, paper):
    submitted()
    another = begin(email="twin@example.test", language="en")
    fill_in(another)
    client.post(paper_of(another, paper), {"file": PDF()})
    with pytest.raises(DomainError) as refused:
        call(submit_application, another, applicant)
    assert refused.value.code == "application_of_company_once"
    assert str(refused.value) != str(DomainError.message), "a sentence of its own"
    assert reload(another).state == "applying"


def test_a_signed_in_person_does_not_act_in_an_applicants_place(begin, as_staff):
    application = begin()
    for operation in (submit_application, withdraw_application):
        values = {"reason": ""} if operation is withdraw_application else {}
        with pytest.raises(NotPermitted):
            as_staff(operation, application=application, **values)


# -- a race ----------------------------------------------------------------------------------------


def at_once(*calls):
    """Run them at the same moment, each on a connection of its own; gives what each ended with."""
    ready, ended = threading.Barrier(len(calls)), []

    def run(operate):
        ready.wait()
        try:
            ended.append(operate())
        except DomainError as error:
            ended.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[operate]) for operate in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


def unlocked(actor, application):
    """The control: what reading the row without a lock gives, both before either writes."""
    found = Application.objects.get(pk=application.pk)
    _both_have_read.wait(10)
    return found


_both_have_read = threading.Barrier(2)


@pytest.mark.parametrize("guard", ["on", "off"])
@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_it_is_submitted_once_with_one_letter(
    guard, begin, fill_in, applicant, paper, client, letters, monkeypatch
):
    application = begin(language="en")
    fill_in(application)
    client.post(paper_of(application, paper), {"file": PDF()})
    before = len(letters())
    if guard == "off":
        _both_have_read.reset()
        monkeypatch.setattr(applying, "locked", unlocked)
    ended = at_once(*[lambda: call(submit_application, application, applicant)] * 2)
    done = [each for each in ended if isinstance(each, Application)]
    if guard == "off":
        assert len(done) == 2, "without the lock both believe they submitted it"
        return
    assert len(done) == 1
    assert "not_editable" in ended
    assert len(letters()) - before == 1


@pytest.mark.parametrize("guard", ["on", "off"])
@pytest.mark.django_db(transaction=True)
def test_two_of_the_staff_take_the_same_application_and_one_gets_it(
    guard, submitted, as_staff, make, park, monkeypatch
):
    application, other = submitted(), make.member(park, "operations", is_staff=True)
    if guard == "off":
        _both_have_read.reset()
        monkeypatch.setattr(checking, "locked", unlocked)
    take = checking.take_application
    ended = at_once(
        lambda: as_staff(take, application=application),
        lambda: as_staff(take, application=application, actor=other.actor(is_staff=True)),
    )
    took = [each for each in ended if isinstance(each, Application)]
    if guard == "off":
        assert len(took) == 2, "without the lock both believe it is theirs"
        return
    assert len(took) == 1
    assert reload(application).handler_id == took[0].handler_id
    assert "wrong_state" in ended


# -- withdrawing, forgetting -----------------------------------------------------------------------


def test_withdrawn_with_a_reason_and_a_letter(submitted, client, letters):
    application = submitted()
    client.post(page_of(application, "withdrawal/"), {"reason": "Plans changed."})
    found = reload(application)
    assert (found.state, found.closing_reason) == ("lost", "Plans changed.")
    assert "withdrawn" in letters()[-1].subject
    assert client.get(page_of(application)).status_code == 200


def test_a_reason_too_long_is_refused_and_nothing_is_withdrawn(submitted, client):
    application = submitted()
    refused = client.post(page_of(application, "withdrawal/"), {"reason": "x" * 1001})
    assert refused.status_code == 422
    assert refused.context["withdraw_form"].errors["reason"][0] in refused.content.decode()
    assert reload(application).state == application.state


def test_once_an_agreement_is_made_it_is_not_withdrawn_here():
    assert not applying.WITHDRAWABLE & {"contracting", "signed", "resident", "rejected", "lost"}


def test_a_draft_nobody_goes_on_with_is_closed_and_its_link_with_it(begin, client, applicant):
    long_ago = timezone.now() - timedelta(days=31)
    old, new = begin(now=long_ago), begin(email="new@example.test")
    assert client.get(page_of(old)).status_code == 404
    with enter_tenant(applicant.tenant_id):
        applying.close_expired(timezone.now())
    assert (reload(old).state, reload(new).state) == ("lost", "applying")


def test_the_lock_of_an_applicant_is_the_rows(begin, applicant):
    """What the races stand on: the row under a lock, and nobody in person."""
    application = begin()
    with enter_tenant(applicant.tenant_id):
        assert applicants.locked(applicant, application) == application
        assert not Lead.objects.exists()
        with pytest.raises(WrongState):
            applicants.refuse_uneditable(Application(state="checking"))


def test_a_page_of_an_application_is_for_its_link_alone(begin, client, sign_in, owner):
    path = page_of(begin())
    assert Client().get(path).status_code == 200
    assert sign_in(owner).get("/apply/00ff.none/").status_code == 404
