"""Inviting, sending again and withdrawing: what is refused, and that the mail leaves."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backbone import relay
from backbone.models import OutboxMessage
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from members import operations
from members.models import Invitation
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import Membership, TrailEntry
from tests.members.conftest import ADDRESS

NOW = timezone.now()


def all_of(tenant):
    with enter_tenant(tenant.pk):
        return list(Invitation.objects.all())


def test_an_invitation_is_valid_for_a_week_and_the_mail_says_so(invite, mailoutbox, owner):
    invitation = invite("finance", full_name="张伟")
    assert invitation.expires_at - invitation.sent_at == timedelta(days=7)
    relay.deliver_due()
    (mail,) = mailoutbox
    assert mail.to == [ADDRESS]
    assert "haihe 有限公司" in mail.subject
    assert "张伟" in mail.body
    assert "财务" in mail.body
    assert mail.body.count("/invitations/") == 1


def test_the_mail_is_in_the_language_chosen(invite, mailoutbox):
    invite("finance", language="en")
    relay.deliver_due()
    assert mailoutbox[0].subject == "Invitation to Haihe Ltd on the park portal"


def test_no_table_holds_the_link(invite, link_of, owner):
    token = link_of(invite()).split("/")[2]
    signature = token.rpartition(":")[2]
    with enter(Identity(STAFF)):
        rows = [
            *OutboxMessage.objects.values("payload", "key"),
            *TrailEntry.objects.values("after"),
            *Invitation.objects.values(),
        ]
    assert len(rows) > 3
    assert signature not in json.dumps(rows, default=str)


def test_a_mail_that_is_late_carries_no_link_that_is_over(invite, owner, mailoutbox):
    invitation = invite()
    with enter_tenant(owner.tenant_id):
        operations.withdraw_invitation(actor=owner.actor(), now=NOW, invitation=invitation)
    relay.deliver_due()
    assert mailoutbox == []


def test_the_trail_says_who_invited_whom(invite, owner):
    invitation = invite()
    with enter_tenant(owner.tenant_id):
        entry = TrailEntry.objects.get(table="members_invitation")
    assert (entry.user_id, entry.row_id) == (owner.user_id, invitation.pk)


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_weaker_roles_invite_nobody(make, owner, invite, role):
    with pytest.raises(NotPermitted):
        invite(by=make.member(owner.tenant, role))
    assert all_of(owner.tenant) == []


def test_a_manager_invites_no_owner_and_touches_no_invitation_of_one(invite, manager, owner):
    with pytest.raises(NotPermitted):
        invite("owner", by=manager)
    invitation = invite("owner")
    for operation in (operations.resend_invitation, operations.withdraw_invitation):
        with enter_tenant(owner.tenant_id), pytest.raises(NotPermitted):
            operation(actor=manager.actor(), now=NOW + timedelta(hours=1), invitation=invitation)
    assert all_of(owner.tenant) == [invitation]


def test_nobody_invites_for_a_neighbour(make, owner, neighbour):
    with enter_tenant(owner.tenant_id), pytest.raises(NotPermitted):
        operations.invite_member(
            actor=owner.actor(), now=NOW, tenant=neighbour, email=ADDRESS, roles=["member"]
        )
    assert all_of(neighbour) == []


def test_a_stranger_finds_no_invitation_to_withdraw(make, invite, neighbour):
    invitation, stranger = invite(), make.member(neighbour)
    for operation in (operations.resend_invitation, operations.withdraw_invitation):
        with enter_tenant(neighbour.pk), pytest.raises(Invitation.DoesNotExist):
            operation(actor=stranger.actor(), now=NOW, invitation=invitation)


def test_staff_invite_the_first_owner(make, staff, enterprise, mailoutbox):
    with enter(Identity(STAFF, staff.tenant_id, staff.user_id)):
        operations.invite_member(
            actor=staff.actor(is_staff=True),
            now=NOW,
            tenant=enterprise,
            email=ADDRESS,
            roles=["owner"],
        )
    relay.deliver_due()
    assert mailoutbox[0].to == [ADDRESS]
    assert all_of(enterprise)[0].roles == ["owner"]


def test_roles_follow_the_kind(invite, owner):
    with pytest.raises(InvalidInput):
        invite("coordinator")
    assert all_of(owner.tenant) == []


def test_one_unanswered_invitation_for_an_address_however_it_is_written(invite, owner):
    invitation = invite()
    with pytest.raises(DomainError) as refused:
        invite("member", email=ADDRESS.upper())
    assert refused.value.code == "invitation_once"
    assert all_of(owner.tenant) == [invitation]


def test_two_organisations_may_invite_the_same_address(make, invite, neighbour):
    invite()
    invite(by=make.member(neighbour))
    assert len(all_of(neighbour)) == 1


def test_a_member_is_not_invited_and_a_stranger_looks_like_nobody(make, invite, owner, neighbour):
    colleague = make.member(owner.tenant, "member")
    with pytest.raises(InvalidInput) as refused:
        invite(email=colleague.user.email.upper())
    assert set(refused.value.fields) == {"email"}
    stranger = make.member(neighbour)
    assert invite(email=stranger.user.email).pk
    assert invite(email="nobody@example.test").pk


def test_an_organisation_does_not_send_our_mail_without_end(invite, owner, monkeypatch):
    monkeypatch.setattr(operations, "MOST_UNANSWERED", 2)
    for number in range(2):
        invite(email=f"guest-{number}@example.test")
    with pytest.raises(InvalidInput) as refused:
        invite()
    assert refused.value.code == "too_many"


def test_sending_again_gives_a_new_week_after_a_pause(invite, owner):
    invitation = invite()
    before = invitation.nonce, invitation.expires_at

    def resend(now):
        with enter_tenant(owner.tenant_id):
            return operations.resend_invitation(actor=owner.actor(), now=now, invitation=invitation)

    with pytest.raises(WrongState) as refused:
        resend(NOW + timedelta(minutes=2))
    assert refused.value.code == "fresh"
    again = resend(NOW + timedelta(days=8))
    assert again.nonce != before[0]
    assert again.expires_at - before[1] > timedelta(days=7)


@pytest.mark.parametrize("operation", ["resend_invitation", "withdraw_invitation"])
def test_what_was_withdrawn_stays_so(invite, owner, operation):
    invitation = invite()
    arguments = {"actor": owner.actor(), "invitation": invitation}
    with enter_tenant(owner.tenant_id):
        operations.withdraw_invitation(now=NOW, **arguments)
        with pytest.raises(WrongState):
            getattr(operations, operation)(now=NOW + timedelta(hours=1), **arguments)


def test_after_a_withdrawal_the_address_may_be_invited_anew(invite, owner):
    invitation = invite()
    with enter_tenant(owner.tenant_id):
        operations.withdraw_invitation(actor=owner.actor(), now=NOW, invitation=invitation)
    assert invite("member").roles == ["member"]


@pytest.mark.parametrize(
    "crooked",
    [
        {"email": "Capital@example.test"},
        {"roles": []},
        {"roles": ["king"]},
        {"accepted_at": NOW},
        {"accepted_at": NOW, "withdrawn_at": NOW},
    ],
)
def test_the_database_refuses_crooked_rows(invite, owner, crooked):
    invitation = invite()
    with enter_tenant(owner.tenant_id), pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**crooked)


def test_an_api_key_without_the_role_invites_nobody(owner):
    key = replace(owner.actor(), user_id=None, key_id=1, roles=frozenset({"operations"}))
    with enter_tenant(owner.tenant_id), pytest.raises(NotPermitted):
        operations.invite_member(
            actor=key, now=NOW, tenant=owner.tenant, email=ADDRESS, roles=["member"]
        )
    with enter_tenant(owner.tenant_id):
        assert Membership.objects.count() == 1
