"""Certificates for programs."""

from __future__ import annotations

import pytest
from django.test import Client

from certificates.operations.ending import revoke
from foundation.refs import ref_of
from tests.certificates.conftest import FACTS, NOW
from tests.certificates.test_issuing import given
from tests.gateway.conftest import make_key


@pytest.fixture
def program(make, university):
    """With a key that an owner makes."""

    def _program(role="coordinator", tenant=university, scopes=("certificates.read",)):
        _key, secret = make_key(make.member(tenant, "owner"), role=role, scopes=list(scopes))
        return Client(headers={"authorization": f"Bearer {secret}"})

    return _program


def test_a_program_reads_the_organisations_certificates(
    certify, university, office, program, weaker
):
    made, other = certify(), certify(source=weaker, holder_name="李四")
    with office() as actor:
        revoke(actor=actor, now=NOW, certificate=other, reason="x")
        recorded = given(actor, university)
    rows = program().get("/api/v1/certificates").json()["data"]
    assert [row["number"] or row["given_number"] for row in rows] == [recorded.given_number, other.number, made.number]  # fmt: skip
    assert [row["state"] for row in rows] == ["issued", "revoked", "issued"]
    assert rows[-1]["verify_url"].endswith(f"/verify/{made.number}/")
    found = program().get("/api/v1/certificates", {"state": "revoked", "kind": "training"})
    assert [row["id"] for row in found.json()["data"]] == [ref_of(other.pk, "certificate")]
    one = program().get(f"/api/v1/certificates/{ref_of(made.pk, 'certificate')}").json()
    assert one["holder_name"] == FACTS.holder_name


def test_others_read_none_of_them(certify, program, stranger):
    path = f"/api/v1/certificates/{ref_of(certify().pk, 'certificate')}"
    assert program(tenant=stranger.tenant).get("/api/v1/certificates").json()["data"] == []
    assert program(tenant=stranger.tenant).get(path).status_code == 404
    assert program(role="member").get(path).status_code == 403
    assert program(scopes=["learners.read"]).get(path).status_code == 403
