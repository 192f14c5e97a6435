"""Going through pages as people do, in either language: by the names of fields and addresses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Error

# A folder for pictures of every page walked over, for whoever wants to look at them.
PICTURES = os.environ.get("PARK_PICTURES", "")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


class Walk:
    """One person's browser. Every page must answer, in its language and without complaint."""

    def __init__(self, browser: Any, base: str, language: str, name: str, **options: Any) -> None:
        self.base, self.name, self.steps = base, name, 0
        context = browser.new_context(viewport=DESK, locale="en-GB", **options)
        self.context = context
        self.complaints: list[str] = []
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base}
        context.add_cookies([cookie])
        self.page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, said: Any) -> None:
        if said.type == "error":
            self.complaints.append(f"{self.page.url}: {said.text}")

    def sign_in(self, cookie: str) -> None:
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": cookie, "url": self.base}])

    def go(self, path: str) -> None:
        address = path if path.startswith("http") else f"{self.base}{path}"
        answer = self._arrive(address)
        assert answer.status == 200, f"{answer.status} {address}"
        self.look()

    def _arrive(self, address: str) -> Any:
        try:
            return self.page.goto(address)
        except Error as error:
            # A page that shows itself again while a job runs came in between.
            if "ERR_ABORTED" not in str(error):
                raise
            return self.page.goto(address)

    def fill(self, **values: Any) -> None:
        """Type into fields by their names; a list ticks boxes, a path chooses a file."""
        for name, value in values.items():
            self._fill(self.page.locator(f":is(input, select, textarea)[name='{name}']"), value)

    def _fill(self, field: Any, value: Any) -> None:
        kind = field.first.get_attribute("type") or field.first.evaluate("e => e.tagName")
        if kind in ("checkbox", "radio"):
            for each in value if isinstance(value, list) else [value]:
                chosen = (
                    field.first
                    if each == "on"
                    else field.and_(self.page.locator(f"[value='{each}']"))
                )
                chosen.check()
        elif kind == "file":
            field.first.set_input_files(value)
        elif kind == "SELECT":
            field.first.select_option(value)
        else:
            field.first.fill(str(value))

    def choose(self, name: str, value: str) -> None:
        """In a box that searches: as if it had been found by typing."""
        script = "([e, v]) => { e.add(new Option(v, v)); e.value = v }"
        field = self.page.locator(f"select[name='{name}']")
        self.page.evaluate(script, [field.element_handle(), value])

    def send(self, action: str = "") -> None:
        """Press the button of the form that goes to ``action``, or the page's main one."""
        main = ":is(.btn-primary, .btn-danger, .staff-button.primary)[type=submit]:visible"
        wanted = f"form[action$='{action}'] [type=submit]:visible" if action else main
        with self.page.expect_navigation():
            self.page.locator(wanted).first.click()
        self.look()

    def save(self) -> None:
        """The staff site's own form of a new row."""
        with self.page.expect_navigation():
            self.page.locator("[name=_save]").first.click()
        assert not self.page.url.endswith("/add/"), self.page.locator("body").inner_text()
        self.look()

    def step(self, row: str, name: str, **values: Any) -> None:
        """Take one step of a lifecycle in the staff site: open it, fill it in, come back."""
        self.go(f"{row}steps/{name}/")
        self.fill(**values)
        self.send()
        assert "/steps/" not in self.page.url, self.page.locator("body").inner_text()

    def says(self, *words: str) -> bool:
        text = self.page.locator("body").inner_text()
        return all(word in text for word in words)

    def look(self) -> None:
        """No page may be wider than a phone; with PARK_PICTURES it is kept as people saw it."""
        self.steps += 1
        self.page.set_viewport_size(PHONE)
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than a phone"
        if PICTURES:
            self._keep("390")
        self.page.set_viewport_size(DESK)
        if PICTURES:
            self._keep("1440")

    def _keep(self, width: str) -> None:
        folder = Path(PICTURES) / self.name
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{self.steps:02}-{width}.png", full_page=True)


@contextmanager
def undisturbed(*walks: Walk) -> Iterator[None]:
    """Nothing on the console of any of them."""
    yield
    assert [said for walk in walks for said in walk.complaints] == []
