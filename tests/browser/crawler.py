"""Opens pages in Chromium and writes down everything that is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from park_portal.embedded.paths import CHECKOUT
from tests.browser import excused
from tests.browser.small_park import SmallPark

AXE = CHECKOUT / ".park" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Two words or more of ASCII letters, not all capitals like a code, and nothing else.
WORD = r"[A-Za-z'’,.:;!?()&/…–-]+"
ENGLISH = re.compile(rf"(?=.*[a-z]{{2}})(?=.*[A-Za-z].* .*[A-Za-z]){WORD}( {WORD})+")


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a page."""

    language: str
    width: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.language} {self.width} {self.scheme}"


# Both looks of a pair together have each language, each width and each scheme once.
PAIRS = [
    (Look("zh-hans", 390, "light"), Look("en", 1440, "dark")),
    (Look("zh-hans", 1440, "dark"), Look("en", 390, "light")),
    (Look("zh-hans", 390, "dark"), Look("en", 1440, "light")),
    (Look("zh-hans", 1440, "light"), Look("en", 390, "dark")),
]

# What a page says about itself: shown text and labels, its language, scheme and width.
LOOK_AROUND = """() => {
  const root = document.documentElement, words = new Set([document.title])
  const skipped = 'script, style, noscript, code, kbd, pre, [lang="en"], .material-symbols-outlined'
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement
    if (!parent.closest(skipped) && (parent.closest('select') || parent.checkVisibility()))
      words.add(walker.currentNode.data.replace(/\\s+/g, ' ').trim())
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label'])
    for (const one of document.querySelectorAll(`[${name}]`))
      if (!one.closest(skipped) && one.checkVisibility()) words.add(one.getAttribute(name).trim())
  window.scrollTo(10000, 0)
  const moved = window.scrollX
  window.scrollTo(0, 0)
  const wide = [...document.querySelectorAll('body *')].filter(
    (one) => one.getBoundingClientRect().right > root.clientWidth + 1)
  return {
    words: [...words].filter(Boolean), lang: root.lang, moved,
    dark: root.dataset.bsTheme === 'dark' || root.classList.contains('dark'),
    wide: moved ? wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)) : [],
  }
}"""
# The theme's row of buttons floats over what scrolls by; what it hides by half is not too small.
SETTLE = "() => document.getElementById('submit-row')?.style.setProperty('position', 'static')"
RUN_AXE = """(levels) => axe.run(document, {
  runOnly: { type: 'tag', values: levels }, resultTypes: ['violations'], preload: false,
}).then((found) => found.violations.map((one) => ({
  id: one.id, nodes: one.nodes.map((node) => [node.target.flat().join(' '), node.html.slice(0, 160)]),
})))"""


class Crawler:
    """One browser; a context for each person."""

    def __init__(self, browser: Any, address: str, park: SmallPark) -> None:
        self.browser, self.address, self.park = browser, address, park
        self.axe = AXE.read_text(encoding="utf-8")
        self.problems: list[str] = []
        self.heard: list[str] = []
        self.pages: dict[str, Any] = {}
        # Addresses that go on to another by themselves.
        self.leading_on: set[str] = set()

    def visit(self, person: str, path: str, look: Look, *, status: int = 200) -> None:
        """Open the page and check it; what is wrong goes to ``problems``."""
        page = self.page_of(person)
        self._wear(page, look)
        self.heard.clear()
        answer = page.goto(self.address + path, wait_until="load")
        page.evaluate("() => document.fonts.ready.then(() => 0)")
        found = [*self._around(page, look), *self._barriers(page)]
        if answer.status != status:
            found.append(f"status {answer.status}")
        if urlsplit(page.url).path != path.partition("?")[0] and path not in self.leading_on:
            found.append(f"leads to {page.url}")
        if status != 200:  # The console repeats it.
            self.heard = [each for each in self.heard if f"status of {status}" not in each]
        self.problems += [f"{path} [{person} {look}] {each}" for each in [*found, *self.heard]]

    def page_of(self, person: str) -> Any:
        if person not in self.pages:
            context = self.browser.new_context(reduced_motion="reduce")
            cookies = self.park.client(person).cookies
            context.add_cookies(
                [
                    {"name": key, "value": morsel.value, "url": self.address}
                    for key, morsel in cookies.items()
                ]
            )
            page = context.new_page()
            page.on("console", self._said)
            page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
            page.on("request", self._asked)
            self.pages[person] = page
        return self.pages[person]

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.heard.append(f"asks another host: {request.url}")

    def _wear(self, page: Any, look: Look) -> None:
        page.set_viewport_size({"width": look.width, "height": 900})
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": look.language}
        page.context.add_cookies([cookie | {"url": self.address}])

    def _around(self, page: Any, look: Look) -> list[str]:
        said = page.evaluate(LOOK_AROUND)
        found = []
        if said["lang"].lower() != look.language:
            found.append(f"html lang is {said['lang']!r}")
        if said["dark"] != (look.scheme == "dark"):
            found.append("does not follow the reader's light or dark")
        if said["moved"]:
            found.append(f"scrolls sideways by {said['moved']} px: {said['wide']}")
        if look.language == "zh-hans":
            left = [word for word in said["words"] if ENGLISH.fullmatch(word)]
            found += [f"English left: {word!r}" for word in left if not self._allowed(word)]
        return found

    def _allowed(self, word: str) -> bool:
        return word in excused.ENGLISH or word in self.park.english_data

    def _barriers(self, page: Any) -> list[str]:
        page.evaluate(self.axe)
        page.evaluate(SETTLE)
        found = []
        for violation in page.evaluate(RUN_AXE, LEVELS):
            for target, html in violation["nodes"]:
                found.append(f"axe {violation['id']}: {target} {html}")
        return found
