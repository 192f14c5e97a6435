"""Tax invoices: asked for by the organisation, recorded by the park, cancelled by a red one."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backbone.models import Document
from billing.models import Fapiao, FapiaoState, Invoice
from billing.operations import fapiao as operations
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from tenants.isolation.context import STAFF, Identity, enter
from tests.billing.owing import TODAY, D
from tests.spaces.conftest import rival
from tests.spaces.making import NOW, office, portal

pytestmark = pytest.mark.django_db
__all__ = ["rival"]
TAX = "91120116MA06ABCD1X"
NUMBER, RED = "2" * 20, "3" * 20
S = FapiaoState


def ask(member: Any, bill: Any, **values: Any) -> Fapiao:
    known: dict[str, Any] = {"title": "Haihe Ltd", "tax_number": TAX, "kind": "special"} | values
    with portal(member) as actor:
        return operations.request(actor=actor, now=NOW, invoice=bill, **known)


def record(desk: Any, fapiao: Fapiao, **values: Any) -> Fapiao:
    known: dict[str, Any] = {"number": NUMBER, "issued_on": TODAY} | values
    with office(desk.member) as actor:
        return operations.record_issued(actor=actor, now=NOW, fapiao=fapiao, **known)


def act(desk: Any, name: str, fapiao: Fapiao, **values: Any) -> Fapiao:
    with office(desk.member) as actor:
        return getattr(operations, name)(actor=actor, now=NOW, fapiao=fapiao, **values)


def rows() -> list[Any]:
    with enter(Identity(STAFF)):
        return list(Fapiao.objects.order_by("pk").values())


def test_from_the_request_to_the_red_one_and_another(owner, desk) -> None:
    bill = desk.bill(owner.tenant)
    asked = ask(owner, bill, tax_number=f" {TAX.lower()} ")
    assert (asked.tax_number, asked.amount, asked.state) == (TAX, D(100), S.REQUESTED)
    issued = record(desk, asked, number=f" {NUMBER} ")
    assert (issued.state, issued.number, issued.document) == (S.ISSUED, NUMBER, None)
    asked = act(desk, "request_red", issued, reason="Wrong title")
    assert act(desk, "drop_red", asked).state == S.ISSUED
    asked = act(desk, "request_red", issued, reason="Wrong title")
    assert act(desk, "record_red", asked, red_number=RED).state == S.RED_ISSUED
    assert ask(owner, bill).state == S.REQUESTED


def test_the_file_is_read_by_both_sides(owner, desk, make) -> None:
    file = SimpleUploadedFile("fapiao.pdf", b"%PDF-1.7 a paper")
    document = record(desk, ask(owner, desk.bill(owner.tenant)), file=file).document
    assert document is not None
    for role, sees in (("finance", True), ("member", False)):
        with portal(make.member(owner.tenant, role)) as actor:
            assert Document.objects.visible_to(actor).filter(pk=document.pk).exists() == sees
    with office(desk.member) as actor:
        assert Document.objects.visible_to(actor).filter(pk=document.pk).exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": " "}, "title"),
        ({"tax_number": ""}, "tax_number"),
        ({"tax_number": "12"}, "tax_number"),
    ],
)
def test_what_cannot_be_asked_for(owner, desk, said, code) -> None:
    bill = desk.bill(owner.tenant)
    with pytest.raises(InvalidInput) as refusal:
        ask(owner, bill, **said)
    assert (list(refusal.value.fields), rows()) == ([code], [])


def test_one_for_a_bill_at_a_time(owner, desk) -> None:
    bill = desk.bill(owner.tenant)
    first = ask(owner, bill)
    with pytest.raises(DomainError) as refusal:
        ask(owner, bill)
    assert refusal.value.code == "fapiao_one_for_a_bill"
    with portal(owner) as actor:
        operations.withdraw(actor=actor, now=NOW, fapiao=first)
    ask(owner, bill)
    assert [row["state"] for row in rows()] == [S.DROPPED, S.REQUESTED]


def test_none_for_a_deposit_nor_for_nothing(owner, desk) -> None:
    deposit, credited = desk.bill(owner.tenant, kind="deposit"), desk.bill(owner.tenant)
    desk.credit(credited)
    for bill, code in ((deposit, "fapiao_not_for_deposit"), (credited, "fapiao_for_nothing")):
        with pytest.raises(DomainError) as refusal:
            ask(owner, bill)
        assert (refusal.value.code, rows()) == (code, [])


def test_only_for_an_issued_bill_of_ones_own(owner, rival, desk) -> None:
    with pytest.raises(Invoice.DoesNotExist):
        ask(owner, desk.draft(owner.tenant))
    with pytest.raises(Invoice.DoesNotExist):
        ask(rival, desk.bill(owner.tenant))
    assert rows() == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"number": "2" * 19}, "number"),
        ({"number": "２" * 20}, "number"),
        ({"issued_on": TODAY + timedelta(days=2)}, "issued_on"),
        ({"file": SimpleUploadedFile("f.pdf", b"MZ not a paper")}, "file"),
    ],
)
def test_what_cannot_be_recorded(owner, desk, said, field) -> None:
    asked = ask(owner, desk.bill(owner.tenant))
    before = rows()
    with pytest.raises(InvalidInput) as refusal:
        record(desk, asked, **said)
    assert (list(refusal.value.fields), rows()) == ([field], before)
    with enter(Identity(STAFF)):
        assert not Document.objects.exists()


def test_a_number_is_recorded_once(owner, desk) -> None:
    record(desk, ask(owner, desk.bill(owner.tenant)))
    second = ask(owner, desk.bill(owner.tenant))
    with pytest.raises(DomainError) as refusal:
        record(desk, second)
    assert refusal.value.code == "fapiao_number_once"


def test_red_ones_need_a_reason_and_a_number_of_their_own(owner, desk) -> None:
    issued = record(desk, ask(owner, desk.bill(owner.tenant)))
    with pytest.raises(InvalidInput):
        act(desk, "request_red", issued, reason=" ")
    act(desk, "request_red", issued, reason="x")
    before = rows()
    for number in ("7", NUMBER):
        with pytest.raises(InvalidInput):
            act(desk, "record_red", issued, red_number=number)
    assert rows() == before


STEPS: dict[str, dict[str, Any]] = {
    "withdraw": {},
    "record_issued": {"number": RED, "issued_on": TODAY},
    "request_red": {"reason": "x"},
    "record_red": {"red_number": RED},
    "drop_red": {},
}


@pytest.mark.parametrize("step", STEPS)
def test_nothing_follows_the_end(owner, desk, step) -> None:
    asked = ask(owner, desk.bill(owner.tenant))
    act(desk, "withdraw", asked)
    before = rows()
    with pytest.raises(WrongState):
        act(desk, step, asked, **STEPS[step])
    assert rows() == before


@pytest.mark.parametrize("step", [*STEPS, "request"])
def test_who_may(make, owner, rival, desk, step) -> None:
    bill = desk.bill(owner.tenant)
    asked = ask(owner, bill)
    before = rows()

    def call(actor: Any) -> Any:
        if step == "request":
            known = {"invoice": bill, "title": "x"}
            return operations.request(actor=actor, now=NOW, **known)
        return getattr(operations, step)(actor=actor, now=NOW, fapiao=asked, **STEPS[step])

    refused: list[Any] = [make.member(owner.tenant, "member")]
    refused += [] if step in ("withdraw", "request") else [owner]
    for who in refused:
        with portal(who) as actor, pytest.raises(NotPermitted):
            call(actor)
    weak = make.member(desk.member.tenant, "member", is_staff=True)
    with office(weak) as actor, pytest.raises(NotPermitted):
        call(actor)
    with (
        portal(rival) as actor,
        pytest.raises((NotPermitted, Fapiao.DoesNotExist, Invoice.DoesNotExist)),
    ):
        call(actor)
    assert rows() == before


# -- the pages -------------------------------------------------------------------------------


def page(member: Any, bill: Any, name: str = "fapiao") -> str:
    return reverse(f"billing:{name}", kwargs={"tenant": member.tenant.slug, "pk": bill.pk})


def test_asked_for_and_withdrawn_on_the_pages(owner, desk, sign_in) -> None:
    bill, client = desk.bill(owner.tenant), sign_in(owner)
    form = client.get(page(owner, bill)).context["form"]
    assert form.initial["title"] == owner.tenant.name
    sent = {"kind": "ordinary", "title": "Haihe Ltd", "tax_number": TAX}
    answer = client.post(page(owner, bill), sent, follow=True)
    ((own, _tone, _file),) = answer.context["fapiao"]
    assert (own.title, answer.context["may_ask"]) == ("Haihe Ltd", False)
    assert client.get(page(owner, bill)).status_code == 302
    answer = client.post(page(owner, bill, "fapiao_withdrawal"), follow=True)
    assert (answer.context["fapiao"], answer.context["may_ask"]) == ([], True)
    assert client.post(page(owner, bill, "fapiao_withdrawal")).status_code == 404


def test_a_refusal_stands_at_its_field(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    sent = {"kind": "special", "title": "Haihe Ltd", "tax_number": ""}
    answer = sign_in(owner).post(page(owner, bill), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["tax_number"])
    assert rows() == []


def test_the_file_is_linked_once_it_is_there(owner, desk, sign_in) -> None:
    bill = desk.bill(owner.tenant)
    file = SimpleUploadedFile("fapiao.pdf", BytesIO(b"%PDF-1.7 a paper").read())
    record(desk, ask(owner, bill), file=file)
    client = sign_in(owner)
    ((own, _tone, document),) = client.get(page(owner, bill, "bill")).context["fapiao"]
    where = {"tenant": owner.tenant.slug, "pk": document.pk}
    assert own.number == NUMBER
    assert client.get(reverse("backbone:file", kwargs=where)).status_code == 200


@pytest.mark.parametrize("role", ["operations", "member"])
def test_weaker_roles_ask_for_none(make, owner, desk, sign_in, role) -> None:
    bill, client = desk.bill(owner.tenant), sign_in(make.member(owner.tenant, role))
    for answer in (
        client.get(page(owner, bill)),
        client.post(page(owner, bill, "fapiao_withdrawal")),
    ):
        assert answer.status_code == 403
