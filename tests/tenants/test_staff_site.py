"""Park staff register organisations and people; refusals keep what was typed."""

import pytest

from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant, User

FORM = {
    "kind": "enterprise",
    "name": "海河贸易有限公司",
    "name_en": "Haihe Trading",
    "slug": "haihe-trading",
    "country": "CN",
    "registration_number": "91110000600037341L",
}


@pytest.fixture
def browser(staff, sign_in):
    return sign_in(staff)


def test_staff_register_an_organisation(browser):
    response = browser.post("/staff/tenants/tenant/add/", FORM)
    assert response.status_code == 302
    with enter(Identity(STAFF)):
        assert Tenant.objects.get(slug="haihe-trading").registration_number.endswith("L")


def test_a_wrong_check_digit_comes_back_with_the_input_kept(browser):
    wrong = FORM | {"registration_number": "911100006000373410"}
    response = browser.post("/staff/tenants/tenant/add/", wrong)
    page = response.content.decode()
    assert response.status_code == 200
    assert "911100006000373410" in page
    assert "海河贸易有限公司" in page
    with enter(Identity(STAFF)):
        assert not Tenant.objects.filter(slug="haihe-trading").exists()


def test_staff_correct_a_name_but_not_the_kind(browser, enterprise):
    form = FORM | {"name": "新名字", "kind": "funder"}
    assert browser.post(f"/staff/tenants/tenant/{enterprise.pk}/change/", form).status_code == 302
    with enter(Identity(STAFF)):
        enterprise.refresh_from_db()
    assert (enterprise.name, enterprise.kind) == ("新名字", "enterprise")


def test_weaker_staff_read_and_do_not_write(make, park, enterprise, sign_in):
    weaker = sign_in(make.member(park, "member", is_staff=True))
    assert weaker.get("/staff/tenants/tenant/").status_code == 200
    assert weaker.get("/staff/tenants/tenant/add/").status_code == 403
    assert weaker.post("/staff/tenants/tenant/add/", FORM).status_code == 403
    assert weaker.get("/staff/tenants/trailentry/").status_code == 403


def test_staff_add_a_member_and_end_the_membership(browser, make, enterprise):
    make.member(enterprise, "owner")
    person = make.person()
    form = {"tenant": enterprise.pk, "user": person.pk, "roles": ["finance", "operations"]}
    assert browser.post("/staff/tenants/membership/add/", form).status_code == 302
    with enter(Identity(STAFF)):
        membership = Membership.objects.get(user=person)
    assert membership.roles == ["finance", "operations"]
    action = {"action": "end", "_selected_action": [membership.pk]}
    browser.post("/staff/tenants/membership/", action)
    with enter(Identity(STAFF)):
        membership.refresh_from_db()
    assert membership.ended_at


def test_staff_create_a_person(browser):
    form = {"username": "liwei", "full_name": "李伟", "email": "li@example.test"}
    assert browser.post("/staff/tenants/user/add/", form).status_code == 302
    person = User.objects.get(username="liwei")
    assert not person.has_usable_password()
    assert not person.is_staff


@pytest.mark.parametrize(
    "path", ["tenants/tenant/", "tenants/membership/", "tenants/user/", "tenants/trailentry/"]
)
def test_every_list_opens_with_few_queries(browser, make, path, django_assert_max_num_queries):
    for _number in range(3):
        make.member(make.tenant())
    with django_assert_max_num_queries(14):
        assert browser.get(f"/staff/{path}").status_code == 200
