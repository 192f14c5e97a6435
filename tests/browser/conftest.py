"""A browser, a server and a worker, as people have them."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings as django_settings
from django.db import connections
from playwright.sync_api import sync_playwright

from park_portal.embedded.redis import EmbeddedRedis
from tests.backbone.processes import Worker
from tests.browser.small_park import small_park  # noqa: F401  a fixture

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


@pytest.fixture
def page(monkeypatch):
    if not CHROMIUM:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium on this machine")
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(locale="en-GB")
        # Beside Playwright's loop Django has connections of their own, left from the last test;
        # the small park's database may be another since.
        connections.close_all()
        yield page
        connections.close_all()
        browser.close()


@pytest.fixture
def complaints(page, live_server):
    """What the console says against the pages, and every request to another host."""
    found = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))

    def note(request):
        if not request.url.startswith((live_server.url, "data:", "blob:")):
            found.append(request.url)

    page.on("request", note)
    return found


@pytest.fixture
def worker(tmp_path):
    """A real Celery worker with beat on the test's own database."""
    with EmbeddedRedis(tmp_path / "redis") as redis:
        worker = Worker(tmp_path, redis)
        worker.start()
        yield worker
        worker.kill()


@pytest.fixture
def signed_in(page, live_server, sign_in):
    """The page of a member who is signed in and reads English."""

    def _signed_in(member):
        name = django_settings.SESSION_COOKIE_NAME
        value = sign_in(member).cookies[name].value
        cookies = {name: value, django_settings.LANGUAGE_COOKIE_NAME: "en"}
        page.context.add_cookies(
            [{"name": key, "value": text, "url": live_server.url} for key, text in cookies.items()]
        )
        return page

    return _signed_in
