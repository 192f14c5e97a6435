"""What is kept for one organisation is never found by another, whatever the name."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.cache import cache

from park_portal.embedded.paths import CHECKOUT
from tenants.isolation import tenant_cache
from tenants.isolation.context import as_system, enter_tenant
from tests.proof import FULL
from tests.walls.sources import imported, modules

PAIRS = 1_000 if FULL else 50

# Ways to keep a value beyond the request that made it.
KEEPING = (
    "django.core.cache",
    "django.views.decorators.cache.cache_page",
    "django.middleware.cache",
    "functools.cache",
    "functools.lru_cache",
    "cachetools",
    "redis",
)
# Module to what it keeps there; everything of an organisation's goes through the first.
REVIEWED = {
    "gateway/docs.py": "the OpenAPI document and its page, by language: made from the code alone",
    "gateway/schema.py": "a class for each kind of row",
    "gateway/throttling.py": "counters of calls, by organisation or address in the key",
    "tenants/isolation/tenant_cache.py": "puts the organisation into every key",
    "backbone/heartbeat.py": "when a worker last answered: the same for everybody",
    "park_portal/health.py": "a one, to see whether the cache can be written",
    "park_portal/context_processors.py": "one call's answer, for as long as its page is rendered",
    "park_portal/embedded/readiness.py": "the demo's own Celery client",
    "foundation/countries.py": "names of countries by language",
    "foundation/currencies.py": "names of currencies by language",
    "foundation/operations.py": "sentences of the models' constraints",
    "foundation/pdf/__init__.py": "fonts read from disk",
    "trade/pipeline/rejected.py": "sentences of one file's reasons, for as long as it is written",
    "reconciliation/texts.py": "words as they are compared, from their own letters alone",
    "foundation/refs.py": "ciphers by kind of row, made of the portal's own key",
    "foundation/periods.py": "names of months and quarters by language",
}


def keeps(source: str) -> set[str]:
    names = imported(source)
    return {way for way in KEEPING if any(f"{name}.".startswith(f"{way}.") for name in names)}


def test_only_reviewed_modules_keep_values():
    found = {
        str(path.relative_to(CHECKOUT)): keeps(path.read_text(encoding="utf-8"))
        for path in modules()
    }
    assert {path: ways for path, ways in found.items() if ways and path not in REVIEWED} == {}
    assert [path for path in REVIEWED if not found.get(path)] == [], "reviewed and not needed"


@pytest.mark.parametrize(
    "source",
    [
        "from django.core.cache import cache",
        "from django.core import cache",
        "def late():\n    from django.core.cache import caches as kept",
        "from functools import lru_cache",
        "from django.views.decorators.cache import cache_page",
    ],
)
def test_control_each_way_is_seen(source):
    assert keeps(source)


def test_no_page_or_part_of_a_page_is_kept():
    templates = (CHECKOUT / "templates").rglob("*.*")
    tags = re.compile(r"{%\s*(cache\b|load\b[^%]*\bcache\b)")
    assert not [path.name for path in templates if tags.search(path.read_text(encoding="utf-8"))]
    assert not [name for name in settings.MIDDLEWARE if name.startswith("django.middleware.cache")]
    assert tags.search("{% load i18n cache %}")
    assert tags.search("{% cache 500 sidebar %}")


@pytest.fixture
def kept(enterprise):
    """The same names as the neighbour will ask for, kept for the enterprise."""
    names = [f"report:{n}" for n in range(PAIRS)]
    with enter_tenant(enterprise.pk):
        for name in names:
            tenant_cache.set(name, enterprise.slug, seconds=60)
    return names


def test_the_same_name_is_another_key_for_each_organisation(kept, enterprise, neighbour):
    with enter_tenant(neighbour.pk):
        assert {tenant_cache.get(name) for name in kept} == {None}
        for name in kept:
            tenant_cache.set(name, neighbour.slug, seconds=60)
    with enter_tenant(enterprise.pk):
        assert {tenant_cache.get(name) for name in kept} == {enterprise.slug}


def test_control_without_the_organisation_in_the_key_the_neighbour_is_read(
    enterprise, neighbour, monkeypatch
):
    monkeypatch.setattr(tenant_cache, "key_of", lambda name: name)
    with enter_tenant(enterprise.pk):
        tenant_cache.set("report", enterprise.slug, seconds=60)
    with enter_tenant(neighbour.pk):
        assert tenant_cache.get("report") == enterprise.slug


def test_a_name_cannot_be_made_to_meet_a_neighbours(enterprise, neighbour):
    with enter_tenant(enterprise.pk):
        tenant_cache.set("x", 1, seconds=60)
    with enter_tenant(neighbour.pk):
        for name in (f"{enterprise.pk}:x", f"../tenant:{enterprise.pk}:x"):
            assert tenant_cache.get(name) is None


@pytest.mark.django_db
def test_nothing_is_kept_for_nobody():
    for asked in (lambda: tenant_cache.get("x"), lambda: tenant_cache.set("x", 1, seconds=60)):
        with pytest.raises(RuntimeError):
            asked()
        with as_system(), pytest.raises(RuntimeError):
            asked()
    assert cache.get("x") is None
