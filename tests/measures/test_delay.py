"""Nowcast of the last months and the comparison of registration delays."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.evidence import Evidence
from evaluation.measures.delay import delay_break, nowcast
from evaluation.snapshot import Snapshot

from .drawn import known_on
from .simulated import bulk, known_in_bulk

SINCE = date(2023, 1, 1)


def test_months_are_counted_back_from_the_reference_date() -> None:
    found = nowcast(
        known_on(
            "2023-03-15",
            """
            start_date  registered_on
            2023-01-10  2023-01-12
            2023-01-16  2023-03-01
            2023-02-15  2023-02-16
            2023-02-16  2023-02-16
            2023-03-15  -
            2023-03-15  2023-03-16
            """,
        ),
        SINCE,
    )
    # Months: 1-15 January, 16 January - 15 February, 16 February - 15 March. The last row is not known yet.
    assert found.frame["last"].dt.strftime("%m-%d").tolist() == ["01-15", "02-15", "03-15"]
    assert found.frame["first"].dt.strftime("%m-%d").tolist() == ["01-01", "01-16", "02-16"]
    assert found.frame["registered"].tolist() == [1, 2, 2]
    assert (found.registered, found.n_missing) == (5, 1)


def test_late_registrations_of_earlier_months_are_expected_of_the_last() -> None:
    found = nowcast(
        known_on(
            "2023-03-31",
            """
            start_date  registered_on
            2023-01-05  2023-01-06
            2023-01-06  2023-01-07
            2023-01-07  2023-02-10
            2023-02-05  2023-02-06
            2023-02-06  2023-02-07
            2023-02-07  2023-03-10
            2023-03-05  2023-03-06
            2023-03-06  2023-03-07
            """,
        ),
        SINCE,
    )
    # Of January and February two of three were registered within the month, the third in the next.
    assert found.frame["expected"].tolist() == pytest.approx([3, 3, 3])
    assert (found.registered, found.expected) == (8, pytest.approx(9))
    assert found.ci_low is not None
    assert found.ci_high is not None
    # One is still to come; the interval never falls below what is registered.
    assert 8 <= found.ci_low < 9 < found.ci_high


@pytest.mark.parametrize("rows", ["start_date\n2023-04-01", "start_date\n2022-12-31"])
def test_without_starts_the_expected_number_is_unknown(rows: str) -> None:
    found = nowcast(known_on("2023-03-31", rows), SINCE)
    assert [measure.estimate for measure in found.measures()] == [None]
    assert found.frame["share_registered"].isna().all()


@pytest.mark.parametrize("day", ["2023-01-02", "2023-02-28", "2024-02-29", "2024-03-31", "2023-12-30"])
def test_every_start_falls_in_one_month_whatever_the_length_of_months(day: str) -> None:
    until = date.fromisoformat(day)
    days = pd.date_range(SINCE, until)
    found = nowcast(known_in_bulk(day, pd.DataFrame({"start_date": days})), SINCE)
    assert int(found.frame["registered"].sum()) == len(days)
    # One start a day, so each month holds as many as it has days.
    assert ((found.frame["last"] - found.frame["first"]).dt.days + 1).tolist() == found.frame["registered"].tolist()


def simulated(random: np.random.Generator, per_month: int, mean_delay: float) -> pd.DataFrame:
    n = random.poisson(per_month * 15)
    start = pd.Timestamp(SINCE) + pd.to_timedelta(random.integers(0, 456, n), "D")
    return pd.DataFrame(
        {"start_date": start, "registered_on": start + pd.to_timedelta(random.exponential(mean_delay, n) // 1, "D")}
    )


@pytest.mark.slow
def test_the_interval_of_the_nowcast_covers_the_truth_about_as_often_as_it_says() -> None:
    random, held, bias = np.random.default_rng(11), 0, []
    for _ in range(100):
        rows = simulated(random, per_month=60, mean_delay=25)
        found = nowcast(known_in_bulk("2024-03-31", rows), SINCE)
        truth = int((rows["start_date"] >= pd.Timestamp(found.since_recent)).sum())
        assert found.expected is not None
        assert found.ci_low is not None
        assert found.ci_high is not None
        held += found.ci_low <= truth <= found.ci_high
        bias.append(found.expected / truth - 1)
    # 95 of 100 expected; 88 or fewer would come with a chance of less than 1%.
    assert held >= 89
    assert abs(np.mean(bias)) < 0.02


def test_only_starts_that_were_followed_long_enough_are_compared() -> None:
    found = delay_break(
        known_on(
            "2023-12-31",
            """
            start_date  registered_on
            2023-02-01  2023-02-15
            2023-02-01  2023-02-16
            2023-02-01  2023-05-03
            2023-07-01  2023-07-03
            2023-10-02  2023-10-02
            2023-10-03  2023-10-03
            2023-03-01  -
            """,
        ),
        SINCE,
        date(2023, 7, 1),
    )
    # Delays 14, 15 and 91 before: the last is too late to count. After: 2 and 0 days; 3 October was followed 89 days
    # only. Without a registration date there is no delay.
    assert found.frame["n"].tolist() == [2, 2]
    assert found.frame["prompt"].tolist() == [1, 2]
    assert found.frame["median_days"].tolist() == [14, 0]
    assert found.difference == pytest.approx(0.5)


def test_the_test_on_delays_is_that_of_mann_and_whitney() -> None:
    random = np.random.default_rng(3)
    before, after = random.integers(0, 40, 80), random.integers(0, 30, 60)
    start = [date(2023, 2, 1)] * 80 + [date(2023, 8, 1)] * 60
    delays = np.concatenate([before, after])
    registered = [day + timedelta(days=int(delay)) for day, delay in zip(start, delays, strict=True)]
    rows = pd.DataFrame({"start_date": start, "registered_on": registered})
    found = delay_break(known_in_bulk("2023-12-31", rows), SINCE, date(2023, 7, 1))
    reference = stats.mannwhitneyu(before, after, method="asymptotic", use_continuity=False)
    assert found.p_value == pytest.approx(reference.pvalue)


def test_equal_delays_differ_by_nothing_even_though_recent_ones_are_cut_off() -> None:
    random = np.random.default_rng(8)
    rows = simulated(random, per_month=400, mean_delay=40)
    found = delay_break(bulk(rows).snapshot(date(2024, 3, 31)), SINCE, date(2023, 10, 1))
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low < 0 < found.ci_high
    assert not found.differs


def test_without_starts_on_both_sides_nothing_is_compared() -> None:
    found = delay_break(
        known_on("2023-12-31", "start_date registered_on\n2023-02-01 2023-02-02"), SINCE, date(2023, 7, 1)
    )
    assert (found.difference, found.p_value, found.differs) == (None, None, False)
    assert [measure.estimate for measure in found.measures()] == [None]


def test_of_months_in_which_nothing_was_registered_nothing_is_expected_to_be_known() -> None:
    # Ten starts in 2023, registered at once, and the register looked at two years later.
    days = [date(2023, 3, day) for day in range(1, 11)]
    rows = duckdb.from_df(pd.DataFrame({"start_date": days, "registered_on": days}))
    found = nowcast(Snapshot(rows, None, date(2025, 3, 1), Evidence.SYNTHETIC, "registry"), date(2023, 1, 1))
    assert found.registered == 0
    assert (found.expected, found.ci_low, found.ci_high) == (None, None, None)
