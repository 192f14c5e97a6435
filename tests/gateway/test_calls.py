"""Each call of the API answers what its page shows."""

from io import BytesIO

import pytest
from django.utils import timezone

from backbone.models.documents import BytesMissing
from backbone.operations import store_document
from foundation.refs import ref_of
from tenants.isolation.context import enter_tenant


def test_whose_key_this_is(program):
    answer = program.get("organisation")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["slug"] == "haihe"
    assert said["key"]["role"] == "manager"
    assert "digest" not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "jobs", "files", "orders", "order-imports", "order-mappings", "reference-rates",
        "row-accesses",
    ],
)  # fmt: skip
def test_an_empty_list(program, path):
    answer = program.get(path)
    assert (answer.status_code, answer.json()) == (200, {"data": [], "next": None})


def test_a_file_whose_bytes_are_lost_is_a_problem_with_a_sentence(program, owner):
    with enter_tenant(owner.tenant_id):
        lost = store_document(
            actor=owner.actor(),
            now=timezone.now(),
            file=BytesIO(b"a,b"),
            name="a.csv",
            purpose="trade.orders",
        )
    lost.path.unlink()
    answer = program.get(f"files/{ref_of(lost.pk, 'file')}/content")
    assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")
    assert answer.json()["detail"] == str(BytesMissing.message)
