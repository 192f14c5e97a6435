"""The library's forms at the doors beside the password, with guesses counted at each."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import UserTokenForm
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import RateLimitUsage, respond_429
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField
from django.utils.http import int_to_base36

from foundation import security_log
from foundation.refs import pk_of
from foundation.security_log import Event
from tenants.accounts import LIMITS
from tenants.guessing import admit, admit_address
from tenants.models import User


def _stop_unless(admitted: RateLimitUsage | None) -> RateLimitUsage:
    if admitted is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    return admitted


class CodeByAddress:
    """The library counts wrong codes by account; this counts them by address as well."""

    user: Any

    def clean_code(self) -> str:
        admitted = _stop_unless(admit_address(context.request, self.user))
        code: str = super().clean_code()  # type: ignore[misc]
        admitted.rollback()
        return code


class CodeForm(CodeByAddress, AuthenticateForm):
    pass


class CodeAgainForm(CodeByAddress, ReauthenticateForm):
    pass


class KeyAnswerField(JSONField):
    """What a security key said, passed on by a script; anybody can send something else.

    Numbers too long for Python and nesting too deep for it are no answer either.
    """

    widget = HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """A page that comes back asks the key again; the old answer is not read once more."""
        return initial


class KeyByAddress:
    """Security keys and passkeys, counted by address; nonsense is a wrong answer."""

    user: Any

    def clean_credential(self) -> Any:
        admitted = _stop_unless(self.admit())
        try:
            authenticator = super().clean_credential()  # type: ignore[misc]
        except (ValidationError, ValueError, TypeError, LookupError, AttributeError) as error:
            if getattr(error, "code", "") in LIMITS:
                raise
            security_log.tell(Event.SECOND_FACTOR_FAILED, kind="webauthn")
            raise get_adapter().validation_error("incorrect_code") from error
        admitted.rollback()
        return authenticator

    def admit(self) -> RateLimitUsage | None:
        return admit_address(context.request, self.user)


class KeyForm(KeyByAddress, AuthenticateWebAuthnForm):
    credential = KeyAnswerField()


class KeyAgainForm(KeyByAddress, ReauthenticateWebAuthnForm):
    credential = KeyAnswerField()


class PasskeyForm(KeyByAddress, LoginWebAuthnForm):
    """Signing in with a passkey alone: whose account it is, the answer itself says."""

    credential = KeyAnswerField()

    def admit(self) -> RateLimitUsage | None:
        return admit(context.request, "passkey_failed", user=self._claimed())

    def _claimed(self) -> User | None:
        try:
            return auth.extract_user_from_response(self.cleaned_data["credential"])
        except (ValidationError, ValueError, TypeError, LookupError, AttributeError):
            return None


class ResetLinkForm(UserTokenForm):
    """The link of a “forgotten password” mail. It is tried by opening it, so that counts too."""

    def clean_uidb36(self) -> str:
        """The library's name for the person, "" where the link's ref names nobody."""
        try:
            return int_to_base36(pk_of(self.cleaned_data["uidb36"], "person"))
        except ValueError:
            return ""

    def clean(self) -> Any:
        uid = str(self.cleaned_data.get("uidb36", ""))
        admitted = admit(context.request, "reset_link_failed", user=self._get_user(uid), typed=uid)
        if admitted is None:
            raise ImmediateHttpResponse(respond_429(context.request))
        try:
            cleaned = super().clean()
        except ValidationError:
            security_log.tell(Event.LINK_REFUSED, kind="password_reset")
            raise
        admitted.rollback()
        return cleaned
