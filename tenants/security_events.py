"""What the libraries tell about signing in and out, written to the security log."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.usersessions.signals import session_client_changed
from django.contrib.auth.signals import user_logged_in, user_logged_out

from foundation.security_log import Event, tell


def signed_in(sender: Any, user: Any, **_more: Any) -> None:
    tell(Event.SIGNED_IN, person=user.pk)


def signed_out(sender: Any, user: Any, **_more: Any) -> None:
    if user is not None:
        tell(Event.SIGNED_OUT, person=user.pk)


def password_changed(sender: Any, user: Any, **_more: Any) -> None:
    tell(Event.PASSWORD_CHANGED, person=user.pk)


def address_changed(sender: Any, user: Any, **_more: Any) -> None:
    tell(Event.ADDRESS_CHANGED, person=user.pk)


def factor_changed(sender: Any, user: Any, authenticator: Any, signal: Any, **_more: Any) -> None:
    kind, how = str(authenticator.type), CHANGES[signal]
    tell(Event.SECOND_FACTOR_CHANGED, person=user.pk, kind=kind, how=how)


def factor_failed(sender: Any, user: Any, authenticator: Any, **_more: Any) -> None:
    tell(Event.SECOND_FACTOR_FAILED, person=user.pk, kind=str(authenticator.type))


def session_moved(sender: Any, to_session: Any, **_more: Any) -> None:
    """The same session from another address or browser: a train, or a thief."""
    tell(Event.SESSION_MOVED, person=to_session.user_id)


CHANGES = {
    mfa.authenticator_added: "added",
    mfa.authenticator_removed: "removed",
    mfa.authenticator_reset: "reset",
}
EARS = [
    (signed_in, [user_logged_in]),
    (signed_out, [user_logged_out]),
    (password_changed, [account.password_changed, account.password_set, account.password_reset]),
    (address_changed, [account.email_added, account.email_changed, account.email_removed]),
    (factor_changed, list(CHANGES)),
    (factor_failed, [mfa.authentication_failed]),
    (session_moved, [session_client_changed]),
]


def listen() -> None:
    for ear, signals in EARS:
        for signal in signals:
            signal.connect(ear, dispatch_uid=f"security_log.{ear.__name__}")
