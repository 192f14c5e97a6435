"""Who the database believes is asking, for the length of one transaction.

Everything that touches tenant data runs inside :func:`enter`, :func:`enter_tenant` or
:func:`across_tenants`. They open a transaction (or a savepoint), set the tenant, the person
and the database role with ``set_config(…, is_local => true)``, and put the outer values back.
Nothing set means no rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import DatabaseError, connection, transaction

from foundation.operations import judge_constraints

OWNER = "portal_owner"
APP = "portal_app"
STAFF = "portal_staff"
PUBLIC = "portal_public"

APPLY = """
select set_config('app.tenant', %s, true), set_config('app.user', %s, true),
       set_config('app.request', %s, true), set_config('app.key', %s, true),
       set_config('role', %s, true)
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the current transaction runs as; an empty one sees no tenant's rows."""

    role: str = APP
    tenant_id: int | None = None
    user_id: int | None = None
    request_id: str = ""
    key_id: int | None = None

    def apply(self) -> None:
        numbers = [str(self.tenant_id or ""), str(self.user_id or "")]
        values = [*numbers, self.request_id, str(self.key_id or ""), self.role]
        with connection.cursor() as cursor:
            cursor.execute(APPLY, values)


NOBODY = Identity()
_identity: ContextVar[Identity] = ContextVar("database_identity", default=NOBODY)


def current_identity() -> Identity:
    """The identity that the open transaction runs as."""
    return _identity.get()


@contextmanager
def enter(identity: Identity) -> Iterator[Identity]:
    """Run the block as ``identity`` in one transaction (a savepoint when one is open).

    An error rolls the block back, and with it the settings; a clean end judges the deferred
    constraints and then restores the outer identity.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        identity.apply()
        token = _identity.set(identity)
        try:
            yield identity
            if nested:
                # While tenant and role are still those of the work: a balanced posting was
                # refused when the tenant was gone at commit.
                judge_constraints()
        finally:
            _identity.reset(token)
    if nested:
        _identity.get().apply()


@contextmanager
def request_transaction() -> Iterator[None]:
    """One transaction around a whole response, seeing nothing until :func:`become` is called."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        token = _identity.set(NOBODY)
        try:
            yield
        finally:
            _identity.reset(token)
    if nested:
        _identity.get().apply()


def become(identity: Identity) -> None:
    """Set the identity for the rest of the open request transaction."""
    identity.apply()
    _identity.set(identity)


def enter_tenant(
    tenant_id: int, *, user_id: int | None = None, request_id: str = ""
) -> AbstractContextManager[Identity]:
    """Run the block as one tenant: tasks and commands start here."""
    return enter(Identity(APP, tenant_id, user_id, request_id or current_identity().request_id))


@contextmanager
def across_tenants(reason: str) -> Iterator[None]:
    """Count or write across tenants inside an operation, with a trail row that says why.

    Under one tenant's policy a count sees only its own rows: capacity 3, sold 5.
    """
    from tenants.trail import record_crossing

    with enter(replace(current_identity(), role=STAFF)):
        record_crossing(reason)
        yield


@contextmanager
def as_system() -> Iterator[None]:
    """For the relay and the sweepers, which find out whose turn it is and then enter that tenant.

    They run every few seconds and change nothing of a tenant's here, so no trail row is
    written; whatever they do for a tenant happens inside :func:`enter_tenant`.
    """
    with enter(Identity(STAFF)):
        yield


@contextmanager
def glancing() -> Iterator[None]:
    """What :func:`as_system` is for, where a page only looks: half of its statements.

    There is no savepoint, so nothing may be written in it; a statement that fails ends the
    caller's transaction, settings and all.
    """
    assert connection.in_atomic_block, "settings last for a transaction"
    identity = Identity(STAFF)
    identity.apply()
    token = _identity.set(identity)
    try:
        yield
    except DatabaseError:
        _identity.reset(token)
        raise
    except BaseException:
        _identity.reset(token)
        _identity.get().apply()
        raise
    _identity.reset(token)
    _identity.get().apply()


@contextmanager
def as_public(user_id: int | None = None) -> Iterator[None]:
    """Read what may be read before a tenant is known: memberships, public pages."""
    with enter(replace(current_identity(), role=PUBLIC, tenant_id=None, user_id=user_id)):
        yield
