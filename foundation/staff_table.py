"""Small tables on the pages of the staff site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def table(heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> SafeString | str:
    """Plain cells, escaped; dashes where there is no row."""
    found = [format_html_join("", "<td>{}</td>", ((cell,) for cell in row)) for row in rows]
    if not found:
        return "--"
    head = format_html_join("", '<th scope="col">{}</th>', ((each,) for each in heads))
    body = format_html_join("", "<tr>{}</tr>", ((row,) for row in found))
    return format_html(
        '<div class="staff-home"><div class="table-responsive" tabindex="0" role="region" '
        'aria-label="{}"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></div>',
        ", ".join(map(str, heads)),
        head,
        body,
    )
