"""Every app of ours that keeps rows answers the exit check and says something of an organisation."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from backbone.clearance import answering_apps
from backbone.sections import contributing_apps


def ours_with_rows(configs) -> set[str]:
    """Labels of first-party apps that have tables."""
    home = Path(settings.BASE_DIR)
    return {
        config.label
        for config in configs
        if Path(config.path).parent == home and any(True for _model in config.get_models())
    }


@pytest.mark.parametrize(
    ("answers", "how"),
    [
        (answering_apps, "register_clearance (or nothing_open with a reason) in AppConfig.ready"),
        (contributing_apps, "register_section (or nothing_to_say with a reason)"),
    ],
)
def test_no_app_is_forgotten(answers, how):
    silent = ours_with_rows(apps.get_app_configs()) - answers()
    assert silent == set(), f"say it with {how}"


def test_an_app_that_says_nothing_is_seen():
    class Config:
        label = "silent"
        path = str(settings.BASE_DIR / "silent")

        def get_models(self):
            return [object]

    found = ours_with_rows([*apps.get_app_configs(), Config()])
    assert found - answering_apps() == {"silent"}
    assert {"tenants", "backbone", "residency", "trade"} <= found
