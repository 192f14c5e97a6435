"""Two kinds of Celery tasks: for one organisation, or for the portal as a whole.

Every registered task is one of the two. Both take ids by keyword, and both can run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery import Task, shared_task

from tenants.isolation.context import enter_tenant


class NoTenant(RuntimeError):
    """A task for one organisation was sent without telling which, or for one that is not there."""


class TenantTask(Task):
    """Takes ``tenant_id`` and runs in one transaction as that organisation.

    With ``own_transactions`` the function opens its own; the id is demanded all the same.
    Raises NoTenant before anything has run.
    """

    abstract = True
    scope = "tenant"
    own_transactions = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tenant_id = kwargs.get("tenant_id")
        if not isinstance(tenant_id, int) or isinstance(tenant_id, bool) or args:
            raise NoTenant(f"{self.name} needs tenant_id and takes nothing by position")
        with structlog.contextvars.bound_contextvars(task=self.name, tenant_id=tenant_id):
            with enter_tenant(tenant_id):
                self._require(tenant_id)
                if not self.own_transactions:
                    return self.run(**kwargs)
            return self.run(**kwargs)

    def _require(self, tenant_id: int) -> None:
        from tenants.models import Tenant

        if not Tenant.objects.filter(pk=tenant_id).exists():
            raise NoTenant(f"{self.name} was sent for an organisation that is not there")


class GlobalTask(Task):
    """Runs outside any organisation; nothing of a tenant's is visible until it enters one."""

    abstract = True
    scope = "global"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with structlog.contextvars.bound_contextvars(task=self.name):
            return self.run(*args, **kwargs)


def tenant_task(name: str, *, own_transactions: bool = False) -> Callable[[Callable], Any]:
    """Make the function a task of one organisation; it takes ``tenant_id`` and other ids."""
    return shared_task(name=name, base=TenantTask, own_transactions=own_transactions)


def global_task(name: str) -> Callable[[Callable], Any]:
    """Make the function a task of the portal as a whole."""
    return shared_task(name=name, base=GlobalTask)
