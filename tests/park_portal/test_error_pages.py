"""Error pages: in our look, the same bytes for everybody, and safe when everything else fails."""

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import translation

from park_portal import errors


def test_every_404_has_the_same_bytes(client, owner, neighbour, sign_in):
    member, stranger = sign_in(owner), client
    pages = [
        member.get("/o/jinmen/"),
        member.get("/o/never-existed/"),
        member.get("/no/such/page"),
        stranger.get("/no/such/page?with=query"),
        stranger.post("/another"),
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


@pytest.mark.parametrize("page", [errors.forbidden, errors.not_found, errors.server_error])
def test_error_pages_need_no_database_and_no_request(page):
    """No database mark here: a query would fail the test."""
    with connection.execute_wrapper(_refuse), translation.override("en"):
        answer = page(RequestFactory().get("/"))
    assert answer.status_code in (403, 404, 500)
    assert b'lang="en"' in answer.content
    assert b"portal.css" in answer.content


def _refuse(*_arguments):
    raise AssertionError("an error page asked the database")


def test_a_failing_view_shows_our_page(make, client, monkeypatch):
    def fail(*_arguments, **_names):
        raise ZeroDivisionError

    monkeypatch.setattr("park_portal.home.memberships_of", fail)
    client.raise_request_exception = False
    client.force_login(make.person("li", language="en"))
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_a_stale_form_is_explained(db):
    answer = Client(enforce_csrf_checks=True).post("/language/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This form was open too long" in answer.content.decode()
