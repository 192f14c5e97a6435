"""The API obeys its own document under generated requests, good ones and nonsense alike.

Every call is tried as two roles with a fixed seed: no 5xx, no status the document does not name,
no answer of another shape, no nonsense accepted, nothing without a key.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gateway.docs import document
from gateway.scopes import scopes
from tests.gateway.conftest import make_key
from tests.proof import FULL

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("PARK_SEED", "20261125"))
EXAMPLES = 150 if FULL else 5
ROLES = {
    "a manager's key with every scope": ("manager", None),
    "a member's key that may only read": ("member", ["orders.read"]),
}


# Parameters of which no document can say exactly what is right, so 422 is a right answer too.
TOKENS = {
    "cursor": "only what an answer gave is one",
    "period": "a pattern does not know the last day of February",
    "seat": "only what an answer gave is one",
    "session": "only what an answer gave is one",
}


SEAT_CALLS = ("names", "releases", "cancellations", "departures", "acceptances", "refusals")
# Calls of which it cannot say which bodies are good.
BODIES = {
    "/api/v1/order-imports": "not all bytes are a table, nor every name a mapping",
    **dict.fromkeys(
        (f"/api/v1/seat-{what}" for what in SEAT_CALLS), "only what an answer gave is a seat"
    ),
}


def calls() -> list[tuple[str, str]]:
    found = document("en")["paths"]
    return [(path, method) for path, methods in found.items() for method in methods]


@pytest.fixture
def api(settings: Any) -> Iterator[Any]:
    """The API called in this thread, inside the test's own transaction."""
    settings.API_CALLS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6
    loaded = schemathesis.openapi.from_dict(document("en"), config=SchemathesisConfig())
    loaded.app = get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield loaded
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(("path", "method"), calls())
def test_a_call_obeys_the_document(api: Any, owner: Any, who: str, path: str, method: str) -> None:
    role, some = ROLES[who]
    _key, secret = make_key(owner, role, scopes=some or list(scopes()))
    headers = {"Authorization": f"Bearer {secret}"}
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        _try(api[path][method], mode, headers)


def _try(operation: Any, mode: Any, headers: dict[str, str]) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except schemathesis.errors.InvalidSchema:
        return

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Any) -> None:
        is_token = TOKENS.keys() & (case.query or {}).keys() or operation.path in BODIES
        excused = [positive_data_acceptance] if is_token else []
        case.call_and_validate(headers=headers, excluded_checks=excused)

    run()
