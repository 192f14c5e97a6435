"""What browsers are told: every header of every answer, and nothing in a page that runs."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from csp.middleware import CSPMiddleware
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone

from backbone.operations import store_document
from park_portal.embedded.paths import CHECKOUT
from tenants.isolation.context import enter_tenant
from tests.browser.small_park import OWNER, STAFF_MEMBER
from tests.proof import SHARE
from tests.walls.pages import (
    Markup,
    is_page,
    nonces_of,
    policy_of,
    wrong_headers,
    wrong_markup,
)
from tests.walls.visits import Visit, Visits, get, problems_of, undone, visits, without

__all__ = ["problems_of", "visits"]


def test_every_answer_to_everybody_has_every_wall(visits: Visits):
    pages = [visit for visit, answer in visits.answers if is_page(answer)]
    assert len(pages) > 300 / SHARE
    problems = [
        f"{visit}: {problem}"
        for visit, answer in visits.answers
        for problem in [*wrong_headers(visit, answer), *wrong_markup(visit, answer)]
    ]
    assert not problems, "\n".join(problems)


def test_no_nonce_comes_twice(visits, monkeypatch):
    nonces = [nonce for _visit, answer in visits.answers for nonce in nonces_of(answer)]
    assert len(nonces) > 150 / SHARE
    assert len(nonces) == len(set(nonces))

    def fixed(_middleware, request):
        request._csp_nonce = "A" * 24
        return request._csp_nonce

    monkeypatch.setattr(CSPMiddleware, "_make_nonce", fixed)
    visit = visits.to("trade:orders", OWNER)
    with undone():
        same = [nonces_of(get(visits.client(OWNER), visit.path)) for _time in "12"]
    assert same[0] == same[1] == ["A" * 24], "a fixed nonce would be seen"


def test_only_the_staff_site_may_evaluate(visits):
    relaxed = {
        visit.route
        for visit, answer in visits.answers
        if "'unsafe-eval'" in policy_of(answer).get("script-src", set())
    }
    assert relaxed
    assert {route for route in relaxed if not route.startswith("admin:")} == set()


@pytest.mark.parametrize(
    ("guard", "complaint"),
    [
        ("CSPMiddleware", "scripts from {'nothing said'}"),
        ("XFrameOptionsMiddleware", "X-Frame-Options is None"),
        ("SecurityMiddleware", "X-Content-Type-Options is None"),
        ("HeadersMiddleware", "may be kept"),
    ],
)
def test_without_its_middleware_a_wall_is_missed(guard, complaint, problems_of, settings):
    assert problems_of(wrong_headers, "trade:orders", OWNER) == []
    settings.MIDDLEWARE = without(settings.MIDDLEWARE, guard)
    assert any(complaint in found for found in problems_of(wrong_headers, "trade:orders", OWNER))


@pytest.mark.parametrize("source", ["'unsafe-inline'", "'unsafe-eval'", "'self'", "https:"])
def test_a_softer_policy_is_missed(source, problems_of, settings):
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    softer = policy | {"script-src": [*policy["script-src"], source]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": softer}
    assert problems_of(wrong_headers, "trade:orders", OWNER) == [f"scripts from {{{source!r}}}"]


# -- markup --------------------------------------------------------------------------------------

HANDLER = re.compile(r"""<[^>]*\s(on[a-z]+|hx-on[\w:-]*)\s*=\s*["'{]""", re.IGNORECASE)
ADDRESS = re.compile(r"""=\s*["']?\s*(javascript|vbscript)\s*:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)


def wrong_in_template(text: str) -> list[str]:
    """Handlers, script addresses, and scripts without a file or without the page's nonce."""
    found = [match.group(0) for match in [*HANDLER.finditer(text), *ADDRESS.finditer(text)]]
    for match in SCRIPT.finditer(text):
        tag = match.group(0)
        if 'type="application/json"' not in tag and not (" src=" in tag and "CSP_NONCE" in tag):
            found.append(tag)
    return found


def test_no_template_holds_a_script_or_a_tag_without_nonce():
    own = {"reporting/late_organisations.html"}  # in the staff site, whose policy trusts our files
    found = {}
    for path in sorted((CHECKOUT / "templates").rglob("*.*")):
        name = str(path.relative_to(CHECKOUT / "templates"))
        if name not in own and (wrong := wrong_in_template(path.read_text(encoding="utf-8"))):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize(
    "fault",
    [
        '<button onclick="go()">',
        "<img src=x OnError='go()'>",
        '<form hx-on:submit="go()">',
        '<a href="javascript:go()">',
        '<a href=" JavaScript:go()">',
        "<script>go()</script>",
        '<script src="/static/go.js"></script>',
    ],
)
def test_each_fault_of_a_template_or_page_is_seen(fault):
    assert wrong_in_template(f"<p>{fault}</p>")
    markup = Markup()
    markup.feed(f"<p>{fault}</p>")
    assert markup.found or markup.nonces == {""}


# -- files that people give ----------------------------------------------------------------------

PAGE_OF_A_STRANGER = b"<html><script>alert(document.cookie)</script></html>"
UPLOADS = {
    "page.html": PAGE_OF_A_STRANGER,
    "page.xhtml": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "script.js": b"alert(document.cookie)",
    "style.css": b"body { background: url(https://elsewhere.example/) }",
    "table.csv": PAGE_OF_A_STRANGER,
    "paper.pdf": b"%PDF-1.7 /JS (app.alert(1))",
    "picture.png": b"\x89PNG\r\n\x1a\n" + PAGE_OF_A_STRANGER,
    "noname": PAGE_OF_A_STRANGER,
}
PASSIVE = re.compile(r"text/(plain|csv)|image/(png|jpeg|gif|webp)|application/(pdf|octet-stream)")


def wrong_download(visit: Visit, answer) -> list[str]:
    """What would let a browser open the file as a page of the portal."""
    found = wrong_headers(visit, answer)
    if not answer.headers.get("Content-Disposition", "").startswith("attachment;"):
        found.append("no attachment")
    kind = answer.headers["Content-Type"].partition(";")[0]
    if not PASSIVE.fullmatch(kind) or "sandbox" not in policy_of(answer):
        found.append(f"{kind} may run")
    return found


@pytest.fixture
def uploaded(visits):
    """The visit to an upload of this name and content, and its answer."""
    member = visits.park.members[OWNER]
    actor = member.actor()

    def _uploaded(name, content):
        with enter_tenant(member.tenant_id, user_id=member.user_id):
            kept = store_document(
                actor=actor,
                now=timezone.now(),
                file=BytesIO(content),
                name=name,
                purpose="trade.orders",
            )
        path = reverse("backbone:file", kwargs={"tenant": member.tenant.slug, "pk": kept.pk})
        return Visit("backbone:file", OWNER, path), get(visits.client(OWNER), path)

    with undone():
        yield _uploaded


def test_an_upload_is_only_ever_a_download(uploaded):
    for name, content in UPLOADS.items():
        visit, answer = uploaded(name, content)
        assert (answer.status_code, answer.whole) == (200, content), name
        assert wrong_download(visit, answer) == [], name


def test_an_upload_shown_in_the_window_is_missed(uploaded, monkeypatch):
    monkeypatch.setattr("backbone.views.FileResponse", _shown)
    visit, answer = uploaded("page.html", PAGE_OF_A_STRANGER)
    assert "no attachment" in wrong_download(visit, answer)


def _shown(file, *, as_attachment, **how):
    return FileResponse(file, as_attachment=False, **how)


def test_the_folder_of_files_has_no_address(visits):
    client = visits.client(STAFF_MEMBER)
    for path in ("/media/", "/media/1/a", "/files/", "/static/../.park/media/"):
        assert get(client, path).status_code == 404
