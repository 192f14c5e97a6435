"""Refs that a call of the API takes in its query or its body, nested ones too.

A neighbour's row and one that never was get the same bytes, whatever the call is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from rest_framework import serializers

from foundation.refs import ref_of
from gateway.serializers import RefField
from park_portal.api import v1
from tenants.isolation.postgresql.schema import has_tenant
from tests.gateway.conftest import make_key
from tests.walls.arguments import KINDS, keys
from tests.walls.test_access_matrix import Api, calls, filled, no_limit
from training.api.seats import OfSeats

__all__ = ["no_limit"]

NEVER = 987_654_321
Refs = Callable[[str], str]


def views() -> Iterator[tuple[str, str, Any]]:
    """Method, path and view of every call that takes a ref beside its address."""
    by_path = {f"/api/v1/{each.pattern}".replace("<str:ref>", "{ref}"): each for each in v1}
    for method, path in calls():
        callback: Any = by_path[path].callback
        shape = (
            callback.view_class.query_class if method == "GET" else callback.view_class.body_class
        )
        if shape is not None and kinds_in(shape()):
            yield method, path, shape


def kinds_in(field: Any) -> set[str]:
    if isinstance(field, RefField):
        return {field.kind}
    if isinstance(field, serializers.ListField):
        return kinds_in(field.child)
    inner = getattr(field, "fields", {})
    return set().union(*(kinds_in(each) for each in inner.values()))


def example(field: Any, refs: Refs) -> Any:
    """Something that the field accepts, with a ref wherever one can stand."""
    if isinstance(field, RefField):
        return refs(field.kind)
    if isinstance(field, serializers.ListField):
        return [example(field.child, refs)]
    if isinstance(field, serializers.BaseSerializer):
        wanted = {n: f for n, f in field.fields.items() if f.required or kinds_in(f)}  # type: ignore[attr-defined]
        return {name: example(each, refs) for name, each in wanted.items()}
    return "A-1"


def asked(api: Api, method: str, path: str, shape: Any, refs: Refs) -> Any:
    said = example(shape(), refs)
    if method == "GET":
        return api.ask(method, f"{path}?{urlencode(said)}")
    return api.ask(method, path, json.dumps(said).encode())


def foreign(population: Any) -> Refs:
    """A row of the neighbour of each kind; of the park's own things, one that is there."""

    def ref(kind: str) -> str:
        return ref_of(keys(KINDS[kind], population.amber)[-1], kind)

    return ref


def never(population: Any) -> Refs:
    there = foreign(population)

    def ref(kind: str) -> str:
        return ref_of(NEVER, kind) if has_tenant(KINDS[kind]) else there(kind)

    return ref


def differing(population: Any) -> list[str]:
    api = Api(f"Bearer {make_key(population.birch.owner)[1]}")
    found = []
    for method, path, shape in views():
        own = filled(path, population.birch)
        left = asked(api, method, own, shape, foreign(population))
        right = asked(api, method, own, shape, never(population))
        if (left.status, left.body) != (right.status, right.body) or left.status >= 500:
            found.append(f"{method} {path}: {left.status} {left.body!r} | {right.body!r}")
    return found


def test_a_neighbours_ref_and_one_that_never_was_get_the_same_bytes(population, no_limit):
    assert len(list(views())) >= 7
    assert differing(population) == []


@pytest.mark.parametrize("kind", ["seat"])
def test_control_a_call_that_looks_across_would_be_seen(
    population, no_limit, monkeypatch, kind: str
):
    """With a refusal that says whether the row is there."""

    def tells(own: Any, wanted: list[int], field: str) -> Any:
        raise serializers.ValidationError({field: [str(NEVER in wanted)]})

    monkeypatch.setattr("training.api.seats.chosen", tells)
    assert len(differing(population)) >= len(OfSeats.__subclasses__())
