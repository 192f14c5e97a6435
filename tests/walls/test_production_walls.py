"""Cookies, TLS, hosts and redirects with the settings that production mode makes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_structlog.middlewares import RequestMiddleware

from backbone.models import Notice
from backbone.operations import notify
from foundation.errors import DomainError
from park_portal.request_log import RequestLog
from tenants.accounts import AccountAdapter
from tenants.isolation.context import enter_tenant
from tests.logbook import logbook
from tests.makers import PASSWORD
from tests.park_portal.test_production import GOOD, check
from tests.proof import FULL
from tests.routes import routes

# What the browser, or whoever stands between, gets to see of the settings.
SEEN = (
    "ALLAUTH_TRUSTED_",
    "ALLOWED_HOSTS",
    "CSRF_",
    "DEBUG",
    "KNOWN_DEVICE_",
    "LANGUAGE_COOKIE_",
    "MESSAGE_STORAGE",
    "SECURE_",
    "SESSION_COOKIE_",
    "USE_X_FORWARDED",
)
TELL = """
import json
from django.conf import settings
seen = {name: getattr(settings, name) for name in dir(settings) if name.startswith(%r)}
print(json.dumps(seen, default=str))
"""
FORGED: dict[str, Any] = {"HTTP_X_FORWARDED_PROTO": "https"}


def settings_with(**environment: str) -> dict[str, Any]:
    values = GOOD | {"DJANGO_SETTINGS_MODULE": "park_portal.settings"} | environment
    told = subprocess.run(
        [sys.executable, "-c", TELL % (SEEN,)],
        env=values,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(told.stdout.splitlines()[-1])
    if seen.get("SECURE_PROXY_SSL_HEADER"):
        seen["SECURE_PROXY_SSL_HEADER"] = tuple(seen["SECURE_PROXY_SSL_HEADER"])
    return seen


@pytest.fixture(scope="module")
def behind_a_proxy():
    return settings_with()


@pytest.fixture(scope="module")
def without_a_proxy():
    return settings_with(TRUSTED_PROXY_COUNT="0")


@pytest.fixture
def production(settings, behind_a_proxy):
    wear(settings, behind_a_proxy)


def wear(settings, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def browser(**headers: Any) -> Client:
    return Client(HTTP_HOST="portal.example", **headers)


# -- cookies -------------------------------------------------------------------------------------


def cookies_of_a_visit(member) -> dict[str, Any]:
    """All that a browser was asked to keep by signing in, switching language and signing out."""
    client = browser(**FORGED)
    kept: dict[str, Any] = {}
    for path, values in [
        (reverse("account_login"), None),
        (reverse("account_login"), {"login": member.user.username, "password": PASSWORD}),
        (reverse("account_change_password"), None),
        (reverse("set_language"), {"language": "en", "next": "/"}),
        (reverse("account_logout"), {}),
    ]:
        answer = client.get(path) if values is None else client.post(path, values)
        kept |= answer.cookies
    return kept


def loose(cookies: dict[str, Any]) -> list[str]:
    """Cookies that another host, a script, a form elsewhere or plain HTTP could get at."""
    return [
        morsel.OutputString()
        for name, morsel in cookies.items()
        if not (name.startswith("__Host-") and morsel["secure"] and morsel["httponly"])
        or morsel["samesite"] not in ("Lax", "Strict")
        or morsel["path"] != "/"
        or morsel["domain"]
    ]


def test_every_cookie_is_strict(production, owner):
    cookies = cookies_of_a_visit(owner)
    assert set(cookies) == {f"__Host-{name}" for name in COOKIES}
    assert loose(cookies) == []


COOKIES = ["sessionid", "csrftoken", "language", "device"]


@pytest.mark.parametrize(
    ("name", "value", "cookie"),
    [
        ("SESSION_COOKIE_SECURE", False, "__Host-sessionid"),
        ("SESSION_COOKIE_HTTPONLY", False, "__Host-sessionid"),
        ("SESSION_COOKIE_SAMESITE", "None", "__Host-sessionid"),
        ("SESSION_COOKIE_NAME", "sessionid", "sessionid"),
        ("CSRF_COOKIE_SECURE", False, "__Host-csrftoken"),
        ("LANGUAGE_COOKIE_SECURE", False, "__Host-language"),
        ("KNOWN_DEVICE_COOKIE", "device", "device"),
    ],
)
def test_each_loose_cookie_is_missed(name, value, cookie, production, owner, settings):
    setattr(settings, name, value)
    assert any(found.startswith(f"{cookie}=") for found in loose(cookies_of_a_visit(owner)))


# -- TLS and proxies -----------------------------------------------------------------------------


def test_browsers_are_told_to_use_tls_for_a_year(production, db, settings):
    told = browser(**FORGED).get("/accounts/login/").headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains; preload"
    settings.SECURE_HSTS_SECONDS = 0
    assert "Strict-Transport-Security" not in browser(**FORGED).get("/accounts/login/").headers


def test_plain_http_is_sent_to_https(production, db):
    answer = browser().get("/accounts/login/?next=/o/a/")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://portal.example/accounts/login/?next=/o/a/"


def test_without_a_proxy_nobody_may_say_that_it_was_tls(without_a_proxy, db, settings):
    wear(settings, without_a_proxy)
    assert browser(**FORGED).get("/accounts/login/").status_code == 301
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert browser(**FORGED).get("/accounts/login/").status_code == 200


def test_another_host_in_a_header_changes_no_address(production, db, settings):
    forged: dict[str, Any] = {
        "HTTP_X_FORWARDED_HOST": "elsewhere.example",
        "HTTP_X_FORWARDED_PORT": "99",
    }
    answer = browser(**forged).get("/accounts/login/")
    assert answer.headers["Location"] == "https://portal.example/accounts/login/"
    settings.USE_X_FORWARDED_HOST = True
    settings.ALLOWED_HOSTS = ["*"]
    assert "elsewhere.example" in browser(**forged).get("/accounts/login/").headers["Location"]


@pytest.mark.parametrize(("proxies", "believed"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_logs_name_who_really_asked(proxies, believed, db, settings, monkeypatch):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    forged = {"x-forwarded-for": "10.9.9.9, 203.0.113.9"}

    def said() -> dict[str, Any]:
        with logbook() as book:
            Client().get("/accounts/login/", headers=forged)
        return book.entries[0]

    assert said()["ip"] == believed
    monkeypatch.setattr(RequestLog, "bind_ip", RequestMiddleware.bind_ip)
    assert said()["ip"] not in ("127.0.0.1", "203.0.113.9"), "the library believes anybody"


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "portal.example.elsewhere.example",
        "elsewhere-portal.example",
        "portal.example@elsewhere.example",
        "portal.example:443@elsewhere.example",
        "portal.example, elsewhere.example",
        "",
    ],
)
def test_a_request_for_another_host_is_refused(host, production, owner, mailoutbox):
    client = Client(HTTP_HOST=host, **FORGED)
    for path in ("/", "/accounts/login/", "/no/such/page/"):
        assert client.get(path).status_code == 400
    answer = client.post(reverse("account_reset_password"), {"email": owner.user.email})
    assert answer.status_code == 400
    assert b"elsewhere" not in answer.content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert mailoutbox == []


def test_without_the_list_of_hosts_any_is_served(production, db, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST="elsewhere.example", **FORGED)
    assert client.get("/accounts/login/").status_code == 200


# -- redirects -----------------------------------------------------------------------------------

ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example/",
    "https:elsewhere.example",
    "https:///elsewhere.example/",
    "\thttps://elsewhere.example/",
    "/\t/elsewhere.example/",
    "//portal.example@elsewhere.example/",
    "https://portal.example.elsewhere.example/",
    "javascript:alert(1)",
    "data:text/html,elsewhere",
    "//elsewhere.example%2f@portal.example/",
]


def leads_away(answer) -> bool:
    """Whether a browser would leave the portal, however it reads odd addresses."""
    location = answer.headers.get("Location", "/")
    plain = "".join(location.split()).replace("\\", "/")
    parts = urlsplit(plain)
    if parts.scheme not in ("", "http", "https") or plain.startswith("///"):
        return True
    return (parts.netloc or bool(parts.scheme)) and parts.netloc not in (
        "portal.example",
        "testserver",
    )


def shared_addresses() -> list[str]:
    """Whoever asks, in no organisation: signing in and out, second factors, language."""
    found = [reverse(r.name) for r in routes() if r.is_shared and not r.parameters and r.is_named]
    assert len(found) > 20
    return [*found, reverse("admin:login")]


@pytest.mark.parametrize("person", ["nobody", "owner"])
def test_no_shared_address_leads_away(person, owner, sign_in):
    away = []
    for number, path in enumerate(shared_addresses()):
        client = sign_in(owner) if person == "owner" else Client()
        for target in ELSEWHERE if FULL else [ELSEWHERE[number % len(ELSEWHERE)]]:
            cache.clear()
            answers = [
                client.get(path, {"next": target}),
                client.post(path, {"next": target, "language": "en", "password": PASSWORD}),
            ]
            away += [f"{path} {target!r}: {a.headers}" for a in answers if leads_away(a)]
    assert away == []


def sign_in_to(target: str, member) -> Any:
    cache.clear()
    form = {"login": member.user.username, "password": PASSWORD, "next": target}
    answer = Client().post(f"{reverse('account_login')}", form)
    assert answer.status_code == 302
    return answer


def test_signing_in_and_switching_language_come_back_here(owner, monkeypatch):
    for number, target in enumerate(ELSEWHERE):
        switched = Client().post(reverse("set_language"), {"language": "en", "next": target})
        assert not leads_away(switched), target
        if FULL or number % 4 == 0:  # a password takes its time
            assert not leads_away(sign_in_to(target, owner)), target
    assert sign_in_to("/o/haihe/jobs/", owner).headers["Location"] == "/o/haihe/jobs/"
    monkeypatch.setattr(AccountAdapter, "is_safe_url", lambda self, url: True)
    monkeypatch.setattr("park_portal.language.url_has_allowed_host_and_scheme", _always)
    assert leads_away(sign_in_to(ELSEWHERE[0], owner))
    switched = Client().post(reverse("set_language"), {"language": "en", "next": ELSEWHERE[0]})
    assert leads_away(switched)


def _always(*_words, **_names) -> bool:
    return True


def test_a_notice_leads_nowhere_else(owner, sign_in, monkeypatch):
    """The table keeps no such address, and the view would follow none."""
    told = {"actor": owner.actor(), "now": timezone.now(), "user_id": owner.user_id}
    with enter_tenant(owner.tenant_id), pytest.raises(DomainError) as refused:
        notify(**told, kind="test", title="A notice", url=ELSEWHERE[0])
    assert refused.value.code == "notice_stays_in_portal"
    target = ELSEWHERE[0]
    monkeypatch.setattr("backbone.views.get_object_or_404", lambda _rows, pk: Notice(url=target))
    monkeypatch.setattr("backbone.views.operations.mark_read", lambda **_names: None)
    client = sign_in(owner)
    path = reverse("backbone:notice_reading", kwargs={"tenant": owner.tenant.slug, "pk": 1})
    for target in ELSEWHERE:
        assert not leads_away(client.post(path)), target
    target = ELSEWHERE[0]
    monkeypatch.setattr("backbone.models.notices.url_has_allowed_host_and_scheme", _always)
    assert leads_away(client.post(path))


# -- what is not shown ---------------------------------------------------------------------------


def test_nothing_of_the_inside_is_shown_unless_debugging(production, db, settings):
    page = browser(**FORGED).get("/no/such/page/")
    assert page.status_code == 404
    assert b"urlpatterns" not in page.content
    settings.DEBUG = True
    assert b"URLconf" in browser(**FORGED).get("/no/such/page/").content


def test_a_deployment_without_tls_is_warned_of():
    assert "security.W008" in check(SECURE_SSL_REDIRECT="0").stderr
