"""Making, rolling and revoking the keys of an organisation's programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backbone.events import publish
from backbone.operations import notify
from foundation.actors import Actor
from foundation.errors import InvalidInput, NotPermitted, WrongState
from foundation.operations import operation
from gateway.models import ApiKey
from gateway.permissions import permissions
from gateway.scopes import scopes as known_scopes
from gateway.secrets import Secret, new_secret
from tenants.kinds import ROLES_BY_KIND, Role
from tenants.models import Membership, Tenant

LONGEST_LIFE = timedelta(days=366)
LONGEST_OVERLAP = timedelta(days=7)
MOST_KEYS = 50

MADE = _("%(person)s made the API key “%(name)s”")
MADE_BODY = _("It may act in the name of the organisation. If nobody should have, revoke it.")


@operation
def create_key(
    *,
    actor: Actor,
    now: datetime,
    tenant: Tenant,
    name: str,
    role: str,
    scopes: Iterable[str],
    expires_at: datetime,
) -> tuple[ApiKey, Secret]:
    """A new key of the actor's organisation and its secret, which nobody can ask for again.

    ``role`` is what the key acts as: one of the organisation's kind, never owner. Raises
    NotPermitted without the right to manage keys, InvalidInput for a role, scope, life or number
    of keys that is not offered. The organisation's other leads get a notice.
    """
    permissions.require(actor, "manage_keys")
    if actor.user_id is None:
        raise NotPermitted  # A key makes no keys.
    _one_at_a_time(actor)
    _check(actor, now, tenant, role, set(scopes), expires_at)
    secret = new_secret()
    key = ApiKey.objects.create(
        tenant=tenant,
        name=name,
        prefix=secret.prefix,
        digest=secret.digest,
        role=role,
        scopes=[scope for scope in known_scopes() if scope in set(scopes)],
        created_by_id=actor.user_id,
        created_at=now,
        expires_at=expires_at,
    )
    _tell_leads(key, actor, now)
    publish(actor=actor, now=now, kind="gateway.key_made", tenant_id=tenant.pk, key_id=key.pk)
    return key, secret


@operation
def roll_key(
    *, actor: Actor, now: datetime, tenant: Tenant, key: ApiKey, overlap: timedelta
) -> tuple[ApiKey, Secret]:
    """A new key like ``key``, for as long as that one was made for; the old one works for
    ``overlap`` more, so that nothing has to stop while programs are given the new one.

    Raises WrongState when the key is revoked, over or rolled already.
    """
    old = _locked(actor, key)
    if not old.is_in_force(now) or old.replaced_by_id is not None:
        raise WrongState
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(fields={"overlap": _("Choose one of the times offered.")})
    new, secret = create_key(
        actor=actor,
        now=now,
        tenant=tenant,
        name=old.name,
        role=old.role,
        scopes=old.scopes,
        expires_at=now + (old.expires_at - old.created_at),
    )
    old.replaced_by = new
    if overlap:
        old.expires_at = min(old.expires_at, now + overlap)
    else:
        old.revoked_at = now
    old.save(update_fields=["replaced_by", "expires_at", "revoked_at"])
    return new, secret


@operation
def revoke_key(*, actor: Actor, now: datetime, key: ApiKey) -> ApiKey:
    """The key opens nothing from the next call on. One that is revoked already stays so."""
    locked = _locked(actor, key)
    if locked.revoked_at is None:
        locked.revoked_at = now
        locked.save(update_fields=["revoked_at"])
    return locked


def _locked(actor: Actor, key: ApiKey) -> ApiKey:
    permissions.require(actor, "manage_keys")
    return ApiKey.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=key.pk)


def _one_at_a_time(actor: Actor) -> None:
    """Two at once would both count the keys before either is made."""
    current = Membership.objects.visible_to(actor).current()
    list(current.order_by("pk").select_for_update().values_list("pk"))


def roles_for_keys(kind: str) -> list[str]:
    """What keys of an organisation of this kind may act as."""
    return [role for role in Role.values if role in ROLES_BY_KIND[kind] and role != Role.OWNER]


def _check(
    actor: Actor, now: datetime, tenant: Tenant, role: str, scopes: set[str], expires_at: datetime
) -> None:
    if role not in roles_for_keys(tenant.kind):
        raise InvalidInput(fields={"role": _("Choose among the roles offered.")})
    if not scopes <= known_scopes().keys():
        raise InvalidInput(fields={"scopes": _("Choose among what is offered.")})
    if not now < expires_at <= now + LONGEST_LIFE:
        raise InvalidInput(fields={"expires_at": _("A key is valid for at most a year.")})
    if ApiKey.objects.visible_to(actor).in_force(now).count() >= MOST_KEYS:
        raise InvalidInput(
            _("An organisation has at most %(limit)s keys. Revoke one that is not used."),
            code="too_many_keys",
            params={"limit": MOST_KEYS},
        )


def _tell_leads(key: ApiKey, actor: Actor, now: datetime) -> None:
    leads = (
        Membership.objects.visible_to(actor)
        .current()
        .filter(roles__overlap=[Role.OWNER, Role.MANAGER])
    )
    for user_id in leads.exclude(user_id=key.created_by_id).values_list("user_id", flat=True):
        notify(
            actor=actor,
            now=now,
            user_id=user_id,
            kind="api_key.made",
            title=MADE,
            body=MADE_BODY,
            params={"person": str(key.created_by), "name": key.name},
            url=reverse("gateway:keys", kwargs={"tenant": key.tenant.slug}),
            key=f"api_key.made:{key.pk}:{user_id}",
        )
