"""What is kept in the cache for one organisation, under a key that names it by itself.

The organisation is the transaction's own, so that nobody has to remember it and a neighbour who
asks for the same name finds nothing. Values are plain: numbers, words, lists and dictionaries.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from tenants.isolation.context import current_identity


def get(name: str) -> Any:
    """What was kept under this name, None when nothing was or it is gone by now."""
    return cache.get(key_of(name))


def set(name: str, value: Any, *, seconds: int) -> None:  # noqa: A001  as Django calls it
    """Keep the value for so long; it may be gone earlier."""
    cache.set(key_of(name), value, seconds)


def key_of(name: str) -> str:
    """The key in the cache. Raises RuntimeError outside of an organisation."""
    tenant_id = current_identity().tenant_id
    if tenant_id is None:
        raise RuntimeError("nothing is kept for nobody: enter an organisation first")
    return f"tenant:{tenant_id}:{name}"
