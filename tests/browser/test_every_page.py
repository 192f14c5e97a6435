"""Every page, as its people see it: both languages, phone and desk, light and dark.

The pages come from the URL patterns, so a page added later is looked at without anybody's help.
For the proof each of its people looks at each page, in Chinese and English. On other days every
page is asked for, and a part of them is looked at by one person in one way: another part and
another person another day (``PARK_SEED``).
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import pytest

from tests.browser import excused
from tests.browser.crawler import PAIRS, Crawler, Look
from tests.browser.routes import PAGE, outcome, path_of, people_of
from tests.browser.small_park import NOBODY, PEOPLE, SmallPark
from tests.proof import FULL, SHARE, TURN, share
from tests.routes import Route, routes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def pages_of(park: SmallPark, wanted: list[Route]) -> tuple[list[tuple[str, str]], list[str]]:
    """(person, path) of every page, and what cannot be reached and is not excused."""
    clients = {person: park.client(person) for person in PEOPLE}
    pages: list[tuple[str, str]] = []
    lost = []
    for number, route in enumerate(wanted):
        paths = {person: path_of(route, park, person) for person in people_of(route)}
        got = {person: outcome(clients[person], path) for person, path in paths.items()}
        seen = [person for person in got if got[person] == PAGE]
        if not seen and not _is_excused(route.name, got):
            lost.append(f"{route.name}: {got}")
        if seen and route.name in excused.ROUTES:
            lost.append(f"{route.name} is excused and a page for {seen}")
        looking = _apart(route, seen)
        if looking and not FULL:
            looking = [looking[(number + TURN) % len(looking)]]
        pages += [(person, paths[person]) for person in looking]
    return pages, lost


def _apart(route: Route, seen: list[str]) -> list[str]:
    """Outside an organisation all who are signed in see the same page."""
    if not route.is_shared:
        return seen
    signed_in = [person for person in seen if person != NOBODY]
    return [person for person in seen if person == NOBODY] + signed_in[:1]


def looks_at(number: int) -> list[Look]:
    pair = PAIRS[number % len(PAIRS)]
    return list(pair) if FULL else [pair[(number // len(PAIRS) + TURN) % len(pair)]]


def _is_excused(name: str, got: dict[str, str]) -> bool:
    excuses = [excuse for pattern, excuse in excused.ROUTES.items() if fnmatchcase(name, pattern)]
    return any(
        set(got.values()) & {answers, *answers.split(" or ")} for answers, _reason in excuses
    )


def more(park: SmallPark) -> list[tuple[str, str]]:
    by_name = {route.name: route for route in routes()}
    return [
        (person, f"{path_of(by_name[name], park, person)}?{query}".rstrip("?"))
        for person, name, query in excused.MORE
    ]


def test_no_excuse_is_out_of_date() -> None:
    names = [route.name for route in routes()]
    unused = [p for p in excused.ROUTES if not any(fnmatchcase(name, p) for name in names)]
    assert unused == []


def test_a_route_that_nobody_reaches_is_named(
    small_park: SmallPark, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [route for route in routes() if route.name == "metrics"]
    assert pages_of(small_park, wanted) == ([], [])
    monkeypatch.delitem(excused.ROUTES, "metrics")
    _pages, lost = pages_of(small_park, wanted)
    assert len(lost) == 1
    assert "metrics" in lost[0]


FAULTS = [
    ('<img src="https://elsewhere.example/a.png" alt="">', "asks another host"),
    ("<script>document.title = 'taken'</script>", "violates the following Content Security"),
    ('<div style="width: 3000px">宽</div>', "scrolls sideways"),
    ("<p>Not yet translated</p>", "English left: 'Not yet translated'"),
    ('<p><input type="text"></p>', "axe label"),
    ('<p style="color: #888; background: #777">看不清</p>', "axe color-contrast"),
]


def test_the_crawl_sees_each_fault(small_park: SmallPark, page: Any, live_server: Any) -> None:
    crawler = Crawler(page.context.browser, live_server.url, small_park)
    path, (look, _other) = "/accounts/login/", PAIRS[0]
    crawler.visit(NOBODY, path, look)
    assert crawler.problems == []
    for fault, complaint in FAULTS:
        spoilt = crawler.page_of(NOBODY)
        spoilt.route(f"**{path}", partial(_spoil, fault))
        crawler.visit(NOBODY, path, look)
        spoilt.unroute_all()
        assert any(complaint in problem for problem in crawler.problems), fault
        crawler.problems.clear()


def _spoil(fault: str, route: Any) -> None:
    answer = route.fetch()
    headers = dict(answer.headers)
    if "elsewhere" in fault:  # Else the browser would not even ask.
        headers.pop("content-security-policy")
    body = answer.text().replace("</main>", f"{fault}</main>")
    route.fulfill(response=answer, headers=headers, body=body)


@pytest.mark.parametrize("site", ["portal", "staff"])
def test_every_page(site: str, small_park: SmallPark, page: Any, live_server: Any) -> None:
    is_staff = site == "staff"
    wanted = [route for route in routes() if route.is_of_staff == is_staff]
    pages, lost = pages_of(small_park, wanted)
    assert lost == [], "neither a page nor excused in tests/browser/excused.py"
    pages += [seen for seen in more(small_park) if seen[1].startswith("/staff/") == is_staff]
    crawler = Crawler(page.context.browser, live_server.url, small_park)
    crawler.leading_on = {path for _person, path in pages if "/reset/key/" in path}
    for number, (person, path) in share(list(enumerate(pages))):
        for look in looks_at(number // SHARE):
            crawler.visit(person, path, look)
    if not is_staff:
        for look in PAIRS[0]:
            crawler.visit(NOBODY, "/no/such/page/", look, status=404)
    assert not crawler.problems, "\n".join(crawler.problems)
