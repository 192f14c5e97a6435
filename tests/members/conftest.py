"""An organisation with an owner and a manager, and the mails that leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from backbone import relay
from members.models import Invitation
from members.operations import invite_member
from tenants.isolation.context import enter_tenant
from tenants.models import Membership, Tenant
from tests.makers import Makers

ADDRESS = "zhangwei@example.test"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def manager(make: Makers, owner: Membership) -> Membership:
    return make.member(owner.tenant, "manager")


@pytest.fixture
def invite(owner: Membership) -> Callable[..., Invitation]:
    """Invite as the owner unless another member is named."""

    def _invite(
        *roles: str, email: str = ADDRESS, by: Membership = owner, **values: Any
    ) -> Invitation:
        with enter_tenant(by.tenant_id, user_id=by.user_id):
            return invite_member(
                actor=by.actor(),
                now=timezone.now(),
                tenant=Tenant.objects.get(pk=by.tenant_id),
                email=email,
                roles=roles or ["finance"],
                **values,
            )

    return _invite


@pytest.fixture
def link_of(mailoutbox: list[Any]) -> Callable[[Invitation], str]:
    """The path in the newest mail, delivered as the relay does."""

    def _link_of(invitation: Invitation) -> str:
        mailoutbox.clear()
        relay.deliver_due()
        body = mailoutbox[-1].body
        (link,) = [word for word in body.split() if "/invitations/" in word]
        return "/invitations/" + link.partition("/invitations/")[2]

    return _link_of
