"""Rates of starts: exact Poisson and negative binomial intervals, the test between them, and the ratio of two years."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluation.measures.rate_ratio import exact_rate_ratio, yearly_rate_ratio
from evaluation.measures.rates import YouthPopulation, count_interval, inflow_rate, monthly_inflow
from evaluation.snapshot import Snapshot

from .drawn import known_on
from .simulated import known_in_bulk

SINCE = date(2023, 1, 1)
YOUTHS = YouthPopulation(80_000, "0-24", 2022, "youths")


def months_of(counts: list[int], first: date = SINCE) -> pd.DataFrame:
    """Starts spread over the days of successive months."""
    days = pd.date_range(first, periods=len(counts), freq="MS")
    starts = [
        (month + timedelta(days=number % 28)).date()
        for month, count in zip(days, counts, strict=True)
        for number in range(count)
    ]
    return pd.DataFrame({"start_date": starts})


def known(counts: list[int], day: str) -> Snapshot:
    return known_in_bulk(day, months_of(counts))


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.69), (10, 4.80, 18.39), (25, 16.18, 36.90)])
def test_poisson_intervals_are_the_published_exact_ones(count: int, low: float, high: float) -> None:
    lower, upper = count_interval([count], 0)
    assert lower[0] == pytest.approx(low, abs=0.005)
    assert upper[0] == pytest.approx(high, abs=0.005)


@given(count=st.integers(0, 500), dispersion=st.floats(0.001, 2))
def test_ends_of_the_negative_binomial_interval_leave_half_of_five_percent_beyond_the_count(
    count: int, dispersion: float
) -> None:
    (low,), (high,) = count_interval([count], dispersion)
    size = 1 / dispersion
    assert stats.nbinom.cdf(count, size, size / (size + high)) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert stats.nbinom.sf(count - 1, size, size / (size + low)) == pytest.approx(0.025, rel=1e-6)
    else:
        assert low == 0


def test_a_vanishing_dispersion_gives_the_poisson_interval() -> None:
    for nearly, exact in zip(count_interval([3, 40], 1e-9), count_interval([3, 40], 0), strict=True):
        assert nearly == pytest.approx(exact, rel=1e-6)


def test_a_rate_counts_the_year_up_to_and_including_the_reference_date() -> None:
    found = inflow_rate(
        known_on("2024-03-25", "start_date\n2023-12-31\n2024-01-01\n2024-03-25\n2024-03-26"), SINCE, YOUTHS
    )
    # Two starts in 31 + 29 + 25 days; 80 thousands of youths for 85 / 365.25 of a year.
    assert (found.started, found.days, found.year) == (2, 85, 2024)
    assert found.rate == pytest.approx(2 / (80 * 85 / 365.25))
    # Exact interval of a count of 2: 0.2422 to 7.2247.
    assert found.ci_low == pytest.approx(0.2422 / (80 * 85 / 365.25), rel=1e-3)
    assert found.ci_high == pytest.approx(7.2247 / (80 * 85 / 365.25), rel=1e-3)
    (measure,) = found.measures()
    assert measure.sources == ("drawn", "youths")
    assert measure.evidence == found.evidence


def test_months_that_the_period_cuts_have_no_interval() -> None:
    found = monthly_inflow(known([2, 3, 4], "2023-03-30"), date(2023, 1, 2))
    # January lacks its first day, March its last.
    assert found.frame["month"].dt.month.tolist() == [2]
    assert found.frame["inflow"].tolist() == [3]
    assert found.overdispersed is None
    assert found.frame["ci_high"].iloc[0] == pytest.approx(8.767, abs=0.001)


def test_irregular_months_get_negative_binomial_intervals_and_regular_ones_poisson() -> None:
    regular = monthly_inflow(known([50, 47, 52, 49, 55, 44, 51, 53, 46, 50, 48, 54], "2023-12-31"), SINCE)
    irregular = monthly_inflow(known([20, 90, 25, 80, 22, 85, 30, 95, 20, 70, 28, 80], "2023-12-31"), SINCE)
    assert (regular.overdispersed, regular.dispersion) == (False, 0)
    assert irregular.overdispersed
    width = irregular.frame["ci_high"] - irregular.frame["ci_low"]
    poisson = np.subtract(*count_interval(irregular.frame["inflow"], 0)[::-1])
    assert (width > 2 * poisson).all()


def test_a_steady_fall_is_a_trend_and_not_disorder() -> None:
    falling = [round(120 * 0.88**month) for month in range(16)]
    assert monthly_inflow(known(falling, "2024-04-30"), SINCE).overdispersed is False


def test_the_test_of_overdispersion_errs_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    poisson = [monthly_inflow(known(list(random.poisson(40, 12)), "2023-12-31"), SINCE) for _ in range(60)]
    spread = [
        monthly_inflow(known(list(random.poisson(random.gamma(4, 10, 12))), "2023-12-31"), SINCE) for _ in range(20)
    ]
    # At a level of 5%, 60 Poisson series give 7 or more rejections with a chance of 2%.
    assert sum(bool(found.overdispersed) for found in poisson) <= 7
    assert sum(bool(found.overdispersed) for found in spread) >= 18


def test_the_published_rate_ratio_comes_out() -> None:
    # 161 starts in the 84 days before 25 March 2024 against 1,112 in 2023: 0.63 (0.53-0.74).
    ratio, low, high = exact_rate_ratio(161, 84, 1112, 365) or (0, 0, 0)
    assert (round(ratio, 2), round(low, 2), round(high, 2)) == (0.63, 0.53, 0.74)


def test_the_ratio_turned_round_has_the_reciprocal_interval() -> None:
    ratio, low, high = exact_rate_ratio(7, 30, 20, 60) or (0, 0, 0)
    turned, turned_low, turned_high = exact_rate_ratio(20, 60, 7, 30) or (0, 0, 0)
    assert (turned, turned_low, turned_high) == pytest.approx((1 / ratio, 1 / high, 1 / low))


def test_a_year_is_compared_with_the_year_before_per_day() -> None:
    found = yearly_rate_ratio(known([10] * 12 + [5, 5], "2024-02-29"), SINCE)
    # 10 starts in 60 days over 120 in 365.
    assert (found.count, found.days, found.count_before, found.days_before) == (10, 60, 120, 365)
    assert found.ratio == pytest.approx(10 / 60 * 365 / 120)
    assert not found.overdispersed
    assert (found.ci_low, found.ci_high) == (found.exact_low, found.exact_high)


def test_irregular_months_widen_the_interval_of_the_ratio() -> None:
    found = yearly_rate_ratio(known([10, 90] * 6 + [20, 30], "2024-02-29"), SINCE)
    assert found.overdispersed
    assert found.ci_low is not None
    assert found.exact_low is not None
    assert found.exact_high is not None
    assert found.ci_high is not None
    assert found.ci_low < found.exact_low < found.exact_high < found.ci_high
    assert "quasi" in found.measures()[0].method


@pytest.mark.parametrize("counts", [[], [3], [0] * 12 + [4]])
def test_a_year_without_starts_cannot_be_compared(counts: list[int]) -> None:
    day = "2023-06-01" if len(counts) < 12 else "2024-06-01"
    found = yearly_rate_ratio(known(counts, day), SINCE)
    (measure,) = found.measures()
    assert (measure.estimate, measure.ci_low, measure.ci_level, measure.interval) == (None, None, None, None)
