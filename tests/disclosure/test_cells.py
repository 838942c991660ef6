"""Value, suppressed and missing are three things; counts at the edges of the minimum and of rounding."""

from __future__ import annotations

import copy
import math
import pickle

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.disclosure.cells import (
    behind_rounding,
    is_missing,
    is_small,
    round_to_base,
)
from evaluation.disclosure.rules import default_rules
from evaluation.evidence import MISSING, SUPPRESSED, is_suppressed

RULES = default_rules()


@pytest.mark.parametrize(
    ("shown", "suppressed", "missing"),
    [
        (0, False, False),
        (15, False, False),
        (12.5, False, False),
        (SUPPRESSED, True, False),
        (MISSING, False, True),
        (math.nan, False, True),
        (None, False, True),
    ],
)
def test_three_states_are_distinct(shown: object, suppressed: bool, missing: bool) -> None:
    assert (is_suppressed(shown), is_missing(shown)) == (suppressed, missing)


def test_marks_stay_themselves_when_copied_stored_and_tabulated() -> None:
    assert copy.deepcopy(SUPPRESSED) is SUPPRESSED
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
    column = pd.DataFrame({"shown": pd.Series([10, SUPPRESSED, MISSING], dtype=object)})["shown"]
    assert [is_suppressed(value) for value in column] == [False, True, False]


def test_marks_read_as_words_and_never_as_nothing() -> None:
    assert (repr(SUPPRESSED), f"{MISSING}") == ("SUPPRESSED", "MISSING")
    assert SUPPRESSED != 0
    with pytest.raises(TypeError, match="SUPPRESSED has no truth value"):
        bool(SUPPRESSED)


@pytest.mark.parametrize(("count", "small"), [(0, False), (1, True), (9, True), (10, False), (11, False)])
def test_minimum_cell_at_its_boundary(count: int, small: bool) -> None:
    assert is_small(count, RULES) is small


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0, 0), (2, 0), (2.5, 5), (3, 5), (7, 5), (7.5, 10), (12, 10), (12.5, 15), (13, 15), (1273, 1275)],
)
def test_rounding_to_five_with_halves_upwards(value: float, rounded: int) -> None:
    assert round_to_base(value, 5) == rounded


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_what_is_no_count_is_not_rounded(value: float) -> None:
    with pytest.raises(ValueError, match="cannot round"):
        round_to_base(value, 5)


def test_base_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 0"):
        round_to_base(5, 0)


@given(count=st.integers(0, 10_000), base=st.integers(1, 12))
def test_counts_behind_a_rounded_value_are_those_that_round_to_it(count: int, base: int) -> None:
    shown = round_to_base(count, base)
    low, high = behind_rounding(shown, base)
    assert low <= count <= high
    assert {round_to_base(value, base) for value in (low, high)} == {shown}
    assert round_to_base(high + 1, base) == shown + base
