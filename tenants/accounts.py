"""How allauth behaves here: nobody signs up alone, people are invited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import base36_to_int

from foundation import security_log
from foundation.refs import ref_of
from foundation.security_log import Event
from tenants.guessing import account_key, account_of, admit

LIMITS = {"too_many_login_attempts", "rate_limited"}


class PersonBackend(AuthenticationBackend):
    """Signs people in; what they may do stands in the permission tables of the apps alone."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """One account is looked up and one password hashed, known or not.

        The library tries the name as an address and as a user name, and hashes for each: an
        address that somebody has took twice as long as one that nobody has.
        """
        password = credentials["password"]
        return self._check_password(account_of(*_names(credentials)), password)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Names the person by a ref; ``tenants.doors.ResetLinkForm`` reads it."""
        number, _dash, secret = key.partition("-")
        ref = ref_of(base36_to_int(number), "person")
        return str(super().get_reset_password_from_key_url(f"{ref}-{secret}"))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Names are given by whoever invites."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        names = _names(credentials)
        # The library takes it back when the password was right.
        self._login_failed_rl_usage = admit(
            request, "login_failed", user=account_of(*names), typed=_typed(credentials)
        )
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(context.request, username=user.username, password=password)
        return found is not None and found.pk == user.pk

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        typed = security_log.fingerprint(_typed(credentials))
        security_log.tell(Event.SIGN_IN_FAILED, method="password", typed=typed)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in LIMITS:
            tell_of_limit(context.request)
        return super().validation_error(code, *args)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What a password set by mail clears: the tries of the account, whatever its name."""
        return account_key(request, account_of(*_names(credentials)), _typed(credentials))


def tell_of_limit(request: HttpRequest) -> None:
    match = request.resolver_match
    security_log.tell(Event.LIMIT_HIT, door=match.view_name if match else None)


def _names(credentials: dict[str, Any]) -> tuple[str, str]:
    return credentials.get("email") or "", credentials.get("username") or ""


def _typed(credentials: dict[str, Any]) -> str:
    return next(filter(None, _names(credentials)), "")
