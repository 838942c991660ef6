"""What-ifs beside the baseline, the tail, and the score of past forecasts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.evidence import Bounded, Evidence, PublishedFigure
from evaluation.measures.forecast import forecast_stock
from evaluation.measures.forecast_basis import ForecastBasis, ForecastSettings, forecast_basis
from evaluation.measures.forecast_scores import TrackRecord, pinball_loss, score_forecasts
from evaluation.measures.what_ifs import WhatIfs, tail_sensitivity, what_ifs
from evaluation.measures.workload import Workload, WorkloadOnDate

from .drawn import known_on
from .simulated import known_in_bulk
from .test_forecast import constant_hazard

DAY = date(2024, 1, 1)
FTE = PublishedFigure("50 fte", Bounded(50, 49.5, 50.5))


def work(hours_per_fte: Bounded | None, hours: float | None) -> Workload:
    now = WorkloadOnDate(DAY, FTE, 600, 5000.0, 1000.0, hours, Bounded(12, 11.9, 12.1), hours_per_fte, 0.8, 500)
    return Workload((now,), 3, DAY, Evidence.SYNTHETIC, "drawn")


@pytest.fixture(scope="module")
def basis() -> ForecastBasis:
    rows = constant_hazard(np.random.default_rng(1), 60, 10, 36)
    # Every fourth in product A, every second from a certified institution, so an eighth of all is both.
    number = np.arange(len(rows))
    rows = rows.assign(
        product_code=np.where(number % 4 == 0, "A", "B"), referrer_code=np.where(number % 8 < 4, "04", "01")
    )
    return forecast_basis(known_in_bulk(str(DAY), rows), ForecastSettings(draws=2000))


def found(basis: ForecastBasis, factor: float = 2.0, product: str = "A") -> WhatIfs:
    return what_ifs(
        basis,
        work(Bounded(100, 99, 101), 10.0),
        np.random.default_rng(3),
        closed_product=product,
        certified_institution_factor=factor,
        hours_per_month=9.0,
    )


def test_the_inflow_of_each_variant_follows_its_shares(basis: ForecastBasis) -> None:
    result = found(basis)
    inflow = result.frame.set_index("variant")["inflow_per_month"]
    both = ((basis.inflow["product_code"] == "A") & (basis.inflow["referrer_code"] == "04")) @ basis.inflow["n"]
    total = basis.inflow["n"].sum()
    closed, certified = result.closed_share, result.certified_institution_share
    assert (closed, certified) == (pytest.approx(1 / 4, abs=0.06), pytest.approx(1 / 2, abs=0.06))
    assert inflow["closed_product"] == pytest.approx(inflow["baseline"] * (1 - closed))
    assert inflow["certified_institution"] == pytest.approx(inflow["baseline"] * (1 + certified))
    # Together: without A, and twice the certified ones that are not in A.
    assert inflow["together"] == pytest.approx(inflow["baseline"] * (1 - closed + certified - both / total))


def test_staff_is_stock_times_hours_over_hours_per_fte(basis: ForecastBasis) -> None:
    rows = found(basis).frame.set_index("variant")
    assert rows.loc["baseline", "fte_12"] == pytest.approx(rows.loc["baseline", "stock_12"] * 10 / 100)
    assert rows.loc["baseline", "fte_low"] == pytest.approx(rows.loc["baseline", "low_12"] * 10 / 101)
    assert rows.loc["baseline", "fte_high"] == pytest.approx(rows.loc["baseline", "high_12"] * 10 / 99)
    # Other hours change the staff and not the stock.
    assert rows.loc["hours", "stock_12"] == rows.loc["baseline", "stock_12"]
    assert rows.loc["hours", "fte_12"] == pytest.approx(rows.loc["baseline", "fte_12"] * 9 / 10)


def test_a_change_that_changes_nothing_gives_the_baseline_and_the_forecast(basis: ForecastBasis) -> None:
    rows = found(basis, factor=1.0, product="closed long ago").frame.set_index("variant")
    assert rows.loc["closed_product"].equals(rows.loc["baseline"])
    assert rows.loc["certified_institution"].equals(rows.loc["baseline"])
    forecast = forecast_stock(basis, np.random.default_rng(3)).on(12)
    assert forecast is not None
    assert forecast["median"] == rows.loc["baseline", "stock_12"]


@pytest.mark.parametrize(
    ("hours_per_fte", "hours"), [(None, 10.0), (Bounded(100, 99, 101), None), (Bounded(0, 0, 0), 0.0)]
)
def test_staff_without_hours_is_unknown_and_not_zero(
    basis: ForecastBasis, hours_per_fte: Bounded | None, hours: float | None
) -> None:
    result = what_ifs(
        basis,
        work(hours_per_fte, hours),
        np.random.default_rng(3),
        closed_product="A",
        certified_institution_factor=2.0,
        hours_per_month=9.0,
    )
    (measure,) = result.measures()
    assert (measure.estimate, measure.ci_low, measure.ci_level) == (None, None, None)
    assert result.frame["stock_12"].notna().all()


def test_the_sooner_the_longest_end_the_smaller_the_stock(basis: ForecastBasis) -> None:
    frame = tail_sensitivity(basis, np.random.default_rng(3)).frame
    assert frame["tail_factor"].tolist() == [0.5, 1, 2]
    assert frame["mean_stay_months"].is_monotonic_decreasing
    assert frame["stock_12"].is_monotonic_decreasing
    same = forecast_stock(basis, np.random.default_rng(3)).on(12)
    assert same is not None
    assert frame["stock_12"].iloc[1] == same["median"]


def test_the_pinball_loss_by_hand() -> None:
    # Above the quantile by 10 at level 0.9: 9; below it by 10 at level 0.9: 1; on it: 0.
    assert pinball_loss(110, [100], [0.9]) == pytest.approx(9)
    assert pinball_loss(90, [100], [0.9]) == pytest.approx(1)
    assert pinball_loss(100, [100, 90], [0.9, 0.5]) == pytest.approx((0 + 5) / 2)


def test_past_forecasts_are_held_against_the_stock_known_on_the_day_forecast() -> None:
    rows = constant_hazard(np.random.default_rng(6), 60, 10, 60)
    dates = pd.date_range("2022-01-01", "2024-01-01", freq="6MS").strftime("%Y-%m-%d")
    bases = [forecast_basis(known_in_bulk(day, rows), ForecastSettings(draws=500)) for day in dates]
    scores = score_forecasts(bases, np.random.default_rng(1))
    # Five dates, half a year apart: four forecasts of six months, three of twelve.
    assert scores.frame["months_ahead"].value_counts().to_dict() == {6: 4, 12: 3}
    stock = dict(zip(pd.to_datetime(dates), (basis.stock for basis in bases), strict=True))
    assert scores.frame["actual"].tolist() == [stock[day] for day in scores.frame["day"]]
    inside = scores.frame["actual"].between(scores.frame["low_95"], scores.frame["high_95"])
    assert scores.coverage_95 == inside.mean()
    assert scores.summary["n"].tolist() == [4, 3]
    for months, n in ((6, 4), (12, 3)):
        own = scores.frame[scores.frame["months_ahead"] == months]
        worse = own["pinball"].mean() > own["pinball_unchanged"].mean()
        assert scores.record(months) == TrackRecord(months, n, int(inside[own.index].sum()), bool(worse))
    assert scores.record(9) is None


def test_without_past_dates_nothing_is_scored() -> None:
    early = [forecast_basis(known_on(day, "start_date\n2023-01-01")) for day in ("2023-06-01", "2023-09-01")]
    for bases in (early, early[:1]):
        scores = score_forecasts(bases, np.random.default_rng(1))
        assert (scores.n, scores.coverage_80, scores.coverage_95) == (0, None, None)
        assert scores.summary.empty
        assert scores.record(12) is None
