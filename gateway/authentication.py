"""From a key in the header to an actor: ``Authorization: Bearer pk_…``, and nothing else.

The key's row is read as the role ``portal_public``, whose policy shows it one row, that of the
prefix which the caller gave. From then on the transaction runs as the key's organisation.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from structlog.contextvars import bind_contextvars, get_contextvars

from foundation import security_log
from foundation.security_log import Event
from gateway.models import ApiKey
from gateway.secrets import Secret, read_secret
from gateway.throttling import refuse_guessing
from tenants import standing
from tenants.isolation.context import APP, PUBLIC, Identity, become

SCHEME = "bearer"
# How exact ``last_used_at`` is.
SEEN_SECONDS = 60

UNKNOWN = _("This key is not known. Send it as “Authorization: Bearer pk_…”.")
REVOKED = _("This key was revoked.")
OVER = _("This key has expired. Roll or make one on the page API keys.")
# What the public role may read; see the policy in the migrations.
PUBLIC_FIELDS = [
    "tenant_id", "prefix", "digest", "name", "role", "scopes", "created_at", "expires_at",
    "revoked_at", "last_used_at",
]  # fmt: skip

PRESENT = "select set_config('app.key_prefix', %s, true)"
TOUCH = """
update gateway_apikey set last_used_at = %s where id in (
  select id from gateway_apikey where id = %s
    and (last_used_at is null or last_used_at < %s - make_interval(secs => %s))
  for no key update skip locked)
"""


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Any) -> tuple[AnonymousUser, ApiKey] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        key = _known(read_secret(text.strip())) if scheme.lower() == SCHEME else None
        if key is None:
            security_log.tell(Event.KEY_REFUSED, key=security_log.fingerprint(text))
            refuse_guessing(request)
            raise AuthenticationFailed(UNKNOWN, "unknown_key")
        _refuse_ended(key)
        _enter(request, key)
        return AnonymousUser(), key

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


def _known(secret: Secret | None) -> ApiKey | None:
    """The key that this secret belongs to; None when there is none."""
    become(Identity(PUBLIC))
    if secret is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, [secret.prefix])
    found = ApiKey.objects.filter(prefix=secret.prefix).only(*PUBLIC_FIELDS).first()
    if found is None or not constant_time_compare(found.digest, secret.digest):
        return None
    return found


def _refuse_ended(key: ApiKey) -> None:
    """Said only to whoever holds the whole key."""
    if not key.is_in_force(timezone.now()):
        security_log.tell(Event.KEY_REFUSED, tenant_id=key.tenant_id, prefix=key.prefix)
    if key.revoked_at is not None:
        raise AuthenticationFailed(REVOKED, "revoked_key")
    if not key.is_in_force(timezone.now()):
        raise AuthenticationFailed(OVER, "expired_key")


def _enter(request: Any, key: ApiKey) -> None:
    request_id = get_contextvars().get("request_id", "")
    request._request.actor = request.actor = key.actor(request_id=request_id)
    become(Identity(APP, key.tenant_id, None, request_id, key.pk))
    bind_contextvars(tenant_id=key.tenant_id, api_key=key.prefix)
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        standing.require_present(key.tenant_id)
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(TOUCH, [now, key.pk, now, SEEN_SECONDS])
