"""The rules of booking, one function and one sentence each. The figures are ``BookingRule``'s."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import DomainError, InvalidInput
from offices.models import Booking, BookingRule
from residency.queries import is_suspended
from spaces.models import ParkDay
from spaces.working_days import exceptions, is_worked
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to book, with the rule that it is measured by."""

    rule: BookingRule
    tenant: Tenant
    actor: Actor
    start: datetime
    end: datetime
    now: datetime
    # A booking that gets another time: it does not count beside itself.
    besides: Booking | None = None

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)


def check(asked: Asked) -> None:
    """Raise the refusal of the first rule that is not kept."""
    for rule in RULES:
        rule(asked)


def is_let_to_kind(asked: Asked) -> None:
    if asked.tenant.kind not in asked.rule.kinds:
        raise DomainError(_("Your kind of organisation does not book this."), code="kind")


def is_let_to_role(asked: Asked) -> None:
    if not asked.actor.roles & set(asked.rule.roles):
        raise DomainError(
            _("Your role does not book this. Ask an owner of your organisation."), code="role"
        )


def is_not_suspended(asked: Asked) -> None:
    if is_suspended(asked.tenant):
        raise DomainError(
            _("The rights of your organisation rest at this time. Ask the park."), code="suspended"
        )


def has_not_begun(asked: Asked) -> None:
    if asked.start < asked.now:
        raise InvalidInput(_("This time is over."), code="begun")


def is_not_too_far_ahead(asked: Asked) -> None:
    if asked.start > asked.now + timedelta(days=asked.rule.days_ahead):
        raise InvalidInput(
            _("It can be booked %(days)s days ahead."),
            code="too_far_ahead",
            params={"days": asked.rule.days_ahead},
        )


def is_open(asked: Asked) -> None:
    start, end = timezone.localtime(asked.start), timezone.localtime(asked.end)
    rule = asked.rule
    in_hours = rule.opens_at <= start.time() and end.time() <= rule.closes_at
    known = exceptions(start.date(), start.date()) if rule.keeps_holidays else {}
    if not is_worked(start.date(), known, rule.opens_on):
        _refuse_day(known.get(start.date()))
    if start.date() != end.date() or not in_hours:
        raise InvalidInput(_("It is closed at that time."), code="closed")


def _refuse_day(exception: ParkDay | None) -> None:
    if exception is None:
        raise InvalidInput(_("It is closed on that day."), code="closed")
    raise InvalidInput(
        _("It is closed on that day: %(day)s"), code="closed", params={"day": exception.name}
    )


def begins_with_slot(asked: Asked) -> None:
    start, opens = timezone.localtime(asked.start), asked.rule.opens_at
    since = (start.hour - opens.hour) * 60 + start.minute - opens.minute
    if since % asked.rule.slot_minutes or asked.minutes % asked.rule.slot_minutes:
        raise InvalidInput(
            _("It is booked in slots of %(minutes)s minutes."),
            code="slot",
            params={"minutes": asked.rule.slot_minutes},
        )


def is_long_enough_and_no_longer(asked: Asked) -> None:
    least, most = asked.rule.least_minutes, asked.rule.most_minutes
    if not least <= asked.minutes <= most:
        raise InvalidInput(
            _("It is booked for %(least)s to %(most)s minutes."),
            code="minutes",
            params={"least": least, "most": most},
        )


def are_not_too_many(asked: Asked) -> None:
    own = Booking.objects.filter(tenant=asked.tenant, space__type=asked.rule.type_id)
    if asked.besides is not None:
        own = own.exclude(pk=asked.besides.pk)
    if own.ahead(asked.now).count() >= asked.rule.most_ahead:
        raise DomainError(
            _("Your organisation has %(count)s bookings of this kind ahead. No more are possible."),
            code="too_many",
            params={"count": asked.rule.most_ahead},
        )


RULES = (
    is_let_to_kind,
    is_let_to_role,
    is_not_suspended,
    has_not_begun,
    is_not_too_far_ahead,
    is_open,
    begins_with_slot,
    is_long_enough_and_no_longer,
    are_not_too_many,
)
