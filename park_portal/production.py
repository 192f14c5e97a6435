"""What the portal refuses to start with in production mode."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from foundation.paynow import is_uen
from tenants.isolation.catalogue import role_findings


def refuse_unsafe_settings() -> None:
    """Raise ImproperlyConfigured in production mode on an unsafe setting."""
    if not settings.PRODUCTION:
        return
    problems = list(unsafe_settings())
    if problems:
        raise ImproperlyConfigured("The portal does not start: " + " ".join(problems))


def unsafe_settings() -> list[str]:
    """One sentence for each setting that production must not have."""
    problems = []
    if settings.SECRET_KEY == settings.DEFAULT_SECRET or len(settings.SECRET_KEY) < 40:
        problems.append("Set SECRET_KEY to a random text of 40 characters or more.")
    if settings.REFS_KEY and len(settings.REFS_KEY) < 40:
        problems.append("Set REFS_KEY to a random text of 40 characters or more, or not at all.")
    if settings.TRAIL_KEY and len(settings.TRAIL_KEY) < 40:
        problems.append("Set TRAIL_KEY to a random text of 40 characters or more, or not at all.")
    if settings.PARK_PAYNOW_UEN and not is_uen(settings.PARK_PAYNOW_UEN):
        problems.append("PARK_PAYNOW_UEN is no UEN: codes on bills would pay somebody else.")
    if settings.DEBUG:
        problems.append("Switch DEBUG off.")
    if settings.EMBEDDED:
        problems.append("Set DATABASE_URL and REDIS_URL: embedded servers are for demos.")
    return [*problems, *_unsafe_payments()]


def _unsafe_payments() -> list[str]:
    names, secrets = settings.PARK_PAYMENT_PROVIDERS, settings.PARK_PAYMENT_SECRETS
    problems = []
    if "offline" in names:
        problems.append("Take offline out of PARK_PAYMENT_PROVIDERS: it believes every payer.")
    if any(len(secrets.get(name, "")) < 32 for name in names):
        problems.append("Give each payment provider a secret of 32 characters or more.")
    return problems


def refuse_unsafe_role() -> None:
    """Raise ImproperlyConfigured when the database role could bypass row-level security."""
    problems = role_findings(connection)
    if settings.PRODUCTION and problems:
        raise ImproperlyConfigured("The portal does not start: " + " ".join(problems))
