"""What the database refuses comes out with a sentence for people."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.utils import translation

from foundation import operations
from foundation.errors import DomainError
from tenants.isolation.context import across_tenants


class Refused(Exception):
    """As psycopg tells it."""

    def __init__(self, name):
        self.diag = type("Diagnostics", (), {"constraint_name": name})


def refusal(name):
    error = IntegrityError()
    error.__cause__ = Refused(name)
    return operations._refusal(error)


def named(own):
    """A constraint of ours with a sentence of its own, or without."""
    models = apps.get_models()
    ours = (one for model in models for one in model._meta.constraints)
    return next(one for one in ours if bool(operations._own_sentence(one)) is own)


def test_a_constraint_with_a_sentence_of_its_own_says_it():
    constraint = named(own=True)
    refused = refusal(constraint.name)
    assert (refused.code, refused.message) == (constraint.name, constraint.violation_error_message)


@pytest.mark.parametrize("name", [named(own=False).name, "of_no_model", ""])
def test_one_without_says_something_plain(name):
    refused = refusal(name)
    assert refused.code == (name or "conflict")
    with translation.override("en"):
        assert str(refused).startswith("This does not fit")


def test_no_refusal_has_a_gap_in_it():
    names = [c.name for m in apps.get_models() for c in m._meta.constraints]
    assert names
    assert not [name for name in names if "%(" in str(refusal(name))]


def test_the_database_itself_refuses_with_a_sentence(inside):
    @operations.operation
    def make_it_a_castle():
        with across_tenants("a kind that there is not"):
            type(inside).objects.filter(pk=inside.pk).update(kind="castle")

    with pytest.raises(DomainError) as refused:
        make_it_a_castle()
    assert refused.value.code == "tenant_kind_known"
    assert str(refused.value) == str(operations.DOES_NOT_FIT)
    inside.refresh_from_db()
    assert inside.kind != "castle"
