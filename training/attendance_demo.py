"""The demo's teaching: who was there, what came of the tests, one session settled and one not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from certificates.models import Certificate
from certificates.operations.ending import replace, revoke
from foundation.actors import Actor
from tenants.isolation.context import STAFF, Identity, enter, enter_tenant
from training.models import MarkKind, MarkSource, Seat, SeatState, Session, SessionDate
from training.operations import attending, feedback, settling
from training.operations.attending import Said

M = MarkKind
# By the place of the seat, the rest were there all the time: (date, mark, minutes)
ODD_MARKS: dict[int, tuple[int, str, int | None]] = {
    2: (0, M.LATE, 120),
    5: (1, M.LEFT_EARLY, 60),
    7: (2, M.EXCUSED, None),
    9: (0, M.ABSENT, None),
}
# Did not come at all, and did not pass.
AWAY, FAILED = 11, 4
FEEDBACK = [(5, 4, 5, "案例很实用"), (4, 4, 4, ""), (5, 5, 5, "希望增加实操时间")]


def teach(own: Any, past: Sequence[Session]) -> None:
    """The first is settled; of the second a date is not marked yet, and waits for the staff."""
    first, second = past
    with enter(Identity(STAFF, own.park.pk)):
        seats = _seats(first)
        for place, date in enumerate(_dates(first)):
            _mark(own, date, seats, place)
        _correct(own, first, seats)
        _results(own, first, seats)
        settling.settle_session(actor=own.staff, now=_after(first), session=first)
        for place, date in enumerate(_dates(second)[:-1]):
            _mark(own, date, _seats(second), place)
    _tell(first, seats)
    _mended(own, first)


def _seats(session: Session) -> list[Seat]:
    own = Seat.objects.filter(session=session, state=SeatState.BOOKED).order_by("pk")
    return list(own.select_related("session"))


def _dates(session: Session) -> list[SessionDate]:
    return list(session.dates.standing().select_related("session"))


def _after(session: Session) -> Any:
    return _dates(session)[-1].ends_at + timedelta(days=1)


def _mark(own: Any, date: SessionDate, seats: list[Seat], place: int) -> None:
    said = [_said(seat, number, place) for number, seat in enumerate(seats)]
    attending.mark_attendance(actor=own.staff, now=date.ends_at, date=date, said=said)


def _said(seat: Seat, number: int, place: int) -> Said:
    if number == AWAY:
        return Said(seat, M.ABSENT)
    on, kind, minutes = ODD_MARKS.get(number, (-1, M.PRESENT, None))
    return Said(seat, kind, minutes) if on == place else Said(seat, M.PRESENT)


def _correct(own: Any, session: Session, seats: list[Seat]) -> None:
    """Somebody was there after all: the signature stands on the sheet."""
    said = [Said(seats[9], M.PRESENT, reason="签到表上有签名")]
    attending.mark_attendance(
        actor=own.staff, now=_after(session), date=_dates(session)[0], said=said,
        source=MarkSource.SHEET,
    )  # fmt: skip


def _results(own: Any, session: Session, seats: list[Seat]) -> None:
    said = [
        (seat, number != FAILED, Decimal(52 if number == FAILED else 95 - 2 * number))
        for number, seat in enumerate(seats)
        if number != AWAY
    ]
    attending.record_results(actor=own.staff, now=_after(session), session=session, said=said)


def _mended(own: Any, session: Session) -> None:
    """One certificate had a slip in the name, another should not have been issued."""
    with enter(Identity(STAFF, own.park.pk)):
        issued = Certificate.objects.filter(kind="training").order_by("pk")
        known: dict[str, Any] = {"actor": own.staff, "now": _after(session) + timedelta(days=3)}
        wrong, void = issued[0], issued[1]
        latin = wrong.holder_latin_name.upper()
        replace(**known, certificate=wrong, reason="姓名拼音更正", holder_latin_name=latin)
        revoke(**known, certificate=void, reason="重复参加同一课程")


def _tell(session: Session, seats: list[Seat]) -> None:
    """What some of them thought of it."""
    for seat, (content, teaching, value, comment) in zip(seats, FEEDBACK, strict=False):
        with enter_tenant(seat.tenant_id):
            feedback.give_feedback(
                actor=_nobody(seat), now=_after(session), seat=seat, content=content,
                teaching=teaching, value=value, comment=comment,
            )  # fmt: skip


def _nobody(seat: Seat) -> Actor:
    return Actor(user_id=None, tenant_id=seat.tenant_id)
