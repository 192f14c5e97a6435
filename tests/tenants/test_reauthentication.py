"""What matters is changed only by somebody who has just shown who they are."""

import pytest
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.http import HttpResponse
from django.urls import include, path, reverse

from park_portal.urls import urlpatterns as portal
from tenants.reauthentication import recently_authenticated
from tests.makers import PASSWORD
from tests.tenants.people import code_of, confirm, secret_of_new_totp

done: list[tuple[str, str]] = []


def bank_details(request):
    if request.method == "POST":
        done.append((request.tenant.slug, request.POST["account"]))
    return HttpResponse("the form")


def bank_account_end(request):
    done.append((request.tenant.slug, "end"))
    return HttpResponse("ended")


app_name = "bank"
views = [
    path("bank/", recently_authenticated()(bank_details), name="details"),
    path("bank/end/", recently_authenticated(back="bank:details")(bank_account_end), name="end"),
    path("bank/library/", reauthentication_required(bank_details), name="library"),
]
urlpatterns = [*portal, path("o/<slug:tenant>/", include((views, "bank")))]

QUESTION = "/accounts/reauthenticate/"
FORM = {"account": "6222 0000"}


@pytest.fixture
def browser(owner, sign_in, settings):
    settings.ROOT_URLCONF = __name__
    done.clear()
    return sign_in(owner)


def page(view="bank:details"):
    return reverse(view, kwargs={"tenant": "haihe"}, urlconf=__name__)


def test_reading_leads_to_the_question_and_back(browser):
    answer = browser.get(page())
    assert answer["Location"] == f"{QUESTION}?next=%2Fo%2Fhaihe%2Fbank%2F"
    confirm(browser)
    assert browser.get(page()).content == b"the form"


def test_a_form_sent_without_it_changes_nothing_and_says_so(browser):
    answer = browser.post(page(), FORM)
    assert answer["Location"] == f"{QUESTION}?next=%2Fo%2Fhaihe%2Fbank%2F"
    assert "6222" not in str(dict(browser.session))
    confirm(browser)
    assert done == []
    browser.post(page(), FORM)
    assert done == [("haihe", "6222 0000")]


def test_a_button_without_a_page_of_its_own_names_where_to_go_on(browser):
    answer = browser.post(page("bank:end"))
    assert answer["Location"].endswith("next=%2Fo%2Fhaihe%2Fbank%2F")
    assert done == []


def test_after_a_quarter_of_an_hour_it_is_asked_again(browser):
    confirm(browser)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= 16 * 60
    session.save()
    assert browser.get(page()).status_code == 302


def test_signing_in_alone_is_not_enough_and_a_wrong_password_neither(browser):
    browser.post(QUESTION, {"password": "wrong guess"})
    assert browser.post(page(), FORM).status_code == 302
    assert done == []


def test_a_second_factor_answers_the_question_too(browser, owner):
    secret = secret_of_new_totp(owner.user)
    browser.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})
    assert browser.get(page()).status_code == 200


def test_strangers_find_nothing_to_confirm(browser, neighbour):
    assert browser.get("/o/jinmen/bank/").status_code == 404


def test_control_the_librarys_own_way_would_run_the_view_outside_the_organisation(browser):
    browser.raise_request_exception = False
    answer = browser.post(page("bank:library"), FORM)
    answer = browser.post(answer["Location"], {"password": PASSWORD})
    assert answer.status_code == 500
