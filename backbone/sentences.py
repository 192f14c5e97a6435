"""Sentences that are written now and read later, by somebody whose language is not known yet.

A background job fails without a reader, and a notice is read by whoever signs in next week. So
the sentence is kept in every language of the portal, with its plurals, numbers and names as
they were when it was said: ``{"en": "3 rows were kept", "zh-hans": …}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation

from foundation.errors import Sentence

Said = dict[str, str]
# Instead of a sentence, for what a person wrote; given as the parameter ``words``. Handed over as
# a sentence it would be looked up: "Home" would be translated, and its line ends changed.
AS_WRITTEN = "%(words)s"


def in_every_language(sentence: Sentence, params: Mapping[str, Any] | None = None) -> Said:
    """The sentence in each language; a plain ``str`` is taken as a message id.

    ``params`` fill its named placeholders and may be lazy themselves.
    """
    if not sentence:
        return {}
    return {code: _said_in(code, sentence, params) for code, _name in settings.LANGUAGES}


def for_reader(said: Mapping[str, str], language: str | None = None) -> str:
    """What was said, in ``language`` or the active one, in English where that is missing."""
    code = language or translation.get_language() or settings.LANGUAGE_CODE
    return said.get(code) or said.get("en") or next(iter(said.values()), "")


def _said_in(code: str, sentence: Sentence, params: Mapping[str, Any] | None) -> str:
    with translation.override(code):
        text = translation.gettext(sentence) if isinstance(sentence, str) else str(sentence)
        said = text % dict(params) if params else text
        # A file's own words may hold zero bytes, which no column of the database can.
        return said.replace("\0", "")
