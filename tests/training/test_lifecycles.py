"""Every pair of states of each lifecycle: the map says which follow each other."""

from __future__ import annotations

import pytest

from foundation.errors import WrongState
from training.models import Guest, Seat, SeatAgreement, Session
from training.models.seats import GONE

PAIRS = [
    (model, a, b)
    for model in (Session, SeatAgreement, Seat, Guest)
    for a in model.TRANSITIONS
    for b in model.TRANSITIONS
]


@pytest.mark.parametrize(("model", "a", "b"), PAIRS, ids=lambda v: getattr(v, "__name__", str(v)))
def test_each_pair(model, a, b):
    row = model(state=a)
    if b in model.TRANSITIONS[a]:
        row.move_to(b)
        assert row.state == b
        return
    with pytest.raises(WrongState):
        row.move_to(b)
    assert row.state == a


@pytest.mark.parametrize("model", [Session, SeatAgreement, Seat, Guest])
def test_every_state_is_in_the_map_and_can_be_reached(model):
    states = set(dict(model._meta.get_field("state").choices))
    assert set(model.TRANSITIONS) == states
    starts = {"draft", "drafted", "held", "requested", "waitlisted", "booked", "listed"}
    followers = {b for after in model.TRANSITIONS.values() for b in after}
    assert states - followers <= starts


def test_nothing_comes_of_a_seat_that_is_given_up():
    assert all(not Seat.TRANSITIONS[state] for state in GONE)
