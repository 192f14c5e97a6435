"""What the staff site shows of a row has a name in the reader's language."""

from __future__ import annotations

from django.contrib import admin
from django.utils.functional import Promise

# Columns that no page shows.
UNSHOWN = {
    *("id", "nonce", "link_nonce", "draft_page", "draft_turn", "form_version"),
    *("session_generation", "requested_by_key_id", "times_queued"),
    *("fingerprint", "occurrence", "preview", "refusal", "refusal_code", "remarks", "sha256"),
    *("group", "is_exclusive", "series", "source_id", "source_type", "version"),
    *("is_going_on", "job_id", "parties", "sequence", "year"),
}
OF_LIBRARIES = {"account", "mfa", "auth", "usersessions"}


def test_every_field_of_the_staff_site_has_a_name_that_is_translated() -> None:
    """Django would call it by its column, in English, in whatever language the page is."""
    nameless = [
        f"{model._meta.label}.{field.name}"
        for model, site in admin.site._registry.items()
        if model._meta.app_label not in OF_LIBRARIES
        for field in model._meta.concrete_fields
        if not isinstance(field.verbose_name, Promise)
        and field.name not in UNSHOWN
        and (field.name != "tenant" or "tenant" in [*site.list_display, *(site.fields or [])])
    ]
    assert nameless == []
