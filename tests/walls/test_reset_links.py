"""A link that sets a password: for one person, for a while, once, and of nobody else's making."""

import re

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils.http import int_to_base36

from foundation.refs import ref_of

NEW = "淡水 ferry nine bridges"
ADDRESS = re.compile(r"https?://[^/]+(/accounts/password/reset/key/\S+)")


def link_for(user) -> str:
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    (link,) = ADDRESS.findall(str(mail.outbox[0].body))
    return link


def use(link: str) -> bool:
    """Whether the link led to a form that set the password."""
    client = Client()
    landed = client.get(link, follow=True)
    form = landed.request["PATH_INFO"]
    client.post(form, {"password1": NEW, "password2": NEW})
    return client.login(username="li", password=NEW)


@pytest.fixture
def person(make):
    return make.person("li")


def test_it_works_and_its_secret_leaves_the_address_at_once(person):
    link = link_for(person)
    landed = Client().get(link, follow=True)
    assert landed.status_code == 200
    assert landed.request["PATH_INFO"] not in link
    assert use(link)


def test_it_names_the_person_without_their_number(person):
    link = link_for(person)
    ref = ref_of(person.pk, "person")
    assert f"/key/{ref}-" in link
    assert not use(link.replace(ref, int_to_base36(person.pk)))
    assert use(link)


def test_it_works_once(person):
    link = link_for(person)
    assert use(link)
    person.set_password("something else 88")
    person.save()
    assert not use(link)


def test_it_has_a_last_moment(person, settings):
    link = link_for(person)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not use(link)
    settings.PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
    assert use(link)


def test_a_changed_one_and_a_strangers_one_open_nothing(person, make):
    link = link_for(person)
    head, _dash, signature = link.rstrip("/").rpartition("-")
    assert not use(f"{head}-{signature[::-1]}/")
    others = link_for(make.person("wang"))
    uid = re.search(r"/key/([^-]+)-", link)
    foreign = re.sub(r"/key/[^-]+-", f"/key/{uid[1] if uid else ''}-", others)
    assert not use(foreign)
    assert use(link)


def test_another_key_of_the_portal_signs_another_link(person, settings):
    settings.REFS_KEY = settings.SECRET_KEY  # The person is still found: the signature is judged.
    link = link_for(person)
    kept, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 4
    assert not use(link)
    settings.SECRET_KEY = kept
    assert use(link)


def test_what_is_signed_for_one_purpose_is_refused_for_another():
    signed = signing.dumps({"row": 1}, salt="one purpose")
    assert signing.loads(signed, salt="one purpose", max_age=60) == {"row": 1}
    with pytest.raises(signing.BadSignature):
        signing.loads(signed, salt="another purpose")
    with pytest.raises(signing.SignatureExpired):
        signing.loads(signed, salt="one purpose", max_age=-1)
