"""The pages of an exit: what the organisation sees and asks, what the park's staff press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from backbone import clearance
from residency.models import Exit, ExitState, Waiver
from tests.clients import fresh_client
from tests.residency.exits import TODAY, Leaving
from tests.residency.test_exit_check import open_commitment


@pytest.fixture
def leaving(make, owner, staff):
    return Leaving(owner, staff, make.member(staff.tenant, "manager", is_staff=True))


def portal(leaving, view="residency:exit"):
    return reverse(view, kwargs={"tenant": leaving.tenant.slug})


def step(park_exit, name):
    kwargs = {"object_id": park_exit.pk, "step": name}
    return reverse("admin:residency_exit_step", kwargs=kwargs)


def test_the_owner_asks_sees_what_is_open_and_withdraws(leaving):
    client = fresh_client(leaving.owner.user)
    wanted = {"leaves_on": TODAY + timedelta(days=30), "reason": "move", "reason_note": "A hall"}
    wrong = client.post(portal(leaving), wanted | {"leaves_on": TODAY - timedelta(days=1)})
    assert wrong.status_code == 200
    with leaving.as_staff():
        assert not Exit.objects.exists()
    assert client.post(portal(leaving), wanted).status_code == 302
    _code, _key, words = open_commitment(leaving)
    page = client.get(portal(leaving)).content.decode()
    assert words in page
    assert "A hall" in page
    withdrawal = portal(leaving, "residency:exit_withdrawal")
    client.post(withdrawal, {"reason": ""})
    client.post(withdrawal, {"reason": "We stay"})
    with leaving.as_staff():
        assert Exit.objects.get().state == ExitState.WITHDRAWN


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("finance", 200), ("member", 403)])
def test_colleagues_read_and_do_not_ask(make, leaving, role, status):
    client = fresh_client(make.member(leaving.tenant, role).user)
    assert client.get(portal(leaving)).status_code == status
    assert client.post(portal(leaving), {}).status_code == 403
    assert client.post(portal(leaving, "residency:exit_withdrawal"), {}).status_code == 403


def test_staff_are_refused_with_the_item_named_ask_and_give_a_waiver_and_go_on(leaving):
    park_exit = leaving.at(ExitState.CLEARANCE)
    code, key, words = open_commitment(leaving)
    first, second = (fresh_client(m.user) for m in (leaving.staff, leaving.second))
    refused = first.post(step(park_exit, "passing"), {})
    assert words in refused.content.decode()
    item = f"residency|{code}|{key}"
    asked = first.post(step(park_exit, "waiver-request"), {"item": item, "reason": "Agreed"})
    assert asked.status_code == 302
    with leaving.as_staff():
        waiver = Waiver.objects.get()
    own = first.post(step(park_exit, "waiver"), {"waiver": waiver.pk})
    assert own.status_code == 200
    assert second.post(step(park_exit, "waiver"), {"waiver": waiver.pk}).status_code == 302
    for name in ("passing", "inspection", "leaving"):
        assert first.post(step(park_exit, name), {}).status_code == 302
    assert leaving.now_at(park_exit)[0] == ExitState.LEFT


def test_the_staffs_page_has_the_check_a_reminder_and_the_way_to_everything(leaving):
    park_exit = leaving.at(ExitState.CLEARANCE)
    _code, _key, words = open_commitment(leaving)
    client = fresh_client(leaving.staff.user)
    page = client.get(reverse("admin:residency_exit_change", args=[park_exit.pk]))
    text = page.content.decode()
    assert text.count(words) >= 2
    assert portal(leaving) in text
    everything = reverse("admin:organisation", args=[leaving.tenant.pk])
    assert everything in text
    shown = client.get(everything).content.decode()
    assert leaving.tenant.name in shown
    assert str(leaving.owner.user) in shown


def test_where_no_app_has_a_part_the_page_says_so(leaving, settings, monkeypatch):
    monkeypatch.setattr(clearance, "_steps", [])
    leaving.at(ExitState.INSPECTION)
    settings.LANGUAGE_CODE = "en"
    page = fresh_client(leaving.owner.user).get(portal(leaving), headers={"accept-language": "en"})
    assert "No part of the portal has anything to do in this step" in page.content.decode()
