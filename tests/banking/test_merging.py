"""Lines that say the same, in files that overlap."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from banking.merging import merge

LABELS = st.lists(st.sampled_from(["", "", "10", "20"]), max_size=4)


def after(files: list[list[str]]) -> list[str]:
    kept: list[str] = []
    for coming in files:
        change = merge(kept, coming)
        for place, label in change.labelled.items():
            kept[place] = label
        kept += [coming[place] for place in change.added]
    return sorted(kept)


def test_two_of_a_kind_stay_two_and_come_again_as_the_same_two():
    assert after([["", ""]]) == ["", ""]
    assert after([["", ""], ["", ""], [""]]) == ["", ""]
    assert after([[""], ["", "", ""]]) == ["", "", ""]


def test_different_balances_after_them_make_two_of_lines_in_two_files():
    assert after([["10"], ["20"]]) == ["10", "20"]
    assert after([["10"], ["10"]]) == ["10"]
    assert after([[""], ["10"]]) == ["10"]


@given(st.lists(LABELS, max_size=4))
def test_the_order_of_files_makes_no_difference(files):
    wanted = after(files)
    for order in permutations(files):
        assert after(list(order)) == wanted


@given(st.lists(LABELS, max_size=4))
def test_files_that_come_again_add_nothing(files):
    assert after(files + files) == after(files)
