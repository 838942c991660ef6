"""Exact tests for few pairs, against published examples, SciPy, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation.measures.paired import (
    difference_error,
    goal_attainment_t,
    hodges_lehmann,
    mean_interval,
    reliable_threshold,
    sign_flip_p,
    wilcoxon_p,
)

# Darwin (1876), heights of 15 pairs of maize plants, crossed less self-fertilised, eighths of an inch.
DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
# Hollander and Wolfe (1999), example 3.1: Hamilton depression scale factor IV of nine patients, before and after.
BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
DEPRESSION = np.subtract(AFTER, BEFORE)


def test_darwins_maize() -> None:
    # The ranks of the two negative differences, 48 and 67, are 10 + 14 = 24.
    assert wilcoxon_p(DARWIN) == pytest.approx(0.0413, abs=5e-5)
    # Fisher (1935), The Design of Experiments, 21: 1,726 of 32,768 patterns of signs.
    assert sign_flip_p(DARWIN) == pytest.approx(1726 / 32768)
    assert sign_flip_p(DARWIN) == pytest.approx(0.0526, abs=1e-4)


def test_hollander_and_wolfe_depression() -> None:
    # T+ = 5 of n = 9, one-sided p = .0195; estimate -0.46, 96% interval -0.786 to -0.010.
    assert wilcoxon_p(DEPRESSION) == pytest.approx(2 * 0.0195, abs=5e-4)
    found = hodges_lehmann(DEPRESSION, 0.95)
    assert (found.value, found.low, found.high) == pytest.approx((-0.46, -0.786, -0.010), abs=5e-4)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 15, 21])
def test_without_ties_the_signed_rank_test_is_that_of_scipy(n: int) -> None:
    d = np.random.default_rng(n).normal(0.4, 1, n)
    assert wilcoxon_p(d) == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, rel=1e-12)


@settings(max_examples=40)
@given(st.lists(st.integers(-4, 4), min_size=2, max_size=10))
def test_with_ties_both_tests_are_scipys_enumeration_of_signs(d: list[int]) -> None:
    every = stats.permutation_test(
        (np.array(d, float),), np.sum, permutation_type="samples", n_resamples=np.inf, vectorized=False
    )
    assert sign_flip_p(d) == pytest.approx(every.pvalue)
    if np.count_nonzero(d) > 1:
        ranks = np.sign(d) * np.where(np.array(d) != 0, 1.0, 0.0)
        ranks[ranks != 0] *= stats.rankdata(np.abs(np.array(d)[np.array(d) != 0]))
        signed = stats.permutation_test(
            (ranks[ranks != 0],), np.sum, permutation_type="samples", n_resamples=np.inf, vectorized=False
        )
        assert wilcoxon_p(d) == pytest.approx(signed.pvalue)
    elif not any(d):
        assert wilcoxon_p(d) is None


def test_more_pairs_than_can_be_enumerated_are_drawn_and_agree() -> None:
    d = np.random.default_rng(5).normal(0.3, 1, 41)
    drawn, exact = sign_flip_p(d), stats.ttest_1samp(d, 0).pvalue
    assert drawn == pytest.approx(exact, abs=0.01)
    assert drawn == sign_flip_p(d)


def test_nothing_at_all_and_nothing_but_zeros() -> None:
    assert (wilcoxon_p([]), sign_flip_p([]), hodges_lehmann([], 0.95).value) == (None, None, None)
    assert (wilcoxon_p([0, 0]), sign_flip_p([0, 0])) == (None, 1.0)
    assert (mean_interval([], 0.95).value, mean_interval([3], 0.95).low, mean_interval([3, 3], 0.95).low) == (None,) * 3


def test_fewer_than_six_pairs_have_an_estimate_and_no_interval() -> None:
    # Of five pairs the two patterns with all signs alike have probability 2 / 32 = .0625 > .05.
    five, six = hodges_lehmann([1, 2, 3, 4, 5], 0.95), hodges_lehmann([1, 2, 3, 4, 5, 6], 0.95)
    assert (five.value, five.low, five.high) == (3, None, None)
    assert (six.low, six.high) == (1, 6)  # 2 / 64 = .031: the least and the largest mean of two


def test_the_interval_holds_what_the_test_does_not_reject() -> None:
    d = np.random.default_rng(3).normal(1, 2, 12)
    found = hodges_lehmann(d, 0.95)
    assert found.low is not None
    assert found.high is not None
    for inside, shift in ((True, found.low + 1e-6), (True, found.high - 1e-6), (False, found.low - 1e-6)):
        assert (wilcoxon_p(d - shift) > 0.05) is inside  # type: ignore[operator]


@pytest.mark.parametrize("n", [9, 21])
@pytest.mark.parametrize("step", [0, 1])
def test_the_tests_keep_their_size_and_the_interval_its_coverage(n: int, step: float) -> None:
    """2,000 samples without a change, of continuous scores and of whole points with many ties."""
    random = np.random.default_rng(100 * n + int(step))
    samples = random.normal(0, 1.5, (2000, n))
    samples = np.round(samples / step) * step if step else samples
    rank = np.mean([(wilcoxon_p(d) or 1.0) <= 0.05 for d in samples])
    flip = np.mean([(sign_flip_p(d) or 1.0) <= 0.05 for d in samples[:500]])
    cover = np.mean(
        [found.low <= 0 <= found.high for d in samples if (found := hodges_lehmann(d, 0.95)).low is not None]
    )
    margin = 3 * math.sqrt(0.05 * 0.95 / 2000)
    assert rank <= 0.05 + margin
    assert flip <= 0.05 + 2 * margin
    assert cover >= 0.95 - margin


def test_reliable_change_of_jacobson_and_truax() -> None:
    # (1991), table: s = 7.5, r = .80, from 32.5 to 47.5. 7.5 sqrt(2) sqrt(.2) = 4.74; 15 / 4.74 = 3.16; 1.96 x 4.74.
    assert 15 / difference_error(7.5, 0.80) == pytest.approx(3.16, abs=5e-3)
    assert reliable_threshold(7.5, 0.80) == pytest.approx(9.30, abs=5e-3)
    assert reliable_threshold(None, 0.80) is reliable_threshold(7.5, None) is None


def test_goal_attainment_of_three_goals() -> None:
    # 50 + 10 x 3 / sqrt(.7 x 3 + .3 x 9) = 50 + 30 / sqrt(4.8)
    assert goal_attainment_t([0, 1, 2]) == pytest.approx(63.69, abs=5e-3)
    assert goal_attainment_t([0, 0]) == 50
    assert goal_attainment_t([]) is None
    # However many goals, the ends of data/instruments.csv hold.
    assert 13 < goal_attainment_t([-2] * 1000) < goal_attainment_t([2] * 1000) < 87  # type: ignore[operator]
