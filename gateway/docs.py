"""The API explained: the OpenAPI document, and a page made from it in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.settings import spectacular_settings

JSON = "application/json"
FIRST_CALL = 'curl -H "Authorization: Bearer pk_…" %s/api/v1/organisation'


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """The OpenAPI 3 document of version 1, open to everybody: it holds nothing of anybody's."""
    return JsonResponse(document(_language()), json_dumps_params={"ensure_ascii": False})


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": explained(_language()),
        "calls": settings.API_CALLS_PER_MINUTE,
        "writes": settings.API_WRITES_PER_MINUTE,
        "first_call": FIRST_CALL % settings.PORTAL_URL,
    }
    return render(request, "gateway/docs.html", context)


@cache
def document(language: str) -> dict[str, Any]:
    """Made once for each language: it follows from the code alone."""
    generator = spectacular_settings.DEFAULT_GENERATOR_CLASS(urlconf="park_portal.api")
    with translation.override(language):
        return generator.get_schema(request=None, public=True)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    note: str
    required: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One call as the page shows it."""

    id: str
    group: str
    method: str
    path: str
    summary: str
    details: str
    scope: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    refusals: list[str]

    @property
    def is_upload(self) -> bool:
        return any(field.type == "binary" for field in self.body)


@cache
def explained(language: str) -> list[tuple[str, list[Explained]]]:
    """The calls by what they are about, in the order of their addresses."""
    whole = document(language)
    calls = [
        _explain(whole, path, method, call)
        for path, methods in whole["paths"].items()
        for method, call in methods.items()
    ]
    return [(group, list(some)) for group, some in groupby(calls, key=lambda call: call.group)]


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def _explain(whole: dict[str, Any], path: str, method: str, call: dict[str, Any]) -> Explained:
    contents = call.get("requestBody", {}).get("content", {}).values()
    good = next(answer for code, answer in call["responses"].items() if code.startswith("2"))
    return Explained(
        id=call["operationId"].replace(".", "-").lower(),
        group=call["tags"][0],
        method=method.upper(),
        path=path,
        summary=call["summary"],
        details=call.get("description", ""),
        scope=call["x-scope"],
        parameters=[_parameter(whole, each) for each in call.get("parameters", [])],
        body=[field for each in contents for field in _fields(whole, each["schema"])],
        answer=list(_fields(whole, good.get("content", {}).get(JSON, {}).get("schema", {}))),
        refusals=[code for code in call["responses"] if not code.startswith("2")],
    )


def _parameter(whole: dict[str, Any], said: dict[str, Any]) -> Field:
    type_ = _type(whole, said["schema"])
    return Field(said["name"], type_, said.get("description", ""), said.get("required", False))


def _fields(whole: dict[str, Any], shape: dict[str, Any], path: str = "") -> Iterator[Field]:
    """The fields of a shape and of the shapes inside it: ``data[].id``."""
    shape = _resolved(whole, shape)
    for name, inner in shape.get("properties", {}).items():
        deeper = _resolved(whole, inner.get("items", inner))
        here = f"{path}{name}" + ("[]" if "items" in inner else "")
        if "properties" in deeper:
            yield from _fields(whole, deeper, f"{here}.")
        else:
            needed = name in shape.get("required", [])
            yield Field(here, _type(whole, inner), inner.get("description", ""), needed)


def _type(whole: dict[str, Any], said: dict[str, Any]) -> str:
    found = _resolved(whole, said)
    if "enum" in found:
        return " | ".join(str(value) for value in found["enum"] if value not in (None, ""))
    if found.get("contentMediaType"):
        return "binary"
    kinds = found.get("format") or found.get("type") or "object"
    return kinds if isinstance(kinds, str) else " | ".join(kinds)


def _resolved(whole: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for; of alternatives (or null) the first."""
    for several in ("oneOf", "anyOf", "allOf"):
        if several in said:
            return _resolved(whole, said[several][0])
    if "$ref" not in said:
        return said
    found: dict[str, Any] = whole["components"]["schemas"][said["$ref"].rpartition("/")[2]]
    return found
