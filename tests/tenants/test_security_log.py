"""The log tells what happened at the doors, and keeps what was typed there to itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signing import dumps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation import security_log
from foundation.errors import NotPermitted
from foundation.security_log import Event
from tenants import operations, sessions
from tenants.isolation.context import enter_tenant
from tests.logbook import logbook
from tests.makers import PASSWORD
from tests.tenants.people import age, browser_of, code_of, confirm, secret_of_new_totp

pytestmark = pytest.mark.usefixtures("quick_passwords")

NEW_PASSWORD = "another horse, another battery"


@pytest.fixture
def log():
    with logbook() as book:
        yield book


@pytest.fixture
def liwei(make, enterprise):
    return make.member(enterprise, "member", username="liwei")


def only(log, *names):
    (entry,) = log.events(*names)
    return entry


def test_signing_in_and_out(log, liwei):
    browser = browser_of(liwei.user)
    browser.post(reverse("account_logout"))
    assert [e["event"] for e in log.events()] == ["signed_in", "signed_out"]
    assert {e["person"] for e in log.events()} == {liwei.user_id}


def test_a_wrong_password_without_what_was_typed(log, liwei):
    for login in ("liwei", "ＬＩＷＥＩ ", "nobody"):
        Client().post(reverse("account_login"), {"login": login, "password": "wrong"})
    first, spelled_otherwise, other = (e["typed"] for e in log.events("sign_in_failed"))
    assert first == spelled_otherwise != other
    assert "liwei" not in log.text


def test_nobody_reads_back_what_was_typed_without_the_key(settings):
    ours = security_log.fingerprint("13800138000")
    settings.SECRET_KEY = "another key " * 4
    assert security_log.fingerprint("13800138000") != ours


def test_a_limit_that_was_hit_and_at_which_door(log, liwei):
    for _guess in range(6):
        Client().post(reverse("account_login"), {"login": "liwei", "password": "wrong"})
    assert only(log, "limit_hit")["door"] == "account_login"
    for _request in range(6):
        Client().post(reverse("account_reset_password"), {"email": liwei.user.email})
    assert [e["door"] for e in log.events("limit_hit")][1:] == ["account_reset_password"]


def test_a_new_password(log, liwei):
    browser = browser_of(liwei.user)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    browser.post(reverse("account_change_password"), form)
    assert only(log, "password_changed")["person"] == liwei.user_id


@pytest.mark.django_db(transaction=True)
def test_second_factors_that_come_go_and_fail(log, liwei):
    browser = browser_of(liwei.user)
    confirm(browser)
    browser.get(reverse("mfa_activate_totp"))
    code = code_of(browser.session["mfa.totp.secret"])
    browser.post(reverse("mfa_activate_totp"), {"code": code})
    browser.post(reverse("mfa_deactivate_totp"))
    changes = [(e["kind"], e["how"]) for e in log.events("second_factor_changed")]
    assert ("totp", "added") in changes
    assert ("totp", "removed") in changes
    assert log.events("sessions_ended")
    secret_of_new_totp(liwei.user)
    browser_of(liwei.user).post(reverse("mfa_authenticate"), {"code": "000000"})
    assert only(log, "second_factor_failed")["kind"] == "totp"


def test_a_changed_address(log, liwei):
    browser = browser_of(liwei.user)
    confirm(browser)
    browser.post(reverse("account_email"), {"action_add": "", "email": "other@example.test"})
    assert only(log, "address_changed")["person"] == liwei.user_id


def test_a_session_that_grew_too_old(log, liwei, sign_in):
    browser = sign_in(liwei)
    age(browser, 15 * 24 * 3600, sessions.SIGNED_IN)
    browser.get("/o/haihe/")
    assert only(log, "session_over")["person"] == liwei.user_id


def test_a_refusal_of_an_operation(log, liwei, owner):
    with enter_tenant(liwei.tenant_id), pytest.raises(NotPermitted):
        operations.end_membership(actor=liwei.actor(), now=timezone.now(), membership=owner)
    refused = only(log, "refused")
    assert refused["action"] == "manage_members"
    assert (refused["person"], refused["organisation"]) == (liwei.user_id, liwei.tenant_id)


def test_a_refusal_says_which_request(log, make, park, sign_in):
    site = sign_in(make.member(park, "member", is_staff=True))
    answer = site.get(reverse("admin:tenants_tenant_add"), headers={"x-request-id": "r-1"})
    assert answer.status_code == 403
    refused = only(log, "refused")
    assert (refused["request_id"], refused["tenant_id"]) == ("r-1", park.pk)
    assert refused["user_id"]


@pytest.mark.parametrize("slug", ["jinmen", "no-such-name"])
def test_an_organisation_one_is_not_in(log, liwei, neighbour, sign_in, slug):
    sign_in(liwei).get(f"/o/{slug}/", headers={"x-request-id": "r-1"})
    told = only(log, "no_such_organisation")
    assert (told["request_id"], told["user_id"], told["level"]) == ("r-1", liwei.user_id, "warning")


def test_a_session_that_moves(log, liwei):
    browser = browser_of(liwei.user)
    age(browser, 600, sessions.SEEN)
    browser.get("/o/haihe/", headers={"user-agent": "another"})
    assert only(log, "session_moved")["person"] == liwei.user_id


def test_a_passkey_that_does_not_fit(log, liwei):
    Client().post(reverse("mfa_login_webauthn"), {"credential": '{"id": "x"}'})
    assert only(log, "second_factor_failed")["kind"] == "webauthn"


def test_a_link_of_a_reset_mail_that_does_not_fit(log, liwei):
    link = {"uidb36": "1", "key": "c0ffee-0123456789abcdef"}
    Client().get(reverse("account_reset_password_from_key", kwargs=link))
    assert only(log, "link_refused")["kind"] == "password_reset"


def test_every_event_is_told_somewhere():
    apps = [
        Path(settings.BASE_DIR, name)
        for name in ("foundation", "tenants", "gateway", "park_portal")
    ]
    sources = "".join(path.read_text() for app in apps for path in app.rglob("*.py"))
    assert [event for event in Event if f"Event.{event.name}" not in sources] == []


# -- what no line may hold -------------------------------------------------------------------

CANARIES = {
    "password": "Canary-password-7f3a",
    "name": "canary-typed-in-the-wrong-box",
    "address": "canary-address@example.test",
    "code": "987123",
    "phone": "13912345678",
    "identity": "11010519491231002X",
    "key": "canary0-0123456789abcdef",
    "token": "canaryInvitation:1abc",
    "query": "canary-searched-for",
}


def run_the_doors(liwei, browser):
    """Each canary through the doors that it belongs to, and through some that it does not."""
    new = CANARIES["password"]
    for login in (CANARIES["name"], CANARIES["address"], CANARIES["phone"], new):
        form = {"login": login, "password": new}
        Client().post(reverse("account_login"), form)
    Client().post(reverse("account_reset_password"), {"email": CANARIES["address"]})
    link = {"uidb36": "1", "key": CANARIES["key"]}
    Client().get(reverse("account_reset_password_from_key", kwargs=link))
    Client().get(f"/invitations/{CANARIES['token']}/")
    Client().get(f"/accounts/confirm-email/{CANARIES['key']}/")
    secret_of_new_totp(liwei.user)
    halfway = browser_of(liwei.user)
    halfway.post(reverse("mfa_authenticate"), {"code": CANARIES["code"]})
    confirm(browser)
    browser.post(reverse("mfa_reauthenticate"), {"code": CANARIES["code"]})
    for searched in ("query", "phone", "identity", "address"):
        browser.get("/o/haihe/orders/", {"q": CANARIES[searched]})
        browser.get("/o/jinmen/", {"q": CANARIES[searched]})
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    browser.post(reverse("account_change_password"), form)


def test_no_line_holds_what_was_typed(log, liwei, sign_in):
    browser = sign_in(liwei)
    browser.raise_request_exception = False
    run_the_doors(liwei, browser)
    assert len(log.entries) > 40
    found = [name for name, canary in CANARIES.items() if canary.casefold() in log.text.casefold()]
    assert found == []
    assert PASSWORD not in log.text


def test_control_the_librarys_own_request_log_would(log, liwei, sign_in, settings):
    ours = "park_portal.request_log.RequestLog"
    theirs = "django_structlog.middlewares.RequestMiddleware"
    settings.MIDDLEWARE = [theirs if name == ours else name for name in settings.MIDDLEWARE]
    sign_in(liwei).get("/o/haihe/orders/", {"q": CANARIES["phone"]})
    assert CANARIES["phone"] in log.text


def test_every_line_is_json_with_time_level_request_person_and_organisation(log, liwei, sign_in):
    browser = sign_in(liwei)
    run_the_doors(liwei, browser)
    for entry in log.entries:
        assert entry.keys() >= {"timestamp", "level", "event", "request_id", "user_id", "tenant_id"}
        assert datetime.fromisoformat(entry["timestamp"]).utcoffset() == timedelta(0)
    assert {e["tenant_id"] for e in log.entries} == {None, liwei.tenant_id}


def test_a_line_break_in_a_name_begins_no_line(log, liwei):
    forged = json.dumps({"event": "signed_in", "person": 1})
    Client().post(reverse("account_login"), {"login": f"eve\n{forged}", "password": "wrong"})
    assert [e["event"] for e in log.events()] == ["sign_in_failed"]


def test_the_address_is_the_one_that_the_trusted_proxy_wrote(log, db, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    Client().get("/accounts/login/", headers={"x-forwarded-for": "6.6.6.6, 10.0.0.7"})
    assert {entry["ip"] for entry in log.entries} == {"10.0.0.7"}


def test_a_signature_in_an_address_is_left_out(log):
    token = dumps(["haihe", "abc"])
    with logbook() as book:
        security_log.logger.warning(f"GET /invitations/{token}/")
    assert token not in book.text
    assert "/invitations/…/" in book.text
