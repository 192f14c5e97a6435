"""Each call of the API answers what its page shows."""

import pytest


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
