"""The page of the organisation's people: who sees it and what can be done there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backbone import relay
from members.models import Invitation
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tests.members.conftest import ADDRESS
from tests.tenants.test_guessing import masked

FORM = {"email": ADDRESS, "full_name": "张伟", "roles": ["finance"], "language": "zh-hans"}


def page(view="people", **arguments):
    return reverse(f"members:{view}", kwargs={"tenant": "haihe", **arguments})


@pytest.fixture
def browser(owner, sign_in):
    return sign_in(owner)


def test_it_shows_members_with_roles_and_the_open_invitations(browser, make, owner, invite):
    make.member(owner.tenant, "finance", full_name="王芳")
    invite(full_name="张伟")
    shown = browser.get(page()).content.decode()
    for words in ("王芳", "财务", "张伟", ADDRESS, "zha***@example.test"):
        assert words in shown


def test_the_words_to_pass_on_hold_no_link(browser, invite, link_of):
    token = link_of(invite()).split("/")[2]
    shown = browser.get(page()).content.decode()
    assert 'data-press="copy"' in shown
    assert token not in shown
    assert "/invitations/" not in shown.replace("/people/invitations/", "")


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_weaker_roles_do_not_see_it(make, owner, sign_in, role):
    browser = sign_in(make.member(owner.tenant, role))
    assert browser.get(page()).status_code == 403
    assert browser.post(page(), FORM).status_code == 403
    assert page() not in browser.get("/o/haihe/").content.decode()


def test_strangers_find_nothing(make, owner, neighbour, sign_in, invite):
    browser, invitation = sign_in(make.member(neighbour)), invite()
    assert browser.get(page()).status_code == 404
    for view, pk in (("roles", owner.pk), ("ending", owner.pk), ("withdrawal", invitation.pk)):
        foreign = reverse(f"members:{view}", kwargs={"tenant": "jinmen", "pk": pk})
        assert browser.post(foreign, FORM).status_code == 404
    with enter_tenant(owner.tenant_id):
        owner.refresh_from_db()
    assert owner.ended_at is None


def test_the_owner_invites(browser, mailoutbox, owner):
    assert browser.post(page(), FORM).status_code == 302
    relay.deliver_due()
    assert mailoutbox[0].to == [ADDRESS]
    with enter_tenant(owner.tenant_id):
        assert Invitation.objects.get().roles == ["finance"]


def test_inviting_answers_the_same_for_known_and_unknown(browser, make, neighbour):
    known = make.member(neighbour).user.email
    answers = []
    for email in (known, "nobody@example.test"):
        sent = browser.post(page(), FORM | {"email": email})
        answers.append(masked(sent, email))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "wrong", [{"email": "no address"}, {"roles": []}, {"roles": ["coordinator"]}, {"roles": ["x"]}]
)
def test_a_form_filled_in_wrongly_comes_back(browser, owner, wrong):
    answer = browser.post(page(), FORM | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    with enter_tenant(owner.tenant_id):
        assert not Invitation.objects.exists()


def test_a_refusal_comes_back_with_the_input_kept(browser, invite):
    invite()
    answer = browser.post(page(), FORM)
    assert answer.status_code == 200
    assert ADDRESS in answer.content.decode()
    assert answer.context["form"].non_field_errors()


def test_a_manager_is_offered_no_owners(make, owner, sign_in, manager):
    browser = sign_in(manager)
    answer = browser.get(page())
    offered = [value for value, _label in answer.context["form"].fields["roles"].choices]
    assert "owner" not in offered
    assert [s.changeable for s in answer.context["members"] if s.row == owner] == [False]
    assert browser.post(page(), FORM | {"roles": ["owner"]}).context["form"].errors
    assert browser.post(page("ending", pk=owner.pk)).status_code == 403


def test_roles_are_changed(browser, make, owner):
    colleague = make.member(owner.tenant, "member")
    address = page("roles", pk=colleague.pk)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"roles": []}).context["form"].errors
    assert browser.post(address, {"roles": ["manager", "finance"]}).status_code == 302
    with enter_tenant(owner.tenant_id):
        colleague.refresh_from_db()
    assert colleague.roles == ["manager", "finance"]


def test_the_last_owner_stays(browser, owner):
    refused = browser.post(page("roles", pk=owner.pk), {"roles": ["member"]})
    assert refused.context["form"].errors
    told = browser.post(page("ending", pk=owner.pk), follow=True)
    assert "alert-danger" in told.content.decode()
    with enter_tenant(owner.tenant_id):
        owner.refresh_from_db()
    assert (owner.roles, owner.ended_at) == (["owner"], None)


def test_a_membership_ends(browser, make, owner, sign_in):
    colleague = make.member(owner.tenant, "member")
    theirs = sign_in(colleague)
    assert browser.post(page("ending", pk=colleague.pk)).status_code == 302
    assert theirs.get("/o/haihe/").status_code == 302
    assert browser.post(page("ending", pk=colleague.pk)).status_code == 404


def test_an_invitation_is_sent_again_and_withdrawn(browser, invite, owner):
    invitation = invite()
    assert browser.post(page("sending", pk=invitation.pk), follow=True).status_code == 200
    with enter_tenant(owner.tenant_id):
        Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert browser.post(page("sending", pk=invitation.pk)).status_code == 302
    with enter_tenant(owner.tenant_id):
        assert Invitation.objects.get().nonce != invitation.nonce
    assert browser.post(page("withdrawal", pk=invitation.pk)).status_code == 302
    assert browser.get(page()).context["invitations"] == []


@pytest.mark.parametrize("view", ["ending", "sending", "withdrawal"])
def test_looking_changes_nothing(browser, owner, view):
    assert browser.get(page(view, pk=owner.pk)).status_code == 405


def test_it_opens_with_few_queries(browser, make, owner, invite, django_assert_max_num_queries):
    for number in range(3):
        make.member(owner.tenant, "member")
        invite(email=f"guest-{number}@example.test")
    with django_assert_max_num_queries(12):
        assert browser.get(page()).status_code == 200


# -- the staff site --------------------------------------------------------------------------


def test_staff_invite_send_again_and_withdraw(staff, enterprise, sign_in, mailoutbox):
    site, changelist = sign_in(staff), reverse("admin:members_invitation_changelist")
    form = FORM | {"tenant": enterprise.pk, "roles": ["owner"]}
    assert site.post(reverse("admin:members_invitation_add"), form).status_code == 302
    relay.deliver_due()
    assert mailoutbox[0].to == [ADDRESS]
    with enter(Identity(STAFF)):
        invitation = Invitation.objects.get()
    assert invitation.invited_by_id == staff.user_id
    chosen = {"_selected_action": [invitation.pk]}
    site.post(changelist, chosen | {"action": "send_again"})
    with enter(Identity(STAFF)):
        assert Invitation.objects.get().nonce == invitation.nonce
    site.post(changelist, chosen | {"action": "withdraw"})
    with enter(Identity(STAFF)):
        assert Invitation.objects.get().withdrawn_at


def test_weaker_staff_neither_see_nor_send_any(make, park, sign_in):
    site = sign_in(make.member(park, "member", is_staff=True))
    for view in ("changelist", "add"):
        assert site.get(reverse(f"admin:members_invitation_{view}")).status_code == 403
