"""Files: stored, judged, refused, opened, and cleaned up."""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from backbone import housekeeping, purposes
from backbone.files import plain_name
from backbone.models import Document
from backbone.operations import delete_document, open_document, store_document
from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from tenants.isolation.context import enter_tenant

PDF = b"%PDF-1.7 ..."


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def store(actor):
    def store(content=b"a,b\n1,2\n", name="orders.csv", **values):
        file = content if hasattr(content, "read") else io.BytesIO(content)
        values = {"purpose": "test"} | values
        with enter_tenant(actor.tenant_id):
            return store_document(actor=actor, now=timezone.now(), file=file, name=name, **values)

    return store


def files_on_disk():
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.django_db
def test_stored_with_its_size_and_digest(store, actor):
    content = b"x" * 3_000_000
    document = store(content)
    assert (document.size, document.sha256) == (3_000_000, hashlib.sha256(content).hexdigest())
    with document.open() as opened:
        assert opened.read() == content
    assert document.path.parent.name == str(actor.tenant_id)
    assert document.created_by_id == actor.user_id


@pytest.mark.django_db
def test_an_upload_that_was_read_before_is_stored_whole(store):
    upload = SimpleUploadedFile("a.csv", b"a,b\n")
    upload.read()
    assert store(upload).size == 4
    half_read = io.BytesIO(b"a,b\n")
    half_read.read(2)
    assert store(half_read).size == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (PDF, "orders.csv", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "a.pdf", "image/png"),
        (b"a,b\n", "a.CSV", "text/csv"),
        (b"<html><script>", "a.html", "text/plain"),
        (b"<svg onload=alert(1)>", "a.svg", "text/plain"),
        ("订单".encode("gb18030"), "a.csv", "text/csv"),
        (b"MZ\x00\x01", "a.csv", "application/octet-stream"),
        (workbook(), "a.txt", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04 broken", "a.xlsx", "application/zip"),
    ],
)
def test_the_type_is_what_the_bytes_show(store, content, name, expected):
    assert store(content, name).content_type == expected


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\订单.xlsx", "订单.xlsx"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_names_lead_nowhere(given, kept):
    assert plain_name(given) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), (b"12345", "file_too_large")])
def test_a_refused_file_leaves_nothing(store, actor, content, code):
    with pytest.raises(InvalidInput) as refusal:
        store(content, limit=4)
    assert refusal.value.code == code
    assert files_on_disk() == []
    with enter_tenant(actor.tenant_id):
        assert not Document.objects.exists()


@pytest.mark.django_db
def test_a_row_that_is_refused_leaves_no_file(store):
    with pytest.raises(DomainError):
        store(purpose="p" * 41)
    assert files_on_disk() == []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_file_is_swept(store, actor):
    kept = store()
    with enter_tenant(actor.tenant_id):
        store(name="lost.csv")
        transaction.set_rollback(True)
    assert len(files_on_disk()) == 2
    assert housekeeping.delete_orphans() == 0, "it could still be committed"
    for path in files_on_disk():
        os.utime(path, (0, time.time() - housekeeping.ORPHAN_AFTER_SECONDS - 1))
    assert housekeeping.delete_orphans() == 1
    assert files_on_disk() == [kept.path]


@pytest.mark.django_db(transaction=True)
def test_deleting_takes_the_bytes_after_the_commit(store, actor):
    document = store()
    with enter_tenant(actor.tenant_id):
        delete_document(actor=actor, now=timezone.now(), document=document)
        assert document.path.exists(), "a rollback must find it"
        transaction.set_rollback(True)
    assert document.path.exists()
    with enter_tenant(actor.tenant_id):
        delete_document(actor=actor, now=timezone.now(), document=document)
    assert not document.path.exists()


@pytest.mark.django_db(transaction=True)
def test_kept_through_its_last_day(store, actor):
    last_day = date(2026, 9, 5)
    store(expires_on=last_day)
    store()
    for day, left in [(last_day, 2), (last_day + timedelta(days=1), 1)]:
        noon = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
        with enter_tenant(actor.tenant_id):
            housekeeping.delete_expired(actor.tenant_id, noon)
        assert len(files_on_disk()) == left


@pytest.mark.django_db
def test_who_may_open(store, make, enterprise, neighbour, monkeypatch):
    monkeypatch.setattr(purposes, "_purposes", {})
    purposes.register_purpose("orders", label="Orders", readers={"operations"})
    document = store(purpose="orders")

    def opens(membership):
        actor = membership.actor()
        with enter_tenant(actor.tenant_id):
            try:
                open_document(actor=actor, now=timezone.now(), document_id=document.pk)[1].close()
            except DomainError as refusal:
                return refusal.code
        return "opened"

    assert opens(make.member(enterprise, "manager")) == "opened"
    assert opens(make.member(enterprise, "operations")) == "opened"
    assert opens(make.member(enterprise, "member")) == "not_found"
    assert opens(make.member(neighbour, "owner")) == "not_found"


@pytest.mark.django_db
def test_a_purpose_nobody_registered_is_for_its_keeper_and_the_leads(store, make, enterprise):
    store()
    seen = Document.objects.visible_to
    with enter_tenant(enterprise.pk):
        assert seen(make.member(enterprise, "owner").actor()).count() == 1
        assert seen(make.member(enterprise, "operations").actor()).count() == 0
        assert seen(Actor(user_id=None, tenant_id=enterprise.pk)).count() == 1
