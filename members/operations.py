"""Every write of invitations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.utils import generate_unique_username
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from backbone.operations import enqueue
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, Sentence, WrongState
from foundation.operations import operation
from members.mail import KIND
from members.models import Invitation
from tenants import standing
from tenants.isolation.context import enter_tenant
from tenants.models import Membership, Tenant, User
from tenants.operations import add_member, create_person
from tenants.rules import may_give, require_member_rights, roles_in_order

# Strangers do not choose to get our mail: an organisation asks so many and not more often.
MOST_UNANSWERED = 100
PAUSE = timedelta(minutes=5)


class OtherPerson(DomainError):
    """The invitation is for an address that belongs to somebody else than the actor."""

    code = "other_person"
    status = 403
    message = _("This invitation is for another person. Sign in as the one it was sent to.")


@operation
def invite_member(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    email: str,
    roles: Iterable[str],
    full_name: str = "",
    language: str = "",
) -> Invitation:
    """Ask somebody to join the organisation; a mail with the link leaves after the commit.

    Nothing here tells whether the address has an account. Raises NotPermitted, InvalidInput for
    roles of another kind of organisation, for a member and for too many unanswered invitations,
    and DomainError ``invitation_once`` while the address has one that nobody answered.
    """
    roles = list(roles)
    require_member_rights(actor, tenant, roles)
    standing.require_present(tenant.pk)
    _refuse_member(tenant, email)
    _refuse_flood(tenant)
    invitation = Invitation(
        tenant=tenant,
        email=email.strip().lower(),
        full_name=full_name,
        roles=roles_in_order(tenant, roles),
        language=language,
        invited_by_id=actor.user_id,
        invited_at=now,
    )
    invitation.renew(now)
    invitation.save(force_insert=True)
    _send(actor, now, invitation)
    publish(
        actor=actor,
        now=now,
        kind="members.invited",
        tenant_id=tenant.pk,
        invitation_id=invitation.pk,
        by_park=actor.is_staff,
    )
    return invitation


@operation
def resend_invitation(*, actor: Actor, now: datetime, invitation: Invitation) -> Invitation:
    """A new mail with a new link and a new week; the earlier link stops working.

    Raises NotPermitted, WrongState once it was used or withdrawn or while the last mail is fresh.
    """
    locked = _lock(actor, invitation)
    require_member_rights(actor, locked.tenant, locked.roles)
    if locked.accepted_at or locked.withdrawn_at:
        raise WrongState
    if now - locked.sent_at < PAUSE:
        raise WrongState(_("It was sent a moment ago. Give the mail a few minutes."), code="fresh")
    locked.renew(now)
    locked.save(update_fields=["nonce", "sent_at", "expires_at"])
    _send(actor, now, locked)
    return locked


@operation
def withdraw_invitation(*, actor: Actor, now: datetime, invitation: Invitation) -> Invitation:
    """Take it back. Raises NotPermitted, WrongState once it was used or withdrawn."""
    locked = _lock(actor, invitation)
    require_member_rights(actor, locked.tenant, locked.roles)
    if locked.accepted_at or locked.withdrawn_at:
        raise WrongState
    locked.withdrawn_at = now
    locked.save(update_fields=["withdrawn_at"])
    return locked


@operation
def accept_invitation(
    *,
    actor: Actor,
    now: datetime,
    invitation: Invitation,
    person: User | None = None,
    full_name: str = "",
    password: str = "",
) -> Membership:
    """Join the organisation. Whoever holds the link of the mail may, so no role is asked for.

    ``person`` is who is signed in; without one an account is made for the address, with the name
    and the password given. Raises WrongState when it is over or whoever invited may not any more,
    OtherPerson, InvalidInput for a password that the rules refuse, and DomainError
    ``membership_once`` for a member.
    """
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("tenant")
    invitation = locked.get(pk=invitation.pk)
    if sentence := invitation.why_over(now) or _why_unwanted(invitation):
        raise WrongState(sentence, code="invitation_over")
    holder = person_with(invitation.email)
    if holder is None and person is None:
        person = _new_person(now, invitation, full_name, password)
    elif person is None or holder is None or holder.pk != person.pk:
        raise OtherPerson
    return _join(actor, now, invitation, person)


def person_with(email: str) -> User | None:
    """Whose address this is: verified, or the one their account was made with."""
    verified = EmailAddress.objects.filter(email=email, verified=True).select_related("user")
    if address := verified.first():
        return address.user
    return User.objects.filter(email__iexact=email).first()


def _join(actor: Actor, now: datetime, invitation: Invitation, person: User) -> Membership:
    portal = Actor(user_id=None, tenant_id=invitation.tenant_id, request_id=actor.request_id)
    # From here on the trail says who came in.
    with enter_tenant(invitation.tenant_id, user_id=person.pk, request_id=actor.request_id):
        membership = add_member(
            actor=portal, now=now, tenant=invitation.tenant, user=person, roles=invitation.roles
        )
        invitation.accepted_at, invitation.accepted_by = now, person
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        publish(
            actor=portal,
            now=now,
            kind="members.joined",
            tenant_id=invitation.tenant_id,
            user_id=person.pk,
            roles=list(membership.roles),
        )
    return membership


def _new_person(now: datetime, invitation: Invitation, full_name: str, password: str) -> User:
    name = generate_unique_username([invitation.email.partition("@")[0], "person"])
    _refuse_weak(password, User(username=name, email=invitation.email, full_name=full_name))
    return create_person(
        actor=Actor(user_id=None, tenant_id=invitation.tenant_id),
        now=now,
        username=name,
        email=invitation.email,
        full_name=full_name,
        language=invitation.language,
        password=password,
    )


def _refuse_weak(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(fields={"password": " ".join(error.messages)}) from error


def _why_unwanted(invitation: Invitation) -> Sentence:
    """A sentence when whoever invited has left or lost the right to since; "" otherwise."""
    inviter = invitation.invited_by
    if inviter is None or (inviter.is_staff and inviter.is_active):
        return ""
    membership = Membership.objects.current().filter(user=inviter, tenant=invitation.tenant).first()
    if membership and may_give(membership.actor(), invitation.tenant, invitation.roles):
        return ""
    return _("Whoever invited you cannot do so any more. Ask the owner of the organisation.")


def _refuse_member(tenant: Tenant, email: str) -> None:
    """Only by the address that colleagues see in the list: others would tell whose they are."""
    members = Membership.objects.current().filter(tenant=tenant)
    if members.filter(user__email__iexact=email.strip()).exists():
        raise InvalidInput(fields={"email": _("This person is a member already.")})


def _refuse_flood(tenant: Tenant) -> None:
    if Invitation.objects.filter(tenant=tenant).unanswered().count() >= MOST_UNANSWERED:
        raise InvalidInput(
            _("%(limit)s invitations are unanswered. Withdraw some before you send more."),
            code="too_many",
            params={"limit": MOST_UNANSWERED},
        )


def _lock(actor: Actor, invitation: Invitation) -> Invitation:
    visible = Invitation.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.select_related("tenant").get(pk=invitation.pk)


def _send(actor: Actor, now: datetime, invitation: Invitation) -> None:
    enqueue(
        actor=replace(actor, tenant_id=invitation.tenant_id),
        now=now,
        kind=KIND,
        payload={"invitation_id": invitation.pk, "nonce": invitation.nonce},
        key=f"invitation:{invitation.pk}:{invitation.nonce}",
    )
