"""A tree in which everything that an upload may write has its place, and nothing else has."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tenants.kinds import TenantKind
from tenants.models import Membership
from tests.browser.conftest import page
from tests.browser.small_park import small_park
from tests.hostile.doors import UNIVERSITY
from tests.makers import Makers


@pytest.fixture
def coordinator(make: Makers) -> Membership:
    university = make.tenant(slug=UNIVERSITY, kind=TenantKind.UNIVERSITY)
    return make.member(university, "coordinator")


__all__ = ["guarded", "page", "small_park"]


@dataclass(frozen=True)
class Guarded:
    """``root`` holds the media store and the temporary files, four folders deep."""

    root: Path
    media: Path
    temporary: Path

    def files(self) -> set[Path]:
        return {path for path in self.root.rglob("*") if not path.is_dir() or path.is_symlink()}


@pytest.fixture
def guarded(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Guarded:
    root = tmp_path / "guarded"
    media, temporary = root / "a/b/c/media", root / "a/b/c/temporary"
    for folder in (media, temporary):
        folder.mkdir(parents=True)
    settings.MEDIA_ROOT = media
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setitem(os.environ, "TMPDIR", str(temporary))
    monkeypatch.chdir(temporary)
    return Guarded(root, media, temporary)
