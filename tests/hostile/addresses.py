"""Odd strings in addresses and headers: query parameters, parts of paths, what a browser says."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, unquote, urlencode

from django.urls import resolve, reverse

from tests.browser.small_park import HOMES, NOBODY, OWNER, STAFF_MEMBER
from tests.hostile.rows import Watch
from tests.hostile.sender import REFUSALS, Answer, Pairs, Sender, as_bytes, is_run_by
from tests.hostile.strings import Odd, few, naughty, turns
from tests.hostile.walk import Doors, Query
from tests.proof import FULL, share

# What a view reads and no link of a page says: route to parameters.
SILENT = {
    "account_login": ["next", "username"],
    "account_logout": ["next"],
    "account_reauthenticate": ["next"],
    "admin:search": ["s", "extended"],
    "admin:login": ["next"],
    "admin:autocomplete": ["term", "app_label", "model_name", "field_name", "page"],
    "mailbox:mails": ["after", "before"],
    "backbone:jobs": ["after", "before", "state"],
    "backbone:files": ["after", "before"],
    "backbone:notices": ["after", "before"],
    "trade:imports": ["after", "before"],
    "trade:row_access": ["after", "before"],
    "trade:orders": ["after", "before", "sort"],
    "trade:orders_export": ["period", "channel", "country", "direction", "sku", "q"],
    "trade:figures": ["typed"],
    "admin:trade_rows": ["after", "before"],
    "admin:reconciliation": ["page"],
}
# What every list of the staff site understands, and look-ups nobody may ask for.
OF_LISTS = ["e", "o", "p", "all", "q", "_popup", "_to_field", "_changelist_filters", "pk__in"]
FORBIDDEN = ["tenant__memberships__user__password__startswith", "id__regex", "tenant__id__in"]

AUTOCOMPLETE = {
    "app_label": "tenants",
    "model_name": "membership",
    "field_name": "tenant",
    "term": "",
}
# What a server passes on of a header: no control characters.
HEADERS = [
    "User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Referer", "Origin",
    "X-Request-ID", "X-Correlation-ID", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP",
    "Authorization", "If-Modified-Since", "If-None-Match", "Range", "HX-Request",
    "HX-Current-URL", "HX-Target", "HX-Trigger", "Content-Type", "Host",
]  # fmt: skip
COOKIES = ["sessionid", "csrftoken", "django_language", "messages", "any"]


def throw_at_parameters(sender: Sender, doors: Doors) -> None:
    """Each parameter of each page alone, the others as a link of the page has them.

    In a full run a part of the naughty strings goes into all parameters of a page at once.
    """
    for query in share([*doors.queries.values()]):
        known = parameters_of(query)
        for name in known:
            door = f"{query.name} ?{name}"
            sender.figures.fields.add(door)
            for odd in few(door):
                ask(sender, door, odd, query, known | {name: odd.text})
        for odd in turns(query.name, naughty(), of=10) if FULL and known else []:
            ask(sender, query.name, odd, query, dict.fromkeys(known, odd.text))


def parameters_of(query: Query) -> dict[str, str]:
    known = dict(query.parameters)
    if query.route == "admin:autocomplete":
        known |= AUTOCOMPLETE
    more = SILENT.get(query.route, [])
    if query.route.endswith("_changelist"):
        more = [*OF_LISTS, *FORBIDDEN]
        # The list would lead to itself without this, and nothing else would be looked at.
        known.pop("_facets", None)
    return known | {name: "" for name in more if name not in known}


def ask(sender: Sender, door: str, odd: Odd, query: Query, said: dict[str, str]) -> None:
    where = f"{door} <- {odd}"
    sender.figures.strings.add(odd.text)
    pairs = [(as_bytes(name), as_bytes(value)) for name, value in said.items()]
    with sender.undone():
        watch = Watch()
        answer = sender.get(query.cookies, query.path, urlencode(pairs).encode())
        judge_answer(sender, where, odd, answer)
        if changed := changed_by_looking(watch):
            sender.complain(where, f"a look changed {changed}")


def changed_by_looking(watch: Watch) -> set[str]:
    """A look at a neighbour's rows is recorded; nothing else may change by looking."""
    return set(watch.tables()) - {"tenants_trailentry", "trade_rowaccess"}


def judge_answer(sender: Sender, where: str, odd: Odd, answer: Answer) -> None:
    if answer.status >= 400 and answer.status not in REFUSALS and answer.status < 500:
        sender.complain(where, f"refused with {answer.status}")
    for fault in is_run_by(odd.text, answer):
        sender.complain(where, fault)


def throw_at_paths(sender: Sender, doors: Doors) -> None:
    """Each part of an address that stands for something, in the place of what stands there."""
    for person, name, path in share(doors.opened):
        for parameter, value in resolve(unquote(path)).kwargs.items():
            part = quote_from_bytes(str(value).encode())
            before, found, after = path.rpartition(part)
            if not found:
                continue
            door = f"{person} {name} <{parameter}>"
            sender.figures.fields.add(door)
            for odd in few(door):
                bent = before + quote_from_bytes(as_bytes(odd.text), safe="") + after
                with sender.undone():
                    answer = sender.get(doors.cookies[person], bent)
                judge_answer(sender, f"{door} <- {odd}", odd, answer)


def throw_at_headers(sender: Sender, doors: Doors) -> None:
    """On pages that read, a form that writes, and the door that everybody finds."""
    for name in HEADERS:
        for odd in few(f"header {name}", of=10):
            knock(sender, doors, odd, name, as_header(odd.text))
    for name in COOKIES:
        for odd in few(f"cookie {name}", of=10):
            knock(sender, doors, odd, f"Cookie {name}", f'{name}="{as_crumb(odd.text)}"')


def knock_with_cookies(sender: Sender, doors: Doors, odd: Odd) -> None:
    for name in COOKIES:
        knock(sender, doors, odd, f"Cookie {name}", f'{name}="{as_crumb(odd.text)}"')


def places() -> list[tuple[str, str, Pairs | None]]:
    """(person, path, what is posted there)."""
    own = {"tenant": HOMES[OWNER]}
    return [
        (OWNER, reverse("backbone:notices", kwargs=own), None),
        (OWNER, reverse("backbone:notices_reading", kwargs=own), []),
        (STAFF_MEMBER, reverse("admin:backbone_job_changelist"), None),
        (NOBODY, reverse("account_login"), [("login", "owner"), ("password", "no")]),
    ]


def knock(sender: Sender, doors: Doors, odd: Odd, name: str, line: str) -> None:
    for person, path, form in places():
        where = f"{person} {path} {name}"
        sender.figures.fields.add(where)
        headers = {name.partition(" ")[0]: line}
        cookies = doors.cookies[person]
        with sender.undone():
            if form is None:
                answer = sender.get(cookies, path, headers=headers)
            else:
                answer = sender.post(cookies, path, form, headers=headers)
        judge_answer(sender, f"{where}: {odd}", odd, answer)


def as_header(text: str) -> str:
    """As a server hands it on: bytes as Latin-1, no control characters."""
    plain = "".join(letter for letter in text if letter == "\t" or letter >= " ")
    return as_bytes(plain)[:8000].decode("latin-1")


def as_crumb(text: str) -> str:
    """A quoted cookie can say any byte."""
    return "".join(f"\\{byte:03o}" for byte in as_bytes(text)[:1000])
