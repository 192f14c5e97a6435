"""Every way by which a file comes in. A new door is one more line in DOORS."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import resolve, reverse
from django.utils.html import escape

from backbone.models import Job
from backbone.runner import perform
from residency.links import token_of
from tenants.isolation.context import enter_tenant
from tenants.kinds import TenantKind
from tests.gateway.conftest import make_key
from tests.leasing.rows import lease_to_sign, sheet_to_fill
from tests.makers import Makers
from tests.residency.asking import asked_for
from tests.residency.making import awaiting
from tests.spaces.making import Grounds
from tests.training.making import Centre, School

BOUNDARY = "a-boundary-of-the-test"
TENANT, UNIVERSITY = "haihe", "hostile-university"
# What a page's form sends beside the file.
FORM = {"csrfmiddlewaretoken": "x"}
API = "/api/v1/"
MOST_STEPS = 8
# What the columns' form needs where nothing could be guessed.
REQUIRED = ("number", "ordered_at", "sku", "quantity", "unit_price")
_numbers = count(1)


@dataclass(frozen=True)
class Door:
    """``member`` names the fixture of who comes; ``post`` sends a file from disk under a name."""

    name: str
    member: str
    #: The member's browser or program; ``sign_in`` is the fixture.
    come: Callable[[Any, Any], Client]
    post: Callable[[Client, str, Path], HttpResponseBase]
    #: What the answer says to people when it refuses.
    sentences: Callable[[Any], list[str]]
    #: Goes on from a file that was taken, through every following step; gives all answers.
    follow: Callable[[Client, Any], Iterator[Any]]
    #: The status of an answer that took the file.
    taken: int = 302


def post_form(
    client: Client,
    address: str,
    name: str,
    path: Path,
    fields: Mapping[str, str] | None = None,
    **environ: str,
) -> Any:
    """As a browser sends a form; the file is read from disk in parts."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogatepass")
    head = b"".join(_field(*each) for each in (fields or {}).items())
    head += b'--%b\r\nContent-Disposition: form-data; name="file"; filename="%b"' % (
        BOUNDARY.encode(), escaped,
    )  # fmt: skip
    head += b"\r\nContent-Type: text/csv\r\n\r\n"
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    with path.open("rb") as file:
        body = io.BufferedReader(Joined(io.BytesIO(head), file, io.BytesIO(tail)), 64 * 1024)
        length = len(head) + path.stat().st_size + len(tail)
        return post_body(client, address, body, length, **environ)


def _field(name: str, value: str) -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    ).encode()


def post_body(
    client: Client, address: str, body: Any, length: int, content_type: str = "", **environ: str
) -> Any:
    """Send a body as it is, whatever it claims to be."""
    return client.request(
        REQUEST_METHOD="POST",
        PATH_INFO=address,
        CONTENT_TYPE=content_type or f"multipart/form-data; boundary={BOUNDARY}",
        CONTENT_LENGTH=str(length),
        **{"wsgi.input": body, **environ},
    )


class Joined(io.RawIOBase):
    """Several files read as one."""

    def __init__(self, *files: IO[bytes]) -> None:
        self._files = list(files)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._files:
            if part := self._files[0].read(len(buffer)):
                buffer[: len(part)] = part
                return len(part)
            self._files.pop(0)
        return 0


# -- orders ------------------------------------------------------------------------------------


def _orders(name: str) -> str:
    return reverse(f"trade:{name}", kwargs={"tenant": TENANT})


def _upload_orders(client: Client, name: str, path: Path) -> Any:
    return post_form(client, _orders("import_new"), name, path, FORM)


def _form_sentences(response: Any) -> list[str]:
    """The errors of the page's form that the page shows, or the sentence of an error page."""
    shown = response.content.decode()
    if response.context is None or "form" not in response.context:
        return re.findall(r"<h1>[^<]+</h1>\s*<p>([^<]+)</p>", shown)
    errors = response.context["form"].errors.values()
    return [str(each) for several in errors for each in several if escape(each) in shown]


def _browser(member: Any, sign_in: Any) -> Client:
    return sign_in(member)


def walk_the_wizard(client: Client, response: Any) -> Iterator[Any]:
    """Read, map, check, import: each step with what lies nearest, as far as it goes."""
    address, steps = response.url, 0
    while address and steps < MOST_STEPS:
        page = client.get(address)
        yield page
        steps += 1
        if page.status_code != 200:
            address = page.headers.get("Location", "")
            continue
        view = resolve(address.partition("?")[0]).url_name
        answer = _STEPS[view](client, address, page) if view in _STEPS else None
        if answer is not None:
            yield answer
        yield from _beside(client, page)
        address = answer.headers.get("Location", "") if answer is not None else ""
        _work_off_jobs(client)


def _read(client: Client, address: str, page: Any) -> Any:
    look, candidates = page.context["look"], page.context["candidates"]
    said = {"delimiter": look.delimiter or ",", "sheet": look.sheet}
    return client.post(address, said | {"encoding": candidates[0].encoding if candidates else ""})


def _map(client: Client, address: str, page: Any) -> Any:
    return client.post(address, {"name": page.context["fits"][0].name})


def _name_columns(client: Client, address: str, page: Any) -> Any:
    form = page.context["form"]
    said = {field.html_name: field.value() or "" for field in form}
    taken = {value for name, value in said.items() if name.startswith("column_")}
    free = [each for each in page.context["look"].headers if each not in taken]
    for target in REQUIRED:
        if not said[f"column_{target}"] and free:
            said[f"column_{target}"] = free.pop(0)
    said |= {"name": "hostile", "channel": "Shop"}
    said["fixed_currency"] = "-" if said["column_currency"] else "USD"
    return client.post(address, said)


def _check(client: Client, address: str, page: Any) -> Any:
    if page.context.get("report") is None:
        _work_off_jobs(client)
        page = client.get(address)
    return client.post(address, {"amount": "good"}) if page.context.get("report") else page


_STEPS = {
    "import_reading": _read,
    "import_mapping": _map,
    "import_columns": _name_columns,
    "import_preview": _check,
}


def _beside(client: Client, page: Any) -> Iterator[Any]:
    """Pages that lead away from a check: the rejected rows, the countries of the file."""
    own = page.context.get("own") if page.context else None
    if own is None or page.context.get("report") is None:
        return
    arguments = {"tenant": TENANT, "import_id": own.pk}
    yield client.get(reverse("trade:import_rejected", kwargs=arguments))
    countries = {"tenant": TENANT, "mapping_id": own.mapping_id}
    yield client.get(reverse("trade:countries", kwargs=countries), {"import": own.pk})


def _work_off_jobs(client: Client) -> None:
    tenant_id = client.tenant_id  # type: ignore[attr-defined]
    with enter_tenant(tenant_id):
        waiting = list(Job.objects.filter(state="queued").values_list("pk", flat=True))
    for pk in waiting:
        perform(tenant_id=tenant_id, job_id=pk)


# -- rates -------------------------------------------------------------------------------------


def _upload_rates(client: Client, name: str, path: Path) -> Any:
    return post_form(client, reverse("admin:trade_rate_upload"), name, path, FORM)


def _list_after(client: Client, response: Any) -> Iterator[Any]:
    yield client.get(response.url)


# -- the API -----------------------------------------------------------------------------------


def _program(member: Any, sign_in: Any) -> Client:
    return Client(headers={"authorization": f"Bearer {make_key(member)[1]}"})


def _import_orders(client: Client, name: str, path: Path) -> Any:
    key = {"HTTP_IDEMPOTENCY_KEY": f"hostile-{next(_numbers)}"}
    fields = {"mapping": "portal-orders"}
    return post_form(client, API + "order-imports", name, path, fields=fields, **key)


def _problem_sentences(response: Any) -> list[str]:
    said = response.json()
    details = [each["detail"] for each in said.get("errors", [])]
    return [said["detail"], *details] if said.get("detail") else details


def _follow_the_import(client: Client, response: Any) -> Iterator[Any]:
    _work_off_jobs(client)
    made = client.get(f"{API}order-imports/{response.json()['id']}")
    yield made
    if made.json()["rejected_file"]:
        yield client.get(made.request["PATH_INFO"] + "/rejected-rows")


# -- signed copies -----------------------------------------------------------------------------


def _signer(member: Any, sign_in: Any) -> Client:
    """Whoever answers for an organisation whose agreement waits for a signature."""
    client = _browser(member, sign_in)
    where = {"tenant": TENANT, "pk": awaiting(member).pk}
    client.copy_address = reverse("residency:signed_copy", kwargs=where)  # type: ignore[attr-defined]
    return client


def _upload_copy(client: Client, name: str, path: Path) -> Any:
    return post_form(client, client.copy_address, name, path, FORM)  # type: ignore[attr-defined]


# -- signed leases, photos of handovers ----------------------------------------------------------


def _tenant_of_unit(member: Any, sign_in: Any) -> Client:
    """Whoever answers for an organisation whose lease waits for a signature."""
    client = _browser(member, sign_in)
    where = {"tenant": TENANT, "pk": lease_to_sign(member).pk}
    client.copy_address = reverse("leasing:signed_copy", kwargs=where)  # type: ignore[attr-defined]
    return client


def _inspector(member: Any, sign_in: Any) -> Client:
    """Somebody of the park, and the sheet of a handover."""
    client = _browser(member, sign_in)
    where = {"object_id": sheet_to_fill(member).pk, "step": "photo"}
    client.photo_address = reverse("admin:leasing_handover_step", kwargs=where)  # type: ignore[attr-defined]
    return client


def _add_photo(client: Client, name: str, path: Path) -> Any:
    fields = FORM | {"what": "Door"}
    return post_form(client, client.photo_address, name, path, fields)  # type: ignore[attr-defined]


# -- rosters -----------------------------------------------------------------------------------


def _upload_roster(client: Client, name: str, path: Path) -> Any:
    return post_form(client, _rosters(), name, path, FORM)


def _rosters() -> str:
    return reverse("learners:rosters", kwargs={"tenant": UNIVERSITY})


def _put_in(client: Client, response: Any) -> Iterator[Any]:
    """Choose an encoding where one has to be, look, take the wrong rows, put the others in."""
    page = client.get(response.url, follow=True)
    yield page
    if "candidates" in page.context:
        encoding = page.context["candidates"][0].encoding
        page = client.post(page.request["PATH_INFO"], {"encoding": encoding}, follow=True)
        yield page
    if page.context.get("plan") is None:
        return
    address = page.request["PATH_INFO"]
    yield client.get(f"{address}wrong.csv")
    seen = page.context["form"].initial["seen"]
    yield client.post(address, {"seen": seen, "amount": "good"}, follow=True)
    yield client.get(reverse("learners:learners", kwargs={"tenant": UNIVERSITY}))


# -- lists of people for a session ---------------------------------------------------------------


def _list_keeper(member: Any, sign_in: Any) -> Client:
    """A coordinator, and a session whose seats the university books."""
    client = _browser(member, sign_in)
    make = Makers()
    centre = Centre(Grounds(make.member(make.tenant(kind=TenantKind.OPERATOR), "owner")))
    centre.agree(School(member))
    where = {"tenant": UNIVERSITY, "pk": centre.session().pk}
    client.list_address = reverse("training:list", kwargs=where)  # type: ignore[attr-defined]
    return client


def _seen(client: Client, response: Any) -> Iterator[Any]:
    """Nothing was kept: the session's page is as it was."""
    yield client.get(client.list_address.removesuffix("list/"))  # type: ignore[attr-defined]


def _look_at_list(client: Client, name: str, path: Path) -> Any:
    return post_form(client, client.list_address, name, path, FORM)  # type: ignore[attr-defined]


# -- results of a test ---------------------------------------------------------------------------


def _examiner(member: Any, sign_in: Any) -> Client:
    """Somebody of the park, and a session whose test is to be entered."""
    client = _browser(member, sign_in)
    session = Centre(Grounds(member)).session()
    client.results_address = reverse("admin:results_upload", args=[session.pk])  # type: ignore[attr-defined]
    return client


def _recorded(client: Client, response: Any) -> Iterator[Any]:
    """Nothing was kept: the session's page is as it was."""
    yield client.get(client.results_address.removesuffix("results/upload/"))  # type: ignore[attr-defined]


def _look_at_results(client: Client, name: str, path: Path) -> Any:
    return post_form(client, client.results_address, name, path, FORM)  # type: ignore[attr-defined]


# -- documents of an application -----------------------------------------------------------------


def _applicant(member: Any, sign_in: Any) -> Client:
    """Somebody without an account, with the link of an application at the member's park."""
    client = Client()
    application, requirement = asked_for(member.tenant)
    where = {"token": token_of(application), "pk": requirement.pk}
    client.paper_address = reverse("apply:document", kwargs=where)  # type: ignore[attr-defined]
    return client


def _bring(client: Client, name: str, path: Path) -> Any:
    cache.clear()  # the limit on uploads
    return post_form(client, client.paper_address, name, path, FORM)  # type: ignore[attr-defined]


def _open_again(client: Client, response: Any) -> Iterator[Any]:
    yield client.get(response.url)
    yield client.get(client.paper_address + "file/")  # type: ignore[attr-defined]


# -- pictures of floors --------------------------------------------------------------------------


def _lead(member: Any, sign_in: Any) -> Client:
    """Somebody of the park, and a floor that waits for its picture."""
    client = _browser(member, sign_in)
    floor = Grounds(member).floor
    client.picture_address = reverse("admin:floor_picture", args=[floor.pk])  # type: ignore[attr-defined]
    return client


def _hang(client: Client, name: str, path: Path) -> Any:
    fields = FORM | {"metres_wide": "40"}
    return post_form(client, client.picture_address, name, path, fields)  # type: ignore[attr-defined]


# -- files of the park's bank ----------------------------------------------------------------------


def _bookkeeper(member: Any, sign_in: Any) -> Client:
    client = _browser(member, sign_in)
    client.park_id = member.tenant_id  # type: ignore[attr-defined]
    return client


def _upload_statement(client: Client, name: str, path: Path) -> Any:
    return post_form(client, reverse("admin:banking_upload"), name, path, FORM | {"take": "on"})


def _read_statement(client: Client, response: Any) -> Iterator[Any]:
    """The worker reads it; the page of the file and the lists tell what came of it."""
    with enter_tenant(client.park_id):  # type: ignore[attr-defined]
        job = Job.objects.latest("pk")
    perform(tenant_id=client.park_id, job_id=job.pk)  # type: ignore[attr-defined]
    with enter_tenant(client.park_id):  # type: ignore[attr-defined]
        job.refresh_from_db()
    assert job.state == "succeeded", job.error
    yield client.get(response.url)
    yield client.get(reverse("admin:banking_statementline_changelist"))


DOORS = [
    Door("orders", "owner", _browser, _upload_orders, _form_sentences, walk_the_wizard),
    Door("rosters", "coordinator", _browser, _upload_roster, _form_sentences, _put_in),
    Door(
        "seat list", "coordinator", _list_keeper, _look_at_list, _form_sentences, _seen, taken=202
    ),
    Door("results", "staff", _examiner, _look_at_results, _form_sentences, _recorded, taken=202),
    Door("papers", "staff", _applicant, _bring, _form_sentences, _open_again),
    Door("rates", "staff", _browser, _upload_rates, _form_sentences, _list_after),
    Door("bank file", "staff", _bookkeeper, _upload_statement, _form_sentences, _read_statement),
    Door("floor plan", "staff", _lead, _hang, _form_sentences, _list_after),
    Door("signed copy", "owner", _signer, _upload_copy, _form_sentences, _list_after),
    Door("signed lease", "owner", _tenant_of_unit, _upload_copy, _form_sentences, _list_after),
    Door("photo", "staff", _inspector, _add_photo, _form_sentences, _list_after),
    Door(
        "api", "owner", _program, _import_orders, _problem_sentences, _follow_the_import, taken=201
    ),
]
