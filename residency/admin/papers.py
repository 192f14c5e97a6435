"""Links to the files of agreements and other papers that both sides hold."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backbone.models import Document


def file_link(document: Document | None) -> str | SafeString:
    """The file's name, leading to it in the staff site; dashes for none."""
    if document is None:
        return "--"
    address = reverse("admin:staff_file", kwargs={"pk": document.pk})
    return format_html('<a class="staff-button" href="{}">{}</a>', address, document.name)
