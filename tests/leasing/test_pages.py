"""The pages of leases, in the staff site and in the portal."""

from __future__ import annotations

import pytest
from django.urls import reverse

from billing.models import Charge
from leasing.models import Handover, Lease, LeaseState
from tenants.isolation.context import STAFF, Identity, enter
from tests.leasing.making import PDF, TODAY, day, fresh
from tests.spaces.making import office, portal

pytestmark = pytest.mark.django_db
S = LeaseState


def staff_page(model: str, pk: int, step: str = "") -> str:
    known = {"object_id": pk, "step": step} if step else {"object_id": pk}
    return reverse(f"admin:{model}_{'step' if step else 'change'}", kwargs=known)


def take(client, model: str, pk: int, step: str, **sent):
    """Press a step's button; the page of the row comes back."""
    answer = client.post(staff_page(model, pk, step), sent)
    assert answer.status_code == 302, answer.text
    return answer


def test_from_the_draft_to_the_end_on_the_pages(owner, desk, sign_in) -> None:
    writer, manager = sign_in(desk.writer), sign_in(desk.manager)
    unit = desk.unit()
    terms = {
        "tenant": owner.tenant_id, "starts_on": TODAY, "ends_on": day(364), "period_months": 3,
        "advance_days": 15, "rent_free_months": 0, "deposit_months": 2, "index_percent": 0,
        "late_percent": "0.05", "late_cap": 20,
    }  # fmt: skip
    answer = writer.post(reverse("admin:leasing_lease_add"), terms)
    assert answer.status_code == 302, answer.text
    with enter(Identity(STAFF)):
        lease = Lease.objects.get()
    of_lease, slug = ("leasing_lease", lease.pk), owner.tenant.slug
    sent = {"space": unit.pk, "price": 60, "starts_on": TODAY, "ends_on": day(364)}
    take(writer, *of_lease, "unit", **sent)
    take(writer, *of_lease, "submission")
    client = sign_in(owner)
    assert lease.number not in client.get(f"/o/{slug}/leases/").text
    take(manager, *of_lease, "approval")
    desk.signed(lease)
    take(manager, *of_lease, "acceptance", signed_on=TODAY)
    page = manager.get(staff_page(*of_lease)).text
    assert "9,450.00" in page
    with portal(owner):
        address = reverse("leasing:lease", kwargs={"tenant": slug, "pk": lease.pk})
    shown = client.get(address).text
    for words in (unit.code, "9,450.00", "6,300.00"):
        assert words in shown
    assert "15,750.00" in client.get(f"/o/{slug}/charges/").text
    take(writer, *of_lease, "check-out", last_on=TODAY, reason="Moves out")
    with enter(Identity(STAFF)):
        sheet = Handover.objects.get(kind="check_out")
    of_sheet = ("leasing_handover", sheet.pk)
    take(writer, *of_sheet, "line", kind="damage", what="Door", value="800")
    take(writer, *of_sheet, "park")
    assert "800.00" in writer.get(staff_page(*of_sheet)).text
    with portal(owner):
        address = reverse("leasing:handover", kwargs={"tenant": slug, "pk": sheet.pk})
    assert "Door" in client.get(address).text
    client.post(f"{address}confirmation/")
    assert fresh(lease).state == S.ENDED


def test_the_organisation_sends_its_signed_copy(owner, rival, desk, sign_in, tmp_path) -> None:
    lease = desk.approved(desk.submitted(owner.tenant))
    desk.signed(lease)
    with portal(owner):
        address = reverse("leasing:signed_copy", kwargs={"tenant": "haihe", "pk": lease.pk})
    path = tmp_path / "copy.pdf"
    path.write_bytes(PDF)
    with path.open("rb") as file:
        assert sign_in(owner).post(address, {"file": file}).status_code == 302
    with office(desk.manager):
        copy = fresh(lease).signed_copy
        assert copy is not None
        assert copy.name == "copy.pdf"
    there = address.replace("/haihe/", f"/{rival.tenant.slug}/")
    assert sign_in(rival).get(there).status_code == 404


def test_whoever_may_not_gets_no_button_and_no_step(owner, desk, sign_in) -> None:
    lease = desk.submitted(owner.tenant)
    finance = sign_in(desk.finance)
    page = finance.get(staff_page("leasing_lease", lease.pk)).text
    assert "/steps/approval/" not in page
    assert finance.get(staff_page("leasing_lease", lease.pk, "approval")).status_code == 404


def test_a_charge_is_recorded_as_paid_and_another_waived(owner, desk, sign_in) -> None:
    desk.effective(owner.tenant)
    with enter(Identity(STAFF)):
        first, second = Charge.objects.order_by("pk")
    client = sign_in(desk.manager)
    take(client, "billing_charge", first.pk, "payment", paid_on=TODAY, note="ICBC 1")
    take(client, "billing_charge", second.pk, "waiver", reason="Agreed")
    with enter(Identity(STAFF)):
        found = list(Charge.objects.order_by("pk").values_list("state", "note"))
    assert found == [("settled", "ICBC 1"), ("waived", "Agreed")]
    assert "Agreed" in sign_in(owner).get("/o/haihe/charges/").text
