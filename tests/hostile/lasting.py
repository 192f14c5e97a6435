"""The small park for whole modules: every request in them is undone, so one park is enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from _pytest.logging import LogCaptureHandler
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from tenants import demo as organisations
from tests import databases
from tests.browser.small_park import SmallPark
from trade import demo as orders

# Sign-in is asked hundreds of times here, and none of the passwords is worth keeping.
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Every request is undone, those that show again who somebody is too: people who signed in at the
# beginning of the module would be asked for the rest of it.
LASTING = dict.fromkeys(["ACCOUNT_REAUTHENTICATION_TIMEOUT", "ACCOUNT_LOGIN_TIMEOUT"], 24 * 3600)


@contextmanager
def lasting_park(django_db_blocker: Any) -> Iterator[SmallPark]:
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(PASSWORD_HASHERS=QUICK, **LASTING),
    ):
        half_a_year_ago = timezone.localdate() - timedelta(days=183)
        # pytest keeps what is logged until a test ends, and with it the requests: five gigabytes.
        patch.setattr(LogCaptureHandler, "emit", lambda self, record: None)
        patch.setattr(orders, "EXPORTERS", 2)
        patch.setattr(orders, "STARTS_ON", half_a_year_ago)
        patch.setattr(organisations, "_PLACES", organisations._PLACES[:2])
        patch.setattr(organisations, "_STUDIOS", organisations._STUDIOS[:1])
        try:
            yield SmallPark()
        finally:
            connection.close()
            databases.empty(connection.settings_dict["NAME"])
