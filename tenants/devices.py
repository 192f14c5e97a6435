"""What a browser calls itself, in words that its owner knows it by."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Sentence

# In this order: most browsers also call themselves by the names of those below them.
BROWSERS: list[tuple[str, Sentence]] = [
    ("MicroMessenger", gettext_lazy("WeChat")),
    ("DingTalk", gettext_lazy("DingTalk")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]


def device_name(user_agent: str) -> str:
    """``Chrome · Windows``; what cannot be told from the text is left out."""
    found = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return " · ".join(str(name) for name in found if name) or _("unknown device")


def _first(names: list[tuple[str, Sentence]] | list[tuple[str, str]], text: str) -> Sentence:
    return next((name for part, name in names if part in text), "")
