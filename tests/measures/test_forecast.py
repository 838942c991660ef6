"""The forecast of the stock: known answers, exact expectations, reproducibility, and coverage of simulated futures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.measures.forecast import forecast_stock, simulate
from evaluation.measures.forecast_basis import (
    ForecastSettings,
    dispersion_of,
    drift_of,
    forecast_basis,
    length_of_stay,
)
from evaluation.snapshot import DAYS_PER_MONTH

from .drawn import known_on
from .simulated import bulk, known_in_bulk

SETTINGS = ForecastSettings(draws=4000)


def durations(drawing: list[tuple[int, bool, int]]) -> pd.DataFrame:
    return pd.DataFrame(drawing, columns=["days", "ended", "n"])


def constant_hazard(random: np.random.Generator, per_month: int, mean_months: float, months: int) -> pd.DataFrame:
    """Trajectories that start evenly over some months from 2021 on and end at a constant hazard."""
    days = round(months * DAYS_PER_MONTH)
    n = random.poisson(per_month * months)
    start = random.integers(0, days, n)
    end = start + np.ceil(random.exponential(mean_months * DAYS_PER_MONTH, n))
    origin = pd.Timestamp("2021-01-01")
    return pd.DataFrame(
        {"start_date": origin + pd.to_timedelta(start, "D"), "end_date": origin + pd.to_timedelta(end, "D")}
    )


def test_the_stock_settles_at_inflow_times_stay_within_what_the_tail_leaves_open() -> None:
    # A thousand end on each of the days 1 to 10 out of 20,000, and beyond it a hundredth ends per day: a mean of
    # (20 + 19 + ... + 11) / 20 days up to day 10, and half of a hundred days beyond; twice or half those beyond.
    basis = forecast_basis(known_in_bulk("2024-01-01", constant_hazard(np.random.default_rng(1), 60, 6, 36)))
    rows = [(day, True, 1000) for day in range(1, 11)] + [(10, False, 10_000)]
    stay = length_of_stay(durations(rows), ForecastSettings(tail_months=1))
    assert stay is not None
    inflow = pd.DataFrame({"back": [0, 1], "product_code": "P", "referrer_code": "01", "n": [30, 50]})
    basis = replace(basis, stay=replace(stay, tail_hazard=0.01), inflow=inflow, inflow_months=2)
    found = forecast_stock(basis, np.random.default_rng(1))
    assert found.stationary == pytest.approx([40 * (7.75 + beyond) / DAYS_PER_MONTH for beyond in (50, 25, 100)])
    (settles,) = (measure for measure in found.measures() if measure.id == "capacity.stock_settles_at")
    assert settles.estimate == found.stationary[0] if found.stationary else False
    assert (settles.ci_low, settles.ci_high, settles.interval) == (None, None, None)


def test_the_curve_is_that_of_freireich() -> None:
    # Remission under 6-MP (Freireich 1963): S(10) = 0.753; the last ends are at 22 and 23.
    ended, running = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    rows = [(day, True, 1) for day in ended] + [(day, False, 1) for day in running]
    stay = length_of_stay(durations([*rows, (40, True, 1)]), SETTINGS)
    assert stay is not None
    # With one more end, after all others, one more is at risk throughout: 1 - 3/22, then 18, 16 ... at risk.
    assert stay.survival[6] == pytest.approx(1 - 3 / 22)
    assert stay.survival[10] == pytest.approx((1 - 3 / 22) * (1 - 1 / 18) * (1 - 1 / 16))
    # Ten or more are at risk up to day 17 (17, 19, 20, 22, 23, 25, 32, 32, 34, 35 and 40).
    assert stay.observed_days == 19


def test_beyond_the_observed_part_the_hazard_is_constant() -> None:
    # A thousand end on each of the days 1 to 10 out of 20,000; the rest runs for 10 days.
    rows = [(day, True, 1000) for day in range(1, 11)] + [(10, False, 10_000)]
    stay = length_of_stay(durations(rows), ForecastSettings(tail_months=1))
    assert stay is not None
    assert stay.survival[10] == pytest.approx(0.5)
    # At risk on the days 0 to 10: 20, 20, 19, ..., 11 thousand, and ten thousand ends.
    hazard = 10 / (20 + sum(range(11, 21)))
    assert stay.tail_hazard == pytest.approx(hazard)
    assert stay.at(np.array([10, 40])).tolist() == pytest.approx([0.5, 0.5 * np.exp(-30 * hazard)])


def test_a_length_of_stay_from_fewer_than_ten_ends_is_unknown() -> None:
    assert length_of_stay(durations([(5, True, 9), (9, False, 500)]), SETTINGS) is None
    assert length_of_stay(durations([(5, True, 10), (9, False, 500)]), SETTINGS) is not None


def test_the_inflow_counts_registrations_and_not_starts() -> None:
    basis = forecast_basis(
        known_on(
            "2024-03-15",
            """
            start_date  registered_on
            2023-12-01  2024-03-01
            2024-02-01  2024-02-16
            2024-02-01  2024-02-15
            2023-10-01  -
            """,
        )
    )
    # Back from 15 March: 1 March and 16 February in the last month, 15 February in the one before; the last row makes
    # the register five whole months old.
    assert basis.monthly_inflow().tolist() == [2, 1, 0, 0, 0]
    assert basis.stock == 4


def test_nobody_new_leaves_the_expected_survivors() -> None:
    random = np.random.default_rng(1)
    basis = forecast_basis(known_in_bulk("2024-01-01", constant_hazard(random, 60, 10, 36)), SETTINGS)
    basis = replace(basis, inflow=basis.inflow.iloc[:0], history=np.zeros(0))
    assert basis.stay is not None
    found = simulate(basis, np.random.default_rng(2)).mean(axis=0)
    days = np.rint(np.arange(1, 13) * DAYS_PER_MONTH).astype(int)
    exact = [
        (basis.running * basis.stay.at(basis.elapsed_days + day) / basis.stay.at(basis.elapsed_days)).sum()
        for day in days
    ]
    # No inflow still leaves the half a start of the prior, spread over six months.
    assert found == pytest.approx(exact, abs=1.5)


def test_newcomers_alone_fill_up_to_the_stationary_stock() -> None:
    random = np.random.default_rng(1)
    settings = ForecastSettings(draws=2000, horizon_months=60)
    basis = forecast_basis(known_in_bulk("2024-01-01", constant_hazard(random, 60, 6, 36)), settings)
    basis = replace(basis, elapsed_days=basis.elapsed_days[:0], running=basis.running[:0], history=np.zeros(0))
    assert basis.stay is not None
    stationary = basis.monthly_inflow().mean() * (basis.stay.mean_months or 0)
    assert simulate(basis, np.random.default_rng(2))[:, -1].mean() == pytest.approx(stationary, rel=0.02)


def test_the_same_numbers_give_the_same_forecast_and_others_another() -> None:
    basis = forecast_basis(known_in_bulk("2024-01-01", constant_hazard(np.random.default_rng(1), 60, 10, 36)), SETTINGS)
    first, again, other = (forecast_stock(basis, np.random.default_rng(seed)).frame for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_bands_are_nested_and_begin_at_the_stock() -> None:
    basis = forecast_basis(known_in_bulk("2024-01-01", constant_hazard(np.random.default_rng(1), 60, 10, 36)), SETTINGS)
    frame = forecast_stock(basis, np.random.default_rng(7)).frame
    levels = frame[["low_95", "low_80", "median", "high_80", "high_95"]].to_numpy()
    assert (np.diff(levels, axis=1) >= 0).all()
    assert set(levels[0]) == {basis.stock}
    assert frame["months_ahead"].tolist() == list(range(13))


def test_ten_times_the_register_costs_the_same_cells() -> None:
    rows = constant_hazard(np.random.default_rng(1), 60, 10, 36)
    small, large = (
        forecast_basis(known_in_bulk("2024-01-01", frame), SETTINGS) for frame in (rows, pd.concat([rows] * 10))
    )
    assert len(large.running) == len(small.running)
    assert large.stock == 10 * small.stock


@pytest.mark.parametrize("rows", ["start_date\n2025-01-01", "start_date\n2023-01-01"])
def test_next_to_nothing_makes_no_forecast_and_no_zero(rows: str) -> None:
    found = forecast_stock(forecast_basis(known_on("2024-01-01", rows)), np.random.default_rng(1))
    assert found.frame.empty
    assert [measure.estimate for measure in found.measures()] == [None] * 4
    assert found.stationary is None


def test_months_that_are_spread_like_chance_are_poisson() -> None:
    assert dispersion_of(np.array([10.0, 12, 9, 11, 8, 10])) == 1
    # Mean 50, variance 3000: 60 times its mean.
    assert dispersion_of(np.array([0.0, 100, 0, 100, 50, 50])) == pytest.approx(2000 / 50)
    assert dispersion_of(np.zeros(6)) == 1
    assert dispersion_of(np.array([5.0])) == 1


def test_a_level_that_walks_is_recovered_and_a_steady_one_does_not_walk() -> None:
    random = np.random.default_rng(4)
    steady = [drift_of(random.poisson(200, 24).astype(float)) for _ in range(50)]
    walking = []
    for _ in range(200):
        level = 500 * np.exp(random.normal(0, 0.1, 24).cumsum())
        walking.append(drift_of(random.poisson(level).astype(float)) ** 2)
    assert np.median(steady) < 0.03
    assert np.sqrt(np.mean(walking)) == pytest.approx(0.1, rel=0.15)
    assert drift_of(np.array([3.0, 4, 5])) == 0


@pytest.mark.slow
def test_the_bands_hold_simulated_futures_about_as_often_as_they_say() -> None:
    random, inside_80, inside_95, runs = np.random.default_rng(12), 0, 0, 100
    for _ in range(runs):
        registry = bulk(constant_hazard(random, 60, 10, 60))
        found = forecast_stock(forecast_basis(registry.snapshot(date(2024, 1, 1))), random).on(12)
        actual = forecast_basis(registry.snapshot(date(2025, 1, 1))).stock
        assert found is not None
        inside_80 += found["low_80"] <= actual <= found["high_80"]
        inside_95 += found["low_95"] <= actual <= found["high_95"]
    # The steady inflow has no drift of its own, but its estimate is not always nil: bands may be somewhat wide.
    assert 70 <= inside_80 <= 98
    assert inside_95 >= 89
