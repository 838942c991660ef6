"""Shares of stories per theme: clustering, zeros, coverage in simulation, and what is unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from evaluation.measures.narratives.clusters import effective_number, resampled, share_interval
from evaluation.measures.narratives.misreading import UNKNOWN, misreading
from evaluation.measures.narratives.prevalence import theme_prevalence
from tests.measures.narratives.drawn import coded, from_flags
from tests.measures.narratives.test_misreading import SHARES, readings


def test_a_theme_in_none_of_thirty_stories_is_possible_in_one_of_nine() -> None:
    found = theme_prevalence(coded(*[("waiting", "waiting")] * 30), UNKNOWN, asked=60, level=0.95).frame.set_index(
        "theme"
    )
    # 1 - 0.025 ** (1 / 30)
    assert found.loc["other", ["found", "share", "low"]].tolist() == [0, 0.0, 0.0]
    assert found.loc["other", "high"] == pytest.approx(0.116, abs=5e-4)
    assert found.loc["waiting", "low"] == pytest.approx(1 - 0.1157, abs=5e-4)
    # 30 of 60 asked told: whatever the others would tell, half of everybody or less, and half or more.
    assert found.loc["other", ["least", "most"]].tolist() == [0.0, 0.5]
    assert found.loc["waiting", ["least", "most"]].tolist() == [0.5, 1.0]


def test_brothers_who_tell_the_same_count_once() -> None:
    # Ten families of two who agree: 20 stories are worth 10, less a little for the few families.
    families = np.repeat(np.arange(10), 2)
    worth = effective_number(np.repeat([True, False], 10), families, 0.95)
    # v = 10/9 x 10 x (2 x 0.5)^2 / 400 = 1/36; 20 / (1/36 / (0.25 / 20)) = 9; (t_19 / t_9)^2 = (2.093 / 2.262)^2
    assert worth == pytest.approx(9 * (2.0930 / 2.2622) ** 2, abs=1e-3)
    assert effective_number(np.repeat([True, False], 10), np.arange(20), 0.95) == 20
    assert effective_number(np.zeros(20, dtype=bool), families, 0.95) == 10


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=60), st.floats(0.8, 0.99))
def test_stories_are_never_worth_more_than_their_number(rows: list[tuple[bool, int]], level: float) -> None:
    found, families = (np.array(column) for column in zip(*rows, strict=True))
    worth = effective_number(found, families, level)
    assert 0 < worth <= len(rows)
    low, high = share_interval(float(found.mean()), worth, level)
    assert 0 <= low <= found.mean() + 1e-12
    assert found.mean() - 1e-12 <= high <= 1


def test_a_bootstrap_draws_families_whole() -> None:
    drawn = resampled(np.array([0, 0, 1, 2, 2, 2]), 50, np.random.default_rng(1))
    assert (drawn[:, 0] == drawn[:, 1]).all()
    assert (drawn[:, 3:] == drawn[:, [3]]).all()
    assert (drawn[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_the_interval_covers_with_families_alike_and_the_naive_one_does_not() -> None:
    rng, share, level, runs = np.random.default_rng(11), 0.3, 0.95, 2000
    sizes = rng.integers(1, 6, 40)
    families = np.repeat(np.arange(40), sizes)
    clustered = naive = 0
    for _ in range(runs):
        # Latent normals that correlate by 0.7 within a family.
        latent = np.sqrt(0.7) * rng.standard_normal(40)[families] + np.sqrt(0.3) * rng.standard_normal(len(families))
        found = latent < norm.ppf(share)
        mean = float(found.mean())
        low, high = share_interval(mean, effective_number(found, families, level), level)
        clustered += low <= share <= high
        naive_low, naive_high = proportion_confint(int(found.sum()), len(found), method="wilson")
        naive += naive_low <= share <= naive_high
    assert 0.93 <= clustered / runs <= 0.975
    assert naive / runs < 0.87


def test_the_corrected_interval_covers_the_true_share() -> None:
    rng, inside, raw, runs = np.random.default_rng(5), [], [], 40
    for seed in range(runs):
        _, codes = readings(rng, 60, 0.88, 0.95)
        stories = from_flags(codes, np.arange(60))
        frame = theme_prevalence(stories, misreading(stories, seed=seed, draws=60), asked=60, level=0.95).frame
        for covered, low, high in ((inside, "corrected_low", "corrected_high"), (raw, "low", "high")):
            covered.append((frame[low].astype(float) <= SHARES) & (frame[high].astype(float) >= SHARES))
    # 12 themes x 40 runs; as found, readers' false finds push rare themes out of their intervals.
    assert 0.93 <= np.mean(inside) <= 0.995
    assert np.mean(raw, axis=0)[-4:].mean() < 0.75


def test_without_stories_every_share_is_unknown() -> None:
    found = theme_prevalence(coded(), UNKNOWN, asked=0, level=0.95)
    assert found.frame[["share", "corrected", "least"]].isna().all(axis=None)
    assert [measure.estimate for measure in found.measures()] == [None] * 12


def test_a_share_that_cannot_be_corrected_says_so() -> None:
    (measure, *_) = theme_prevalence(coded(("faster_help", None)), UNKNOWN, asked=1, level=0.95).measures()
    assert (measure.id, measure.estimate, measure.n) == ("narratives.prevalence_faster_help", 1.0, 1)
    assert "not corrected" in measure.method
