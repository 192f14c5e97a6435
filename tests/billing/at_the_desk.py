"""Bills of an organisation, and the staff's pages for them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import Charge, ChargeKind, Invoice, Payment
from billing.operations import charging, drafting, issuing, paying
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import Membership, Tenant
from tests.spaces.making import NOW, office

TODAY = timezone.localdate(NOW)
TABLES = [
    *("charge", "invoice", "invoiceline", "invoicetax", "creditnote", "creditnoteline"),
    *("payment", "allocation", "refund", "fapiao"),
]


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def charged(staff: Membership, tenant: Tenant, amount: Any = "100", **values: Any) -> Charge:
    known: dict[str, Any] = {
        "kind": ChargeKind.SERVICE, "what": "Cleaning", "period": TODAY, "currency": "CNY",
        "due_on": TODAY, "unit_price": Decimal(amount), "quantity": Decimal(1),
    }  # fmt: skip
    with office(staff) as actor:
        return charging.charge_by_hand(actor=actor, now=NOW, debtor=tenant, **{**known, **values})


def drafted(staff: Membership, *charges: Charge) -> Invoice:
    with office(staff) as actor:
        return drafting.draft(actor=actor, now=NOW, tenant=charges[0].tenant, charges=charges)


def issued(staff: Membership, tenant: Tenant, *amounts: Any, **values: Any) -> Invoice:
    """A bill of today with a line for each amount."""
    rows = [charged(staff, tenant, amount, **values) for amount in amounts or ["100"]]
    draft = drafted(staff, *rows)
    with office(staff) as actor:
        return issuing.issue(actor=actor, now=NOW, invoice=draft)


def received(staff: Membership, tenant: Tenant, amount: Any = "100", *bills: Invoice) -> Payment:
    """Money that came in; so much of it goes to these bills as each is open."""
    with office(staff) as actor:
        return paying.receive(
            actor=actor, now=NOW, tenant=tenant, amount=Decimal(amount), currency="CNY",
            received_on=TODAY, reference="ICBC 1", shares={b.pk: b.open_amount for b in bills},
        )  # fmt: skip


def fresh(row: Any) -> Any:
    with enter(Identity(STAFF)):
        return type(row).objects.get(pk=row.pk)


def lines_of(bill: Invoice) -> list[int]:
    with enter(Identity(STAFF)):
        return list(bill.lines.order_by("position").values_list("pk", flat=True))


def only(model: Any) -> Any:
    with enter(Identity(STAFF)):
        return model.objects.get()


def everything() -> list[Any]:
    """Every row of billing, to see that nothing changed."""
    with enter(Identity(STAFF)):
        models = [apps.get_model("billing", name) for name in TABLES]
        return [list(model.objects.order_by("pk").values()) for model in models]


def page_of(row: Any, step: str = "") -> str:
    name = f"admin:billing_{row._meta.model_name}_{'step' if step else 'change'}"
    known = {"object_id": row.pk, "step": step} if step else {"object_id": row.pk}
    return reverse(name, kwargs=known)


def take(client: Client, row: Any, step: str, **sent: Any) -> None:
    """Press a step's button; a page comes back that is not the form again."""
    answer = client.post(page_of(row, step), sent)
    assert answer.status_code == 302, answer.text


def refused(client: Client, row: Any, step: str, **sent: Any) -> str:
    """The form comes back with a sentence, and nothing is changed."""
    before = everything()
    answer = client.post(page_of(row, step), sent)
    assert answer.status_code == 200
    assert everything() == before
    return str(answer.text)


def is_over(client: Client, row: Any, step: str) -> None:
    """A page that is stale leads back to the row with a sentence, and nothing is changed."""
    before = everything()
    answer = client.post(page_of(row, step), {}, follow=True)
    assert answer.redirect_chain == [(page_of(row), 302)]
    assert answer.context["messages"]
    assert everything() == before


def is_shut(client: Client, row: Any, step: str) -> None:
    """No button for this person, and no page behind it."""
    assert f"/steps/{step}/" not in client.get(page_of(row)).text
    before = everything()
    assert client.post(page_of(row, step), {}).status_code == 404
    assert everything() == before


def offered(client: Client, row: Any) -> set[str]:
    """The steps whose buttons stand above the row."""
    answer = client.get(page_of(row))
    assert answer.status_code == 200
    return {step.name for step, _address in answer.context["steps"]}
