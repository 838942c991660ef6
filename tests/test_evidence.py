"""Kinds of evidence and values known to lie in an interval."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Bounded, Evidence, Measure, Origin, Provenance, weakest

SYNTHETIC, PUBLISHED, BENCHMARK, REGISTER = (
    Evidence.SYNTHETIC,
    Evidence.PUBLISHED,
    Evidence.BENCHMARK,
    Evidence.REGISTER,
)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((REGISTER, BENCHMARK), BENCHMARK),
        ((BENCHMARK, PUBLISHED), PUBLISHED),
        ((PUBLISHED, SYNTHETIC), SYNTHETIC),
        ((REGISTER, SYNTHETIC, BENCHMARK), SYNTHETIC),
        ((REGISTER, REGISTER), REGISTER),
    ],
)
def test_a_value_is_as_weak_as_its_weakest_input_in_whatever_order(
    kinds: tuple[Evidence, ...], expected: Evidence
) -> None:
    assert {weakest(order) for order in permutations(kinds)} == {expected}


def test_a_value_without_evidence_does_not_exist() -> None:
    with pytest.raises(ValueError, match="empty"):
        weakest([])


def ends(bounded: Bounded) -> tuple[float, float, float]:
    return bounded.low, bounded.value, bounded.high


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(1.0, 1.1, 2.0), (3.0, 1.0, 2.9), (1.5, 2.0, 1.0), (math.nan, 0.0, 1.0), (0.5, math.nan, 1.0)],
)
def test_an_interval_that_does_not_contain_its_value_is_refused(value: float, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="does not contain its value"):
        Bounded(value, low, high)


@pytest.mark.parametrize(("value", "inside"), [(74.4, False), (74.5, True), (75.2, True), (75.5, True), (75.6, False)])
def test_both_ends_of_an_interval_belong_to_it(value: float, inside: bool) -> None:
    assert Bounded(75, 74.5, 75.5).contains(value) is inside


def test_a_sum_adds_the_ends() -> None:
    # 97 + 9.7 = 106.7; least 96.5 + 9.65; most 97.5 + 9.75.
    assert ends(Bounded(97, 96.5, 97.5) + Bounded(9.7, 9.65, 9.75)) == pytest.approx((106.15, 106.7, 107.25))


def test_a_difference_is_smallest_when_the_low_end_meets_the_high_one() -> None:
    # 97 - 9.7 = 87.3; least 96.5 - 9.75 = 86.75; most 97.5 - 9.65 = 87.85.
    assert ends(Bounded(97, 96.5, 97.5) - Bounded(9.7, 9.65, 9.75)) == pytest.approx((86.75, 87.3, 87.85))


def test_a_ratio_is_smallest_when_the_low_end_meets_the_high_one() -> None:
    # 12 / 4 = 3; least 10 / 5 = 2; most 14 / 2 = 7.
    assert ends(Bounded(12, 10, 14) / Bounded(4, 2, 5)) == (2, 3, 7)


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [
        (Bounded(1, 1, 1), Bounded(0, 0, 1)),
        (Bounded(1, 1, 1), Bounded(1, -1, 2)),
        (Bounded(0, -1, 1), Bounded(1, 1, 1)),
    ],
)
def test_a_ratio_whose_sign_or_size_is_open_is_refused(numerator: Bounded, denominator: Bounded) -> None:
    with pytest.raises(ValueError, match="non-negative numerator and a positive denominator"):
        numerator / denominator


def test_nothing_over_something_is_nothing() -> None:
    assert ends(Bounded(0, 0, 0) / Bounded(4, 2, 5)) == (0, 0, 0)


AMOUNTS = st.builds(
    lambda value, below, above: Bounded(value, value - below * value, value + above),
    st.floats(0.1, 1e6),
    st.floats(0, 0.9),
    st.floats(0, 1e6),
)


@settings(max_examples=100)
@given(left=AMOUNTS, right=AMOUNTS, at=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_arithmetic_on_intervals_contains_the_arithmetic_on_any_values_in_them(
    left: Bounded, right: Bounded, at: tuple[float, float]
) -> None:
    x, y = (side.low + share * (side.high - side.low) for side, share in zip((left, right), at, strict=True))
    total, difference, ratio = left + right, left - right, left / right
    slack = 1e-9
    assert total.low * (1 - slack) <= x + y <= total.high * (1 + slack)
    assert difference.low - slack * 1e6 <= x - y <= difference.high + slack * 1e6
    assert ratio.low * (1 - slack) <= x / y <= ratio.high * (1 + slack)


def test_a_chapter_is_as_weak_as_the_weakest_of_its_tables() -> None:
    tables = [Origin("a", BENCHMARK, 5, "2024", "0"), Origin("b", PUBLISHED, 5, "2024", "0")]
    assert Provenance(tuple(tables)).evidence is PUBLISHED


def test_the_chapter_of_a_measure_is_the_first_part_of_its_id() -> None:
    measure = Measure("costs.total_growth.real", 0.1, "share", PUBLISHED, ("council_figures",), "ratio", "2022/2024")
    assert measure.chapter == "costs"


def test_a_measure_cannot_be_changed_afterwards() -> None:
    measure = Measure("costs.total", 0.1, "share", PUBLISHED, ("council_figures",), "ratio", "2022/2024")
    with pytest.raises(FrozenInstanceError):
        measure.estimate = 0.2  # type: ignore[misc]


@pytest.mark.parametrize("other", [Evidence.PUBLISHED, Evidence.BENCHMARK, Evidence.REGISTER])
def test_provenance_with_the_register_in_it_is_of_the_register(other: Evidence) -> None:
    origins = tuple(Origin("table", kind, 1, "2024", "00") for kind in (other, Evidence.REGISTER))
    assert Provenance(origins).evidence is Evidence.REGISTER


def test_provenance_without_the_register_is_of_the_weakest_kind() -> None:
    origins = tuple(Origin("table", kind, 1, "2024", "00") for kind in (Evidence.BENCHMARK, Evidence.PUBLISHED))
    assert Provenance(origins).evidence is Evidence.PUBLISHED
