"""What no door takes: text that cannot be stored, and bytes that are not UTF-8."""

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from django.urls import reverse

from foundation.text import is_storable, is_utf8
from park_portal.text import PlainRequest

MIDDLEWARE = "park_portal.text.TextMiddleware"
LOGIN = "/accounts/login/"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, headers={"accept-language": "en"})


@pytest.fixture
def unguarded(settings):
    """The portal without the middleware."""

    def make():
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != MIDDLEWARE]
        return Client(raise_request_exception=False)

    return make


def is_refused(answer, sentence="characters that cannot be stored"):
    return answer.status_code == 400 and sentence in answer.content.decode()


def test_text_that_utf8_and_the_database_have():
    assert all(map(is_storable, ["", "𠮷", "\u202e", "\ufffe\U0010ffff", "\x01\x7f"]))
    assert not any(map(is_storable, ["\x00", "a\x00", "\ud800", "a\udfffb"]))


def test_queries_that_are_utf8():
    assert all(map(is_utf8, [b"", b"a=%E4%B8%AD", "a=中".encode(), b"a=%", b"a=%zz", b"%EF%BF%BD"]))
    assert not any(map(is_utf8, [b"a=%FF", b"a=\xff", b"%ED%A0%80=1", b"a=%C0%80"]))


@pytest.mark.parametrize(
    "query", ["q=%00", "%00=q", "q=a%00b&q=c", "q=%FF", "q=%ED%A0%80", "q=\xff"]
)
def test_a_query_that_cannot_be_stored_is_refused(db, browser, query):
    assert is_refused(browser.get(LOGIN, QUERY_STRING=query))


@pytest.mark.parametrize("body", [b"login=a%00", b"a%00=b", b"login=%ED%BF%BF", b"login=\xfe"])
def test_a_form_that_cannot_be_stored_is_refused(db, browser, body):
    assert is_refused(browser.post(LOGIN, body, content_type=URLENCODED))


@pytest.mark.parametrize("value", [b"a\x00b", b"\xed\xa0\x80", b"\xff"])
def test_a_form_with_files_that_cannot_be_stored_is_refused(db, browser, value):
    body = b'--a\r\nContent-Disposition: form-data; name="login"\r\n\r\n' + value + b"\r\n--a--\r\n"
    assert is_refused(browser.post(LOGIN, body, content_type="multipart/form-data; boundary=a"))


def test_a_program_reads_a_problem_document(db, browser):
    answer = browser.get("/api/v1/orders", QUERY_STRING="q=%00")
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_unusual_text_is_not_refused(db, browser):
    said = {"login": "𠮷\u202e\ufffe\x01", "password": "\u200b"}
    assert browser.post(LOGIN, said).status_code == 200
    assert browser.get(LOGIN, {"next": "/\ufffd"}).status_code == 200


@pytest.mark.parametrize("charset", ["base64", "unicode_escape", "utf-16", "utf-7", "idna", "gbk"])
def test_only_utf8_is_read(db, browser, charset):
    kinds = {"CONTENT_TYPE": f"text/plain; charset={charset}", "QUERY_STRING": "q=%5Cud800"}
    assert is_refused(browser.get("/mailbox/", **kinds), "UTF-8 only")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_utf8_by_any_name_is_read(db, browser, charset):
    kind = f"{URLENCODED}; charset={charset}"
    assert browser.post(LOGIN, b"login=a", content_type=kind).status_code == 200


NOWHERE = "text/plain; a*=nowhere''b"


def test_a_parameter_in_an_encoding_that_is_none_is_refused(db, browser):
    assert is_refused(browser.get("/mailbox/", CONTENT_TYPE=NOWHERE), "UTF-8 only")
    assert is_refused(browser.get("/mailbox/", headers={"accept": NOWHERE}), "UTF-8 only")
    assert browser.get("/mailbox/", headers={"accept": "a/b; c*=utf-8''d"}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("text/plain; charset=base64", "q=YQ=="),
        ("text/plain; charset=utf-8", "&".join(["q=1"] * 1001)),
        (NOWHERE, ""),
    ],
)
def test_django_itself_fails_before_any_page_of_ours(db, browser, monkeypatch, kind, query):
    """The server would answer with an empty 500 and a traceback in its log."""
    kinds = {"CONTENT_TYPE": kind, "QUERY_STRING": query}
    assert browser.get("/mailbox/", **kinds).status_code == 400
    monkeypatch.setattr("django.test.client.WSGIRequest", WSGIRequest)
    with pytest.raises((LookupError, TooManyFieldsSent, ValueError)):
        browser.get("/mailbox/", **kinds)


def test_the_server_makes_its_requests_so(db):
    from park_portal.wsgi import application  # asks the database for its role on import

    assert application.request_class is PlainRequest


def test_a_nul_in_the_address_leads_nowhere(staff, sign_in):
    path = reverse("admin:tenants_tenant_change", args=["XX"]).replace("XX", "%00")
    assert sign_in(staff).get(path).status_code == 404


def test_a_cookie_that_spells_a_nul_is_forgotten(db, browser, unguarded, settings):
    name = settings.SESSION_COOKIE_NAME
    spelt = {"HTTP_COOKIE": rf'{name}="\000\000\000\000\000\000\000\000"; other=1'}
    assert browser.get(LOGIN, **spelt).status_code == 200
    assert unguarded().get(LOGIN, **spelt).status_code == 500
