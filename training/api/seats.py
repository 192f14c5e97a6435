"""The organisation's seats, and booking more of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from foundation.errors import InvalidInput
from gateway.paging import page_of
from gateway.serializers import PageQuery, RefField, Shape
from gateway.views import ApiView, Call, ListView, get_visible
from learners.models import Learner
from tenants.models import Tenant
from training.api.scopes import READ, WRITE
from training.models import FundingLine, PartyRule, Seat, SeatState, Session
from training.models.seats import SeatQuerySet
from training.operations import giving_up, offers
from training.operations.booking import MOST, book
from training.operations.naming import name_seats
from training.permissions import permissions
from training.presentation import ShownSeat
from training.queries import dated, learners_by_number, lines_for, not_in_register

UNKNOWN = _("There is no such thing.")


class SeatShape(Shape):
    id = RefField("seat", source="row.pk")
    session = RefField("training", source="row.session_id")
    state = serializers.ChoiceField(SeatState.choices, help_text=_("As of now."))
    student = serializers.SerializerMethodField(
        help_text=_("The student number; null while it is blank or for a member.")
    )
    learner = RefField("learner", source="row.learner_id", allow_null=True)
    agreement = RefField("seat_agreement", source="row.agreement_id", allow_null=True)
    funding_line = serializers.CharField(
        source="row.funding_line.code", default=None, allow_null=True
    )
    booked_at = serializers.DateTimeField(source="row.created_at")
    until = serializers.DateTimeField(
        allow_null=True, help_text=_("Of a hold or an offer: when it lapses.")
    )
    counts_as_used = serializers.BooleanField(
        source="row.is_used_up", help_text=_("Given up after the deadline.")
    )
    reason = serializers.CharField(source="row.reason")

    @extend_schema_field({"type": "string", "nullable": True})
    def get_student(self, seat: ShownSeat) -> str | None:
        return seat.row.learner.number if seat.row.learner else None


class SeatsShape(Shape):
    seats = SeatShape(many=True)


class SeatQuery(PageQuery):
    session = RefField("training", required=False)
    state = serializers.ChoiceField(SeatState.choices, required=False)


class SeatView(ApiView):
    """What all calls of seats need: the organisation's own rows, and how they are shown."""

    def own(self) -> SeatQuerySet:
        rows = Seat.objects.visible_to(self.actor).filter(tenant_id=self.actor.tenant_id)
        return rows.select_related("session__course", "funding_line", "learner", "membership__user")

    def as_shown(self, rows: list[Seat]) -> list[ShownSeat]:
        return [ShownSeat(row, self.actor, self.now) for row in rows]

    def answer(self, made: list[Seat], status: int) -> Response:
        rows = list(self.own().filter(pk__in=[seat.pk for seat in made]).order_by("pk"))
        return self.shown({"seats": self.as_shown(rows)}, status)

    def session(self, ref: str) -> Session:
        found: Session = get_visible(dated(Session.objects.visible_to(self.actor)), ref, "training")
        return found


class Seats(SeatView, ListView):
    calls: ClassVar = {"GET": Call(READ, _("Seats of the organisation, newest first"))}
    query_class = SeatQuery
    row_class = SeatShape

    def page(self, asked: dict[str, Any]) -> tuple[list[Any], str | None]:
        permissions.require(self.actor, "see_training")
        limit, cursor = asked.pop("limit"), asked.pop("cursor")
        rows, following = page_of(self.own().filter(**asked), cursor, limit, kind="seat")
        return list(self.as_shown(rows)), following


class SeatDetail(SeatView):
    calls: ClassVar = {"GET": Call(READ, _("One seat"))}
    row_class = SeatShape

    def get(self, request: Any, ref: str) -> Response:
        self.asked()
        permissions.require(self.actor, "see_training")
        return self.shown(ShownSeat(get_visible(self.own(), ref, "seat"), self.actor, self.now))


class StudentField(serializers.CharField):
    """A student number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)


class BookingBody(Shape):
    students = serializers.ListField(
        child=StudentField(),
        default=list,
        max_length=MOST,
        help_text=_("Student numbers of your register: these seats are booked at once."),
    )
    blanks = serializers.IntegerField(
        default=0, min_value=0, max_value=MOST, help_text=_("Seats to be named later.")
    )
    if_too_few = serializers.ChoiceField(
        PartyRule.choices,
        required=False,
        help_text=_("Puts on the waiting list what does not fit; without it nothing is booked."),
    )
    funding_line = serializers.CharField(required=False, max_length=40, help_text=_("Its code."))


class SessionSeats(SeatView):
    calls: ClassVar = {
        "POST": Call(
            WRITE,
            _("Book seats of a session, with names or blank"),
            _(
                "All of them or none, unless `if_too_few` says otherwise. A refusal says which limit blocks and its arithmetic."
            ),
        )
    }
    body_class = BookingBody
    row_class = SeatsShape
    made_status = 201

    def post(self, request: Any, ref: str) -> Response:
        permissions.require(self.actor, "book_seats")
        said = self.said()
        session = self.session(ref)
        rule = said.get("if_too_few", "")
        made = book(
            actor=self.actor,
            now=self.now,
            session=session,
            people=students(self.actor.tenant_id, said["students"], "students"),
            blanks=said["blanks"],
            funding_line=self._line(session, said.get("funding_line", "")),
            party_rule=rule,
            waits=bool(rule),
        )
        return self.answer(made, self.made_status)

    def _line(self, session: Session, code: str) -> FundingLine | None:
        if not code:
            return None
        tenant = Tenant.objects.get(pk=self.actor.tenant_id)
        found = [line for line in lines_for(tenant, session) if line.code == code]
        if not found:
            raise InvalidInput(fields={"funding_line": UNKNOWN})
        return found[0]


def students(tenant_id: Any, numbers: list[str], field: str) -> list[Learner]:
    """Learners of the register in the order of the numbers. Raises InvalidInput for one that is
    not in it."""
    found, unknown = learners_by_number(tenant_id, numbers)
    if unknown:
        raise InvalidInput(fields={field: not_in_register(unknown)})
    return found


class NameBody(Shape):
    seat = RefField("seat")
    student = StudentField()


class NamesBody(Shape):
    names = serializers.ListField(child=NameBody(), min_length=1, max_length=MOST)


class SeatNames(SeatView):
    calls: ClassVar = {
        "POST": Call(
            WRITE,
            _("Give seats of one session names, or other names until booking closes"),
            _("A blank seat is booked then. All of them or none."),
        )
    }
    body_class = NamesBody
    row_class = SeatsShape

    def post(self, request: Any) -> Response:
        permissions.require(self.actor, "book_seats")
        said = self.said()["names"]
        seats = chosen(self.own(), [row["seat"] for row in said], "names")
        people = students(self.actor.tenant_id, [row["student"] for row in said], "names")
        names = dict(zip(seats, people, strict=True))
        return self.answer(name_seats(actor=self.actor, now=self.now, names=names), 200)


def chosen(own: SeatQuerySet, keys: list[int], field: str) -> list[Seat]:
    """In the order of the keys. Raises InvalidInput for one twice, and for one that is a
    neighbour's or never was, in the same words."""
    if len(set(keys)) < len(keys):
        raise InvalidInput(fields={field: _("The same seat stands here twice.")})
    known = {seat.pk: seat for seat in own.filter(pk__in=keys)}
    if len(known) < len(keys):
        raise InvalidInput(fields={field: UNKNOWN})
    return [known[key] for key in keys]


class ChosenBody(Shape):
    seats = serializers.ListField(child=RefField("seat"), min_length=1, max_length=MOST)


class ReasonedBody(ChosenBody):
    reason = serializers.CharField(default="", allow_blank=True, max_length=500)


class OfSeats(SeatView):
    """One thing that is done with seats of one session, all of them or none."""

    body_class = ChosenBody
    row_class = SeatsShape
    operate: ClassVar[Callable[..., list[Seat]]]

    def post(self, request: Any) -> Response:
        permissions.require(self.actor, "book_seats")
        said = self.said()
        said["seats"] = chosen(self.own(), said["seats"], "seats")
        done = type(self).operate(actor=self.actor, now=self.now, **said)
        return self.answer(done, 200)


class Releases(OfSeats):
    calls: ClassVar = {"POST": Call(WRITE, _("Give blank seats back"))}
    operate = giving_up.release


class Cancellations(OfSeats):
    calls: ClassVar = {
        "POST": Call(
            WRITE,
            _("Give booked seats up, or take back what was asked for"),
            _("After `cancel_until` of the session they count as used."),
        )
    }
    body_class = ReasonedBody
    operate = giving_up.cancel


class Departures(OfSeats):
    calls: ClassVar = {"POST": Call(WRITE, _("Leave the waiting list"))}
    operate = giving_up.leave


class Acceptances(OfSeats):
    calls: ClassVar = {"POST": Call(WRITE, _("Accept offered seats, all of them or some"))}
    operate = offers.accept


class Refusals(OfSeats):
    calls: ClassVar = {"POST": Call(WRITE, _("Decline offered seats"))}
    operate = giving_up.decline_offer
