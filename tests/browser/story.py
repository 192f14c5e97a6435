"""The people of a walk, each with a browser of their own, and the mails that have left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import sync_playwright

from backbone import relay
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership
from tests.browser.conftest import CHROMIUM
from tests.browser.walking import Walk

PDF = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nscan\n"}


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def row_page(row: Any) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk]).removesuffix("change/")


def only(model: Any, **values: Any) -> Any:
    with enter(Identity(STAFF)):
        return model.objects.get(**values)


class Story:
    """The people of the walk, each with a browser, and the mails that have left."""

    def __init__(self, browser, base, language, sign_in, mails) -> None:
        self.browser, self.base, self.language = browser, base, language
        self.sign_in, self.mails = sign_in, mails
        self.walks: list[Walk] = []

    def nobody(self, name: str) -> Walk:
        walk = Walk(self.browser, self.base, self.language, f"{self.language}/{name}")
        self.walks.append(walk)
        return walk

    @property
    def complaints(self) -> list[str]:
        """What the consoles of all of them say."""
        return [said for walk in self.walks for said in walk.complaints]

    def member(self, membership: Membership, name: str) -> Walk:
        walk = self.nobody(name)
        walk.sign_in(self.sign_in(membership).cookies[settings.SESSION_COOKIE_NAME].value)
        return walk

    def link(self, to: str, part: str) -> str:
        """The newest mailed link with ``part`` in its path."""
        relay.deliver_due()
        bodies = [mail.body for mail in self.mails if to in mail.to]
        found = [link for body in bodies for link in re.findall(r"https?://\S+", body)]
        path = [re.sub(r"^https?://[^/]+", "", link) for link in found if part in link][-1]
        return path.rstrip(".,)")


@pytest.fixture
def story(browser, live_server, sign_in, mailoutbox):
    def _story(language: str) -> Story:
        return Story(browser, live_server.url, language, sign_in, mailoutbox)

    return _story
