"""Reminders in three steps, one mail for all bills of an organisation that come to one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from backbone.mail import compose
from backbone.models import OutboxMessage
from billing.dunning import step_on, terms_on
from billing.models import BillingTerms, Reminder, ReminderStep
from billing.operations.reminding import MAIL, remind
from billing.periodic import for_debtors, remind_of_bills
from tests.billing.running import overview
from tests.spaces.making import NOW, portal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DUE = date(2026, 3, 10)
STEPS = [
    *((-4, None), (-3, ReminderStep.AHEAD), (0, ReminderStep.AHEAD), (1, None), (2, None)),
    *((3, ReminderStep.OVERDUE), (14, ReminderStep.OVERDUE), (15, ReminderStep.LAST)),
    (400, ReminderStep.LAST),
]


@pytest.mark.parametrize(("days", "step"), STEPS)
def test_the_step_of_a_day(days, step) -> None:
    assert step_on(DUE + days * DAY, DUE, BillingTerms(valid_from=DUE)) == step


def test_a_bill_that_is_not_due_is_not_overdue_whatever_the_terms_say() -> None:
    terms = BillingTerms(valid_from=DUE, remind_after=0)
    assert [step_on(DUE + n * DAY, DUE, terms) for n in (0, 1)] == [1, 2]


def test_the_terms_of_the_day_it_was_issued_hold() -> None:
    old, new = BillingTerms(valid_from=DUE), BillingTerms(valid_from=DUE + DAY, remind_ahead=9)
    assert terms_on(DUE, [new, old]) is old
    assert terms_on(DUE + 2 * DAY, [old, new]) is new
    assert terms_on(DUE - DAY, [old, new]).remind_ahead == 3


def days_after(bill: Any, days: int) -> datetime:
    noon = datetime(bill.due_on.year, bill.due_on.month, bill.due_on.day, 12)
    return timezone.make_aware(noon) + days * DAY


def reminded(member: Any, now: datetime) -> int:
    with portal(member) as actor:
        return remind(actor=actor, now=now)


def mails() -> list[OutboxMessage]:
    with overview():
        rows = OutboxMessage.objects.filter(kind="mail.send", payload__template=MAIL)
        return list(rows.order_by("pk"))


def sent() -> list[tuple[int, int]]:
    with overview():
        return list(Reminder.objects.order_by("pk").values_list("invoice_id", "step"))


def test_each_step_is_told_once(owner, desk) -> None:
    bill = desk.bill(owner.tenant, 300)
    for days in (-4, -3, -2, 0, 1, 3, 4, 15, 16, 90):
        reminded(owner, days_after(bill, days))
    assert sent() == [(bill.pk, 1), (bill.pk, 2), (bill.pk, 3)]
    assert len(mails()) == 3


def test_what_was_missed_is_not_sent_late(owner, desk) -> None:
    bill = desk.bill(owner.tenant, 300)
    reminded(owner, days_after(bill, 20))
    assert sent() == [(bill.pk, 3)]


def test_one_mail_tells_of_all(owner, desk, make) -> None:
    make.member(owner.tenant, "finance")
    make.member(owner.tenant, "member")
    first, second = desk.bill(owner.tenant, 300), desk.bill(owner.tenant, 7, currency="USD")
    assert reminded(owner, days_after(first, 3)) == 2
    told = mails()
    assert len(told) == 2
    for message in told:
        for language, words in (("en", "days ago"), ("zh-hans", first.number)):
            owner.user.language = language
            text = str(compose(owner.user, message).body)
            assert words in text
            assert all(n in text for n in (first.number, "CNY 300.00", second.number, "USD 7.00"))


def test_paid_credited_and_drafts_are_not_reminded_of(owner, desk) -> None:
    paid, credited = desk.bill(owner.tenant, 300), desk.bill(owner.tenant, 40)
    desk.pay(owner.tenant, 300, paid)
    desk.credit(credited)
    desk.draft(owner.tenant, 5)
    assert reminded(owner, days_after(paid, 20)) == 0
    assert (sent(), mails()) == ([], [])


def test_a_part_that_is_open_is_what_is_told(owner, desk) -> None:
    bill = desk.bill(owner.tenant, 300)
    desk.pay_part(bill, 100)
    reminded(owner, days_after(bill, 3))
    (message,) = mails()
    assert [each["open"] for each in message.payload["context"]["bills"]] == ["CNY 200.00"]


def test_the_trouble_of_one_organisation_is_nobody_elses(owner, neighbour, desk, make) -> None:
    make.member(neighbour, "owner")
    desk.bill(owner.tenant, 300)
    desk.bill(neighbour, 300)
    done = []

    def work(*, actor: Any, now: datetime) -> None:
        if actor.tenant_id == owner.tenant_id:
            raise ValueError
        done.append(actor.tenant_id)

    for_debtors(work, NOW)
    assert done == [neighbour.pk]


def test_the_task_reminds_and_charges(owner, desk) -> None:
    desk.late_bill(owner.tenant, 300)
    remind_of_bills()
    remind_of_bills()
    assert len(sent()) == 1
