"""What one request may cost is bounded, whoever sends it: parameters, fields, bytes, look-ups."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

MB = 1024 * 1024
LOGIN = "/accounts/login/"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=a"
FIELD = b'--a\r\nContent-Disposition: form-data; name="login"\r\n\r\n'


class Body:
    """A body of any size that lies nowhere; ``given`` says how much of it was asked for."""

    def __init__(self, start: bytes, size: int, end: bytes = b"") -> None:
        self.start, self.left, self.end = start, size - len(start) - len(end), end
        self.size, self.given = size, 0

    def read(self, size: int = -1) -> bytes:
        wanted = self.size - self.given if size < 0 else min(size, self.size - self.given)
        head, self.start = self.start[:wanted], self.start[wanted:]
        filling = b"x" * min(wanted - len(head), self.left)
        self.left -= len(filling)
        rest = wanted - len(head) - len(filling)
        tail, self.end = self.end[:rest], self.end[rest:]
        self.given += wanted
        return head + filling + tail

    readline = read


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def post(browser: Client, kind: str, body: Body) -> Any:
    environ = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(body.size), "wsgi.input": body}
    return browser.request(REQUEST_METHOD="POST", PATH_INFO=LOGIN, **environ)


def is_too_much(answer: Any, status: int) -> bool:
    return answer.status_code == status and "more than the portal takes" in answer.content.decode()


def test_thousands_of_parameters_are_refused(owner: Any, staff: Any, sign_in: Any) -> None:
    query = "&".join(f"a{number}=1" for number in range(5000))
    orders = reverse("trade:orders", kwargs={"tenant": owner.tenant.slug})
    tenants = reverse("admin:tenants_tenant_changelist")
    for member, path in [(owner, orders), (staff, tenants), (owner, LOGIN)]:
        browser = sign_in(member)
        browser.cookies["django_language"] = "en"
        assert is_too_much(browser.get(path, QUERY_STRING=query), 400), path


def test_ten_thousand_filters_are_refused(owner: Any, sign_in: Any, settings: Any) -> None:
    browser = sign_in(owner)
    orders = reverse("trade:orders", kwargs={"tenant": owner.tenant.slug})
    query = "&".join(["country=CN"] * 10_000)
    assert browser.get(orders, QUERY_STRING=query).status_code == 400
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None
    assert browser.get(orders, QUERY_STRING=query).status_code == 200


def test_a_form_with_thousands_of_fields_is_refused(db: None, browser: Client) -> None:
    urlencoded = "&".join(f"a{number}=1" for number in range(5000)).encode()
    assert is_too_much(browser.post(LOGIN, urlencoded, content_type=URLENCODED), 400)
    multipart = b"1\r\n".join([FIELD] * 5000) + b"1\r\n--a--\r\n"
    assert is_too_much(browser.post(LOGIN, multipart, content_type=MULTIPART), 400)


def test_a_form_with_hundreds_of_files_is_refused(db: None, browser: Client) -> None:
    file = FIELD.replace(b'"login"', b'"f"; filename="a.txt"')
    body = b"1\r\n".join([file] * 300) + b"1\r\n--a--\r\n"
    assert is_too_much(browser.post(LOGIN, body, content_type=MULTIPART), 400)


def test_fifty_megabytes_of_a_form_are_refused_unread(
    db: None, browser: Client, settings: Any
) -> None:
    body = Body(b"login=", 50 * MB)
    assert is_too_much(post(browser, URLENCODED, body), 413)
    assert body.given == 0
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    body = Body(b"login=", 11 * MB)
    assert post(browser, URLENCODED, body).status_code == 200
    assert body.given == body.size


def test_fifty_megabytes_in_one_field_are_refused_before_they_fill_the_memory(
    db: None, browser: Client, settings: Any
) -> None:
    body = Body(FIELD, 50 * MB, b"\r\n--a--\r\n")
    tracemalloc.start()
    answer = post(browser, MULTIPART, body)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert is_too_much(answer, 413)
    assert body.given <= limit + MB
    assert most < 4 * limit


def test_a_body_that_is_no_form_is_not_read(db: None, browser: Client) -> None:
    body = Body(b"[", 50 * MB)
    assert post(browser, "application/json", body).status_code == 400
    assert body.given == 0


@pytest.mark.parametrize("size", ["", "0", "-1", "9" * 20])
def test_a_size_that_cannot_be_says_nothing(db: None, browser: Client, size: str) -> None:
    body = Body(b"login=a", 7)
    environ = {"CONTENT_TYPE": URLENCODED, "CONTENT_LENGTH": size, "wsgi.input": body}
    answer = browser.request(REQUEST_METHOD="POST", PATH_INFO=LOGIN, **environ)
    assert answer.status_code in (200, 413)


@pytest.mark.parametrize(
    "query",
    [
        "name__regex=(a%2B)%2B$",
        "memberships__user__password__startswith=a",
        "id__in=1,2",
        "registration_number__iregex=a",
    ],
)
def test_look_ups_that_no_list_offers_are_refused(staff: Any, sign_in: Any, query: str) -> None:
    answer = sign_in(staff).get(reverse("admin:tenants_tenant_changelist"), QUERY_STRING=query)
    assert answer.status_code == 400
    assert b"portal.css" in answer.content


def test_no_address_tells_a_password_letter_by_letter(
    staff: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, people = sign_in(staff), reverse("admin:tenants_user_changelist")
    assert browser.get(people, {"password__startswith": "argon2"}).status_code == 400
    assert browser.get(people, {"is_staff__exact": "1"}).status_code == 200
    monkeypatch.delattr("foundation.staff.StaffAdmin.lookup_allowed")
    found = [
        browser.get(people, {"password__startswith": start}).context["cl"].result_count
        for start in ("argon2", "x")
    ]
    assert found == [1, 0]


@pytest.mark.parametrize("order", ["99", "-99.1", "password", "1.1.1.1", "9" * 5000])
def test_an_order_that_no_list_offers_is_ignored(staff: Any, sign_in: Any, order: str) -> None:
    answer = sign_in(staff).get(reverse("admin:tenants_tenant_changelist"), {"o": order})
    assert answer.status_code == 200
