"""What ``manage.py check`` says of the setting."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from payments.providers import unknown_names


def known_providers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A name in the setting that no app has registered would be left out without a word."""
    return [
        Error(f"PARK_PAYMENT_PROVIDERS names {name}, which no app registers.", id="payments.E001")
        for name in unknown_names()
    ]
