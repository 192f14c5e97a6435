"""What the portal refuses to start with in production."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from park_portal import production

pytestmark = pytest.mark.slow

GOOD = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "k3Jq-8vYw_Zr5Tn2Lx7Pd4Hf9Gb6Sc1Mm0Aa-Ee_Uu-Oo_Ii5Qw",
    "DATABASE_URL": "postgres://portal_app:secret@db.invalid:5432/portal",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "ALLOWED_HOSTS": "portal.example",
    "EMAIL_URL": "smtp://mail.invalid:25",
}


def check(**changed: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    values = {k: v for k, v in (kept | GOOD | changed).items() if v}
    code = "import django; django.setup(); from django.core.management import call_command; "
    code += "call_command('check', deploy=True, fail_level='WARNING')"
    values["DJANGO_SETTINGS_MODULE"] = "park_portal.settings"
    return subprocess.run(
        [sys.executable, "-c", code], env=values, capture_output=True, text=True, check=False
    )


def test_good_settings_start_without_a_deployment_warning():
    result = check()
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY"),
        ({"REFS_KEY": "short"}, "Set REFS_KEY"),
        ({"TRAIL_KEY": "short"}, "Set TRAIL_KEY"),
        ({"PARK_PAYNOW_UEN": "201403121X"}, "PARK_PAYNOW_UEN"),
        ({"DEBUG": "1"}, "Switch DEBUG off"),
        ({"DATABASE_URL": ""}, "Set DATABASE_URL"),
    ],
)
def test_unsafe_settings_do_not_start(changed, sentence):
    result = check(**changed)
    assert result.returncode != 0
    assert sentence in result.stderr


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_role_that_owns_tables_does_not_start(settings, monkeypatch):
    settings.PRODUCTION = True
    production.refuse_unsafe_role()  # portal_app is fine
    owner = connections["owner"]
    monkeypatch.setattr(production, "connection", owner)
    with pytest.raises(ImproperlyConfigured, match="owns tables"):
        production.refuse_unsafe_role()
