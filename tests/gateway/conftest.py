"""Keys of an organisation, and a program that calls with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gateway import operations
from gateway.models import ApiKey
from gateway.scopes import scopes
from gateway.secrets import Secret
from tenants.isolation.context import enter_tenant
from tenants.models import Membership

_numbers = count(1)


class Program:
    """Calls the API the way a program of an organisation does."""

    def __init__(self, secret: str, **headers: str) -> None:
        self.secret, self.headers, self.client = secret, headers, Client()

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self._all(headers))

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        """JSON, or a form where ``body`` holds a file; a fresh Idempotency-Key unless one is given."""
        said = {} if body is None else body
        kind: Any = {} if _has_file(said) else {"content_type": "application/json"}
        headers = {"idempotency-key": key or f"key-{next(_numbers)}"} | headers
        return self.client.post(f"/api/v1/{path}", said, headers=self._all(headers), **kind)

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}", **self.headers, **headers}


def _has_file(body: Any) -> bool:
    return isinstance(body, dict) and any(hasattr(value, "read") for value in body.values())


def make_key(member: Membership, role: str = "manager", **values: Any) -> tuple[ApiKey, Secret]:
    """A key with every scope, made by the member for ninety days from now."""
    now = values.pop("now", timezone.now())
    said = {"name": "stock system", "scopes": list(scopes()), "expires_at": now + timedelta(90)}
    with enter_tenant(member.tenant_id, user_id=member.user_id):
        return operations.create_key(
            actor=member.actor(), now=now, tenant=member.tenant, role=role, **(said | values)
        )


@pytest.fixture
def key_of() -> Callable[..., tuple[ApiKey, Secret]]:
    return make_key


@pytest.fixture
def program(owner: Membership) -> Program:
    """A program of the enterprise whose key acts as a manager."""
    return Program(str(make_key(owner)[1]))
