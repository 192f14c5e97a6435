"""The tree and the ledger in the staff site: lists, forms, steps."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from spaces.models import Building, Floor, Occupancy, Space, SpaceType
from tenants.isolation.context import STAFF, Identity, enter
from tenants.kinds import Role
from tests.spaces.making import HOUR, NOW, at, ledger, taken, want

LEADS, DESK = {"owner", "manager"}, {"owner", "manager", "operations"}


def page(model, *, row=None, step="", name="changelist"):
    label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    if step:
        return reverse(f"{label}_step", kwargs={"object_id": row.pk, "step": step})
    return reverse(f"{label}_change", args=[row.pk]) if row else reverse(f"{label}_{name}")


def moment(hours):
    return f"{timezone.localtime(at(hours)):%Y-%m-%dT%H:%M}"


@pytest.fixture
def desk(sign_in, staff):
    return sign_in(staff)


def given(grounds, **values):
    known = {
        "kind": "unit", "floor": grounds.floor.pk, "type": grounds.type.pk, "code": "A-101",
        "name_zh": "办公室", "name_en": "Office", "area": "62.50", "quantity": "1",
        "lets_by_lease": "on", "counts_in_statistics": "on",
    }  # fmt: skip
    return {name: value for name, value in (known | values).items() if value is not None}


def test_a_unit_and_a_desk_in_it_are_added(grounds, desk):
    desk.post(page(Space, name="add"), given(grounds))
    unit = Space.objects.get()
    assert (unit.code, str(unit.area), unit.lets_by_hour) == ("A-101", "62.50", False)
    more = {"kind": "desk", "parent": unit.pk, "floor": None, "area": None, "code": "A-101-1"}
    answer = desk.post(page(Space, name="add"), given(grounds, **more))
    made = Space.objects.get(parent=unit)
    assert answer.url == page(Space, row=made)
    assert made.floor_id == unit.floor_id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": ""}, "code"),
        ({"floor": None}, "__all__"),
        ({"area": "0"}, "__all__"),
        ({"quantity": "2"}, "__all__"),
        ({"kind": "desk", "area": None}, "__all__"),
    ],
)
def test_a_refusal_keeps_what_was_typed(grounds, desk, values, field):
    answer = desk.post(page(Space, name="add"), given(grounds, **values))
    form = answer.context["adminform"].form
    assert field in form.errors
    assert form["name_en"].value() == "Office"
    assert not Space.objects.exists()


def test_a_space_is_changed_and_a_code_is_there_once(grounds, desk):
    room, other = grounds.add(), grounds.add()
    values = given(grounds, kind=None, floor=None, code="NEW", area=None, quantity="3")
    desk.post(page(Space, row=room, step="change"), values)
    room.refresh_from_db()
    assert (room.code, room.quantity, room.is_exclusive) == ("NEW", 3, False)
    answer = desk.post(page(Space, row=other, step="change"), values)
    assert answer.context["form"].errors
    other.refresh_from_db()
    assert other.code != "NEW"


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Building, {"code": "new", "position": "3"}),
        (Floor, {"level": "7"}),
        (SpaceType, {"code": "new", "position": "3"}),
    ],
)
def test_buildings_floors_and_types_are_added_and_changed(grounds, desk, model, values):
    values = {"name_zh": "新", "name_en": "New", **values}
    more = {"building": grounds.floor.building_id} if model is Floor else {}
    desk.post(page(model, name="add"), values | more)
    made = model.objects.get(name_en="New")
    desk.post(page(model, row=made), values | {"name_en": "Newer"})
    made.refresh_from_db()
    assert made.name_en == "Newer"
    assert "Newer" in desk.get(page(model), headers={"accept-language": "en"}).content.decode()


def test_maintenance_is_entered_and_ended(grounds, desk, park):
    unit, (place,) = grounds.office_of(1)
    step = page(Space, row=unit, step="maintenance")
    assert "datetime-local" in desk.get(step).content.decode()
    desk.post(step, {"start": moment(-1), "end": "", "reason": "漏水"})
    with enter(Identity(STAFF)):
        row = Occupancy.objects.get(space=unit)
        assert (row.tenant_id, row.kind, row.ends_at) == (park.pk, "maintenance", None)
        assert Occupancy.objects.filter(space=place, under=row).exists()
    listed = desk.get(page(Space), {"now": "maintenance"}).context_data["cl"]
    assert {space.pk for space in listed.result_list} == {unit.pk, place.pk}
    desk.post(page(Occupancy, row=row, step="reopening"))
    with enter(Identity(STAFF)):
        row.refresh_from_db()
    assert row.state == "completed"
    assert desk.get(page(Space), {"now": "nothing"}).context_data["cl"].result_count == 2


def test_a_step_into_somebody_comes_back_with_a_sentence(grounds, desk, owner):
    room = grounds.add(code="R-1")
    taken(owner, want(room))
    before = ledger()
    answer = desk.post(
        page(Space, row=room, step="block"),
        {"start": moment(24), "end": moment(25), "reason": "评审会"},
    )
    assert "R-1" in str(answer.context["form"].errors)
    assert answer.context["form"]["reason"].value() == "评审会"
    assert ledger() == before


def test_a_space_is_taken_out_of_use_and_put_back(grounds, desk):
    room = grounds.add()
    desk.post(page(Space, row=room, step="retirement"))
    room.refresh_from_db()
    assert room.retired_at is not None
    found = {use: desk.get(page(Space), {"use": use}).context_data["cl"].result_count
             for use in ("used", "retired")}  # fmt: skip
    assert found == {"used": 0, "retired": 1}
    assert desk.post(page(Space, row=room), given(grounds)).status_code == 403
    assert desk.get(page(Space, row=room, step="change")).status_code == 302
    desk.post(page(Space, row=room, step="restoration"))
    room.refresh_from_db()
    assert room.retired_at is None


def test_only_closures_are_opened_again(grounds, desk, owner):
    (row,) = taken(owner, want(grounds.add()))
    assert desk.post(page(Occupancy, row=row, step="reopening"), follow=True).redirect_chain
    assert [each[2] for each in ledger()] == ["active"]


def test_the_ledger_is_searched_and_filtered(grounds, desk, owner, rival):
    taken(owner, want(grounds.add(), -1, 1))
    taken(owner, want(grounds.add()), now=NOW - 2 * HOUR, held_until=NOW - HOUR)
    taken(rival, want(grounds.add()))

    def count(**query):
        return desk.get(page(Occupancy), query).context_data["cl"].result_count

    assert count(q="haihe") == 2
    assert count(when="ahead") == 2
    assert count(when="over") == count(when="expired") == 1


@pytest.mark.parametrize("role", Role.values)
def test_every_step_by_every_role(grounds, make, park, sign_in, role):
    room = grounds.add()
    browser = sign_in(make.member(park, role, is_staff=True))
    shown = browser.get(page(Space, row=room))
    steps = {step.name for step, _url in shown.context_data["steps"]}
    assert steps == {
        *({"maintenance", "block"} if role in DESK else ()),
        *({"change", "retirement"} if role in LEADS else ()),
    }
    for step in ("change", "maintenance", "block", "retirement"):
        assert browser.get(page(Space, row=room, step=step)).status_code == (
            200 if step in steps else 404
        )
    adds = browser.get(page(Space, name="add")).status_code
    assert adds == (200 if role in LEADS else 403)


def test_a_list_of_many_asks_as_often_as_one_of_few(grounds, desk, django_assert_max_num_queries):
    for _each in range(12):
        grounds.office_of(1)
    desk.get(page(Space))
    with django_assert_max_num_queries(22):
        assert desk.get(page(Space)).context_data["cl"].result_count == 24


def test_all_is_offered_where_a_search_shows_less(grounds, desk):
    rooms = [grounds.add() for _each in range(3)]
    address = page(Space)

    def offers(query):
        found = desk.get(address + query, headers={"accept-language": "en"})
        return "Show all" in found.content.decode()

    assert not offers("")
    assert not offers("?o=1&p=1")
    assert offers(f"?q={rooms[0].code}")
    assert offers("?kind=desk")
