"""Refs: the same for ever, worthless to guess, and silent about the number behind them."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from django.http import HttpResponse
from django.urls import NoReverseMatch, Resolver404, path, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from foundation.refs import PATTERN, pk_of, ref_of, register_refs, renewed

register_refs("thing", "thing")
urlpatterns = [path("things/<thing_ref:pk>/", lambda request, pk: HttpResponse(), name="thing")]
KEYS = st.integers(1, 2**63 - 1)


@given(KEYS)
def test_a_ref_leads_back_to_its_key(pk: int) -> None:
    assert pk_of(ref_of(pk, "thing"), "thing") == pk


@given(st.text(max_size=40) | st.from_regex(PATTERN, fullmatch=True))
def test_what_was_never_given_out_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        pk_of(text, "thing")


@pytest.mark.parametrize("pk", [0, -1, 2**63, None, "7", 7.0])
def test_what_is_no_key_has_no_ref(pk: int) -> None:
    with pytest.raises(ValueError):
        ref_of(pk, "thing")


def test_one_row_has_one_address() -> None:
    ref = ref_of(7, "thing")
    last = "abcdefghijklmnopqrstuvwxyz234567".index(ref[-1])
    twin = ref[:-1] + "abcdefghijklmnopqrstuvwxyz234567"[last + 1]
    for other in (ref.upper(), ref + "=", f" {ref}", twin):
        with pytest.raises(ValueError):
            pk_of(other, "thing")


def bits_apart(one: str, other: str) -> int:
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    return sum(
        (alphabet.index(a) ^ alphabet.index(b)).bit_count() for a, b in zip(one, other, strict=True)
    )


def test_refs_of_consecutive_keys_tell_nothing() -> None:
    """As far apart as random text, in no order, and nothing that all have in common."""
    first = random.Random(3).randrange(10**9)
    refs = [ref_of(pk, "thing") for pk in range(first, first + 2_000)]
    apart = [bits_apart(*pair) for pair in pairwise(refs)]
    assert 62 < sum(apart) / len(apart) < 66
    assert min(apart) > 30
    rising = sum(one < other for one, other in pairwise(refs))
    assert 900 < rising < 1_100
    assert all(len({ref[place] for ref in refs}) == 32 for place in range(25))


def test_each_kind_has_refs_of_its_own() -> None:
    """Else one's own orders, imported in a row, would spell out the numbers of one's jobs."""
    orders = {ref_of(pk, "order") for pk in range(1, 1_000)}
    assert orders.isdisjoint(ref_of(pk, "job") for pk in range(1, 1_000))
    with pytest.raises(ValueError):
        pk_of(ref_of(7, "job"), "order")


def test_old_refs_are_read_after_the_secret_was_rotated(settings) -> None:
    old = ref_of(7, "thing")
    settings.SECRET_KEY, former = "another secret, as long as it has to be", settings.SECRET_KEY
    with pytest.raises(ValueError):
        pk_of(old, "thing")
    assert renewed(old, "thing") == old
    settings.SECRET_KEY_FALLBACKS = [former]
    assert pk_of(old, "thing") == 7
    assert renewed(old, "thing") == ref_of(7, "thing") != old


def test_a_key_of_their_own_outlives_the_secret(settings) -> None:
    before = ref_of(7, "thing")
    settings.REFS_KEY = "a key for refs alone, as long as it has to be"
    ref = ref_of(7, "thing")
    assert ref != before
    assert pk_of(before, "thing") == 7, "from before there was one"
    settings.SECRET_KEY = "another secret, as long as it has to be"
    assert pk_of(ref, "thing") == 7
    assert ref_of(7, "thing") == ref


@pytest.mark.urls(__name__)
def test_an_address_holds_the_ref_and_the_view_gets_the_key() -> None:
    address = reverse("thing", kwargs={"pk": 7})
    assert address == f"/things/{ref_of(7, 'thing')}/"
    assert resolve(address).kwargs == {"pk": 7}
    for made_up in ("7", "a" * 26, ref_of(7, "job")):
        with pytest.raises(Resolver404):
            resolve(f"/things/{made_up}/")
    with pytest.raises(NoReverseMatch):
        reverse("thing", kwargs={"pk": ref_of(7, "thing")})
