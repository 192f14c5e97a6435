"""No marker crosses, by any door: pages, searches, exports, PDF, mails, errors and logs.

Each organisation's owner opens every GET route there is; the list comes from the URL patterns, so
a page added later is opened too. ``tests/walls/excused.py`` says what is left out and why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import typst
from django.conf import settings
from django.core import mail as django_mail
from django.template import loader
from django.urls import reverse

from backbone.models import OutboxMessage
from backbone.outbox import effect_of
from backbone.runner import perform
from foundation.refs import ref_of
from reporting import operations as reporting
from tenants.admin import TrailAdmin, values
from tenants.isolation import context
from tenants.isolation.context import APP, STAFF, Identity, enter, enter_tenant
from tests.proof import FULL
from tests.routes import Route, routes
from tests.walls import excused
from tests.walls.arguments import KINDS, keys, names_rows, paths
from tests.walls.crawl import Crawl, Logged
from tests.walls.marks import ALL, CEDAR, foreign
from tests.walls.population import Organisation, Population
from tests.walls.reading import ask, names_asked_for, pdf_text
from trade.models.imports import OwnQuerySet

INSIDE = [route for route in routes() if route.is_of_organisation]
API = [route for route in routes() if route.is_of_api]
SHARED = [route for route in routes() if route.is_shared]
STAFF_SITE = [route for route in routes() if route.is_of_staff]
NAMED = {route.name: route for route in routes()}
# Pages of the staff site that tell more of a row the further it is: every row of one organisation.
TELL_BY_STATE = [
    *("admin:tenants_trailentry_change", "admin:billing_charge_change"),
    *("admin:billing_invoice_change", "admin:billing_payment_change"),
]


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What is logged meanwhile."""
    handler = Logged()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def crawl_of(population: Population, own: Organisation) -> Crawl:
    return Crawl(f"the owner of {own.mark.stem}", population.client(own.owner), [own.mark])


# -- the organisations -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["amber", "birch", "cedar"])
def test_an_owner_sees_no_neighbour_and_their_own_rows(name, population, logged):
    own = getattr(population, name)
    crawl = crawl_of(population, own)
    crawl.open(INSIDE, own)
    if FULL or own is population.amber:
        crawl.open(SHARED, own, rows=1)
    assert crawl.leaks == []
    assert crawl.lost(INSIDE) == []
    assert blind(crawl, INSIDE) == []
    assert len(logged.lines) > 100
    assert [line for line in logged.lines if foreign(line, [own.mark])] == []
    assert logged.words == set(), "rows of an organisation stand in the log"


@pytest.mark.parametrize("name", ["amber", "birch"])
def test_a_program_reads_no_neighbour_and_its_own_rows(name, population, logged):
    own = getattr(population, name)
    crawl = Crawl(f"a program of {own.mark.stem}", population.program(own), [own.mark])
    crawl.open(API, own)
    assert crawl.leaks == []
    assert crawl.lost(API) == []
    assert blind(crawl, API) == []
    assert [line for line in logged.lines if foreign(line, [own.mark])] == []
    for route in filter(names_rows, API):
        for path in paths(route, population.neighbour_of(own), rows=1):
            assert crawl.visit(route, path).status in {404, 405}
    assert crawl.leaks == []


def test_whatever_is_outside_of_organisations_is_reached_by_somebody(population):
    crawl = crawl_of(population, population.amber)
    crawl.open(SHARED, population.amber, rows=1)
    crawl.client = population.client(None)
    crawl.open(SHARED, population.amber, rows=1)
    assert crawl.lost(SHARED) == []


def blind(crawl: Crawl, wanted: list[Route]) -> list[str]:
    """Pages that should show one's own rows and do not; and excuses of those that do."""
    found = []
    known = excused.SHOW_NO_ROWS
    if CEDAR in crawl.own:
        known = known | excused.SHOW_NO_ROWS_OF_A_UNIVERSITY
    for route in wanted:
        reason = known.get(route.name, "")
        if crawl.words[route.name] and reason:
            found.append(f"{route.name} is excused ({reason}) and shows {crawl.words[route.name]}")
        if 200 in crawl.statuses[route.name] and not crawl.words[route.name] and not reason:
            found.append(
                f"{route.name} shows no row of its own organisation: nothing was proven about it. "
                "Give it one in tests/walls/filling.py, or a reason in tests/walls/excused.py"
            )
    return found


def test_a_neighbours_address_shows_nothing(population):
    own, other = population.amber, population.birch
    crawl = crawl_of(population, own)
    for route in INSIDE:
        places = [own, other] if names_rows(route) else [other]
        for path in [path for at in places for path in paths(route, other, at=at, rows=1)]:
            crawl.visit(route, path)
    assert crawl.leaks == []
    assert {status for found in crawl.statuses.values() for status in found} <= {404, 405}


# -- searches and filters --------------------------------------------------------------------------

PAIRS = [("amber", "birch"), ("birch", "amber"), ("cedar", "amber")]


@pytest.mark.parametrize(("mine", "theirs"), PAIRS if FULL else PAIRS[:1])
def test_no_search_and_no_filter_finds_a_neighbour(mine, theirs, population, monkeypatch):
    own, other = getattr(population, mine), getattr(population, theirs)
    crawl = crawl_of(population, own)
    asked = names_asked_for(monkeypatch)
    tried = sum(search(crawl, route, own, other, asked) for route in INSIDE)
    assert crawl.leaks == []
    assert tried > 40


def test_no_call_of_a_program_finds_a_neighbour(population, monkeypatch):
    own, other = population.amber, population.birch
    crawl = Crawl("a program of zq7amber", population.program(own), [own.mark])
    asked = names_asked_for(monkeypatch)
    tried = sum(search(crawl, route, own, other, asked) for route in API)
    assert crawl.leaks == []
    assert tried > 20


def search(
    crawl: Crawl, route: Route, own: Organisation, other: Organisation, asked: set[str]
) -> int:
    """Ask for a neighbour by each parameter that the page reads; gives how often."""
    tried = 0
    for path in paths(route, own, rows=1):
        asked.clear()
        if crawl.visit(route, path).status == 200:
            for name, value in [(n, v) for n in sorted(asked) for v in values_of(n, other)]:
                crawl.visit(route, f"{path}?{name}={value}", value)
                tried += 1
    return tried


def values_of(name: str, other: Organisation) -> list[str]:
    """A word of a neighbour's, and the ref of a row."""
    kind = name if name in KINDS else "order"
    return [other.mark.word("sku"), ref_of(keys(KINDS[kind], other)[0], kind)]


def test_a_search_finds_ones_own(population):
    """Else the searches for a neighbour's words would prove nothing."""
    own = population.amber
    crawl = crawl_of(population, own)
    path = reverse("trade:orders", kwargs={"tenant": own.tenant.slug})
    for query in (f"q={own.mark.stem}ord", f"sku={own.mark.word('sku')}"):
        crawl.words.clear()
        crawl.visit(NAMED["trade:orders"], f"{path}?{query}", own.mark.word("sku"))
        assert own.mark.word("order") in crawl.words["trade:orders"]


# -- people of no organisation ---------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "somebody of no organisation", "somebody who left"])
def test_whoever_belongs_nowhere_sees_no_marker_at_all(who, population):
    people: dict[str, Any] = {
        "somebody of no organisation": population.stranger,
        "somebody who left": population.amber.left,
    }
    crawl = Crawl(who, population.client(people.get(who)), [])
    crawl.open([*INSIDE, *SHARED, *API], population.amber, rows=1)
    if who != "somebody who left":
        crawl.open(STAFF_SITE, population.amber, rows=1)
    assert crawl.leaks == []
    inside = {status for route in INSIDE for status in crawl.statuses[route.name]}
    assert inside <= ({302, 405} if who == "nobody" else {404, 405})
    assert 200 in crawl.statuses["account_login" if who == "nobody" else "mfa_index"]


# -- park staff ------------------------------------------------------------------------------------


def test_staff_see_of_organisations_what_is_listed(population):
    crawl = Crawl("park staff", population.client(population.park.owner), [population.park.mark])
    make_brief(population.park)
    crawl.open(INSIDE, population.park, rows=1)
    for own in population.tenants if FULL else [population.amber]:
        crawl.open(STAFF_SITE, own, rows=1)
    # What only the park itself has: its targets, its profile.
    unseen = [route for route in STAFF_SITE if 200 not in crawl.statuses[route.name]]
    crawl.open(unseen, population.park, rows=1)
    crawl.open([NAMED[name] for name in TELL_BY_STATE], population.amber)
    # Only seats of a university stand under an agreement.
    crawl.open([NAMED["admin:training_seat_change"]], population.cedar)
    for path in paths(NAMED["admin:trade_rows"], population.amber):
        crawl.visit(NAMED["admin:trade_rows"], f"{path}?purpose=Statistics")
    assert crawl.lost(STAFF_SITE) == []
    assert unlisted(crawl) == []


def test_what_an_organisation_wrote_on_a_staff_page_is_named(population, monkeypatch):
    """Control: the trail with the values that it leaves out."""
    monkeypatch.setattr(TrailAdmin, "_shown", lambda self, entry, row: values(row))
    crawl = Crawl("park staff", population.client(population.park.owner), [population.park.mark])
    crawl.open([NAMED["admin:tenants_trailentry_change"]], population.amber)
    told = "\n".join(unlisted(crawl))
    assert "admin:tenants_trailentry_change shows staff" in told
    assert "'mapping'" in told


def unlisted(crawl: Crawl) -> list[str]:
    """Markers on pages that no row of STAFF_PAGES allows, and rows that allow what is not there."""
    found, used = [], set()
    for name, markers in crawl.foreign.items():
        pattern = next((p for p in excused.STAFF_PAGES if fnmatchcase(name, p)), "")
        allowed, _why = excused.STAFF_PAGES.get(pattern, ("", ""))
        words = {word_of(marker) for marker in markers}
        used |= {(pattern, word) for word in words}
        if not words <= set(allowed.split()):
            found.append(
                f"{name} shows staff {sorted(words)} of organisations: read totals instead, or "
                "list it with the reason in STAFF_PAGES of tests/walls/excused.py"
            )
    listed = {
        (p, word) for p, (words, _why) in excused.STAFF_PAGES.items() for word in words.split()
    }
    return found + [f"listed and not seen: {each}" for each in sorted(listed - used)]


# The name of one member of each organisation.
PERSON = "person"


def word_of(marker: str) -> str:
    """``sku`` of ``zq7ambersku`` and ``no`` of ``zq7amberno-1``; NAMES for what stands in names, slugs and addresses."""
    stem = next(mark.stem for mark in ALL if marker.startswith(mark.stem))
    word = marker.removeprefix(stem).partition("-")[0]
    return excused.NAMES if word in ("", PERSON) else word


def make_brief(park: Organisation) -> None:
    with enter(Identity(STAFF, park.pk, park.owner.user_id)):
        job = reporting.request_brief(
            actor=park.owner.actor(is_staff=True), now=park.owner.started_at
        )
    perform(tenant_id=park.pk, job_id=job.pk)


def test_the_park_brief_names_no_organisation(population, monkeypatch):
    printed = []
    compile_ = typst.compile

    def compiled(*args: Any, **options: Any) -> Any:
        made = compile_(*args, **options)
        printed.append(options["sys_inputs"]["data"] + pdf_text(bytes(made)))
        return made

    monkeypatch.setattr(typst, "compile", compiled)
    make_brief(population.park)
    (said,) = printed
    assert population.park.mark.names_in(said)
    assert foreign(said, [population.park.mark]) == set()


# -- mails and errors ------------------------------------------------------------------------------


def test_no_mail_tells_of_a_neighbour(population, monkeypatch):
    rendered: set[str] = set()
    render = loader.render_to_string

    def note(template: str, values: Any) -> str:
        rendered.add(template.rpartition(".")[0])
        return render(template, values)

    monkeypatch.setattr("backbone.mail.render_to_string", note)
    for own in population.all:
        said = "\n".join(
            str(part) for each in mails_of(own)
            for part in (each.subject, each.body, each.to, each.extra_headers, each.alternatives)
        )  # fmt: skip
        assert own.mark.word("subject") in said
        assert foreign(said, [own.mark]) == set()
    assert rendered == mail_templates(), "write a mail of each template in tests/walls/filling.py"


def mails_of(own: Organisation) -> list[Any]:
    """What the organisation's messages send, by their own effects."""
    django_mail.outbox.clear()
    with enter_tenant(own.pk):
        for message in OutboxMessage.objects.exclude(kind="job.run"):
            effect_of(message.kind)(message)
    return list(django_mail.outbox)


# What letters have in common; nobody sends it.
BASE = "letter.txt"


def mail_templates() -> set[str]:
    root = Path(settings.BASE_DIR) / "templates"
    found = {path for path in root.glob("*/mail/*.txt") if path.name != BASE}
    return {str(path.relative_to(root).with_suffix("")) for path in found}


def test_refusals_and_errors_show_no_marker(population, monkeypatch):
    own = population.amber
    where = {"tenant": own.tenant.slug}
    pages = {"trade:import_new": 403, "trade:orders": 500}

    def fail(*args: Any, **options: Any) -> Any:
        raise RuntimeError(population.birch.mark.word("sku") + own.mark.word("sku"))

    monkeypatch.setattr("trade.views.orders.orders_page", fail)
    member = population.client(own.members["member"])
    for name, status in pages.items():
        answer = ask(member, reverse(name, kwargs=where))
        assert answer.status == status
        assert foreign(answer.said, []) == set()
    lost = ask(member, f"/o/{own.tenant.slug}/no/such/{population.birch.mark.stem}/")
    assert (lost.status, foreign(lost.said, [])) == (404, set())


# -- the crawl can see -----------------------------------------------------------------------------


def take_down_wall_two(monkeypatch: Any) -> None:
    """Requests inside an organisation run as the role that sees every row."""

    def become(identity: Identity) -> None:
        context.become(replace(identity, role=STAFF) if identity.role == APP else identity)

    monkeypatch.setattr("tenants.middleware.become", become)


def take_down_wall_one(monkeypatch: Any) -> None:
    """Views get everybody's orders, imports and mappings."""
    monkeypatch.setattr(OwnQuerySet, "visible_to", lambda rows, actor: rows)


def test_with_either_wall_down_every_page_is_the_same(population, monkeypatch):
    """Also where only sums stand: each page is right by itself, and so is the database."""
    own = population.amber
    # Opening a notice marks it as read, and the next page counts one less.
    wanted = [route for route in INSIDE if route.name != "backbone:notice"]
    with_both = crawl_of(population, own)
    with_both.open(wanted, own, rows=1)
    for take_down in (take_down_wall_two, take_down_wall_one):
        crawl = crawl_of(population, own)
        with monkeypatch.context() as patch:
            take_down(patch)
            crawl.open(wanted, own, rows=1)
        assert crawl.leaks == [], take_down.__name__
        changed = [path for path, page in crawl.pages.items() if page != with_both.pages[path]]
        assert changed == [], take_down.__name__


def test_without_both_walls_the_crawl_turns_red(population, monkeypatch):
    take_down_wall_one(monkeypatch)
    take_down_wall_two(monkeypatch)
    crawl = crawl_of(population, population.amber)
    crawl.open(INSIDE, population.amber, rows=1)
    assert any("zq7birchorder" in leak for leak in crawl.leaks)
    seen = {name for name, found in crawl.foreign.items() if found}
    assert {"trade:orders", "trade:orders_export", "trade:imports", "trade:mappings"} <= seen
    monkeypatch.undo()
    whole = crawl_of(population, population.amber)
    whole.open([NAMED["trade:orders"], NAMED["trade:order"]], population.amber, rows=1)
    changed = [path for path, page in whole.pages.items() if page != crawl.pages[path]]
    assert changed == list(whole.pages)


def test_a_route_that_nothing_fills_is_named(population):
    stray = Route("trade:stray", "o/<slug:tenant>/stray/<int:stray_id>/", frozenset(), True)
    crawl = crawl_of(population, population.amber)
    assert len(crawl.lost([stray])) == 1
    assert "trade:stray gave no address" in crawl.lost([stray])[0]
    assert crawl.lost([NAMED["metrics"]]) == []


def test_what_the_log_says_is_seen(logged):
    logging.getLogger("trade").warning("read %s", "zq7birchsku")
    assert logged.words == {"zq7birchsku"}


def test_no_excuse_is_out_of_date():
    patterns = [
        *excused.UNREACHED,
        *excused.SHOW_NO_ROWS,
        *excused.SHOW_NO_ROWS_OF_A_UNIVERSITY,
        *excused.STAFF_PAGES,
    ]
    assert [p for p in patterns if not any(fnmatchcase(name, p) for name in NAMED)] == []
