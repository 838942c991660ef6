"""What is known to be true of a simulated registry comes out again, within its interval as often as it should."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.evidence import Evidence
from evaluation.measures.kaplan_meier import Estimate
from evaluation.measures.published_means import published_means
from evaluation.measures.reentry import reentry
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival import trajectory_length
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot
from evaluation.sources.synthetic import DEFAULT_TRUTH, simulate

UNTIL = date(2025, 1, 1)
# One law for all, from the start of the trajectory on: what the estimators assume.
TRUTH = replace(DEFAULT_TRUTH, taken_over_share=0.0, certified_institution_effect=1.0)
DRAWS = [
    pytest.param(40, id="40 draws"),
    pytest.param(200, id="200 draws", marks=pytest.mark.slow),
]


def covered(estimates: list[Estimate], truth: float) -> None:
    """Hold the number of intervals that contain the truth against 95 in 100, at 1 in 1000 on either side."""
    hits = sum(estimate.low <= truth <= estimate.high for estimate in estimates)
    low, high = stats.binom.ppf([0.0005, 0.9995], len(estimates), 0.95)
    assert low <= hits <= high, f"{hits} of {len(estimates)} intervals hold {truth}"


def simulated(seed: int, since: date = date(2023, 1, 1), n: int = 1200) -> Snapshot:
    drawn = simulate(TRUTH, n, seed, UNTIL, hours=False)
    relation = duckdb.connect().from_arrow(drawn.trajectories)
    return Snapshot(relation, None, UNTIL, Evidence.SYNTHETIC, f"simulated since {since}")


def restricted_in_days(months: int) -> float:
    """The true restricted mean of lengths in whole days: the sum of S over the days, the last one in part."""
    horizon = months * DAYS_PER_MONTH
    days = np.arange(math.ceil(horizon))
    width = np.minimum(horizon - days, 1)
    return float(np.sum(TRUTH.survival(days / DAYS_PER_MONTH, "01") * width)) / DAYS_PER_MONTH


@pytest.mark.parametrize("draws", DRAWS)
@pytest.mark.parametrize("since", [date(2023, 1, 1), date(2023, 7, 1)], ids=["from the start", "late entry"])
def test_lengths_come_out_again_and_the_mean_of_the_ended_does_not(draws: int, since: date) -> None:
    found, means = [], []
    for seed in range(draws):
        spells = observed_spells(simulated(seed), since)
        found.append(trajectory_length(spells))
        means.append(published_means(spells, None))
    # A length is rounded up to whole days, so its median is too.
    median = math.ceil(TRUTH.median_months("01") * DAYS_PER_MONTH) / DAYS_PER_MONTH
    covered([one.median_months for one in found], median)
    covered([one.share_ended_12_months for one in found], 1 - float(TRUTH.survival(365 / DAYS_PER_MONTH, "01")))
    for months in (6, 12):
        covered([one.restricted[months] for one in found], restricted_in_days(months))
    # Those that ended last 7 to 9 months on average, against a true 14.8: never near, and known to be too short.
    assert TRUTH.mean_months("01") == pytest.approx(14.8, abs=0.05)
    ended = [one.ended_observed for one in means]
    assert max(ended) < 0.7 * TRUTH.mean_months("01")
    assert all(one.ended_is_too_short for one in means)
    # The curve explains that mean: expected and observed differ by chance only.
    ratios = [one.ended_expected / one.ended_observed for one in means]
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)
    if since == TRUTH.first_day:
        assert all(one.n_entered_late == 0 for one in found)
    else:
        assert min(one.n_entered_late for one in found) > 100


RETURNING, MEAN_GAP = 0.4, 200.0


def clients_who_return(seed: int, n: int = 600) -> Snapshot:
    """Clients who leave once; a share comes back after an exponential gap and then stays on."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 700, n) + 30
    gap = 1 + np.floor(rng.exponential(MEAN_GAP, n)).astype(int)
    back = (rng.random(n) < RETURNING) & (left + gap <= 730)
    first = pd.DataFrame({"client_key": np.arange(n), "start": 0, "stop": np.where(left <= 730, left, -1)})
    second = pd.DataFrame({"client_key": np.arange(n), "start": left + gap, "stop": -1})[back]
    rows = pd.concat([first, second])
    relation = (
        duckdb.connect()
        .from_df(rows)
        .project(
            "client_key::varchar as client_key, date '2023-01-01' + start::int as start_date, "
            "case when stop >= 0 then date '2023-01-01' + stop::int end as end_date"
        )
    )
    return Snapshot(relation, None, date(2024, 12, 31), Evidence.SYNTHETIC, "simulated")


@pytest.mark.parametrize("draws", DRAWS)
def test_returns_come_out_again(draws: int) -> None:
    found = [reentry(clients_who_return(seed), date(2023, 1, 1)) for seed in range(draws)]
    for months, days in ((6, 183), (12, 365)):
        covered([one.within[months] for one in found], RETURNING * -math.expm1(-days / MEAN_GAP))
    # The plain share of those who left that is back already is too low: many have only just left.
    plain = [one.n_returned / one.n_left for one in found]
    assert np.mean(plain) < 0.95 * RETURNING * -math.expm1(-365 / MEAN_GAP)
