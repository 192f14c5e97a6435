"""The staff's pages of reconciliation: the list, one line, deciding by hand, undoing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import PaymentState
from reconciliation.gathering import proposed
from reconciliation.in_books import booked_for
from reconciliation.models import Match
from reconciliation.operations.accepting import accept
from reconciliation.operations.aside import park_unidentified
from reconciliation.queries import open_lines
from tenants.isolation.context import STAFF, Identity, enter
from tests.banking.making import NOW, office
from tests.reconciliation.making import (
    D,
    billed,
    booked,
    came,
    everything,
    fresh,
    left,
    part,
)

pytestmark = pytest.mark.django_db
LIST = "admin:reconciliation"


@pytest.fixture(autouse=True)
def _account(own_account):
    return own_account


@pytest.fixture
def desk(sign_in, staff):
    return sign_in(staff)


def page(name, pk):
    return reverse(f"{LIST}_{name}", args=[pk])


def proposal_of(staff, line):
    with office(staff) as actor:
        return proposed(actor, [line], today=timezone.localdate())[line.pk][0]


def match_of(line):
    with enter(Identity(STAFF)):
        return Match.objects.standing().get(tally__line=line)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_list_shows_lines_with_the_best_proposal_and_accepts_it(
    desk, staff, enterprise, language
):
    desk.cookies["django_language"] = language
    bill = billed(staff, enterprise, "100.00")
    line, other = booked(staff, came("100.00", bill.number), came("-7.00", "Fee"))
    shown = desk.get(reverse(LIST)).content.decode()
    assert f"{bill.number}: EUR 100.00" in shown
    assert page("line", other.pk) in shown
    assert "Fee" not in desk.get(reverse(LIST), {"side": "in"}).content.decode()
    key = proposal_of(staff, line).key
    answer = desk.post(page("acceptance", line.pk), {"proposal": key})
    assert answer.url == reverse(LIST)
    assert (fresh(bill).payment_state, left(line)) == (PaymentState.PAID, 0)
    assert bill.number not in desk.get(reverse(LIST)).content.decode()


def test_what_is_not_proposed_any_more_is_not_accepted(desk, staff, enterprise):
    bill = billed(staff, enterprise, "100.00")
    line, other = booked(staff, came("100.00", bill.number), came("100.00", bill.number))
    key = proposal_of(staff, line).key
    desk.post(page("acceptance", other.pk), {"proposal": key})
    before = everything()
    for said in (key, "", "1:5"):
        answer = desk.post(page("acceptance", line.pk), {"proposal": said})
        assert answer.url == page("line", line.pk)
    for said in ("", "recorded:1", "returned:x"):
        answer = desk.post(page("recognition", line.pk), {"proposal": said})
        assert answer.url == page("line", line.pk)
    assert everything() == before


def test_all_that_is_certain_at_once(desk, staff, enterprise):
    bill = billed(staff, enterprise, "100.00")
    line, other = booked(staff, came("100.00", bill.reference), came("5.00"))
    answer = desk.post(reverse(f"{LIST}_certain"), follow=True)
    assert "EUR 100.00" in answer.content.decode()
    assert (left(line), left(other)) == (0, 5)


def test_a_line_is_split_by_hand_with_a_search_between(desk, staff, enterprise, neighbour):
    one, other = billed(staff, enterprise, "60.00"), billed(staff, neighbour, "40.00")
    (line,) = booked(staff, came("110.00"))
    where = page("split", line.pk)
    assert desk.get(where).status_code == 200
    (exact,) = booked(staff, came("60.00"))
    assert 'value="60.00"' in desk.get(page("split", exact.pk)).content.decode()
    for said in (other.number, other.reference, "40.00", neighbour.slug):
        typed = {"q": said, "search": "1", f"bill-{one.pk}": "60.00"}
        shown = desk.post(where, typed).content.decode()
        assert f'name="bill-{other.pk}"' in shown
        assert 'value="60.00"' in shown
    assert left(line) == 110
    sent = {
        f"bill-{one.pk}": "59.50", f"kept-{one.pk}": "on", f"bill-{other.pk}": "40.00",
        "credit_to": neighbour.pk, "credit": "10.50",
    }  # fmt: skip
    assert desk.post(where, sent).url == page("line", line.pk)
    assert left(line) == 0
    assert {fresh(one).payment_state, fresh(other).payment_state} == {PaymentState.PAID}
    assert fresh(one).written_off == D("0.50")


def test_a_split_that_cannot_be_comes_back_with_what_was_typed(desk, staff, enterprise):
    bill = billed(staff, enterprise, "60.00")
    (line,) = booked(staff, came("50.00"))
    before = everything()
    for sent in ({f"bill-{bill.pk}": "60.00"}, {"credit": "5"}, {}, {f"bill-{bill.pk}": "x"}):
        answer = desk.post(page("split", line.pk), sent)
        assert (answer.status_code, "staff-error" in answer.content.decode()) == (200, True)
    assert everything() == before


def test_a_line_is_set_aside_and_undone(desk, staff):
    (line,) = booked(staff, came("-7.00"))
    where = page("aside", line.pk)
    assert desk.get(where).status_code == 200
    assert desk.post(where, {"reason": "other"}).status_code == 200
    assert desk.post(where, {"reason": "interest"}).url == reverse(LIST)
    match = match_of(line)
    step = reverse(
        "admin:reconciliation_match_step", kwargs={"object_id": match.pk, "step": "undoing"}
    )
    assert desk.get(step).status_code == 200
    assert desk.post(step, {"reason": "Not interest"}).url == page("line", line.pk)
    assert "Not interest" in desk.get(page("line", line.pk)).content.decode()
    assert left(line) == 7
    for standing in ("yes", "no", "x"):
        assert desk.get(reverse("admin:reconciliation_match_changelist"), {"standing": standing})


def test_a_payer_is_found_later(desk, staff, enterprise):
    bill = billed(staff, enterprise, "60.00")
    (line,) = booked(staff, came("60.00"))
    assert desk.post(page("parking", line.pk), {"note": "?"}).url == reverse(LIST)
    match = match_of(line)
    assert page("identifying", match.pk) in desk.get(page("line", line.pk)).content.decode()
    where = page("identifying", match.pk)
    assert desk.get(where).status_code == 200
    assert desk.post(where, {f"bill-{bill.pk}": "60.00"}).url == page("line", line.pk)
    assert fresh(bill).payment_state == PaymentState.PAID
    assert desk.get(where).status_code == 404


def test_a_payment_is_taken_back_by_its_button(desk, staff, enterprise):
    line, back = booked(staff, came("60.00"), came("-60.00"))
    with office(staff) as actor:
        (match,) = accept(actor=actor, now=NOW, line=line, parts=[part(enterprise, "60.00")])
        assert booked_for(actor, [back])[back.pk][0].row == match.payment
    shown = desk.get(page("line", back.pk)).content.decode()
    assert f'value="returned:{match.payment_id}"' in shown
    desk.post(page("recognition", back.pk), {"proposal": f"returned:{match.payment_id}"})
    assert left(back) == 0


@pytest.mark.parametrize("role", ["operations", "coordinator", "member"])
def test_weaker_roles_and_organisations_see_none_of_it(make, park, sign_in, staff, owner, role):
    (line,) = booked(staff, came("60.00"))
    with office(staff) as actor:
        match = park_unidentified(actor=actor, now=NOW, line=line)
    pages = [reverse(LIST), page("identifying", match.pk)]
    pages += [page(name, line.pk) for name in ("line", "split", "aside", "parking")]
    weak, stranger = sign_in(make.member(park, role, is_staff=True)), sign_in(owner)
    before = everything()
    for where in pages:
        assert weak.get(where).status_code == 403
        assert stranger.get(where).status_code == 302
    for where in (reverse(f"{LIST}_certain"), page("acceptance", line.pk)):
        assert weak.post(where).status_code == 403
        assert stranger.post(where).status_code == 302
    assert everything() == before


def test_a_page_asks_so_many_queries_however_many_lines_and_bills(staff, enterprise, neighbour):
    def asked():
        with (
            office(staff) as actor,
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            rows = list(open_lines(actor))
            proposed(actor, rows, today=timezone.localdate())
            booked_for(actor, rows)
        return len(queries)

    bill = billed(staff, enterprise, "10.00")
    booked(staff, came("10.00", bill.reference), came("-1.00"))
    few = asked()
    bills = [billed(staff, neighbour, f"{n}.00") for n in range(1, 13)]
    booked(staff, *[came(f"{n}.00", bills[n].number) for n in range(12)], came("-2.00"))
    assert asked() == few


def test_what_is_not_there_is_not_found(desk):
    for name in ("line", "split", "aside", "parking", "identifying"):
        for pk in (10**9, 2**70):
            assert desk.get(page(name, pk)).status_code == 404
