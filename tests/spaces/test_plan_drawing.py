"""The picture of a floor and what is drawn on it."""

from __future__ import annotations

import struct
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from backbone.models import Document
from foundation.errors import DomainError, InvalidInput, NotPermitted
from spaces.models import Box, FloorPlan, Shape
from spaces.operations import tree
from spaces.operations.plans import PlanChanged, set_plan
from spaces.plan_pictures import pixels_of
from tenants.isolation.context import STAFF, Identity, enter
from tenants.models import TrailEntry
from tests.hostile.files import png
from tests.spaces.making import NOW, office, portal
from tests.spaces.plans import BOX, PICTURE, draw, hang, shapes

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(grounds):
    return grounds.add("unit")


@pytest.fixture
def plan(grounds, staff):
    with office(staff) as actor:
        return hang(actor, grounds.floor)


def files():
    with enter(Identity(STAFF)):
        return {document.pk: document.path.exists() for document in Document.objects.all()}


def test_a_floor_gets_a_picture_and_its_scale(grounds, staff, plan):
    assert (plan.pixels_wide, plan.pixels_high, plan.metres_wide) == (400, 300, Decimal(40))
    assert plan.picture.tenant_id == staff.tenant_id
    assert plan.picture.path.exists()


def test_another_picture_takes_the_place_of_the_first_and_keeps_what_is_drawn(
    grounds, staff, plan, unit
):
    with office(staff) as actor:
        draw(actor, plan, {unit.pk: BOX})
        again = hang(actor, grounds.floor, png(800, 200))
        assert (again.pk, again.pixels_wide) == (plan.pk, 800)
        assert [shape.box for shape in again.shapes.all()] == [BOX]
        assert list(files()) == [again.picture_id]


def test_the_scale_alone_changes_without_a_picture(grounds, staff, plan):
    with office(staff) as actor:
        changed = set_plan(actor=actor, now=NOW, floor=grounds.floor, metres_wide=Decimal("55.5"))
    assert (changed.metres_wide, changed.picture_id) == (Decimal("55.5"), plan.picture_id)


def test_without_any_picture_there_is_no_plan(grounds, staff):
    with office(staff) as actor, pytest.raises(InvalidInput) as refused:
        set_plan(actor=actor, now=NOW, floor=grounds.floor, metres_wide=Decimal(40))
    assert "file" in refused.value.fields
    assert shapes() == []


JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", 300, 400) + b"\x01\x01\x11\0" + b"\xff\xd9"
)


def webp(kind, body):
    body = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


EXTENDED = webp(b"VP8X", bytes(4) + (399).to_bytes(3, "little") + (299).to_bytes(3, "little"))
LOSSLESS = webp(b"VP8L", b"\x2f" + struct.pack("<I", 399 | 299 << 14) + bytes(4))
LOSSY = webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 400, 300))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("png", PICTURE),
        ("jpeg", JPEG),
        ("webp", EXTENDED),
        ("webp", LOSSLESS),
        ("webp", LOSSY),
    ],
)
def test_the_size_is_read_from_the_bytes(tmp_path, kind, content):
    path = tmp_path / "picture"
    path.write_bytes(content)
    assert pixels_of(path, f"image/{kind}") == (400, 300)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a" + bytes(40), "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_type"),
        (b"", "file_empty"),
        (PICTURE[:-12], "picture_damaged"),
        (b"\x89PNG\r\n\x1a\n", "picture_damaged"),
        (JPEG[:-2], "picture_damaged"),
        (JPEG[:2] + b"\xff\xe0\0\0" + JPEG[2:], "picture_damaged"),
        (EXTENDED[:-8], "picture_damaged"),
        (png(16_001, 60), "picture_too_large"),
        (png(8_000, 5_001), "picture_too_large"),
        (png(49, 60), "picture_too_small"),
    ],
)
def test_what_is_no_good_picture_is_refused_and_nothing_stays(grounds, staff, plan, content, code):
    before, there = shapes(), files()
    with office(staff) as actor, pytest.raises(DomainError) as refused:
        hang(actor, grounds.floor, content)
    assert refused.value.code == code
    assert (shapes(), files()) == (before, there)


@pytest.mark.parametrize("metres", ["0", "0.99", "2000.01", "9999"])
def test_a_scale_that_cannot_be_is_refused(grounds, staff, plan, metres):
    before, there = shapes(), files()
    with office(staff) as actor, pytest.raises(DomainError) as refused:
        hang(actor, grounds.floor, metres_wide=Decimal(metres))
    assert refused.value.code == "plan_scale"
    assert (shapes(), files()) == (before, there)


def test_rectangles_are_drawn_moved_and_taken_off_as_one(grounds, staff, plan, unit):
    room = grounds.add()
    with office(staff) as actor:
        plan = draw(actor, plan, {unit.pk: BOX, room.pk: Box(0, 0, 1000, 1000, 359)})
        assert {s.space_id: s.box.x for s in plan.shapes.all()} == {unit.pk: 100, room.pk: 0}
        plan = draw(actor, plan, {unit.pk: Box(300, 0, 10, 20)})
        assert [s.box for s in plan.shapes.all()] == [Box(300, 0, 10, 20)]


def test_the_trail_says_what_was_moved(grounds, staff, plan, unit):
    with office(staff) as actor:
        draw(actor, plan, {unit.pk: BOX})
        entry = TrailEntry.objects.filter(table="spaces_floorplan").latest("pk")
    assert (entry.before, entry.after) == ({unit.code: None}, {unit.code: list(BOX)})


@pytest.mark.parametrize(
    "box",
    [
        Box(-1, 0, 10, 10),
        Box(0, -1, 10, 10),
        Box(0, 0, 0, 10),
        Box(0, 0, 10, -5),
        Box(991, 0, 10, 10),
        Box(0, 1, 10, 1000),
        Box(0, 0, 10, 10, 360),
        Box(0, 0, 10, 10, -1),
    ],
)
def test_a_rectangle_outside_the_picture_is_refused_with_all_others(
    grounds, staff, plan, unit, box
):
    room = grounds.add()
    with office(staff) as actor:
        plan = draw(actor, plan, {unit.pk: BOX})
        before = shapes()
        with pytest.raises(InvalidInput) as refused:
            draw(actor, plan, {unit.pk: Box(0, 0, 50, 50), room.pk: box})
    assert refused.value.code == "shape_inside"
    assert str(room) in str(refused.value)
    assert shapes() == before


@pytest.mark.parametrize("box", [Box(991, 0, 10, 10), Box(0, 0, 0, 10), Box(0, 0, 9, 9, 360)])
def test_the_table_refuses_it_too(grounds, staff, plan, unit, box):
    with office(staff), pytest.raises(IntegrityError), transaction.atomic():
        Shape.objects.create(plan=plan, space=unit, **box._asdict())


def test_a_space_of_elsewhere_or_retired_is_not_drawn(grounds, staff, plan, unit):
    with office(staff) as actor:
        building = grounds.floor.building
        upstairs = tree.add_floor(
            actor=actor, now=NOW, building=building, level=2, name_zh="二层", name_en="2F"
        )
    other, gone = grounds.add(floor=upstairs), grounds.add()
    with office(staff) as actor:
        tree.retire_space(actor=actor, now=NOW, space=gone)
        before = shapes()
        for key in (other.pk, gone.pk, 0):
            with pytest.raises(InvalidInput) as refused:
                draw(actor, plan, {unit.pk: BOX, key: BOX})
            assert refused.value.code == "not_on_floor"
    assert shapes() == before


def test_two_who_draw_at_once_find_out_about_each_other(grounds, staff, plan, unit):
    with office(staff) as actor:
        seen = plan.version
        draw(actor, plan, {unit.pk: BOX}, version=seen)
        before = shapes()
        with pytest.raises(PlanChanged):
            draw(actor, plan, {}, version=seen)
    assert shapes() == before


@pytest.mark.parametrize("role", ["operations", "finance", "coordinator", "member"])
def test_only_leads_draw(make, park, grounds, staff, plan, unit, role):
    weaker = make.member(park, role, is_staff=True)
    before, there = shapes(), files()
    with office(weaker) as actor:
        with pytest.raises(NotPermitted):
            hang(actor, grounds.floor)
        with pytest.raises(NotPermitted):
            draw(actor, plan, {unit.pk: BOX})
    assert (shapes(), files()) == (before, there)


def test_an_organisation_draws_nothing_and_the_database_agrees(grounds, plan, unit, owner):
    before = shapes()
    with portal(owner) as actor:
        with pytest.raises(NotPermitted):
            draw(actor, plan, {unit.pk: BOX})
        for words in (
            "update spaces_floorplan set version = 9",
            "delete from spaces_shape",
            "delete from spaces_floorplan",
        ):
            with (
                pytest.raises(ProgrammingError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(words)
        assert FloorPlan.objects.count() == 1
    assert shapes() == before
