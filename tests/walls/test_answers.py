"""Small walls of every answer: methods, redirects, types, caches, headers nobody may forge."""

from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.mail import BadHeaderError, EmailMessage
from django.db import connection

from tenants.models import User
from tests.makers import PASSWORD

ELSEWHERE = "https://evil.example/"


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/staff/", "/o/haihe/"])
def test_unknown_methods_are_refused_everywhere(db, client, method, path):
    answer = client.generic(method, path)
    assert answer.status_code == 405
    assert not answer.content


def test_control_without_the_middleware_trace_is_answered(db, client, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "methods" not in name]
    assert client.generic("TRACE", "/staff/").status_code == 302


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_header_and_no_field_changes_the_method(owner, sign_in, name):
    browser = sign_in(owner)
    form = {"language": "en", "_method": "POST"}
    assert browser.get("/language/", form, headers={name: "POST"}).status_code == 405
    owner.user.refresh_from_db()
    assert owner.user.language == ""


def test_what_belongs_in_the_body_is_not_read_from_the_address(owner, sign_in):
    sign_in(owner).post("/language/?language=en", {"language": "zh-hans"})
    owner.user.refresh_from_db()
    assert owner.user.language == "zh-hans"
    sign_in(owner).post("/language/?language=en")
    owner.user.refresh_from_db()
    assert owner.user.language == "zh-hans"


@pytest.mark.parametrize("target", [ELSEWHERE, "//evil.example", "/\\evil.example", "javascript:0"])
def test_nobody_is_led_to_another_host(owner, client, target):
    login = {"login": owner.user.username, "password": PASSWORD}
    for answer in (
        client.post("/language/", {"language": "en", "next": target}),
        client.post("/accounts/login/", login | {"next": target}),
        client.get("/accounts/login/", {"next": target}),
        client.post("/accounts/logout/", {"next": target}),
    ):
        assert answer.status_code == 302
        assert answer.url.startswith("/")
        assert "evil.example" not in answer.url
        assert "javascript" not in answer.url


def test_a_forwarded_host_is_not_believed(client, owner):
    answer = client.get("/o/haihe/", headers={"x-forwarded-host": "evil.example"})
    assert answer.url == "/accounts/login/?next=/o/haihe/"
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_every_text_says_its_type_and_encoding(owner, sign_in):
    browser = sign_in(owner)
    for path in ("/o/haihe/", "/staff/", "/no/such/page", "/accounts/email/"):
        answer = browser.get(path)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8", path
    assert browser.get("/livez").headers["Content-Type"] == "application/json"


def test_folders_of_static_files_are_not_listed(client):
    for path in ("/static/", "/static/vendor/", "/static/../manage.py", "/media/"):
        assert client.get(path).status_code in (404, 400), path


def test_a_line_break_makes_no_second_header_of_a_mail():
    for place in ({"subject": "Hello\nBcc: all@example"}, {"to": ["a@example\r\nBcc: b@example"]}):
        with pytest.raises(BadHeaderError):
            EmailMessage(**place).message()


def test_nobody_is_there_before_somebody_is_made(db):
    assert not User.objects.exists()


def test_the_cache_keeps_json_and_no_code():
    cache.set("kept", {"times": [1.5, 2], "name": "名"}, 60)
    # As it lies in Redis.
    store: Any = caches["default"]
    raw = store._cache.get_client(None).get(cache.make_key("kept"))
    assert raw == b'{"times": [1.5, 2], "name": "\\u540d"}'
    assert cache.get("kept") == {"times": [1.5, 2], "name": "名"}
    with pytest.raises(TypeError):
        cache.set("kept", object())


def test_counting_in_the_cache_still_counts():
    cache.set("count", 1, 60)
    assert cache.incr("count") == cache.get("count") == 2


def test_signing_out_is_on_every_page_of_the_shell(owner, staff, sign_in):
    pages = [
        sign_in(owner).get("/o/haihe/"),
        sign_in(owner).get("/o/haihe/jobs/"),
        sign_in(owner).get("/accounts/email/"),
        sign_in(staff).get("/staff/"),
        sign_in(staff).get("/staff/tenants/tenant/"),
    ]
    for page in pages:
        assert "logout" in page.content.decode(), page.request["PATH_INFO"]


def test_no_statement_is_put_together_from_what_somebody_typed(owner, sign_in):
    """The words of a search travel beside the statement, never in it."""
    seen = []

    def watch(execute, sql, params, many, context):
        seen.append((sql, str(params)))
        return execute(sql, params, many, context)

    words = "x'); drop table tenants_tenant; --"
    with connection.execute_wrapper(watch):
        assert sign_in(owner).get("/o/haihe/orders/", {"q": words}).status_code == 200
    assert not [sql for sql, _params in seen if "drop table" in sql.lower()]
    assert [params for _sql, params in seen if "drop table" in params.lower()]


def test_no_other_origin_is_welcome(owner, sign_in):
    elsewhere = {"origin": "https://evil.example"}
    for path in ("/o/haihe/", "/accounts/login/", "/no/such/page", "/static/portal.css"):
        headers = sign_in(owner).get(path, headers=elsewhere).headers
        assert not [name for name in headers if name.startswith("Access-Control-")], path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
    for path in ("/o/haihe/", "/no/such/page"):
        policy = sign_in(owner).get(path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, path
