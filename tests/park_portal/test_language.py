"""The language switch keeps the page, the person and the cookie."""

import pytest


def test_the_browsers_wish_decides_for_a_stranger(client, db):
    page = client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    assert '<html class="no-script" lang="en"' in page
    page = client.get("/accounts/login/", headers={"accept-language": "fr"}).content.decode()
    assert 'lang="zh-Hans"' in page


def test_the_switch_returns_to_the_same_page_in_the_other_language(owner, sign_in):
    browser = sign_in(owner)
    page = browser.get("/o/haihe/?month=2026-09").content.decode()
    assert 'name="next" value="/o/haihe/?month=2026-09"' in page
    answer = browser.post(
        "/language/", {"language": "en", "next": "/o/haihe/?month=2026-09"}, follow=True
    )
    assert answer.redirect_chain == [("/o/haihe/?month=2026-09", 302)]
    assert 'lang="en"' in answer.content.decode()
    owner.user.refresh_from_db()
    assert owner.user.language == "en"


def test_a_persons_own_language_wins_over_the_browsers(make, enterprise, sign_in):
    reader = make.member(enterprise, "member", language="en")
    page = sign_in(reader).get("/o/haihe/", headers={"accept-language": "zh-CN"})
    assert 'lang="en"' in page.content.decode()


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_the_switch_never_leads_to_another_host(client, db, target):
    answer = client.post("/language/", {"language": "en", "next": target})
    assert answer.url == "/"


def test_an_unknown_language_changes_nothing(owner, sign_in):
    browser = sign_in(owner)
    browser.post("/language/", {"language": "xx", "next": "/"})
    owner.user.refresh_from_db()
    assert owner.user.language == ""


def test_the_staff_site_keeps_its_page_too(staff, sign_in):
    page = sign_in(staff).get("/staff/tenants/tenant/?kind=enterprise").content.decode()
    assert 'name="next" type="hidden" value="/staff/tenants/tenant/?kind=enterprise"' in page
