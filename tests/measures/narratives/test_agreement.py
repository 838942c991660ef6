"""Agreement of two readers: published values, an independent formula, and themes that do not vary."""

from __future__ import annotations

from fractions import Fraction

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures.narratives.agreement import agreement, alpha_of, kappa_of
from evaluation.pipeline.inputs import codebook
from tests.measures.narratives.drawn import THRESHOLDS, coded, from_flags

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: 3 readers x 15 units, * is missing.
CANONICAL = [
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.691), ("interval", 0.811)])
def test_the_package_gives_the_canonical_alpha(level: str, alpha: float) -> None:
    data = [[np.nan if value == "*" else float(value) for value in line.split()] for line in CANONICAL]
    assert krippendorff.alpha(data, level_of_measurement=level) == pytest.approx(alpha, abs=5e-4)


def test_kappa_of_a_published_table() -> None:
    found = kappa_of(20, 5, 10, 15, 0.95)
    # po = 35/50, pe = 25/50 x 30/50 + 25/50 x 20/50 = 0.5; (0.7 - 0.5) / 0.5
    assert found.estimate == pytest.approx(0.4)
    # Fleiss, Cohen and Everitt (1969): variance from the cells, worked out in exact fractions.
    p = [[Fraction(20, 50), Fraction(5, 50)], [Fraction(10, 50), Fraction(15, 50)]]
    row, column, kappa, chance = (
        [sum(r) for r in p],
        [p[0][j] + p[1][j] for j in (0, 1)],
        Fraction(2, 5),
        Fraction(1, 2),
    )
    a = sum(p[i][i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    b = (1 - kappa) ** 2 * sum(p[i][1 - i] * (column[i] + row[1 - i]) ** 2 for i in (0, 1))
    c = (kappa - chance * (1 - kappa)) ** 2
    half = 1.959964 * float((a + b - c) / ((1 - chance) ** 2 * 50)) ** 0.5
    assert (found.low, found.high) == pytest.approx((0.4 - half, 0.4 + half), abs=1e-6)


@pytest.mark.parametrize("table", [(0, 0, 0, 12), (7, 0, 0, 0), (0, 0, 0, 0)])
def test_a_theme_that_does_not_vary_has_no_kappa(table: tuple[int, int, int, int]) -> None:
    assert kappa_of(*table, 0.95).estimate is None


def test_a_reader_who_always_finds_it_agrees_no_more_than_by_chance() -> None:
    assert kappa_of(6, 0, 4, 0, 0.95).estimate == pytest.approx(0)


flags = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=40)


@given(flags)
@settings(max_examples=40)
def test_the_pooled_alpha_of_one_theme_is_that_of_the_package(pairs: list[tuple[int, int]]) -> None:
    one = codebook()
    codes = np.array(pairs, dtype=float).T[:, :, np.newaxis]
    # One theme varies; the other eleven are found by nobody, and add nothing to either sum.
    codes = np.concatenate([codes, np.zeros((2, len(pairs), len(one.themes) - 1))], axis=2)
    found = agreement(from_flags(codes, np.arange(len(pairs))), THRESHOLDS, level=0.95, seed=1, draws=5)
    expected = alpha_of(codes[0, :, 0], codes[1, :, 0])
    assert found.frame["alpha"].iloc[0] == expected
    if expected is None:
        assert found.alpha.estimate is None
    else:
        assert found.alpha.estimate == pytest.approx(expected, abs=1e-12)
        assert found.kappa.estimate == pytest.approx(found.frame["kappa"].iloc[0], abs=1e-12)
        assert found.alpha.estimate <= 1


@given(flags)
def test_the_order_of_readers_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs, dtype=float).T
    assert alpha_of(first, second) == alpha_of(second, first)
    counts = [int(((first == i) & (second == j)).sum()) for i, j in ((1, 1), (1, 0), (0, 1), (0, 0))]
    there = kappa_of(*counts, 0.95).estimate
    back = kappa_of(counts[0], counts[2], counts[1], counts[3], 0.95).estimate
    assert there == (None if back is None else pytest.approx(back))


def test_themes_are_pooled_within_and_not_across() -> None:
    # One theme in all stories of both readers, another in none: nothing varies, and one table would show full
    # agreement beyond chance.
    codes = np.zeros((2, 20, 12))
    codes[:, :, 0] = 1
    found = agreement(from_flags(codes, np.arange(20)), THRESHOLDS, level=0.95, seed=1)
    assert found.alpha.estimate is None
    assert alpha_of(codes[0, :, :2].ravel(), codes[1, :, :2].ravel()) == pytest.approx(1)


def test_a_story_that_one_reader_read_is_missing() -> None:
    found = agreement(
        coded(("waiting", "waiting"), ("none", "none"), ("waiting", None), (None, "none")),
        THRESHOLDS,
        level=0.95,
        seed=1,
    )
    assert (found.n, found.n_missing) == (2, 2)
    waiting = found.frame.set_index("theme").loc["waiting"]
    assert (waiting["both"], waiting["one"], waiting["neither"], waiting["agreement"]) == (1, 0, 1, 1.0)
    assert found.alpha.estimate == pytest.approx(1)


def test_the_interval_covers_the_agreement_of_many_stories() -> None:
    rng, share, right = np.random.default_rng(3), np.linspace(0.2, 0.6, 12), 0.92

    def readings(n: int) -> np.ndarray:
        has = rng.random((n, 12)) < share
        return np.stack([np.where(rng.random(has.shape) < right, has, ~has) for _ in range(2)]).astype(float)

    true = agreement(
        from_flags(readings(20_000), np.arange(20_000)), THRESHOLDS, level=0.95, seed=1, draws=2
    ).alpha.estimate
    inside = 0
    for seed in range(100):
        found = agreement(from_flags(readings(50), np.arange(50)), THRESHOLDS, level=0.95, seed=seed, draws=200).alpha
        inside += found.low <= true <= found.high
    # 95% of 100, with three standard errors of 2.2 below; a percentile interval is a little short on so few stories.
    assert 88 <= inside <= 100
