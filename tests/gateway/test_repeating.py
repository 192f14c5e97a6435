"""The same POST twice makes one thing; each rule shown, and what happens without it."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gateway import idempotency
from gateway.models import IdempotentAnswer
from park_portal.api import v1
from tenants.isolation.context import enter_tenant
from tests.gateway.conftest import Program, make_key
from tests.proof import FULL
from trade.models import OrderImport

FILE = (
    "order number,ordered at,sku,description,quantity,unit price,currency,country\n"
    "A-1,2026-09-05 14:08,TEA-01,Tea,2,3.50,GBP,GB\n"
)


def upload(program: Program, key: str, text: str = FILE, mapping: str = "portal-orders") -> Any:
    file = BytesIO(text.encode())
    file.name = "orders.csv"
    return program.post("order-imports", {"file": file, "mapping": mapping}, key=key)


def imports_of(owner: Any) -> int:
    with enter_tenant(owner.tenant_id):
        return OrderImport.objects.count()


def test_an_upload_starts_one_import_and_its_repetition_answers_the_same(program, owner):
    first = upload(program, "a")
    again = upload(program, "a")
    assert first.status_code == again.status_code == 201, first.content
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert imports_of(owner) == 1


def test_another_body_under_the_same_key_is_refused(program, owner):
    assert upload(program, "a").status_code == 201
    refused = upload(program, "a", FILE.replace("3.50", "4.50"))
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert imports_of(owner) == 1


def test_another_address_under_the_same_key_is_refused(program):
    made = upload(program, "a").json()
    refused = program.post(f"jobs/{made['job']}/cancellation", key="a")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_two_organisations_may_use_the_same_key(program, owner, make, neighbour):
    stranger = make.member(neighbour)
    other = Program(str(make_key(stranger)[1]))
    assert upload(program, "a").status_code == upload(other, "a").status_code == 201
    assert imports_of(owner) == imports_of(stranger) == 1


def test_a_refused_call_is_not_remembered(program, owner):
    assert upload(program, "a", mapping="no such mapping").status_code == 409
    assert imports_of(owner) == 0
    assert upload(program, "a").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 256, "a\tb"])
def test_without_a_fitting_key_nothing_is_made(program, owner, key):
    file = BytesIO(FILE.encode())
    file.name = "orders.csv"
    body = {"file": file, "mapping": "portal-orders"}
    refused = program.post("order-imports", body, **{"idempotency-key": key})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing")
    assert imports_of(owner) == 0


def test_every_post_of_the_api_is_repeatable():
    callbacks: list[Any] = [pattern.callback for pattern in v1]
    views = {callback.view_class for callback in callbacks}
    posting = [view for view in views if hasattr(view, "post")]
    assert len(posting) >= 3
    for view in posting:
        assert view.post.__wrapped__.__qualname__.endswith("post"), view


def at_once(owner: Any, keys: int, copies: int) -> Counter[str]:
    """Each key sent ``copies`` times at the same moment; gives how often which answer came."""
    secret = str(make_key(owner)[1])
    seen: Counter[str] = Counter()
    gates = [threading.Barrier(copies) for _key in range(keys)]

    def send() -> None:
        program = Program(secret)
        program.client.raise_request_exception = False
        for number, gate in enumerate(gates):
            gate.wait()
            answer = upload(program, f"key-{number}")
            said = answer.json()
            seen[said.get("code") or f"{number} {said['id']}"] += 1
        connection.close()

    threads = [threading.Thread(target=send) for _copy in range(copies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


@pytest.fixture
def unthrottled(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 10**6


KEYS, COPIES = (100, 50) if FULL else (3, 6)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_thing_each(owner, unthrottled):
    seen = at_once(owner, KEYS, COPIES)
    assert imports_of(owner) == KEYS
    made = {answer for answer in seen if answer[0].isdigit()}
    assert len(made) == KEYS
    assert seen.keys() - made <= {"idempotency_key_in_flight"}
    assert sum(seen.values()) == KEYS * COPIES


@pytest.mark.django_db(transaction=True)
def test_control_without_the_check_each_copy_makes_its_own(owner, unthrottled, monkeypatch):
    monkeypatch.setattr(idempotency, "try_lock", lambda tenant_id, key: True)
    monkeypatch.setattr(idempotency, "_keep", lambda *said: None)
    upload(Program(str(make_key(owner)[1])), "adopts")
    at_once(owner, 1, 3)
    assert imports_of(owner) == 1 + 3


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_constraint_still_lets_one_through(
    owner, unthrottled, monkeypatch
):
    copies = 4
    upload(Program(str(make_key(owner)[1])), "adopts")
    # All of them look for an answer before any of them has one.
    gate = threading.Barrier(copies)
    monkeypatch.setattr(idempotency, "try_lock", lambda tenant_id, key: gate.wait(60) < copies)
    seen = at_once(owner, 1, copies)
    assert imports_of(owner) == 1 + 1
    assert seen["broken"] == copies - 1


@pytest.mark.django_db(transaction=True)
def test_whoever_never_got_the_answer_asks_again(owner, monkeypatch):
    """The answer is kept in the transaction that made the thing: both are there, or neither."""
    program = Program(str(make_key(owner)[1]))
    really = program.client.post

    def cut_off(*said: Any, **more: Any) -> None:
        really(*said, **more)
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(program.client, "post", cut_off)
        with pytest.raises(ConnectionResetError):
            upload(program, "a")
    assert imports_of(owner) == 1
    assert upload(program, "a").headers["Idempotency-Replayed"] == "true"
    assert imports_of(owner) == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_that_breaks_after_its_work_leaves_nothing_and_can_be_sent_again(owner, monkeypatch):
    program = Program(str(make_key(owner)[1]))
    program.client.raise_request_exception = False

    def breaks(*said: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "_keep", breaks)
        assert upload(program, "a").status_code == 500
    assert imports_of(owner) == 0
    assert upload(program, "a").status_code == 201


def test_old_answers_are_forgotten_and_young_ones_kept(program, owner):
    upload(program, "a")
    with enter_tenant(owner.tenant_id):
        idempotency.forget_old_answers(timezone.now() + timedelta(hours=24))
        assert IdempotentAnswer.objects.count() == 1
        idempotency.forget_old_answers(timezone.now() + timedelta(hours=49))
        assert not IdempotentAnswer.objects.exists()
