"""docs/asvs.csv tells the truth about itself: what it names exists, what it counts is counted."""

import csv
import re
from collections import Counter
from functools import cache

import pytest
from django.conf import settings

DOCS = settings.BASE_DIR / "docs"
COLUMNS = ["id", "level", "topic", "applies", "how", "where", "test", "status"]
STATUSES = ["met", "partly", "open"]
# The standard's own count of what is asked of a portal at levels 1 and 2.
ASKED = {"1": 70, "2": 183}


def rows() -> list[dict[str, str]]:
    with (DOCS / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def proofs(row: dict[str, str]) -> list[str]:
    return [part.strip() for part in row["test"].split(";") if part.strip()]


@cache
def text_of(path: str) -> str:
    file = settings.BASE_DIR / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@cache
def headings(path: str) -> set[str]:
    """Anchors as they are made from headings: lower case, words joined by hyphens."""
    found = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


def stands(proof: str) -> bool:
    """Whether a test function, a heading of a document or a target of the Makefile is there."""
    if proof.startswith("document: "):
        path, _hash, anchor = proof.removeprefix("document: ").partition("#")
        return anchor in headings(path)
    if proof.startswith("command: make "):
        target = proof.removeprefix("command: make ")
        return re.search(rf"^{target}:", text_of("Makefile"), re.MULTILINE) is not None
    path, _colons, name = proof.partition("::")
    return re.search(rf"^def {re.escape(name)}\(", text_of(path), re.MULTILINE) is not None


def test_every_requirement_of_both_levels_is_there_once():
    found = rows()
    assert list(found[0]) == COLUMNS
    assert not [number for number, times in Counter(r["id"] for r in found).items() if times > 1]
    assert Counter(row["level"] for row in found) == ASKED
    assert all(re.fullmatch(r"V\d+\.\d+\.\d+", row["id"]) and row["topic"] for row in found)
    key = [tuple(int(part) for part in row["id"][1:].split(".")) for row in found]
    assert key == sorted(key)


def test_every_row_says_how_or_why_not():
    for row in rows():
        applies = row["applies"] == "yes"
        assert row["how"], row["id"]
        assert (row["status"] in STATUSES) if applies else (row["status"] == ""), row["id"]
        assert applies or row["applies"] == "no", row["id"]


def test_what_is_met_has_a_place_and_a_proof():
    assert not [r["id"] for r in rows() if r["status"] == "met" and not (r["where"] and proofs(r))]


def test_every_proof_exists():
    lost = [f"{row['id']}: {proof}" for row in rows() for proof in proofs(row) if not stands(proof)]
    assert not lost, "\n".join(lost)


def test_every_place_exists():
    """Paths of the repository; ``<app>/…`` and words without a slash are patterns of many."""
    places = {p.strip() for row in rows() for p in row["where"].split(",")}
    paths = [place for place in places if "/" in place and "<" not in place]
    assert not [path for path in paths if not (settings.BASE_DIR / path).exists()]


@pytest.mark.parametrize(
    "proof",
    [
        "tests/park_portal/test_asvs.py::test_that_nobody_wrote",
        "tests/park_portal/no_such_file.py::test_every_proof_exists",
        "document: docs/security.md#no-such-heading",
        "command: make nothing",
    ],
)
def test_control_a_proof_that_is_not_there_is_noticed(proof):
    assert not stands(proof)


def test_the_document_counts_as_the_file_does():
    said = (DOCS / "security.md").read_text(encoding="utf-8")
    found = rows()
    for level in ASKED:
        of_level = [row for row in found if row["level"] == level]
        counted = Counter(row["status"] or "no" for row in of_level)
        numbers = [len(of_level), counted["no"], *(counted[status] for status in STATUSES)]
        assert f"| {level} | {' | '.join(map(str, numbers))} |" in said
    everything = Counter(row["status"] or "no" for row in found)
    numbers = [len(found), everything["no"], *(everything[status] for status in STATUSES)]
    assert f"| both | {' | '.join(map(str, numbers))} |" in said


def test_every_heading_that_a_link_points_to_exists():
    said = (DOCS / "security.md").read_text(encoding="utf-8")
    anchors = re.findall(r"\]\(#([\w-]+)\)", said)
    assert anchors
    assert set(anchors) <= headings("docs/security.md")


def test_every_file_the_document_names_exists():
    said = (DOCS / "security.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:tests|tenants|members|foundation|backbone|gateway|trade|park_portal|deploy)/[\w./]+)`",
        said,
    )
    assert named
    assert not [path for path in named if not (settings.BASE_DIR / path).exists()]
