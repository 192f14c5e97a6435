"""The first command on a new portal: the park and its first member of staff."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant, User

OPTIONS = {"email": "lead@park.test", "username": "lead", "full_name": "周敏"}


def test_the_first_person_sets_a_password_by_mail_and_reaches_the_staff_site(db, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("create_park", "示范园区", **OPTIONS)
    with enter(Identity(STAFF)):
        assert Membership.objects.get().tenant.kind == "operator"
    client.post("/accounts/password/reset/", {"email": "lead@park.test"})
    (link,) = re.findall(
        r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body)
    )
    page = client.get(link, follow=True)
    password = {"password1": "a long new pass phrase", "password2": "a long new pass phrase"}
    client.post(page.redirect_chain[-1][0], password)
    client.post(
        "/accounts/login/", {"login": "lead@park.test", "password": "a long new pass phrase"}
    )
    assert client.get("/staff/").status_code == 200


@pytest.mark.parametrize("changed", [{"email": "nonsense"}, {"username": "lead"}])
def test_a_second_park_or_a_wrong_address_is_refused_whole(db, changed):
    if "username" in changed:
        call_command("create_park", "示范园区", **OPTIONS)
    with pytest.raises(CommandError):
        call_command("create_park", "另一个", **(OPTIONS | changed), slug="another")
    with enter(Identity(STAFF)):
        assert not Tenant.objects.filter(slug="another").exists()
        assert User.objects.count() == Tenant.objects.count()
