"""Which payment providers this park uses: ``PARK_PAYMENT_PROVIDERS`` names them, in the order in
which they are offered, and ``PARK_PAYMENT_SECRETS`` has the secret of each.

An app that talks to a provider registers it in ``AppConfig.ready``; the setting switches it on.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from payments.providers.base import Provider

_known: dict[str, Callable[[str], Provider]] = {}


class NoSuchProvider(LookupError):
    """Nobody registered it, or this park does not use it."""


def register_provider(name: str, make: Callable[[str], Provider]) -> None:
    """``make(secret)`` gives the provider; the secret is "" where none is set."""
    _known[name] = make


def provider_called(name: str) -> Provider:
    """Raises NoSuchProvider."""
    if name not in settings.PARK_PAYMENT_PROVIDERS or name not in _known:
        raise NoSuchProvider(name)
    return _known[name](settings.PARK_PAYMENT_SECRETS.get(name, ""))


def providers() -> list[Provider]:
    """Those that are offered. A name nobody registered is left out: ``manage.py check`` tells."""
    names = settings.PARK_PAYMENT_PROVIDERS
    return [provider_called(name) for name in names if name in _known]


def unknown_names() -> list[str]:
    return [name for name in settings.PARK_PAYMENT_PROVIDERS if name not in _known]
