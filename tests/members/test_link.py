"""The link of an invitation: opens once, until its last moment, for one person."""

import threading
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from foundation.errors import DomainError, WrongState
from members import links, operations
from members.models import Invitation
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, TrailEntry, User
from tenants.operations import change_roles, end_membership
from tests.logbook import logbook
from tests.makers import PASSWORD
from tests.members.conftest import ADDRESS

NOW = timezone.now()
FORM = {"full_name": "张伟", "password": "correct horse 电池", "again": "correct horse 电池"}


def members_of(tenant):
    with enter_tenant(tenant.pk):
        return set(Membership.objects.current().values_list("user__email", flat=True))


# -- who joins -------------------------------------------------------------------------------


def test_somebody_without_an_account_gets_one_and_is_in(invite, link_of, client, owner):
    path = link_of(invite("finance", "operations", language="en"))
    page = client.get(path)
    assert page.status_code == 200
    assert "haihe 有限公司" in page.content.decode()
    answer = client.post(path, FORM, follow=True)
    assert answer.redirect_chain[-1][0] == "/o/haihe/"
    assert answer.status_code == 200
    person = User.objects.get(email=ADDRESS)
    assert (person.full_name, person.username, person.language) == ("张伟", "zhangwei", "en")
    assert EmailAddress.objects.get(user=person).verified
    with enter_tenant(owner.tenant_id):
        membership = Membership.objects.get(user=person)
        invitation = Invitation.objects.get()
    assert membership.roles == ["finance", "operations"]
    assert invitation.accepted_by_id == person.pk


def test_the_trail_says_who_came_in(invite, link_of, client, owner):
    client.post(link_of(invite()), FORM)
    person = User.objects.get(email=ADDRESS)
    with enter_tenant(owner.tenant_id):
        entry = TrailEntry.objects.get(table="tenants_membership", user_id=person.pk)
    assert entry.action == "insert"


def test_a_second_zhangwei_gets_another_user_name(make, invite, link_of, client):
    make.person("zhangwei", email="first@example.test")
    client.post(link_of(invite()), FORM)
    assert User.objects.get(email=ADDRESS).username != "zhangwei"


def test_who_has_an_account_signs_in_first_and_then_joins(make, invite, link_of, neighbour, owner):
    person = make.member(neighbour, "member", email=ADDRESS).user
    path, browser = link_of(invite()), Client()
    page = browser.get(path).content.decode()
    door = reverse("account_login")
    assert f"{door}?next={path}".replace("%3A", ":") in page.replace("%3A", ":")
    assert browser.post(path, FORM).status_code == 200
    assert ADDRESS not in members_of(owner.tenant)
    form = {"login": ADDRESS, "password": PASSWORD, "next": path}
    assert browser.post(door, form)["Location"] == path
    assert browser.post(path)["Location"] == "/o/haihe/"
    assert browser.get("/o/haihe/").status_code == 200
    assert ADDRESS in members_of(owner.tenant)
    assert User.objects.filter(email=ADDRESS).get() == person


def test_somebody_else_does_not_join_with_it(make, invite, link_of, neighbour, sign_in, owner):
    path = link_of(invite())
    stranger = make.member(neighbour)
    for holder in (None, make.person(email=ADDRESS)):
        browser = sign_in(stranger)
        assert browser.get(path).context["state"] == "other"
        assert browser.post(path, FORM).status_code == 200
        assert members_of(owner.tenant) == {owner.user.email}
        assert holder is None or not holder.memberships.all().exists()


def test_an_address_that_is_only_claimed_is_nobodys(make, invite, link_of, client, owner):
    impostor = make.person()
    EmailAddress.objects.create(user=impostor, email=ADDRESS, verified=False)
    client.post(link_of(invite()), FORM)
    assert ADDRESS in members_of(owner.tenant)
    assert impostor.email not in members_of(owner.tenant)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short", "again": "short"},
        {"password": "password123", "again": "password123"},
        {"password": "zhangwei1", "again": "zhangwei1"},
        {"again": "something else"},
        {"full_name": ""},
    ],
)
def test_a_weak_password_or_no_name_comes_back_with_nothing_made(invite, link_of, client, wrong):
    path = link_of(invite())
    answer = client.post(path, FORM | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not User.objects.filter(email=ADDRESS).exists()
    assert client.post(path, FORM).status_code == 302


# -- once, until, unless ---------------------------------------------------------------------


def sentence(path):
    answer = Client(headers={"accept-language": "en"}).get(path)
    return answer.status_code, answer.context["sentence"]


def english(text):
    with translation.override("en"):
        return str(text)


def test_it_works_once(invite, link_of, client, owner):
    path = link_of(invite())
    client.post(path, FORM)
    status, why = sentence(path)
    assert status == 410
    assert "used" in english(why)
    other = Client()
    assert other.post(path, FORM | {"full_name": "李四"}).status_code == 410
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_it_expires(invite, link_of, owner, client):
    path = link_of(invitation := invite())
    with enter_tenant(owner.tenant_id):
        then = NOW - timedelta(days=8)
        Invitation.objects.update(sent_at=then, expires_at=then + timedelta(days=7))
        invitation.refresh_from_db()
        path = f"/invitations/{links.token_of(invitation)}/"
    status, why = sentence(path)
    assert (status, "expired" in english(why)) == (410, True)
    assert client.post(path, FORM).status_code == 410
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_withdrawn_one_says_so(invite, link_of, owner, client):
    path = link_of(invitation := invite())
    with enter_tenant(owner.tenant_id):
        operations.withdraw_invitation(actor=owner.actor(), now=NOW, invitation=invitation)
    status, why = sentence(path)
    assert (status, "withdrawn" in english(why)) == (410, True)
    assert client.post(path, FORM).status_code == 410


def test_sending_again_voids_the_earlier_link(invite, link_of, owner, client):
    earlier = link_of(invitation := invite())
    with enter_tenant(owner.tenant_id):
        Invitation.objects.update(sent_at=NOW - timedelta(hours=1))
        operations.resend_invitation(actor=owner.actor(), now=timezone.now(), invitation=invitation)
    newer = link_of(invitation)
    assert sentence(earlier)[0] == 404
    assert client.post(earlier, FORM).status_code == 404
    assert client.post(newer, FORM).status_code == 302


@pytest.mark.parametrize("change", ["left", "weaker"])
def test_who_may_not_invite_any_more_has_invited_nobody(
    invite, link_of, owner, manager, client, change
):
    path = link_of(invite(by=manager))
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        arguments = {"actor": owner.actor(), "now": NOW, "membership": manager}
        if change == "left":
            end_membership(**arguments)
        else:
            change_roles(**arguments, roles=["member"])
    assert client.post(path, FORM).status_code == 410
    assert ADDRESS not in members_of(owner.tenant)


def test_control_without_asking_again_it_would_let_them_in(
    invite, link_of, owner, manager, client, monkeypatch
):
    monkeypatch.setattr(operations, "_why_unwanted", lambda invitation: "")
    test = test_who_may_not_invite_any_more_has_invited_nobody
    with pytest.raises(AssertionError):
        test(invite, link_of, owner, manager, client, "left")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_one_comes_in(invite, owner):
    invitation = invite()
    outcomes, start = [], threading.Barrier(2)

    def accept(name):
        start.wait()
        try:
            with enter_tenant(owner.tenant_id):
                operations.accept_invitation(
                    actor=owner.actor(),
                    now=timezone.now(),
                    invitation=invitation,
                    full_name=name,
                    password=FORM["password"],
                )
            outcomes.append("in")
        except WrongState as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[name]) for name in ("张伟", "李四")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "invitation_over"]
    assert User.objects.filter(email=ADDRESS).count() == 1


def test_control_without_the_state_a_used_one_is_stopped_by_the_database_alone(
    invite, link_of, client, owner, monkeypatch
):
    client.post(link_of(invitation := invite()), FORM)
    monkeypatch.setattr(Invitation, "why_over", lambda self, now: "")
    person = User.objects.get(email=ADDRESS)
    with enter_tenant(owner.tenant_id), pytest.raises(DomainError) as refused:
        operations.accept_invitation(
            actor=owner.actor(), now=NOW, invitation=invitation, person=person
        )
    assert refused.value.code == "membership_once"


# -- the signature ---------------------------------------------------------------------------


def test_no_other_text_opens_anything(invite, link_of, client, owner):
    path = link_of(invitation := invite())
    token = path.split("/")[2]
    body, signature = token.rsplit(":", 1)
    forged = Signer(salt="another").sign_object(["haihe", invitation.nonce, 0])
    bare = Signer(key="guessed", salt=links.SALT).sign_object(["haihe", invitation.nonce, 0])
    for other in (
        token[:-1],
        token[:-1] + "x",
        body,
        f"{body}:",
        signature,
        forged,
        bare,
        "x",
        "€",
    ):
        answer = client.post(reverse("invitation", kwargs={"token": other}), FORM)
        assert answer.status_code == 404, other
    assert members_of(owner.tenant) == {owner.user.email}


def test_control_without_the_signature_it_would(invite, link_of, client, owner, monkeypatch):
    token = link_of(invite()).split("/")[2]
    monkeypatch.setattr(Signer, "signature", lambda self, value, key=None: "anything")
    path = reverse("invitation", kwargs={"token": f"{token.rpartition(':')[0]}:anything"})
    assert client.post(path, FORM).status_code == 302


def test_a_link_for_one_organisation_opens_no_other(make, invite, owner, neighbour, client):
    invitation = invite()
    told = [neighbour.slug, invitation.nonce, int(invitation.expires_at.timestamp())]
    token = Signer(salt=links.SALT).sign_object(told)
    assert client.post(f"/invitations/{token}/", FORM).status_code == 404


def test_the_page_is_kept_nowhere_and_its_address_is_in_no_log(invite, link_of, client):
    path = link_of(invite())
    with logbook() as book:
        page = client.get(path)
        client.post(path, {})
    assert "no-store" in page["Cache-Control"]
    assert len(book.entries) >= 4
    assert path.split("/")[2] not in book.text
    assert "/invitations/…/" in book.text


def test_it_holds_no_number(invite):
    invitation = invite()
    with enter(Identity(STAFF)):
        invitation = Invitation.objects.select_related("tenant").get(pk=invitation.pk)
    told = links.read(links.token_of(invitation))
    assert told is not None
    assert (told.slug, told.nonce) == ("haihe", invitation.nonce)


def test_a_refused_link_is_in_the_log(client, db):
    with logbook() as book:
        client.get("/invitations/made-up/")
    assert [entry["kind"] for entry in book.events("link_refused")] == ["invitation"]
