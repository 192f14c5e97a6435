"""How many guesses a door evaluates: few for one account, few from one address.

Counted by allauth's limits in the cache (``ACCOUNT_RATE_LIMITS``), and only what was wrong: a
right answer takes its try back. They fall away by themselves. A device that the account knows
is counted for itself and not by its address, see :mod:`tenants.known_devices`.
"""

from __future__ import annotations

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from tenants.known_devices import known_device
from tenants.models import User

# The library's public function lets every GET pass, and links are guessed by GET.
APP = "allauth.account"
BY_ADDRESS = "wrong_by_address"


def account_of(email: str = "", username: str = "") -> User | None:
    """Whose account is meant by what was typed: looked up once, whether there is one or not."""
    found = filter_users_by_email(email, prefer_verified=True, for_login=True) if email else []
    return found[0] if found else get_user_by_username(username or email)


def account_key(request: HttpRequest, user: User | None, typed: str = "") -> str:
    """One key for all names of an account, and one for every name that is nobody's."""
    if user is None:
        return f"nobody:{typed.casefold()}"
    device = known_device(request, user)
    return f"device:{device}:{user.pk}" if device else f"account:{user.pk}"


def admit(
    request: HttpRequest, action: str, *, user: User | None = None, typed: str = ""
) -> RateLimitUsage | None:
    """Count a guess before it is looked at; None when there were too many.

    ``rollback()`` of what is returned takes it back, for an answer that was right. Whoever is
    stopped by their address does not use up the tries of the account.
    """
    by_address = admit_address(request, user)
    if by_address is None:
        return None
    by_account = _consume(request, action, account_key(request, user, typed))
    if by_account is None:
        return None
    return RateLimitUsage(usage=[*by_address.usage, *by_account.usage])


def admit_address(request: HttpRequest, user: User | None = None) -> RateLimitUsage | None:
    """The same by address alone, where the library counts by account itself."""
    if known_device(request, user):
        return RateLimitUsage(usage=[])
    return _consume(request, BY_ADDRESS)


def admit_each(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Count what costs us something whether it is right or wrong, as a mail to a stranger."""
    return _consume(request, action, key) is not None


def _consume(request: HttpRequest, action: str, key: str | None = None) -> RateLimitUsage | None:
    return ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True)
