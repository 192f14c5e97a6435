"""The funnel and the staff's home: every figure is the length of the list that it links to."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from residency import home
from residency.operations import checking, leads
from tenants.isolation.context import STAFF, Identity, enter

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=3)
LIST = "/staff/residency/lead/"


@pytest.fixture
def told(as_staff, staff, submitted):
    """Six leads: visited, quoted, lost, parked, one of long ago, one from the public page."""

    def record(name, source, **values):
        known = {"owner": staff.user, "next_follow_up_on": SOON, "kind": "exporter"}
        known |= {"contact_name": "陈", "contact_email": f"{name}@example.test", "wanted_area": 50}
        return as_staff(leads.record_lead, name=name, source=source, **known | values)

    def talk(lead, kind):
        as_staff(leads.follow_up, lead=lead, kind=kind, note="Said.", next_on=SOON)

    visited, quoted, lost, parked = (
        record(name, source)
        for name, source in zip("abcd", ("call", "call", "agent", "agent"), strict=True)
    )
    talk(visited, "visit")
    talk(quoted, "visit")
    talk(quoted, "quote")
    as_staff(leads.lose_lead, lead=lost, reason="price", note="Too dear.")
    as_staff(leads.park_lead, lead=parked, note="Later.", next_on=SOON)
    long_ago = timezone.now() - timedelta(days=800)
    record("old", "call", now=long_ago, next_follow_up_on=timezone.localdate(long_ago))
    as_staff(checking.take_application, application=submitted())


def figures(page):
    """(figure, address) of every link into the list of leads."""
    links = re.findall(r'<a href="(/staff/residency/lead/\?[^"]*)">(\d+)</a>', page)
    return [(int(figure), address.replace("&amp;", "&")) for address, figure in links]


def length_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.context["cl"].result_count


@pytest.mark.parametrize("period", ["", "?period=all", f"?period={TODAY:%Y}", "?period=1999"])
def test_every_figure_of_the_funnel_is_as_long_as_its_list(told, sign_in, staff, period):
    client = sign_in(staff)
    found = figures(client.get(f"{LIST}funnel/{period}").content.decode())
    assert bool(found) == (period != "?period=1999")
    for figure, address in found:
        assert length_of(client, address) == figure, address


def test_the_funnel_counts_how_far_they_came(told, sign_in, staff):
    page = sign_in(staff).get(f"{LIST}funnel/?period={TODAY:%Y}").context["funnel"]
    rows = {row.label: [row.total.count, *[s.count for s in row.stages], row.lost.count]
            for row in page.by_source}  # fmt: skip
    assert sorted(rows.values()) == [[1, 0, 0, 1, 0, 0], [2, 0, 0, 0, 0, 1], [2, 2, 1, 0, 0, 0]]
    (mine,) = page.by_owner
    assert [stage.percent for stage in mine.stages] == [40, 20, 20, 0]


def test_a_period_that_cannot_be_read_is_said_and_shows_everything(told, sign_in, staff):
    page = sign_in(staff).get(f"{LIST}funnel/?period=soon").context
    assert page["form"].errors["period"]
    assert sum(row.total.count for row in page["funnel"].by_source) == 6


def test_tiles_and_work_lead_to_as_many_rows_as_they_say(told, sign_in, staff):
    client, actor = sign_in(staff), staff.actor(is_staff=True)
    with enter(Identity(STAFF, actor.tenant_id, actor.user_id)):
        tiles = home.tiles_of_applying(actor=actor, now=timezone.now())
        work = home.work_of_applying(actor=actor, now=timezone.now())
    for tile in tiles:
        model = tile.to.view.split("_")[1]
        query = "&".join(f"{name}={value}" for name, value in tile.to.query.items())
        assert length_of(client, f"/staff/residency/{model}/?{query}") == int(tile.value)
    (due,) = [item for item in work if item.to.view.endswith("lead_changelist")]
    query = "&".join(f"{name}={value}" for name, value in due.to.query.items())
    assert length_of(client, f"{LIST}?{query}") == 1
    assert [item.title for item in work if item.to.view.endswith("application_change")]


def test_members_of_the_staff_who_do_not_check_have_no_work_here(told, make, park):
    actor = make.member(park, "member", is_staff=True).actor(is_staff=True)
    with enter(Identity(STAFF, actor.tenant_id, actor.user_id)):
        assert home.work_of_applying(actor=actor, now=timezone.now()) == []
        assert home.tiles_of_applying(actor=actor, now=timezone.now())
        assert home.actions_of_applying(actor=actor, now=timezone.now()) == []
