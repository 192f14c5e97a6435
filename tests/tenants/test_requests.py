"""From address to actor: one's own organisation, the neighbour's, and none at all."""

import pytest
from django.db import connection
from django.utils import timezone

from tenants import operations
from tenants.isolation.context import STAFF, Identity, enter
from tests.makers import PASSWORD


def test_a_member_sees_the_home_of_the_organisation(owner, sign_in):
    assert sign_in(owner).get("/o/haihe/").status_code == 200


def test_nobody_is_sent_to_sign_in(enterprise, client):
    response = client.get("/o/haihe/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/o/haihe/")


def test_a_neighbour_and_a_name_that_never_existed_look_the_same(owner, neighbour, sign_in):
    browser = sign_in(owner)
    foreign, unknown = browser.get("/o/jinmen/"), browser.get("/o/no-such-name/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


def test_who_left_loses_access_with_the_next_request(make, owner, sign_in):
    leaver = make.member(owner.tenant, "member")
    browser = sign_in(leaver)
    assert browser.get("/o/haihe/").status_code == 200
    with enter(Identity(STAFF)):
        operations.end_membership(actor=make.actor, now=timezone.now(), membership=leaver)
    assert browser.get("/o/haihe/").status_code == 302
    leaver.user.refresh_from_db()
    assert sign_in(leaver).get("/o/haihe/").status_code == 404


def test_staff_reach_the_staff_site_and_members_do_not(staff, owner, sign_in):
    assert sign_in(staff).get("/staff/").status_code == 200
    assert sign_in(owner).get("/staff/").status_code == 302


def test_staff_without_a_second_factor_reach_nothing_in_production(staff, sign_in, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    browser = sign_in(staff)
    for path in ("/", "/staff/", "/staff/tenants/tenant/", "/o/park/", "/o/park/jobs/"):
        response = browser.get(path)
        assert (response.status_code, response.url) == (302, "/accounts/2fa/"), path
    assert browser.get("/accounts/2fa/").status_code == 200
    assert browser.post("/language/", {"language": "en"}).status_code == 302


def test_staff_can_set_one_up_even_after_looking_at_their_addresses(staff, client, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    client.post("/accounts/login/", {"login": staff.user.username, "password": PASSWORD})
    assert client.get("/accounts/email/").status_code == 200
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    assert "totp_svg" in page.context


def test_members_need_no_second_factor(owner, sign_in, settings):
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert sign_in(owner).get("/o/haihe/").status_code == 200


def test_staff_who_left_the_park_are_out(make, staff, sign_in):
    make.member(staff.tenant, "owner")
    browser = sign_in(staff)
    with enter(Identity(STAFF)):
        operations.end_membership(actor=make.actor, now=timezone.now(), membership=staff)
    assert browser.get("/staff/").status_code == 302
    staff.user.refresh_from_db()
    assert sign_in(staff).get("/staff/").status_code == 404


def test_the_admin_has_no_door_of_its_own(client):
    response = client.get("/staff/login/")
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_the_tenant_is_gone_after_the_response(owner, sign_in):
    sign_in(owner).get("/o/haihe/")
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.tenant', true), '')")
        assert cursor.fetchone() == ("",)


@pytest.mark.parametrize("path", ["/livez"])
def test_alive_without_a_database(client, path):
    assert client.get(path).json() == {"status": "alive"}


def test_not_ready_without_a_worker(db, client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert set(response.json()["problems"]) == {"worker"}


def test_metrics_are_closed_to_the_public(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "s3cret"  # noqa: S105
    assert client.get("/metrics").status_code == 404
    allowed = client.get("/metrics", headers={"authorization": "Bearer s3cret"})
    assert b"portal_requests" in allowed.content


def test_language_is_kept_with_the_person(owner, sign_in):
    browser = sign_in(owner)
    browser.post("/language/", {"language": "en", "next": "/o/haihe/"})
    owner.user.refresh_from_db()
    assert owner.user.language == "en"
    assert 'lang="en"' in browser.get("/o/haihe/").content.decode()
