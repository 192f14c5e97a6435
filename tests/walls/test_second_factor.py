"""Second factors: kept sealed and not to be walked around."""

import re

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import InvalidToken
from django.core import mail

from tests.makers import PASSWORD


@pytest.fixture
def seed(owner) -> str:
    secret = generate_totp_secret()
    TOTP.activate(owner.user, secret)
    return secret


def stored(user) -> str:
    return str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))


MOMENT = 59_000_000


@pytest.fixture(autouse=True)
def _clock_stands_still(monkeypatch):
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([MOMENT]))


def code_of(seed: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(seed, MOMENT))


def test_the_database_holds_no_seed(owner, seed):
    codes = RecoveryCodes.activate(owner.user).generate_codes()
    kept = stored(owner.user)
    assert seed not in kept
    assert not [code for code in codes if code in kept]
    assert kept.count("gAAAAA") == 2


def test_control_the_librarys_own_adapter_keeps_it_readable(owner, settings):
    settings.MFA_ADAPTER = "allauth.mfa.adapter.DefaultMFAAdapter"
    seed = generate_totp_secret()
    TOTP.activate(owner.user, seed)
    assert seed in stored(owner.user)


def test_a_new_secret_key_reads_what_the_earlier_one_sealed(owner, seed, settings):
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 4
    totp = TOTP(Authenticator.objects.get(user=owner.user))
    with pytest.raises(InvalidToken):
        totp.validate_code(code_of(seed))
    settings.SECRET_KEY_FALLBACKS = [earlier]
    assert totp.validate_code(code_of(seed))


def sign_in_by_hand(client, user, password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": user.username, "password": password})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_a_password_set_by_mail_does_not_replace_it(owner, seed, client):
    client.post("/accounts/password/reset/", {"email": owner.user.email})
    (link,) = re.findall(
        r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body)
    )
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "淡水 ferry nine bridges"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert not is_signed_in(client)
    assert sign_in_by_hand(client, owner.user, new).url.startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)


def test_codes_are_hard_to_guess_and_short_lived(owner):
    assert len(generate_totp_secret()) * 5 >= 160
    assert len(RecoveryCodes.generate_seed()) * 4 >= 160
    assert app_settings.RECOVERY_CODE_DIGITS >= 7  # 20 bits are 6.02 digits
    assert (app_settings.TOTP_PERIOD, app_settings.TOTP_TOLERANCE) == (30, 0)
    assert app_settings.TOTP_INSECURE_BYPASS_CODE is None
