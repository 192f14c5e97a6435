"""The portal's own scripts: they write text and not HTML, and keep no secrets in the browser."""

import json
import re

import pytest
from django.conf import settings

SCRIPTS = sorted((settings.BASE_DIR / "static").glob("*.js"))
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|__proto__|"
    r"postMessage|document\.cookie|sessionStorage|indexedDB|Object\.assign\(|setTimeout\(['\"]"
)
# The form's own answer, a whole page of the portal, takes the place of the page.
ALLOWED = {"wizard.js": ["document.write"]}
KEPT = re.compile(r"\b(?:keep|kept)\('([a-z]+)'|localStorage\.setItem\((\w+|'[^']+')")


def test_there_are_scripts():
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_text_stays_text(script):
    found = FORBIDDEN.findall(script.read_text(encoding="utf-8"))
    assert found == ALLOWED.get(script.name, [])


@pytest.mark.parametrize(
    "line", ["box.innerHTML = name", "eval(words)", "window.postMessage(1)", "document.cookie"]
)
def test_control_the_search_sees_each(line):
    assert FORBIDDEN.search(line)


def test_only_how_the_page_looks_is_kept_in_the_browser():
    kept = {key or name for path in SCRIPTS for key, name in KEPT.findall(path.read_text("utf-8"))}
    assert kept == {"theme", "sidebar", "key"}


def test_htmx_keeps_no_page_and_runs_no_text():
    base = (settings.BASE_DIR / "templates" / "base.html").read_text("utf-8")
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", base)
    config = json.loads(found[1]) if found else {}
    assert (config["historyCacheSize"], config["allowEval"]) == (0, False)


def test_no_template_calls_text_safe():
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    unsafe = re.compile(r"\|\s*safe\b|autoescape off")
    assert not [path.name for path in templates if unsafe.search(path.read_text("utf-8"))]
