"""Passwords: long and of any kind, but none that everybody tries first."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from tenants import passwords
from tenants.isolation.context import enter_tenant
from tenants.models import User
from tests.makers import PASSWORD

GOOD = "淡水 Ferry-9 über die Brücke"
LENGTH = "password_too_short", "password_too_long"


def refusals(password: str, user=None) -> set[str]:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return {str(each.code) for each in error.error_list}
    return set()


@pytest.fixture
def person(make, enterprise):
    return make.member(
        enterprise, user=make.person("li.wei", full_name="李伟大", mobile="13812345678")
    ).user


@pytest.mark.parametrize(
    "password",
    [
        "quietmoonriver",
        "83920174650912",
        "你好世界再见月亮河水",
        "!?#%&*+=~^:;",
        "x7 " * 42,
        GOOD,
    ],
)
def test_any_characters_will_do_from_eight_to_128(db, password):
    assert refusals(password) == set()


@pytest.mark.parametrize(
    ("password", "code"), [("x7vq2zr", LENGTH[0]), ("q7" * 64 + "z", LENGTH[1])]
)
def test_too_short_and_too_long_are_refused(db, password, code):
    assert code in refusals(password)


def test_what_was_seen_in_breaches_is_refused(db):
    assert refusals("sunshine1") == {"password_too_common"}
    assert refusals("Qwertyuiop") == {"password_too_common"}
    listed = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(listed, "rt", encoding="utf-8") as lines:
        of_our_length = [line for line in lines if len(line.strip()) >= 8]
    assert len(of_our_length) > 3000


@pytest.mark.parametrize(
    "password",
    [
        "ParkPortal2026",
        "Haihe-2026!",
        "haihe 有限公司1",
        "管理员密码12345",
        "Tuanbowa-88!",
        "LiWei#2026",
        "13812345678a",
    ],
)
def test_words_that_all_here_can_guess_are_refused(make, person, password):
    make.tenant(kind="operator", slug="tuanbowa")
    assert "password_guessable" in refusals(password, person)


def test_who_is_only_about_to_join_is_held_to_them_too(enterprise):
    newcomer = User(username="zhao.min", email="zhao.min@example.test", full_name="赵敏")
    with enter_tenant(enterprise.pk):
        assert "password_guessable" in refusals("Haihe-2026!", newcomer)
        assert "password_guessable" in refusals("ZhaoMin#2026", newcomer)


def test_they_may_be_part_of_a_long_one(person):
    assert refusals("haihe flows past nine bridges", person) == set()


def test_control_without_the_rule_they_are_accepted(person, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        rule for rule in settings.AUTH_PASSWORD_VALIDATORS if "Guessable" not in rule["NAME"]
    ]
    assert refusals("Haihe-2026!", person) == set()


def change(browser, new: str, old: str = PASSWORD):
    data = {"oldpassword": old, "password1": new, "password2": new}
    return browser.post("/accounts/password/change/", data)


def test_a_change_asks_for_the_present_password_and_follows_the_rules(owner, sign_in):
    browser = sign_in(owner)
    assert change(browser, GOOD, old="wrong").status_code == 200
    assert change(browser, "haihe2026").status_code == 200
    owner.user.refresh_from_db()
    assert owner.user.check_password(PASSWORD)
    assert change(browser, GOOD).status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.check_password(GOOD)


def test_a_password_counts_exactly_as_it_was_typed(owner, sign_in, client):
    exact = "  Zwei Leerzeichen davor, 尾 "
    change(sign_in(owner), exact)
    login = {"login": owner.user.username}
    for other in (exact.strip(), exact.lower(), exact[:20]):
        assert client.post("/accounts/login/", login | {"password": other}).status_code == 200
    assert client.post("/accounts/login/", login | {"password": exact}).status_code == 302


def test_fields_mask_what_is_typed_and_welcome_password_managers(owner, sign_in, client):
    page = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="username"' in page
    fields = [page, sign_in(owner).get("/accounts/password/change/").content.decode()]
    for html in fields:
        assert 'type="password"' in html
        assert "onpaste" not in html
    assert 'autocomplete="current-password"' in fields[0]
    assert fields[1].count('autocomplete="new-password"') == 2


def test_no_script_of_ours_listens_for_pasting():
    scripts = (django_settings.BASE_DIR / "static").glob("*.js")
    assert not [path.name for path in scripts if "paste" in path.read_text(encoding="utf-8")]


def test_a_password_has_no_last_day(owner):
    stored = {field.name for field in type(owner.user)._meta.get_fields()}
    assert not [name for name in stored if "expire" in name or "password_changed" in name]


def test_the_words_are_written_down():
    said = (django_settings.BASE_DIR / "docs/security.md").read_text(encoding="utf-8")
    missing = [word for word in passwords.CONTEXT_WORDS if f"`{word}`" not in said]
    assert missing == []


def test_passwords_are_kept_as_argon2(owner):
    assert owner.user.password.startswith("argon2$argon2id$")
