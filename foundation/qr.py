"""QR codes to hold a phone before."""

from __future__ import annotations

import qrcode  # type: ignore[import-untyped]
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4
SVG = (
    '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" '
    'shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
    '<path d="{dots}" fill="#000"/></svg>'
)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
    '<rect width="{size}" height="{size}" fill="#fff"/><path d="{dots}" fill="#000"/></svg>'
)


def qr_code(text: str, label: str) -> SafeString:
    """``text`` as a picture for the page; black on white in every colour scheme."""
    code = qrcode.QRCode(border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    return format_html(SVG, label=label, size=len(rows), dots=_dots(rows))


def qr_picture(text: str) -> str:
    """``text`` as an SVG file of its own, for paper."""
    code = qrcode.QRCode(border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    return PICTURE.format(size=len(rows), dots=_dots(rows))


def _dots(rows: list[list[bool]]) -> str:
    found = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dot in enumerate(row) if dot]
    return "".join(found)
