"""Every route and method, tried as everybody who should not get through.

The routes come from the URL patterns and the calls from the OpenAPI document, so what is added
later is tried without anybody's help. A neighbour's thing and one that never was give the same
bytes; who may do what stands in ``access.txt``, made by this test and read by people:
``PARK_WRITE_ACCESS=1`` writes it anew. Of what it knows an ordinary run tries a part, another one
another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone.models.jobs import JobQuerySet
from foundation.refs import pk_of, ref_of
from gateway.docs import document
from gateway.operations import revoke_key
from gateway.scopes import scopes
from tenants.isolation.context import STAFF, enter_tenant
from tenants.isolation.postgresql.schema import has_tenant
from tenants.kinds import Role
from tests.clients import fresh_client
from tests.gateway.conftest import make_key
from tests.proof import share
from tests.routes import Route, routes
from tests.walls import unreached
from tests.walls.access import all_lines, compared, names, told, tried_of
from tests.walls.arguments import COLLECTIONS, KINDS, keys, keys_for, model_of, names_rows, paths
from tests.walls.asking import METHODS, Answer, ask
from tests.walls.forms import known_references, references_in
from tests.walls.population import Organisation, Population
from trade.models import OrderImport

NEVER = "never-was-such-an-organisation"
_far_away = count(2**40)


def of_organisations() -> list[Route]:
    return [route for route in routes() if route.is_of_organisation and route.is_named]


def with_rows() -> list[Route]:
    return [route for route in of_organisations() if names_rows(route)]


def row_parameters(route: Route) -> list[str]:
    return [name for name in sorted(route.parameters) if model_of(route, name)]


def own_addresses(route: Route, own: Organisation) -> list[str]:
    """The route with the organisation's newest row; nothing where nothing fills a parameter."""
    if route.is_of_organisation:
        return [address(route, own, own)]
    return paths(route, own, rows=1)[:1]


def address(route: Route, own: Organisation, rows: Organisation | None, slug: str = "") -> str:
    """The route in ``own`` (or under ``slug``) with a row of ``rows``, or one that never was."""
    arguments: dict[str, Any] = {}
    for name in route.parameters:
        model = model_of(route, name)
        if name == "tenant":
            arguments[name] = slug or own.tenant.slug
        elif model is None:
            arguments[name] = "csv"
        else:
            arguments[name] = keys_for(route, model, rows)[0] if rows else next(_far_away)
    return reverse(route.name, kwargs=arguments)


def same(left: Answer, right: Answer, what: str) -> list[str]:
    return [] if left == right else [f"{what}: {_difference(left, right)}"]


def _difference(left: Answer, right: Answer) -> str:
    if left.status != right.status:
        return f"status {left.status} and {right.status}"
    odd = set(left.headers) ^ set(right.headers)
    return f"headers {sorted(odd)}" if odd else "bodies"


def recent(population: Population, who: Any) -> Client:
    """Signed in and just asked for the password, so that no door asks for it first."""
    return fresh_client(getattr(who, "user", who))


# -- rows of a neighbour -------------------------------------------------------------------------


def test_a_neighbours_row_and_one_that_never_was_give_the_same_bytes(population):
    own, neighbour = population.amber, population.birch
    client = recent(population, own.owner)
    problems = []
    for route in with_rows():
        for method in METHODS:
            foreign = ask(client, method, address(route, own, neighbour))
            never = ask(client, method, address(route, own, None))
            problems += same(foreign, never, f"{method} {route.name}")
            if foreign.status not in (404, 405):
                problems.append(f"{method} {route.name} answers {foreign.status}")
    assert not problems, "\n".join(problems)


def test_control_a_view_that_forgets_whose_row_it_is_would_be_seen(population, monkeypatch):
    monkeypatch.setattr(JobQuerySet, "visible_to", lambda self, actor: self)
    # Both walls must fall: without the first alone the database still shows no foreign row.
    client = recent(population, population.amber.owner)
    route = next(route for route in with_rows() if route.name == "backbone:job")
    path = address(route, population.amber, population.birch)
    assert ask(client, "GET", path).status == 404
    monkeypatch.setattr("tenants.middleware.APP", STAFF)
    assert ask(client, "GET", path).status == 200


# -- organisations one does not belong to --------------------------------------------------------


def outsiders(population: Population) -> dict[str, Any]:
    return {
        "a member of another organisation with the same role": population.birch.owner,
        "somebody who left": population.amber.left,
        "park staff": population.park.owner,
        "somebody without an organisation": population.stranger,
    }


@pytest.mark.parametrize("who", range(4))
def test_an_organisation_one_does_not_belong_to_is_not_there(population, who):
    name, outsider = list(outsiders(population).items())[who]
    client, amber = recent(population, outsider), population.amber
    problems = []
    for route in share(of_organisations(), apart=who):
        for method in METHODS:
            real = ask(client, method, address(route, amber, amber))
            never = ask(client, method, address(route, amber, None, NEVER))
            problems += same(real, never, f"{method} {route.name}")
            if real.status not in (404, 405):
                problems.append(f"{method} {route.name} answers {real.status}")
    assert not problems, f"{name}:\n" + "\n".join(problems)


def test_nobody_is_sent_to_sign_in_whether_it_is_there_or_not(population):
    client, amber = Client(), population.amber
    problems = []
    for route in of_organisations():
        for method in METHODS:
            real, never = address(route, amber, amber), address(route, amber, None, NEVER)
            here, there = ask(client, method, real), ask(client, method, never)
            problems += same(
                here.without(amber.tenant.slug), there.without(NEVER), f"{method} {route.name}"
            )
            if not here.leads_to_sign_in and here.status != 405:
                problems.append(f"{method} {route.name} answers {here.status}")
    assert not problems, "\n".join(problems)


# -- ids in queries and forms --------------------------------------------------------------------


def test_a_neighbours_id_in_a_query_or_a_form_is_one_that_never_was(population):
    """Every reference that the owner's pages put into links and forms, with a neighbour's row."""
    client = recent(population, population.amber.owner)
    pages = [
        address(route, population.amber, population.amber)
        for route in of_organisations()
        if "kind" not in route.parameters
    ]
    found = known_references(population.amber) + references_in(client, pages)
    assert {"channel", "import", "next"} <= {reference.name for reference in found}, found
    problems = []
    for reference in found:
        model = reference.model
        foreign = reference.ask(client, ref_of(keys(model, population.birch)[0], reference.kind))
        never = reference.ask(client, ref_of(next(_far_away), reference.kind))
        problems += same(foreign, never, str(reference))
    assert not problems, "\n".join(problems)


# -- roles ---------------------------------------------------------------------------------------


def outcome(answer: Answer) -> str:
    """``yes``, or why not; '' where the route has no such method."""
    if answer.leads_to_sign_in:
        return "sign-in"
    words = {403: "no", 404: "not there", 405: ""}
    return words.get(answer.status, "yes" if answer.status < 500 else "broken")


def rows_of_access(
    wanted: list[Route], clients: dict[str, Client], own: Organisation
) -> Iterator[str]:
    for route in sorted(wanted, key=lambda route: route.name):
        for method in ("GET", "POST"):
            for path in own_addresses(route, own):
                got = {who: outcome(ask(c, method, path)) for who, c in clients.items()}
                if any(got.values()):
                    yield told(f"{method} {route.name}", got)


def test_each_role_of_an_organisation(population):
    amber = population.amber
    clients = {role: recent(population, who) for role, who in amber.members.items()}
    wanted = of_organisations()
    tried = tried_of("portal", wanted)
    left_out = names(wanted) - names(tried)
    compared("portal", list(rows_of_access(tried, clients, amber)), left_out)


def test_each_role_of_the_park_and_nobody_else_in_the_staff_site(population):
    park = population.park
    staff = [route for route in routes() if route.is_of_staff and route.is_named]
    clients = {role: recent(population, who) for role, who in park.members.items()}
    clients |= {"an enterprise's owner": recent(population, population.amber.owner)}
    clients |= {"left": recent(population, park.left), "nobody": Client()}
    tried = tried_of("staff site", staff)
    lines = list(rows_of_access(tried, clients, population.amber))
    compared("staff site", lines, names(staff) - names(tried))
    for line in lines:
        # Whoever has no session loses nothing by ending it.
        allowed = re.findall(r"yes: ([^;]*)", line)
        if allowed and " admin:logout " not in line:
            assert not {"an enterprise's owner", "left", "nobody"} & set(allowed[0].split(", ")), (
                line
            )


def test_what_everybody_reaches_outside_organisations(population, settings):
    """Sign-in, one's own account, public pages: the same whichever organisation one is in."""
    # Links that are tried one after another would be told to wait.
    settings.ACCOUNT_RATE_LIMITS = {}
    shared = [route for route in routes() if route.is_shared and route.is_named]
    clients = {"nobody": Client(), "owner": recent(population, population.amber.owner)}
    clients |= {"left": recent(population, population.amber.left)}
    compared("shared", list(rows_of_access(shared, clients, population.amber)))


def _needs_a_ticket(route: Route) -> bool:
    """A signed link comes before the row in the address; without one no row is looked for."""
    return "ticket" in (unreached.reason(route.name) or "")


def test_a_neighbours_passkey_or_session_is_one_that_never_was(population):
    client, problems = recent(population, population.amber.owner), []
    for member in (population.birch.owner, population.amber.owner):
        recent(population, member).get(reverse("portal", args=[member.tenant.slug]))
    tried = set()
    for route in routes():
        models = [model_of(route, name) for name in row_parameters(route)]
        if not (route.is_shared and route.is_named and names_rows(route)) or _needs_a_ticket(route):
            continue
        if all(keys(model, population.birch) for model in models if model):
            tried.add(route.name)
            for method in METHODS:
                foreign = ask(client, method, address(route, population.amber, population.birch))
                never = ask(client, method, address(route, population.amber, None))
                problems += same(foreign, never, f"{method} {route.name}")
    assert not problems, "\n".join(problems)
    assert {"mfa_edit_webauthn", "mfa_remove_webauthn"} <= tried


def test_every_route_is_reached_by_somebody_or_excused(population):
    """A route that nobody gets through is one whose door this matrix has not tried."""
    reached = {line.split("  ")[0].split(" ", 1)[1] for line in all_lines() if "yes: " in line}
    lost = [
        route.name
        for route in routes()
        if route.name not in reached and not unreached.reason(route.name)
    ]
    assert lost == [], "reached by nobody and not excused in tests/walls/unreached.py"
    names = {route.name for route in routes()}
    assert [name for name in unreached.ROUTES if not unreached.fits(name, names - reached)] == []


# -- the API ---------------------------------------------------------------------------------------


def calls() -> list[tuple[str, str]]:
    found = document("en")["paths"]
    return [(method.upper(), path) for path, methods in found.items() for method in methods]


class Api:
    """Calls as the bearer of a key, or of something that is none."""

    def __init__(self, authorization: str | None, client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {} if authorization is None else {"authorization": authorization}
        self._keys = count()

    def ask(self, method: str, path: str, body: bytes = b"{}") -> Answer:
        headers = self.headers | {"idempotency-key": f"matrix-{id(self)}-{next(self._keys)}"}
        kind = "multipart/form-data; boundary=x" if path.endswith("imports") else "application/json"
        more = {"content_type": kind, "data": b"--x--" if "multipart" in kind else body}
        return ask(self.client, method, path, headers=headers, **(more if method == "POST" else {}))


def filled(path: str, rows: Organisation | None) -> str:
    """The call's address with a row of the organisation, or one that never was."""
    if "{ref}" not in path:
        return path
    kind = COLLECTIONS[path.split("/")[3]]
    pk = row_for(path, kind, rows) if rows else next(_far_away)
    return path.replace("{ref}", ref_of(pk, kind))


def names_a_row(path: str) -> bool:
    """Whether the address names a row that belongs to somebody; a session is the park's."""
    return "{ref}" in path and has_tenant(KINDS[COLLECTIONS[path.split("/")[3]]])


def row_for(path: str, kind: str, own: Organisation) -> int:
    if path.endswith("rejected-rows"):
        with enter_tenant(own.pk):
            found = OrderImport.objects.exclude(rejected_document=None)
            return found.values_list("pk", flat=True)[0]
    return keys(KINDS[kind], own)[-1]


@pytest.fixture
def no_limit(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6
    settings.API_BAD_KEYS_PER_MINUTE = 10**6


def test_no_call_opens_without_a_key_in_force(population, no_limit):

    owner = population.amber.owner
    key, secret = make_key(owner)
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        revoke_key(actor=owner.actor(), now=timezone.now(), key=key)
    bearers = {
        "nobody": Api(None),
        "a malformed key": Api("Bearer pk_no_key"),
        "an empty key": Api("Bearer "),
        "another scheme": Api("Basic b3duZXI6cHc="),
        "a revoked key": Api(f"Bearer {secret}"),
        "an owner's browser": Api(None, recent(population, owner)),
    }
    got = {
        (who, method, path): api.ask(method, filled(path, population.amber)).status
        for who, api in bearers.items()
        for method, path in calls()
    }
    assert {asked: status for asked, status in got.items() if status != 401} == {}


def test_another_organisations_key_finds_what_never_was(population, no_limit):
    api = Api(f"Bearer {make_key(population.birch.owner)[1]}")
    problems = []
    for path in sorted({path for _method, path in calls() if names_a_row(path)}):
        for method in METHODS:
            foreign = api.ask(method, filled(path, population.amber))
            never = api.ask(method, filled(path, None))
            strange = api.ask(method, path.replace("{ref}", "zzz"))
            problems += same(foreign, never, f"{method} {path}")
            problems += same(foreign, strange, f"{method} {path} with a ref that cannot be")
            if foreign.status not in (404, 405):
                problems.append(f"{method} {path} answers {foreign.status}")
    assert not problems, "\n".join(problems)


def test_each_role_and_scope_of_a_key(population, no_limit):
    owner = population.amber.owner
    lines = []
    bearers = {
        role: Api(f"Bearer {make_key(owner, role)[1]}")
        for role in population.amber.members
        if role != Role.OWNER
    }
    for scope in scopes():
        bearers[f"{scope} only"] = Api(f"Bearer {make_key(owner, 'manager', scopes=[scope])[1]}")
    for method, path in calls():
        got = {
            who: outcome(api.ask(method, filled(path, population.amber)))
            for who, api in bearers.items()
        }
        lines.append(told(f"{method} {path}", got))
    compared("api", lines)
    assert all("  yes: " in line for line in lines), lines


def test_methods_that_the_document_does_not_name_are_refused(population, no_limit):
    api = Api(f"Bearer {make_key(population.amber.owner)[1]}")
    named = set(calls())
    for path in sorted({path for _method, path in calls()}):
        for method in METHODS:
            if method == "HEAD" or (method, path) in named:
                continue
            assert api.ask(method, filled(path, population.amber)).status == 405, (method, path)


def test_refs_are_of_one_kind_only(population):
    """The ref of an order is no ref of a job: no call mixes them up."""
    order = keys(KINDS["order"], population.amber)[0]
    with pytest.raises(ValueError, match="no ref"):
        pk_of(ref_of(order, "order"), "job")
