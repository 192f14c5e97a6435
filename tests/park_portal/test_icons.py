"""Every icon that a template or the navigation names is in the list that set-up reads."""

import re

from django.conf import settings

from park_portal.navigation import ENTRIES

NAMED = re.compile(r"{% icon \"([a-z0-9-]+)\"")


def test_every_icon_is_listed():
    listed = set((settings.BASE_DIR / "setup" / "icons.txt").read_text().split())
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    named = {name for file in templates for name in NAMED.findall(file.read_text())}
    named |= {entry.icon for entry in ENTRIES}
    assert named
    assert named - listed == set()
