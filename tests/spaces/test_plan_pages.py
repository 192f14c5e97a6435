"""The staff's page of a floor, its picture and its drawing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backbone.models import Document
from spaces.models import Box, FloorPlan
from spaces.operations.closing import block_space, put_into_maintenance
from spaces.operations.occupancy import take
from spaces.plan_floor import floor_at, last_day_or_minute
from spaces.queries import day_span
from tenants.isolation.context import STAFF, Identity, enter
from tests.hostile.files import png
from tests.spaces.making import DAY, HOUR, NOW, at, office, portal, want
from tests.spaces.plans import BOX, PICTURE, draw, hang, shapes

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def address(name, floor):
    return reverse(f"admin:{name}", args=[floor.pk])


@pytest.fixture
def leased(grounds, staff, enterprise):
    """A unit on lease for about a year, from yesterday."""

    def _leased(days=365, **values):
        unit = grounds.add("unit", **values)
        with office(staff) as actor:
            let = want(unit, -24, 24 * days)
            take(actor=actor, now=NOW, holder=enterprise, wants=[let], source=enterprise)
        return unit

    return _leased


@pytest.fixture
def plan(grounds, staff):
    with office(staff) as actor:
        return hang(actor, grounds.floor)


@pytest.fixture
def seen(staff, grounds):
    def _seen(day=None, now=NOW):
        with office(staff) as actor:
            found = floor_at(actor=actor, floor=grounds.floor, day=day, now=now)
        return {line.space.pk: line for line in found.lines}

    return _seen


def test_each_state_with_who_has_it_and_until_when(grounds, staff, enterprise, leased, seen):
    free, room = grounds.add("unit"), grounds.add()
    held, closed, barred = grounds.add("unit"), grounds.add("unit"), grounds.add("unit")
    let, ending = leased(), leased(days=60)
    with office(staff) as actor:
        known: dict[str, Any] = {"actor": actor, "now": NOW}
        hold = want(held, -1, 48, kind="hold")
        take(holder=enterprise, wants=[hold], held_until=at(24), **known)
        take(holder=enterprise, wants=[want(room, -1, 2)], source=enterprise, **known)
        closing: dict[str, Any] = {"start": at(-1), "end": None, "reason": "roof"}
        put_into_maintenance(space=closed, **closing, **known)
        block_space(space=barred, **closing, **known)
    lines = seen()
    states = {
        free: "free", room: "booked", held: "reserved", closed: "maintenance",
        barred: "blocked", let: "leased", ending: "ending",
    }  # fmt: skip
    assert {space.pk: str(state) for space, state in states.items()} == {
        pk: line.state for pk, line in lines.items()
    }
    assert lines[let.pk].holders == enterprise.display_name
    assert lines[let.pk].until == last_day_or_minute(at(24 * 365))
    assert lines[closed.pk].is_open_ended
    assert lines[free.pk].holders == lines[free.pk].until == ""


def test_another_day_shows_another_state(leased, seen):
    unit = leased(days=30)
    today = timezone.localdate(NOW)
    assert seen(day=today)[unit.pk].state == "ending"
    assert seen(day=today + DAY * 60)[unit.pk].state == "free"
    assert seen(day=today - DAY * 60)[unit.pk].state == "free"


def test_a_hold_that_is_over_is_nobodys(grounds, staff, enterprise, seen):
    unit = grounds.add("unit")
    with office(staff) as actor:
        hold = want(unit, -1, 48, kind="hold")
        take(actor=actor, now=NOW, holder=enterprise, wants=[hold], held_until=at(1))
    assert seen()[unit.pk].state == "reserved"
    assert seen(now=at(2))[unit.pk].state == "free"


def test_what_is_counted_is_taken_when_nothing_of_it_is_free(grounds, staff, enterprise, seen):
    desks = grounds.add("meeting_room", quantity=3)
    with office(staff) as actor:
        known: dict[str, Any] = {
            "actor": actor,
            "now": NOW,
            "holder": enterprise,
            "source": enterprise,
        }
        take(wants=[want(desks, -1, 2, amount=2)], **known)
        line = seen()[desks.pk]
        assert (line.state, line.taken) == ("free", 2)
        take(wants=[want(desks, -1, 2)], **known)
        assert seen()[desks.pk].state == "booked"


def test_the_last_day_of_a_span_that_ends_at_midnight():
    _start, end = day_span(timezone.localdate(NOW))
    assert last_day_or_minute(end) == f"{timezone.localdate(NOW)}"
    assert last_day_or_minute(end + HOUR).endswith(" 01:00")


def test_list_and_plan_say_the_same(sign_in, grounds, staff, plan, leased):
    unit, room = leased(), grounds.add()
    with office(staff) as actor:
        draw(actor, plan, {unit.pk: BOX, room.pk: Box(0, 0, 50, 50)})
    client = sign_in(staff)
    client.cookies["django_language"] = "en"
    text = client.get(address("floor", grounds.floor)).content.decode()
    rows, drawing = text.split('<svg class="plan"')
    for space, state in ((unit, "leased"), (room, "free")):
        link = reverse("admin:spaces_space_change", args=[space.pk])
        assert link in rows
        assert re.search(
            rf'<a href="{link}" aria-label="[^"]*">.*?data-state="{state}"', drawing, re.DOTALL
        )
    assert 'viewBox="0 0 1000 750.00"' in drawing
    assert "Leased: <strong>1</strong>" in text
    assert "Free: <strong>1</strong>" in text


def test_numbers_of_a_high_picture_have_no_separators(sign_in, grounds, staff):
    unit = grounds.add("unit")
    with office(staff) as actor:
        plan = hang(actor, grounds.floor, metres_wide=1200, content=png(100, 400))
        draw(actor, plan, {unit.pk: Box(0, 500, 1000, 500)})
    for name in ("floor", "floor_editor"):
        text = sign_in(staff).get(address(name, grounds.floor)).content.decode()
        assert 'viewBox="0 0 1000 4000.00"' in text


@pytest.mark.parametrize("day", ["yesterday", "1999-12-31", "9999-12-31", "0001-01-01"])
def test_a_day_that_cannot_be_is_said_and_the_floor_shown_as_it_is(sign_in, grounds, staff, day):
    response = sign_in(staff).get(address("floor", grounds.floor), {"day": day})
    assert response.status_code == 200
    assert response.context["form"].errors["day"]
    assert response.context["day"] is None


def test_five_hundred_units_in_twelve_queries(sign_in, grounds, staff, enterprise, plan):
    units = [grounds.add("unit") for _each in range(500)]
    places = {unit.pk: Box(n % 25 * 40, n // 25 * 50, 40, 50) for n, unit in enumerate(units)}
    with office(staff) as actor:
        draw(actor, plan, places)
        wants = [want(unit, -24, 24 * 300) for unit in units[::2]]
        take(actor=actor, now=NOW, holder=enterprise, wants=wants, source=enterprise)
    client = sign_in(staff)
    client.get(address("floor", grounds.floor))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address("floor", grounds.floor))
    assert response.content.count(b'data-state="leased"') == 250
    assert len(queries) <= MOST_QUERIES, [query["sql"][:90] for query in queries]


# -- the picture and the drawing -------------------------------------------------------------------


def post_picture(client, floor, content=PICTURE, metres="40"):
    file = SimpleUploadedFile("floor.png", content, "image/png")
    return client.post(address("floor_picture", floor), {"file": file, "metres_wide": metres})


def test_a_picture_is_brought_and_leads_to_the_drawing(sign_in, grounds, staff):
    client = sign_in(staff)
    response = post_picture(client, grounds.floor)
    assert response.url == address("floor_editor", grounds.floor)
    with enter(Identity(STAFF)):
        picture = FloorPlan.objects.get().picture
    file = client.get(reverse("admin:staff_file", args=[picture.pk]))
    assert (file["Content-Type"], b"".join(file)) == ("image/png", PICTURE)


def test_a_refused_picture_comes_back_with_its_sentence(sign_in, grounds, staff):
    response = post_picture(sign_in(staff), grounds.floor, b"GIF89a" + bytes(40))
    assert response.status_code == 200
    assert response.context["form"].errors["__all__"]
    assert shapes() == []


def test_without_a_picture_the_drawing_asks_for_one(sign_in, grounds, staff):
    response = sign_in(staff).get(address("floor_editor", grounds.floor))
    assert response.url == address("floor_picture", grounds.floor)


def numbers(plan, unit, **values):
    known = {"version": plan.version, "shapes": "", "space": unit.code}
    return known | {"x": 100, "y": 100, "width": 200, "height": 150, "rotation": 0} | values


def test_one_rectangle_by_its_numbers_without_a_script(sign_in, grounds, staff, plan):
    unit, other = grounds.add("unit"), grounds.add("unit")
    with office(staff) as actor:
        plan = draw(actor, plan, {other.pk: BOX})
    client, to = sign_in(staff), address("floor_editor", grounds.floor)
    assert client.post(to, numbers(plan, unit)).status_code == 302
    assert {row[0] for row in shapes()[:-1]} == {unit.pk, other.pk}
    plan.version += 1
    assert client.post(to, numbers(plan, other, removed="on")).status_code == 302
    assert {row[0] for row in shapes()[:-1]} == {unit.pk}


def test_everything_that_was_drawn_with_the_script(sign_in, grounds, staff, plan):
    unit, room = grounds.add("unit"), grounds.add()
    drawn = json.dumps({unit.code: [*BOX], room.code: [0, 0, 50, 50, 90]})
    said = numbers(plan, unit, shapes=drawn, x="", y="", width="", height="")
    assert sign_in(staff).post(address("floor_editor", grounds.floor), said).status_code == 302
    assert [row[1:] for row in shapes()[:-1]] == [BOX, (0, 0, 50, 50, 90)]


@pytest.mark.parametrize(
    "values",
    [
        {"x": ""},
        {"x": "-1"},
        {"width": "0"},
        {"x": "900"},
        {"space": "nowhere"},
        {"version": "0"},
        {"version": "x"},
        {"shapes": "[1]"},
        {"shapes": "{"},
        {"shapes": '{"A": 1}'},
        {"shapes": '{"A": [1, 2, 3]}'},
        {"shapes": '{"A": [1, 2, 3, 4.5, 0]}'},
        {"shapes": '{"A": [1, 2, 3, true, 0]}'},
        {"shapes": '{"nowhere": [1, 2, 3, 4, 0]}'},
        {"shapes": "[" * 100_000},
    ],
)
def test_what_cannot_be_drawn_comes_back_and_nothing_changes(sign_in, grounds, staff, plan, values):
    unit = grounds.add("unit")
    before = shapes()
    said = numbers(plan, unit, **values)
    response = sign_in(staff).post(address("floor_editor", grounds.floor), said)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert shapes() == before


def test_weaker_staff_read_and_do_not_draw(make, sign_in, park, grounds, plan):
    client = sign_in(make.member(park, "member", is_staff=True))
    response = client.get(address("floor", grounds.floor))
    assert response.status_code == 200
    assert address("floor_editor", grounds.floor) not in response.content.decode()
    before = shapes()
    for name in ("floor_picture", "floor_editor"):
        assert client.get(address(name, grounds.floor)).status_code == 403
        assert client.post(address(name, grounds.floor), {}).status_code == 403
    assert shapes() == before


def test_a_stranger_sees_no_floor_and_no_picture(sign_in, grounds, plan, owner):
    client = sign_in(owner)
    picture = reverse("admin:staff_file", args=[plan.picture_id])
    for to in (address("floor", grounds.floor), address("floor_editor", grounds.floor), picture):
        assert client.get(to).status_code in (302, 403, 404)
    with portal(owner) as actor:
        assert not Document.objects.visible_to(actor).exists()
