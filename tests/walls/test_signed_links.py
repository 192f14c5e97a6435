"""A link to one file: works without signing in, for one file, for some minutes, as it was made."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backbone import links
from backbone.links import BadLink, Link, LinkExpired
from backbone.models.documents import DocumentQuerySet
from backbone.operations import delete_document, make_link, store_document
from foundation.actors import Actor
from foundation.errors import NotPermitted
from park_portal.logs import without_secret_links
from tenants import operations as tenants
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from tenants.models import TrailEntry, User
from tests.proof import FULL

pytestmark = pytest.mark.django_db

PAIRS = 1_000 if FULL else 5
NAME = "九月 订单.csv"
ADDRESS = re.compile(r'id="link">([^<]+)<')


def store(member, content):
    with enter_tenant(member.tenant_id):
        return store_document(
            actor=member.actor(),
            now=timezone.now(),
            file=io.BytesIO(content),
            name=NAME,
            purpose="test",
        )


@pytest.fixture
def document(owner):
    return store(owner, b"of haihe")


@pytest.fixture
def competitor(make, neighbour):
    return make.member(neighbour, "owner", password=None)


@pytest.fixture
def link(owner, document):
    with enter_tenant(owner.tenant_id, user_id=owner.user_id, request_id="asked"):
        actor = owner.actor(request_id="asked")
        return make_link(actor=actor, now=timezone.now(), document_id=document.pk)[1]


def address(token):
    return reverse("linked_file", kwargs={"token": token})


def opened(link_or_token, client=None):
    """Status and bytes that somebody with nothing but the link gets."""
    token = getattr(link_or_token, "token", link_or_token)
    answer = (client or Client()).get(address(token))
    return answer.status_code, answer.getvalue()


@pytest.fixture
def not_there():
    """Any 404 of the portal."""
    answer = Client().get("/no/such/page")
    return answer.status_code, answer.content


def test_it_opens_without_signing_in_as_a_download(link):
    answer = Client().get(address(link.token))
    assert answer.getvalue() == b"of haihe"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%B9%9D")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "text/csv"
    assert not answer.cookies


def test_it_is_made_by_a_button_and_shown_with_its_end(sign_in, owner, document, settings):
    client = sign_in(owner)
    button = reverse("backbone:file_link", kwargs={"tenant": "haihe", "pk": document.pk})
    assert (
        button in client.get(reverse("backbone:files", kwargs={"tenant": "haihe"})).content.decode()
    )
    assert client.get(button).status_code == 405
    page = client.post(button)
    assert page["Cache-Control"] == "private, no-store"
    (shown,) = ADDRESS.findall(page.content.decode())
    assert '<svg class="qr" role="img"' in page.content.decode()
    assert Client().get(urlsplit(shown).path).status_code == 200
    lasts = page.context["link"].expires_at - timezone.now()
    wanted = timedelta(minutes=settings.FILE_LINK_MINUTES)
    assert wanted - timedelta(minutes=1) < lasts <= wanted


def test_who_made_it_and_until_when_stands_in_the_trail(link, owner, document):
    with enter_tenant(owner.tenant_id):
        entry = TrailEntry.objects.get(action=TrailEntry.Action.LINK)
    assert (entry.table, entry.row_id) == ("backbone_document", document.pk)
    assert (entry.user_id, entry.request_id) == (owner.user_id, "asked")
    assert entry.after == {"name": NAME, "until": link.expires_at.isoformat()}


def test_opening_it_is_logged_without_the_link_itself(link, caplog):
    with caplog.at_level("INFO"):
        opened(link)
    assert f"file {link.document_id} of organisation {link.tenant_id} was opened" in caplog.text
    shown = [without_secret_links(None, "", record.getMessage()) for record in caplog.records]
    assert any("GET /files/…/" in line for line in shown)
    assert link.token in caplog.text
    assert link.token not in str(shown)


def test_a_file_whose_bytes_are_lost_says_so(link, document):
    document.path.unlink()
    status, page = opened(link)
    assert (status, b"<main" in page) == (404, True)
    assert page != Client().get("/no/such/page").content


# -- what opens nothing ----------------------------------------------------------------------


def test_a_forged_or_mistyped_one_is_any_404(link, not_there):
    plain, _dot, signature = link.token.rpartition(".")
    forged = [
        replace(link, document_id=link.document_id + 1).token.rpartition(".")[0] + f".{signature}",
        f"{plain}.{signature[:-1]}",
        f"{plain}.{signature.swapcase()}",
        plain,
        f"{plain}.",
        signature,
        Signer(salt="another", sep=".").sign(plain),
        Signer(key="another", salt=links.SALT, sep=".").sign(plain),
        "x" * 5_000,
        "\x00",
    ]
    for token in forged:
        assert opened(token) == not_there, token
    assert opened(link)[0] == 200


def test_control_without_the_signature_anybody_makes_links(link, monkeypatch):
    monkeypatch.setattr(Signer, "unsign", lambda self, token: token.rpartition(".")[0])
    plain = link.token.rpartition(".")[0]
    assert opened(f"{plain}.forged") == (200, b"of haihe")


def test_after_its_last_moment_it_says_so_and_opens_nothing(link):
    late = replace(link, expires_at=timezone.now().replace(microsecond=0))
    status, page = opened(late)
    assert status == 410
    assert b"of haihe" not in page
    assert NAME.encode() not in page


def test_the_end_is_exact(link):
    assert links.read(link.token, now=link.expires_at - timedelta(microseconds=1)) == link
    with pytest.raises(LinkExpired):
        links.read(link.token, now=link.expires_at)


def test_control_without_the_end_it_would_open_for_ever(link, monkeypatch):
    late = replace(link, expires_at=link.expires_at - timedelta(days=1))
    monkeypatch.setattr(links, "read", lambda token, now: late)
    assert opened(late) == (200, b"of haihe")


def test_an_expired_forged_one_is_any_404(link, not_there):
    late = replace(link, expires_at=link.expires_at - timedelta(days=1))
    assert opened(late.token[:-1]) == not_there


def test_a_deleted_file_is_any_404(link, owner, document, not_there):
    with enter_tenant(owner.tenant_id):
        delete_document(actor=owner.actor(), now=timezone.now(), document=document)
    assert opened(link) == not_there


def test_it_ends_when_its_maker_leaves_or_is_locked_out(make, enterprise, not_there):
    maker = make.member(enterprise, "manager", password=None)
    make.member(enterprise, "owner", password=None)
    document = store(maker, b"of haihe")
    own = Link(enterprise.pk, document.pk, maker.user_id, timezone.now() + timedelta(minutes=5))
    assert opened(own)[0] == 200
    User.objects.filter(pk=maker.user_id).update(is_active=False)
    assert opened(own) == not_there
    User.objects.filter(pk=maker.user_id).update(is_active=True)
    with enter(Identity(STAFF)):
        tenants.end_membership(actor=make.actor, now=timezone.now(), membership=maker)
    assert opened(own) == not_there


# -- whom it is made for ---------------------------------------------------------------------


def test_nobody_makes_one_for_what_they_may_not_read(
    sign_in, make, enterprise, competitor, document, not_there
):
    colleague = make.member(enterprise, "member", password=None)
    for who, slug in ((colleague, "haihe"), (competitor, "jinmen"), (competitor, "haihe")):
        button = reverse("backbone:file_link", kwargs={"tenant": slug, "pk": document.pk})
        answer = sign_in(who).post(button)
        assert (answer.status_code, answer.content) == not_there
    with enter_tenant(enterprise.pk):
        assert not TrailEntry.objects.filter(action="link").exists()


def test_a_program_makes_none(enterprise, document):
    with enter_tenant(enterprise.pk), pytest.raises(NotPermitted):
        make_link(
            actor=Actor(user_id=None, tenant_id=enterprise.pk),
            now=timezone.now(),
            document_id=document.pk,
        )


def test_one_organisations_link_never_opens_anothers_file(owner, competitor, document, not_there):
    """Rightly signed, wrongly bound: as if somebody here had mixed the numbers up."""
    until = timezone.now().replace(microsecond=0) + timedelta(minutes=5)
    other = store(competitor, b"of jinmen")
    own = Link(owner.tenant_id, document.pk, owner.user_id, until)
    theirs = Link(competitor.tenant_id, other.pk, competitor.user_id, until)
    mixed = [
        replace(own, document_id=other.pk),
        replace(own, tenant_id=competitor.tenant_id),
        replace(own, tenant_id=competitor.tenant_id, document_id=other.pk),
        replace(own, user_id=competitor.user_id),
        replace(theirs, tenant_id=owner.tenant_id),
        replace(theirs, document_id=document.pk),
    ]
    for link in mixed:
        assert opened(link) == not_there, link
    assert opened(own) == (200, b"of haihe")
    assert opened(theirs) == (200, b"of jinmen")


def test_the_same_name_in_two_organisations_is_two_files(owner, competitor, not_there):
    """Many pairs of files with one name: each link opens its own, and none with the other's side."""
    until = timezone.now().replace(microsecond=0) + timedelta(minutes=30)
    crossed = 0
    for n in range(PAIRS):
        pair = [
            (member, store(member, f"{n} of {member.tenant_id}".encode()))
            for member in (owner, competitor)
        ]
        made = [Link(who.tenant_id, file.pk, who.user_id, until) for who, file in pair]
        for link, (who, _file) in zip(made, pair, strict=True):
            assert opened(link) == (200, f"{n} of {who.tenant_id}".encode())
        first, second = made
        for swapped in (
            replace(first, document_id=second.document_id),
            replace(second, document_id=first.document_id),
        ):
            crossed += opened(swapped) != not_there
    assert crossed == 0


def test_control_without_its_organisation_the_swap_opens(owner, competitor, document, monkeypatch):
    """The guard off: the link's organisation is not asked for, neither by query nor by policy."""
    other = store(competitor, b"of jinmen")
    until = timezone.now().replace(microsecond=0) + timedelta(minutes=5)
    swapped = Link(owner.tenant_id, other.pk, owner.user_id, until)
    monkeypatch.setattr("backbone.views.enter_tenant", lambda _tenant: enter(Identity(STAFF)))
    monkeypatch.setattr(DocumentQuerySet, "visible_to", lambda self, _actor: self.all())
    assert opened(swapped) == (200, b"of jinmen")


def test_what_was_made_elsewhere_is_no_link(link):
    for salt in ("django.core.signing", "backbone.link", ""):
        with pytest.raises(BadLink):
            links.read(Signer(salt=salt, sep=".").sign("1-1-1-9999999999"), now=timezone.now())
