"""Ratios of sums with the interval that rounding leaves."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.evidence import Bounded
from evaluation.measures.person_time import person_time
from evaluation.measures.unit_costs import UnitCosts, unit_costs
from evaluation.pipeline.inputs import council_costs, published_flow, published_intensity

MONTHS = Bounded(16.43, 15, 18)


def published(until: int = 2024) -> UnitCosts:
    return unit_costs(
        council_costs().bjh,
        person_time(published_flow()),
        published_intensity(),
        person_time_months=MONTHS,
        until=until,
    )


def frame() -> pd.DataFrame:
    return published().frame.set_index(["year", "unit"]).sort_index()


def test_cost_per_trajectory_month_rose_from_782_to_1041() -> None:
    # 4.5 million / 5,756.2 = 781.8; 9.7 million / 9,314.2 = 1,041.4; +33.2%.
    eur = frame()["eur"]
    assert eur[2023, "trajectory_month"] == pytest.approx(781.8, abs=0.1)
    assert eur[2024, "trajectory_month"] == pytest.approx(1041.4, abs=0.1)
    change = published().change
    assert change is not None
    assert change.value == pytest.approx(0.332, abs=5e-4)
    # 9.65 million / 9,430.0 over 4.55 million / 5,692.5 = 1,023.3 / 799.3.
    assert change.low == pytest.approx(1023.3 / 799.3 - 1, abs=5e-4)


def test_an_hour_cost_110_and_a_trajectory_seven_or_seventeen_thousand() -> None:
    eur = frame()["eur"]
    assert eur[2024, "direct_hour"] == pytest.approx(109.6, abs=0.05)  # 1,041.4 / 9.5
    assert eur[2024, "ended_published"] == pytest.approx(7290, abs=1)  # 1,041.4 x 7
    assert eur[2024, "ended_person_time"] == pytest.approx(17111, abs=1)  # 1,041.4 x 16.43


def test_intervals_take_the_ends_of_every_rounded_figure() -> None:
    hour = frame().loc[(2024, "direct_hour")]
    # 9.65 million / 9,429.98 / 10 = 102.3; 9.75 million / 9,198.36 / 9 = 117.8.
    assert (hour["low"], hour["high"]) == pytest.approx((102.3, 117.8), abs=0.05)
    month = frame().loc[(2023, "trajectory_month")]
    # Whatever the stock was: 4.45 million / 6,264.2 = 710.4; 4.55 million / 4,359.6 = 1,043.7.
    assert (month["widest_low"], month["widest_high"]) == pytest.approx((710.4, 1043.7), abs=0.1)


def test_a_client_year_lies_between_trajectories_in_a_row_and_side_by_side() -> None:
    year = frame().loc[(2024, "client_year")]
    assert year["eur"] == pytest.approx(12 * 1041.4, abs=1)
    # At most 12 x 1,060.0 x 1,273 / 1,153 trajectories per client.
    assert year["high"] == pytest.approx(12 * 1059.97 * 1273 / 1153, abs=2)


def test_a_later_year_stays_out_and_one_year_has_no_change() -> None:
    found = published(until=2023)
    assert set(found.frame["year"]) == {2023}
    assert found.change is None


def test_measures_have_one_id_per_unit_and_year() -> None:
    measures = {measure.id: measure for measure in published().measures()}
    assert len(measures) == 10
    hour = measures["costs.unit_cost_per_direct_hour_2024"]
    assert (hour.unit, hour.interval, hour.period) == ("eur", "rounding", "2024")
