"""Bodies of calls, bounded before a byte of them is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

from gateway.problems import TooLarge

# Form fields and multipart frames beside the file itself.
ROOM_FOR_FIELDS = 1024 * 1024


def refuse_longer_than(context: Mapping[str, Any] | None, limit: int) -> None:
    """Raise TooLarge by the length the client declares; the server reads no byte beyond it."""
    request = (context or {}).get("request")
    declared = request.META.get("CONTENT_LENGTH") if request else None
    if declared and declared.isdecimal() and int(declared) > limit:
        raise TooLarge


class BoundedJSONParser(JSONParser):
    """JSON of at most API_LARGEST_JSON bytes; nesting too deep for Python is a bad request."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        refuse_longer_than(parser_context, settings.API_LARGEST_JSON)
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None


class BoundedUploadParser(MultiPartParser):
    """One file with some fields, at most as large as the view's ``largest_upload`` allows."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        view = (parser_context or {}).get("view")
        largest = getattr(view, "largest_upload", 0)
        refuse_longer_than(parser_context, largest + ROOM_FOR_FIELDS)
        return super().parse(stream, media_type, parser_context)
