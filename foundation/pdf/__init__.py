"""PDF documents by typst. Data goes in as JSON; templates are never put together from strings.

A template ``<app>/pdf/<name>.typ`` imports ``/foundation/pdf/page.typ`` for the look, reads its
data with ``#let data = json(bytes(sys.inputs.data))`` and must cope with both languages. Compile
in tasks, not in requests: a page takes about 60 ms, a long list half a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

TEMPLATE_NAME = re.compile(r"[a-z_]+/[a-z0-9_]+")


class MissingFonts(RuntimeError):
    """No font for Chinese is at hand; ``make setup`` puts it there."""


def render(template_name: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """The document of the template ``app/name`` with this data as PDF bytes.

    Decimals and dates reach the template as strings: format them beforehand, so that figures read
    the same on paper and screen. Raises MissingFonts, ValueError for a template that is not there.
    """
    return bytes(
        typst.compile(
            _template(template_name),
            root=_root(),
            font_paths=_fonts(font_dir()),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={
                "data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False),
                "language": "zh" if language.startswith("zh") else "en",
            },
        )
    )


def font_dir() -> Path:
    """Where the fonts lie: settings.PDF_FONT_DIR, ``.park/fonts`` in a checkout."""
    return Path(getattr(settings, "PDF_FONT_DIR", None) or _root() / ".park" / "fonts")


def has_fonts() -> bool:
    return any(font_dir().glob("*.[to]tf"))


def _root() -> Path:
    return Path(settings.BASE_DIR)


def _template(name: str) -> Path:
    if not TEMPLATE_NAME.fullmatch(name):
        raise ValueError(f"no template name: {name!r}")
    app, _slash, stem = name.partition("/")
    path = _root() / app / "pdf" / f"{stem}.typ"
    if not path.is_file():
        raise ValueError(f"no template at {path}")
    return path


@cache
def _fonts(folder: Path) -> typst.Fonts:
    """Fonts are read once a process; 15 MB of them take a while."""
    if not any(folder.glob("*.[to]tf")):
        raise MissingFonts(f"no fonts in {folder}: run make setup")
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)]
    )
