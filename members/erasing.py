"""Personal data of people who belong to no organisation any more, and of old invitations."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from backbone.retention import PersonalData, register_personal_data
from foundation.actors import Actor
from foundation.refs import ref_of
from members.models import Invitation
from tenants import sessions
from tenants.isolation.context import across_tenants
from tenants.models import Membership, User

# The start of a user name; nobody is told by it.
ERASED = "erased-"


def register() -> None:
    register_personal_data(
        PersonalData(
            "members.accounts",
            _("Accounts of people who belong to no organisation any more"),
            _("from the end of the last membership"),
            erase_accounts,
        )
    )
    register_personal_data(
        PersonalData(
            "members.invitations",
            _("Invitations that were used, withdrawn or ran out"),
            _("from the day they were over"),
            erase_invitations,
        )
    )


def erase_accounts(actor: Actor, before: datetime) -> int:
    """Names, addresses, second factors and the password go; the account opens nothing.

    What the person did stays with its row: an order that somebody imported is still there and
    says that a person did it, and nobody can tell who.
    """
    left = Membership.objects.filter(tenant_id=actor.tenant_id, ended_at__lt=before)
    maybe = sorted(
        set(left.exclude(user__username__startswith=ERASED).values_list("user_id", flat=True))
    )
    people = _without_organisation(maybe, before) if maybe else []
    for person in people:
        _erase(person)
    sessions.end_all_of(*(person.pk for person in people))
    return len(people)


def erase_invitations(actor: Actor, before: datetime) -> int:
    over = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before)
    ran_out = Q(accepted_at=None, withdrawn_at=None, expires_at__lt=before)
    own = Invitation.objects.filter(over | ran_out, tenant_id=actor.tenant_id)
    return own.delete()[0]


def _without_organisation(keys: list[int], before: datetime) -> list[User]:
    """Those whose last membership anywhere ended before the moment; park staff keep theirs."""
    with across_tenants("accounts without an organisation"):
        known = Membership.objects.filter(user_id__in=keys).values("user_id")
        current = set(known.filter(ended_at=None).values_list("user_id", flat=True))
        ended = known.annotate(last=Max("ended_at")).filter(last__gte=before)
        current |= set(ended.values_list("user_id", flat=True))
    people = User.objects.filter(pk__in=set(keys) - current, is_staff=False)
    return list(people.order_by("pk").select_for_update())


def _erase(person: User) -> None:
    person.username = f"{ERASED}{ref_of(person.pk, 'person')}"
    person.full_name = person.email = person.mobile = person.language = ""
    person.is_active = False
    person.last_login = None
    person.set_unusable_password()
    person.save()
    for model in (EmailAddress, Authenticator, UserSession):
        model.objects.filter(user=person).delete()
