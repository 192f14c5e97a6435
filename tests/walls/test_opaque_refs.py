"""No organisation learns its neighbours' volume from the numbers of its own rows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, path, resolve, reverse
from django.urls.converters import SlugConverter, StringConverter
from django.utils import timezone

from backbone.models import Job, Notice
from backbone.operations import notify, start_job
from billing.models import CreditNote, Invoice
from billing.operations import trying
from certificates.models import Certificate
from foundation.refs import RefConverter, ref_of
from learners.models import Learner, RosterUpload
from leasing.models import Handover, Lease
from members.operations import invite_member
from offices.models import Booking, Feed
from residency.models import Agreement, Commitment
from spaces.models import Space
from tenants.isolation.context import enter_tenant
from tenants.models import Membership, Tenant
from tests import databases
from tests.browser.routes import path_of
from tests.browser.small_park import OWNER, SmallPark
from tests.gateway.conftest import make_key
from tests.makers import Makers
from tests.routes import routes
from tests.tenants.people import browser_of, confirm
from tests.trade.conftest import lines
from tests.trade.conftest import run as import_file
from tests.walls import billed, certifying, hosting, letting, settling, spacing, teaching
from tests.walls.learning import fill_learners
from tests.walls.marks import BIRCH
from trade import operations as trade
from trade.models import Order
from training.models import Guest, Seat, SeatAgreement

pytestmark = pytest.mark.slow

TENANT_PAGES = "o/<slug:tenant>/"
# Words in an address, and what they may be.
# In the API ``ref`` is a word to the URL and is read by ``gateway.serializers.RefField``.
WORDS = {
    "tenant": SlugConverter,
    "kind": StringConverter,
    "token": StringConverter,
    # What stands on a certificate, and what a screen shows for half a minute.
    "number": StringConverter,
    "code": StringConverter,
    "ref": StringConverter,
    # Names of PARK_PAYMENT_PROVIDERS.
    "provider": SlugConverter,
    # One of the fixed list in residency.application_form.
    "section": SlugConverter,
    # Fixed lists in training.queries and training.views.seats.
    "which": SlugConverter,
    "verb": SlugConverter,
}
# What is the park's and everybody's to see.
SHARED = {"room", "training"}
NOT_FOR_ORGANISATIONS = {
    "staff/": "park staff see every organisation",
    "mailbox/": "the demo's; production has none",
    "accounts/2fa/webauthn/keys/<int:": "the library's, see test_the_librarys_numbers",
}


def parameters(patterns: list[Any], address: str = "") -> Iterator[tuple[str, str, Any]]:
    """(address, name, converter) of everything that stands for something in an address."""
    for pattern in patterns:
        here = address + str(pattern.pattern)
        for name, converter in getattr(pattern.pattern, "converters", {}).items():
            yield here, name, converter
        if not isinstance(pattern, URLPattern):
            yield from parameters(pattern.url_patterns, here)


def bare(patterns: list[Any]) -> list[str]:
    """Addresses of people's pages with a parameter that is neither a ref nor a word."""
    return [
        f"{address}: {name}"
        for address, name, converter in parameters(patterns)
        if not address.startswith(tuple(NOT_FOR_ORGANISATIONS))
        and not isinstance(converter, RefConverter)
        and not isinstance(converter, WORDS.get(name, ()))
    ]


def test_no_page_outside_the_staff_site_has_a_bare_number_in_its_address() -> None:
    patterns = get_resolver().url_patterns
    assert bare(patterns) == []
    added = path(f"{TENANT_PAGES}things/<int:pk>/", lambda request: HttpResponse())
    assert bare([*patterns, added]) == [f"{TENANT_PAGES}things/<int:pk>/: pk"], "it would be seen"


@pytest.mark.django_db
def test_the_librarys_numbers_of_security_keys_lead_nowhere(owner: Membership) -> None:
    client = browser_of(owner.user)
    key = Authenticator.objects.create(user=owner.user, type="webauthn", data={"name": "Blue"})
    shown = client.get(reverse("mfa_list_webauthn")).content.decode()
    for word in ("edit", "remove"):
        address = reverse(f"mfa_{word}_webauthn", kwargs={"pk": key.pk})
        assert address == f"/accounts/2fa/webauthn/keys/{ref_of(key.pk, 'passkey')}/{word}/"
        assert address in shown
        assert client.get(address).status_code != 404
        assert client.get(f"/accounts/2fa/webauthn/keys/{key.pk}/{word}/").status_code == 404


# -- what pages, downloads and headers show ---------------------------------------------------

# Keys like no number that the demo's files hold, whatever signs stand between the digits.
FIRST_KEY = 730_000_001
KEY = re.compile(rb"(?<!\d)730[., ]?0\d\d[., ]?\d{3}(?!\d)")
LINK = re.compile(r' (?:href|action|hx-get)="(/o/[^"#]+)"')


@pytest.fixture
def keys_that_show(transactional_db: None) -> None:
    """Every table counts on from a number that can be recognised wherever it comes out."""
    owner = databases.connect_owner(connection.settings_dict["NAME"])
    with contextlib.closing(owner), owner.cursor() as cursor:
        cursor.execute("select sequencename from pg_sequences where schemaname = 'public'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'alter sequence "{name}" restart with {FIRST_KEY}')


def shown_by(response: Any) -> bytes:
    """Everything that leaves the house but the cookies, which are random letters."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as workbook:
            body = b"\n".join(workbook.read(name) for name in workbook.namelist())
    heads = [f"{name}: {value}".encode() for name, value in response.headers.items()]
    return b"\n".join([*heads, body])


def shape(address: str) -> tuple[str, ...]:
    """Addresses of one shape are one page with other rows."""
    split = urlsplit(address)
    return (resolve(split.path).view_name, *sorted(parse_qs(split.query)))


def keys_shown(client: Client, addresses: list[str]) -> dict[str, list[bytes]]:
    """Address to the keys it shows; links are followed to every shape of address."""
    found, seen, waiting = {}, set(), list(addresses)
    while waiting:
        address = waiting.pop()
        if shape(address) in seen:
            continue
        seen.add(shape(address))
        shown = shown_by(client.get(address))
        if keys := KEY.findall(address.encode() + b" " + shown):
            found[address] = keys
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(shown.decode("latin-1"))]
    return found


def test_no_page_or_download_shows_a_key(
    keys_that_show: None, new_small_park: SmallPark, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = new_small_park.client(OWNER)
    everything = [path_of(route, new_small_park, OWNER) for route in routes()]
    addresses = [address for address in everything if address.startswith("/o/")]
    assert len(addresses) > 25
    assert keys_shown(client, addresses) == {}
    monkeypatch.setattr(Job, "get_state_display", lambda job: f"No. {job.pk:,}")
    jobs = reverse("backbone:jobs", kwargs={"tenant": "haihe-homeware"})
    assert keys_shown(client, [jobs]), "a key that is shown would be seen"


# -- a neighbour's row, and one that never was ------------------------------------------------

TAKEN_BY_TIME = {"Date", "X-Request-ID"}


@pytest.fixture
def rows(owner: Membership, staff: Membership) -> dict[str, int | None]:
    """A row of the enterprise for each kind of ref; of spaces one that nobody books."""
    actor, now = owner.actor(request_id="a-request"), timezone.now()
    today = timezone.localdate(now)
    spacing.build(staff, now)
    hosting.build(staff, now)
    teaching.build(staff, now)
    with enter_tenant(actor.tenant_id, user_id=actor.user_id):
        own = import_file(actor, lines("1,A,x,1,2011-01-04 10:00:00,2.50,,EIRE"))
        notify(actor=actor, now=now, user_id=owner.user_id, kind="test", title="Done")
        job = start_job(actor=actor, now=now, kind="trade.export_orders", payload={})
        consent = trade.consent_to_row_access(actor=actor, now=now, starts_on=today, ends_on=today)
        invitation = invite_member(
            actor=actor,
            now=now,
            tenant=Tenant.objects.get(pk=actor.tenant_id),
            email="guest@example.test",
            roles=["member"],
        )
        key, _secret = make_key(owner)
        spacing.fill(BIRCH, actor, now)
        hosting.fill(BIRCH, actor, now)
        teaching.fill(BIRCH, actor, now)
        settling.fill(BIRCH, actor, now)
        letting.fill(BIRCH, actor, now)
        billed.fill(BIRCH, actor, now)
        fill_learners(actor, BIRCH, now)
        certifying.fill(BIRCH, actor, now)
        online = trying.begin(
            actor=actor, now=now, invoice=Invoice.objects.open().latest("pk"), provider="offline"
        )
        return {
            "feed": Feed.objects.get().pk,
            "agreement": Agreement.objects.latest("pk").pk,
            "bill": Invoice.objects.issued().latest("pk").pk,
            "credit_note": CreditNote.objects.latest("pk").pk,
            "booking": Booking.objects.latest("pk").pk,
            "guest": Guest.objects.latest("pk").pk,
            "room": Space.objects.filter(kind="unit").latest("pk").pk,
            "lease": Lease.objects.latest("pk").pk,
            "handover": Handover.objects.latest("pk").pk,
            "certificate": Certificate.objects.latest("pk").pk,
            "commitment": Commitment.objects.latest("pk").pk,
            "learner": Learner.objects.latest("pk").pk,
            "roster": RosterUpload.objects.latest("pk").pk,
            "key": key.pk,
            "seat": Seat.objects.latest("pk").pk,
            "seat_agreement": SeatAgreement.objects.latest("pk").pk,
            "consent": consent.pk,
            "file": own.document_id,
            "import": own.pk,
            "invitation": invitation.pk,
            "job": job.pk,
            "mapping": own.mapping_id,
            "membership": owner.pk,
            "notice": Notice.objects.latest("pk").pk,
            "online_payment": online.pk,
            "order": Order.objects.get().pk,
        }


def with_refs() -> Iterator[tuple[str, str, str]]:
    """(route, parameter, kind) of every page of an organisation about one row."""
    names = {route.address: route.name for route in routes() if route.is_of_organisation}
    for address, name, converter in parameters(get_resolver().url_patterns):
        if not isinstance(converter, RefConverter) or converter.kind in SHARED:
            continue
        if address in names:
            yield names[address], name, converter.kind


def answer(client: Client, method: str, address: str) -> tuple[Any, ...]:
    response = client.generic(method, address)
    heads = {name: value for name, value in response.items() if name not in TAKEN_BY_TIME}
    return response.status_code, response.content, heads


@pytest.mark.django_db
def test_a_neighbours_row_is_answered_as_one_that_never_was(
    rows: dict[str, int | None], make: Makers, neighbour: Tenant
) -> None:
    """The same bytes and headers for every page about one row, reading and writing."""
    client = browser_of(make.member(neighbour, "owner").user)
    confirm(client)
    seen = 0
    for route, parameter, kind in with_refs():
        hers, never = (
            reverse(route, kwargs={"tenant": neighbour.slug, parameter: pk})
            for pk in (rows[kind], 10**12)
        )
        for method in ("GET", "POST"):
            got = answer(client, method, hers)
            assert got == answer(client, method, never), (route, method)
            assert got[0] in (404, 405), (route, method)
            seen += got[0] == 404
        made_up = never.replace(ref_of(10**12, kind), "a" * 26)
        assert answer(client, "GET", made_up)[0] == 404
        if got[0] == 404:
            assert answer(client, method, made_up) == got, (route, "made up")
    assert seen > 20
