"""Keys: shown once, kept as a digest, limited, rolled with an overlap, dead when revoked."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from foundation.errors import InvalidInput, NotPermitted, WrongState
from gateway import operations
from gateway.models import ApiKey
from gateway.scopes import scopes
from gateway.secrets import new_secret
from tenants.isolation.context import PUBLIC, Identity, enter, enter_tenant
from tenants.models import TrailEntry
from tests import databases
from tests.gateway.conftest import Program, make_key

NOW = timezone.now()


def status(secret: object) -> tuple[int, str]:
    answer = Program(str(secret)).get("organisation")
    return answer.status_code, answer.json().get("code", "")


def test_the_secret_is_nowhere_in_the_database(owner):
    key, secret = make_key(owner)
    with enter_tenant(owner.tenant_id):
        kept = ApiKey.objects.get(pk=key.pk)
        trail = str(list(TrailEntry.objects.values_list("after", flat=True)))
    assert (kept.prefix, kept.digest) == (secret.prefix, secret.digest)
    assert secret.secret not in str(kept.__dict__)
    assert secret.secret not in trail


@pytest.mark.parametrize(
    "spoil",
    [
        lambda secret: f"pk_{secret.prefix}_{new_secret().secret}",
        lambda secret: f"pk_{new_secret().prefix}_{secret.secret}",
        lambda secret: str(secret).upper(),
        lambda secret: str(secret) + "x",
        lambda secret: secret.secret,
        lambda secret: "",
        lambda secret: "pk__",
        lambda secret: "\x00",
        lambda secret: "é" * 20,
    ],
)
def test_a_key_that_is_not_exactly_right_opens_nothing(owner, spoil):
    _key, secret = make_key(owner)
    assert status(secret) == (200, "")
    assert status(spoil(secret)) == (401, "unknown_key")


def test_without_a_key_nothing_opens_and_the_way_is_told(db, client):
    answer = client.get("/api/v1/orders")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_signing_in_in_a_browser_opens_no_call(owner, sign_in):
    assert sign_in(owner).get("/api/v1/orders").status_code == 401


def test_revoked_means_from_the_next_call_on(owner):
    key, secret = make_key(owner)
    assert status(secret)[0] == 200
    with enter_tenant(owner.tenant_id):
        operations.revoke_key(actor=owner.actor(), now=timezone.now(), key=key)
    assert status(secret) == (401, "revoked_key")


def test_an_expired_key_says_so_to_its_holder_only(owner):
    key, secret = make_key(owner, now=NOW - timedelta(days=200))
    assert not key.is_in_force(NOW)
    assert status(secret) == (401, "expired_key")
    assert status(f"pk_{secret.prefix}_{new_secret().secret}") == (401, "unknown_key")


def test_rolling_leaves_the_old_key_for_the_overlap_and_no_longer(owner):
    key, old = make_key(owner, scopes=["orders.read"])
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        new_key, new = operations.roll_key(
            actor=owner.actor(), now=NOW, tenant=owner.tenant, key=key, overlap=timedelta(days=1)
        )
        key.refresh_from_db()
        assert (new_key.role, new_key.scopes) == (key.role, key.scopes)
        assert key.expires_at == NOW + timedelta(days=1)
        assert key.is_in_force(NOW + timedelta(hours=23))
        assert not key.is_in_force(NOW + timedelta(hours=25))
        with pytest.raises(WrongState):
            operations.roll_key(
                actor=owner.actor(), now=NOW, tenant=owner.tenant, key=key, overlap=timedelta(0)
            )
    programs = [Program(str(secret)).get("orders") for secret in (old, new)]
    assert [answer.status_code for answer in programs] == [200, 200]


def test_rolling_without_overlap_ends_the_old_key_at_once(owner):
    key, old = make_key(owner)
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        operations.roll_key(
            actor=owner.actor(), now=NOW, tenant=owner.tenant, key=key, overlap=timedelta(0)
        )
    assert status(old) == (401, "revoked_key")


@pytest.mark.parametrize("role", ["finance", "operations", "member"])
def test_weaker_roles_make_no_keys(make, owner, role):
    weaker = make.member(owner.tenant, role)
    with pytest.raises(NotPermitted):
        make_key(weaker, "member")
    with enter_tenant(owner.tenant_id):
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"role": "owner"},
        {"role": "coordinator"},
        {"scopes": ["everything"]},
        {"expires_at": NOW + timedelta(days=400)},
        {"expires_at": NOW - timedelta(days=1)},
    ],
)
def test_a_key_that_is_not_offered_is_refused(owner, values):
    with pytest.raises(InvalidInput):
        make_key(owner, **values)


def test_a_key_makes_no_keys(owner):
    key, _secret = make_key(owner)
    with enter_tenant(owner.tenant_id), pytest.raises(NotPermitted):
        operations.create_key(
            actor=key.actor(),
            now=NOW,
            tenant=owner.tenant,
            name="child",
            role="member",
            scopes=["orders.read"],
            expires_at=NOW + timedelta(days=1),
        )


def test_scope_and_role_must_both_agree(owner):
    _key, narrow = make_key(owner, "manager", scopes=["orders.read"])
    refused = Program(str(narrow)).get("files")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    _key, weak = make_key(owner, "member", scopes=list(scopes()))
    refused = Program(str(weak)).post("order-imports", {"mapping": "x"})
    assert refused.status_code in (403, 415)


def test_last_used_is_written_once_a_minute(owner, django_assert_num_queries):
    key, secret = make_key(owner)
    status(secret)
    with enter_tenant(owner.tenant_id):
        first = ApiKey.objects.get(pk=key.pk).last_used_at
    status(secret)
    with enter_tenant(owner.tenant_id):
        assert first is not None
        assert ApiKey.objects.get(pk=key.pk).last_used_at == first
        # Being used is no change of the key.
        assert not TrailEntry.objects.filter(table="gateway_apikey", action="update").exists()


def test_what_a_key_does_stands_in_the_trail_under_the_key(owner):
    key, secret = make_key(owner)
    file = BytesIO(b"order_no\n1\n")
    file.name = "orders.csv"
    answer = Program(str(secret)).post("order-imports", {"file": file, "mapping": "portal-orders"})
    assert answer.status_code == 201, answer.content
    with enter_tenant(owner.tenant_id):
        entries = TrailEntry.objects.filter(table="backbone_document")
        assert [(entry.key_id, entry.user_id) for entry in entries] == [(key.pk, None)]


def test_the_public_role_sees_the_one_key_it_was_given(owner, neighbour, make):
    mine, secret = make_key(owner)
    make_key(make.member(neighbour))
    with enter(Identity(PUBLIC)), connection.cursor() as cursor:
        assert not ApiKey.objects.values_list("prefix").exists()
        cursor.execute("select set_config('app.key_prefix', %s, true)", [secret.prefix])
        assert list(ApiKey.objects.values_list("pk", flat=True)) == [mine.pk]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("select created_by_id from gateway_apikey")


@pytest.mark.django_db(transaction=True)
def test_control_without_that_policy_the_public_role_would_see_every_key(owner, neighbour, make):
    make_key(owner)
    make_key(make.member(neighbour))
    owners = databases.connect_owner(connection.settings_dict["NAME"])
    with owners.cursor() as cursor:
        cursor.execute("create policy wide on gateway_apikey to portal_public using (true)")
    try:
        with enter(Identity(PUBLIC)):
            assert ApiKey.objects.values_list("prefix").count() == 2
    finally:
        with owners.cursor() as cursor:
            cursor.execute("drop policy wide on gateway_apikey")
        owners.close()


def test_other_leads_are_told_of_a_new_key(make, owner):
    from backbone.models import Notice

    second = make.member(owner.tenant, "manager")
    make.member(owner.tenant, "finance")
    make_key(owner)
    with enter_tenant(owner.tenant_id):
        assert list(Notice.objects.values_list("user_id", flat=True)) == [second.user_id]
