"""Hours, length and pace of the pilot families, against counts by hand and a known truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.evidence import Bounded
from evaluation.measures.pilot import PilotFigures
from evaluation.measures.pilot_hours import WEEKS_PER_MONTH, hours_readings
from evaluation.measures.pilot_register import exit_hazard, family_hours, family_length, family_spells
from evaluation.snapshot import DAYS_PER_MONTH
from tests.measures.pilot_records import SINCE, drawn_families, records

FAMILIES = pd.DataFrame(
    {
        "family_key": list("abcde"),
        # a started 31 days before the period and left on day 59 of it; b left before; c runs; d left on its first day.
        "start_date": ["2022-12-01", "2022-06-01", "2024-10-01", "2024-01-01", "2024-01-01"],
        "end_date": ["2023-03-01", "2022-12-31", None, "2024-01-01", "2023-01-01"],
        "hours": [4.0, 2.0, None, 6.0, -1.0],
    }
)


def test_spells_enter_late_and_contradictions_are_counted() -> None:
    spells = family_spells(records("pilot_families", FAMILIES), SINCE)
    assert spells.frame.to_numpy().tolist() == [[0, 0, True, 1], [0, 92, False, 1], [31, 90, True, 1]]
    assert spells.n_missing == 1  # e ends before it starts
    length = family_length(spells)
    assert (length.n, length.n_ended, length.n_carried_in, length.n_missing) == (3, 2, 1, 1)


def test_hours_leave_out_what_is_missing_or_impossible() -> None:
    found = family_hours(records("pilot_families", FAMILIES))
    assert (found.mean.value, found.median, found.n, found.n_missing) == (4, 4, 3, 2)
    # Student with 2 degrees of freedom: 4 -+ 4.303 x 2 / sqrt(3).
    assert found.mean.low == pytest.approx(4 - 4.3027 * 2 / np.sqrt(3), abs=1e-3)
    days = (date(2023, 3, 1) - date(2022, 12, 1)).days + (date(2022, 12, 31) - date(2022, 6, 1)).days
    assert found.per_month == pytest.approx((4 + 2) / (days / DAYS_PER_MONTH))


def test_the_pace_is_departures_over_time_in_each_interval() -> None:
    families = pd.DataFrame(
        {
            "family_key": list("abc"),
            "start_date": ["2023-01-01", "2023-01-01", "2024-01-01"],
            # 61 days; 365 days; still supported after 366 days.
            "end_date": ["2023-03-03", "2024-01-01", None],
        }
    )
    found = exit_hazard(family_spells(records("pilot_families", families), SINCE))
    quarter = 3 * DAYS_PER_MONTH
    first = found.frame.iloc[0]
    assert (first["families"], first["ended"]) == (3, 1)
    assert first["months"] == pytest.approx((61 + 2 * quarter) / DAYS_PER_MONTH)
    # Garwood (1936) for one event: 0.0253 to 5.572.
    assert first["low"] * first["months"] == pytest.approx(0.0253, abs=5e-5)
    assert first["high"] * first["months"] == pytest.approx(5.572, abs=5e-4)
    assert found.frame["ended"].sum() == 2
    assert found.frame["months"].sum() == pytest.approx((61 + 365 + 366) / DAYS_PER_MONTH)
    # One departure before month 6 and one after it: the ratio is that of the times.
    before = found.frame.loc[found.frame["first"] < 6, "months"].sum()
    assert found.ratio.value == pytest.approx(before / (found.frame["months"].sum() - before))


def test_zero_departures_are_a_rate_of_zero_with_an_upper_end_and_no_time_is_unknown() -> None:
    families = FAMILIES.iloc[[2]]
    frame = exit_hazard(family_spells(records("pilot_families", families), SINCE)).frame
    assert frame.iloc[0][["rate", "low"]].tolist() == [0, 0]
    assert frame.iloc[0]["high"] * frame.iloc[0]["months"] == pytest.approx(3.689, abs=5e-4)
    assert frame.iloc[4][["rate", "low", "high"]].isna().all()


def test_a_constant_hazard_is_recovered_with_its_coverage() -> None:
    """40 registers of 60 families that leave at one in nine a month: nearly all intervals hold it."""
    held, medians = [], []
    for seed in range(40):
        families = drawn_families(60, seed)
        spells = family_spells(records("pilot_families", families), SINCE)
        rows = exit_hazard(spells).frame.dropna(subset=["rate"])
        truth = DAYS_PER_MONTH / (9 * 30.4)
        held += ((rows["low"] <= truth) & (truth <= rows["high"])).tolist()
        median = family_length(spells).median_months
        medians.append(median.low <= 9 * np.log(2) <= (median.high or np.inf) if median.low else True)  # type: ignore[operator]
    assert np.mean(held) >= 0.93
    assert np.mean(medians) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 40)


def test_the_printed_hours_mean_thirty_times_as_much_per_week_as_in_all() -> None:
    figures = PilotFigures(
        2023, 21, 9, Bounded(57, 56.5, 57.5), Bounded(8, 7.5, 8), Bounded(4, 4, 4.5), 10, pd.DataFrame()
    )
    found = hours_readings(figures)
    # 4 to 4.5 hours a week, 4.348 weeks a month, 7.5 to 8 months: 130.4 to 156.5 hours.
    assert found.row("week")[["total_low", "total_high"]].tolist() == pytest.approx(
        [4 * WEEKS_PER_MONTH * 7.5, 4.5 * WEEKS_PER_MONTH * 8]
    )
    assert found.row("week")["total_low"] == pytest.approx(130.4, abs=0.05)
    assert found.row("month")[["total_low", "total_high"]].tolist() == [30, 36]
    assert found.row("total")[["per_month_low", "per_month_high"]].tolist() == [0.5, 0.6]


def test_no_families_leave_everything_unknown() -> None:
    for rows in (None, FAMILIES.iloc[:0]):
        spells = family_spells(records("pilot_families", rows), SINCE)
        assert family_length(spells).measures()[0].estimate is None
        assert exit_hazard(spells).ratio.value is None
        assert family_hours(records("pilot_families", rows)).mean.value is None


def test_garwood_is_the_pair_of_gamma_quantiles() -> None:
    frame = exit_hazard(family_spells(records("pilot_families", drawn_families(21)), SINCE)).frame
    row = frame[frame["ended"] > 0].iloc[0]
    k, months = int(row["ended"]), float(row["months"])
    assert row["low"] == pytest.approx(stats.gamma.ppf(0.025, k) / months)
    assert row["high"] == pytest.approx(stats.gamma.ppf(0.975, k + 1) / months)
