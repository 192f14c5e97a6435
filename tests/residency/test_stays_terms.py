"""Terms of stays: extension, suspension, reminders, renewal, the board and the first pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backbone.models import Notice, OutboxMessage
from backbone.waiting import work_of
from foundation.errors import DomainError, InvalidInput, NotPermitted, WrongState
from residency.board import column_of, renewal_board
from residency.models import Agreement, Extension, Stay, StayState
from residency.operations import agreements, stays
from residency.operations.reminders import remind_all
from residency.own_home import sources
from residency.queries import is_suspended
from residency.sections import residency as section
from residency.settling_home import staff_tiles, staff_work
from tenants.isolation.context import enter_tenant
from tenants.kinds import Role
from tests.residency.making import (
    NOW,
    TODAY,
    YEAR,
    day,
    draft,
    in_force,
    office,
    print_papers,
    stay,
)

STEPS = {
    "extend": lambda actor, row: stays.extend_stay(
        actor=actor, now=NOW, stay=row, ends_on=row.ends_on + timedelta(days=30), reason="续签中"
    ),
    "suspend": lambda actor, row: stays.suspend_stay(actor=actor, now=NOW, stay=row, reason="整改"),
    "resume": lambda actor, row: stays.resume_stay(actor=actor, now=NOW, stay=row, reason="完成"),
}
# Where each step leads; what is not here is refused.
ALLOWED = {
    ("extend", "resident"): "resident",
    ("extend", "suspended"): "suspended",
    ("suspend", "resident"): "suspended",
    ("resume", "suspended"): "resident",
}
LEADS = {Role.OWNER, Role.MANAGER}


def put_into(row, state):
    row.state, row.suspended_reason = state, "整改" if state == "suspended" else ""
    row.left_on = TODAY if state == "left" else None
    row.save()
    return row


def test_the_map_holds_every_state():
    assert set(Stay.TRANSITIONS) == set(StayState.values)


@pytest.mark.parametrize("after", StayState.values)
@pytest.mark.parametrize("before", StayState.values)
def test_every_pair_of_states(before, after):
    row = Stay(state=before)
    if after in Stay.TRANSITIONS[before]:
        row.move_to(after)
        assert row.state == after
        return
    with pytest.raises(WrongState):
        row.move_to(after)
    assert row.state == before


@pytest.mark.parametrize("state", StayState.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_step_from_every_state(staff, enterprise, step, state):
    with office(staff) as actor:
        row = put_into(stay(actor, enterprise), state)
        if (step, state) in ALLOWED:
            STEPS[step](actor, row)
            assert Stay.objects.get().state == ALLOWED[step, state]
            return
        before = Stay.objects.values().get()
        with pytest.raises(WrongState):
            STEPS[step](actor, row)
        assert Stay.objects.values().get() == before
        assert not Extension.objects.exists()


@pytest.mark.parametrize("role", Role.values)
def test_every_step_by_every_role(staff, make, park, enterprise, role):
    with office(staff) as lead:
        row = stay(lead, enterprise)
    member = make.member(park, role, is_staff=True)
    with office(member) as actor:
        for step, start in (
            ("extend", "resident"),
            ("suspend", "resident"),
            ("resume", "suspended"),
        ):
            put_into(row, start)
            if role in LEADS:
                STEPS[step](actor, row)
                row.refresh_from_db()
                continue
            with pytest.raises(NotPermitted):
                STEPS[step](actor, row)
            assert Stay.objects.get().state == start


def test_an_organisations_people_extend_nothing(staff, owner, enterprise):
    with office(staff) as actor:
        row = stay(actor, enterprise)
    with enter_tenant(enterprise.pk, user_id=owner.user_id):
        for take in STEPS.values():
            with pytest.raises(NotPermitted):
                take(owner.actor(), row)


def test_a_stranger_organisation_sees_no_stay(staff, make, enterprise, neighbour):
    with office(staff) as actor:
        stay(actor, enterprise)
    with enter_tenant(neighbour.pk):
        assert not Stay.objects.visible_to(make.member(neighbour, "owner").actor()).exists()


@pytest.mark.parametrize(
    ("ends_on", "reason", "code"),
    [
        (TODAY, "x", "extension_is_longer"),
        (TODAY + YEAR, "x", "extension_is_longer"),
        (TODAY + YEAR + YEAR, " ", "extension_has_reason"),
    ],
)
def test_an_extension_is_longer_and_says_why(staff, enterprise, ends_on, reason, code):
    with office(staff) as actor:
        row = stay(actor, enterprise)
        with pytest.raises(DomainError) as refused:
            stays.extend_stay(actor=actor, now=NOW, stay=row, ends_on=ends_on, reason=reason)
        assert refused.value.code == code
        assert Stay.objects.get().ends_on == TODAY + YEAR


def test_suspended_is_told_to_apps_above_and_ends(staff, owner, enterprise):
    with office(staff) as actor:
        row = stay(actor, enterprise)
        assert not is_suspended(enterprise)
        STEPS["suspend"](actor, row)
        assert is_suspended(enterprise)
        with pytest.raises(InvalidInput):
            stays.resume_stay(actor=actor, now=NOW, stay=row, reason=" ")
        STEPS["resume"](actor, row)
        assert not is_suspended(enterprise)
        told = set(Notice.objects.filter(user=owner.user).values_list("kind", flat=True))
    assert told == {"residency.stay_suspended", "residency.stay_resumed"}


@pytest.mark.parametrize("reason", ["Home", "100 % of it", "one\r\ntwo"])
def test_what_a_person_wrote_is_told_as_it_was_written(staff, owner, enterprise, reason):
    """ "Home" is a word of the portal's own and has a translation."""
    with office(staff) as actor:
        row = stay(actor, enterprise)
        stays.suspend_stay(actor=actor, now=NOW, stay=row, reason=reason)
        told = Notice.objects.get(user=owner.user, kind="residency.stay_suspended")
    assert set(told.body_said.values()) == {reason}


def test_only_staff_look_after_somebody(staff, owner, enterprise):
    with office(staff) as actor:
        row = stay(actor, enterprise)
        stays.look_after(actor=actor, now=NOW, stay=row, contact=staff.user)
        with pytest.raises(InvalidInput):
            stays.look_after(actor=actor, now=NOW, stay=row, contact=owner.user)
        assert Stay.objects.get().contact_id == staff.user_id


# -- renewal ---------------------------------------------------------------------------------------


def renewal_of(actor, tenant):
    agreement = in_force(actor, draft(actor, tenant))
    return agreement, agreements.renew_agreement(actor=actor, now=NOW, agreement=agreement)


def test_a_renewal_that_is_signed_moves_the_last_day(staff, enterprise):
    with office(staff) as actor:
        stay(actor, enterprise)
        _agreement, renewal = renewal_of(actor, enterprise)
        assert Stay.objects.get().ends_on == TODAY + YEAR
        in_force(actor, renewal)
        assert Stay.objects.get().ends_on == renewal.ends_on
        extension = Extension.objects.get()
    assert (extension.before_on, extension.reason) == (TODAY + YEAR, renewal.number)


@pytest.mark.parametrize("kind", ["mou", "co_build"])
def test_another_kind_of_agreement_moves_nothing(staff, enterprise, kind):
    with office(staff) as actor:
        stay(actor, enterprise)
        in_force(actor, draft(actor, enterprise, kind=kind, ends_on=TODAY + YEAR + YEAR))
        assert Stay.objects.get().ends_on == TODAY + YEAR
        assert not Extension.objects.exists()


def test_what_was_renewed_ends_by_itself_when_its_term_is_over(staff, enterprise):
    with office(staff) as actor:
        agreement, renewal = renewal_of(actor, enterprise)
        in_force(actor, renewal)
    remind_all(NOW)
    with office(staff):
        assert Agreement.objects.get(pk=agreement.pk).state == "effective"
    remind_all(NOW + YEAR + timedelta(days=2))
    with office(staff):
        agreement.refresh_from_db()
    assert (agreement.state, agreement.closed_on) == ("ended", agreement.ends_on)
    assert renewal.number in agreement.closing_reason


# -- reminders -------------------------------------------------------------------------------------


def notices(owner):
    with enter_tenant(owner.tenant_id, user_id=owner.user_id):
        return Notice.objects.filter(kind="residency.stay_ends").count()


def test_each_notice_is_given_once(staff, owner, enterprise, mailoutbox):
    with office(staff) as actor:
        stay(actor, enterprise, ends_on=day(91))
    heard = []
    for passed in (0, 1, 1, 2, 31, 31, 61, 91, 92, 92, 130):
        remind_all(NOW + timedelta(days=passed))
        heard.append(notices(owner))
    # 90, 60 and 30 days before, and when it is over.
    assert heard == [0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    with enter_tenant(enterprise.pk):
        assert OutboxMessage.objects.filter(kind="mail.send").count() == 4


def test_a_notice_missed_is_given_late_and_earlier_ones_are_not(staff, owner, enterprise):
    with office(staff) as actor:
        stay(actor, enterprise, ends_on=day(20))
    remind_all(NOW)
    assert notices(owner) == 1


def test_an_extension_starts_the_notices_anew(staff, owner, enterprise):
    with office(staff) as actor:
        row = stay(actor, enterprise, ends_on=day(20))
    remind_all(NOW)
    with office(staff) as actor:
        stays.extend_stay(actor=actor, now=NOW, stay=row, ends_on=day(25), reason="x")
    remind_all(NOW)
    assert notices(owner) == 2


@pytest.mark.parametrize("state", ["leaving", "left"])
def test_who_leaves_is_not_reminded(staff, owner, enterprise, state):
    with office(staff) as actor:
        put_into(stay(actor, enterprise, ends_on=day(20)), state)
    remind_all(NOW)
    assert notices(owner) == 0


# -- the board and the first pages -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "column"),
    [(-42, None), (-1, None), (0, 30), (30, 30), (31, 60), (60, 60), (61, 90), (90, 90)],
)
def test_columns_of_the_board(days, column):
    assert column_of(days) == column


def test_everybody_stands_on_the_board_once_in_their_column(staff, make):
    with office(staff) as actor:
        for left in (-42, 0, 30, 31, 60, 90, 91):
            stay(actor, make.tenant(), starts_on=day(-200), ends_on=day(left))
        put_into(stay(actor, make.tenant(), starts_on=day(-9), ends_on=day(-3)), "left")
        board = renewal_board(NOW)
    shown = {column.days: [card.days for card in column.cards] for column in board}
    assert shown == {None: [-42], 30: [0, 30], 60: [31, 60], 90: [90]}


def test_a_term_that_is_over_is_on_the_first_screen_the_same_day(staff, enterprise):
    with office(staff) as actor:
        stay(actor, enterprise, starts_on=day(-300), ends_on=TODAY)
        assert not [item for item in staff_work(actor=actor, now=NOW) if item.weight]
        tomorrow = NOW + timedelta(days=1)
        (item,) = [item for item in staff_work(actor=actor, now=tomorrow) if item.weight]
    assert item.to.view == "admin:renewal_board"


def test_the_tile_counts_the_rows_it_leads_to(staff, make, sign_in):
    with office(staff) as actor:
        for left in (-1, 0, 45, 90, 91):
            stay(actor, make.tenant(), starts_on=day(-200), ends_on=day(left))
        (tile,) = staff_tiles(actor=actor, now=NOW)
    listed = sign_in(staff).get("/staff/residency/stay/", tile.to.query)
    assert listed.context_data["cl"].result_count == int(tile.value) == 3


def test_the_organisation_is_shown_what_it_has_to_do(staff, owner, enterprise):
    with office(staff) as actor:
        stay(actor, enterprise, ends_on=day(20))
        row = draft(actor, enterprise)
        agreements.send_for_signature(actor=actor, now=NOW, agreement=row)
        print_papers()
    with enter_tenant(enterprise.pk, user_id=owner.user_id):
        views = [
            item.to.view for item in work_of(owner.actor(), sources(actor=owner.actor(), now=NOW))
        ]
    assert views.count("residency:agreement") == 1
    assert {"members:people", "trade:import_new", "residency:stay"} <= set(views)


def test_the_section_of_the_organisations_page_warns(staff, enterprise):
    with office(staff) as actor:
        assert section(actor, enterprise, NOW) is None
        stay(actor, enterprise, starts_on=day(-300), ends_on=day(-1), contact=staff.user)
        in_force(actor, draft(actor, enterprise, starts_on=day(-300), ends_on=day(-1)))
        shown = section(actor, enterprise, NOW)
    assert shown is not None
    assert shown.lines[0].warning
    assert any("G" in str(line.value) for line in shown.lines)
