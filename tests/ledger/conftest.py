from __future__ import annotations

import pytest

from ledger import checking


@pytest.fixture(autouse=True)
def _ledger_alone(monkeypatch) -> None:
    """These tests post what no app has a row for: what apps check of theirs is not asked."""
    monkeypatch.setattr(checking, "_registered", {})
