"""What several operations ask before they write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput, WrongState
from learners.models import Learner
from learners.permissions import permissions
from learners.values import plain_values
from tenants.kinds import TenantKind
from tenants.models import Tenant

# The operator is itself a university.
UNIVERSITIES = frozenset({TenantKind.UNIVERSITY, TenantKind.OPERATOR})
# The number of our advisory locks; the second one is the organisation.
LOCK_CLASS = 7_311


def may_keep(actor: Actor, kind: str) -> bool:
    """Whether this person keeps a register in an organisation of that kind."""
    return kind in UNIVERSITIES and permissions.permits(actor, "keep_learners")


def require_keeper(actor: Actor) -> None:
    """Raises NotPermitted, and DomainError ``no_university`` in an organisation that is none."""
    permissions.require(actor, "keep_learners")
    if Tenant.objects.get(pk=actor.tenant_id).kind not in UNIVERSITIES:
        raise DomainError(
            _("Learners are kept by universities. This organisation is none."),
            code="no_university",
        )


def locked(actor: Actor, learner: Learner) -> Learner:
    own = Learner.objects.filter(tenant_id=actor.tenant_id)
    return own.select_for_update(no_key=True).get(pk=learner.pk)


def require_kept(learner: Learner) -> None:
    """Raises WrongState once the personal data is erased."""
    if learner.erased_at is not None:
        raise WrongState(_("The personal data of this learner is erased."), code="erased")


def checked(said: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The values as they are kept. Raises InvalidInput with a sentence for each field."""
    values, wrong = plain_values(said, timezone.localdate(now))
    if wrong:
        raise InvalidInput(fields=wrong)
    return values


def take_turn(actor: Actor) -> None:
    """One roster of a university is put in at a time: two would both find a learner missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK_CLASS, actor.tenant_id]
        )
