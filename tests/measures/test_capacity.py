"""Hours per trajectory-month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evaluation.measures.capacity import Intensity, intensity
from evaluation.sources.registry import open_registry

from .drawn import known_on, write_folder

SINCE = date(2023, 1, 1)
DAYS_PER_MONTH = 30.4375  # 365.25 / 12

TRAJECTORIES = """
    trajectory_id  start_date  end_date    end_registered_on
    long           2024-01-01  -           -
    short          2024-02-01  2024-02-11  2024-02-11
    new            2024-03-05  -           -
    old            2022-12-02  -           -
    over           2022-06-01  2022-12-31  2022-12-31
    unbooked       2024-01-01  2024-01-02  2024-05-01
    """
HOURS = """
    trajectory_id  month       direct_hours  indirect_hours
    long           2024-01-01  10            3
    long           2024-02-01  10            3
    long           2024-03-01  5             3
    short          2024-02-01  20            3
    new            2024-03-01  7             3
    old            2022-12-01  99            3
    old            2023-01-01  30            3
    over           2022-12-01  99            3
    unbooked       2024-01-01  -             3
    elsewhere      2024-01-01  99            3
    """
OLD_DAYS = 365 + 31 + 29  # from the first day of the period to 1 March 2024


def found_on(day: str, folder: Path) -> Intensity:
    return intensity(
        open_registry(write_folder(folder, TRAJECTORIES, HOURS), "r").snapshot(date.fromisoformat(day)), SINCE
    )


def test_hours_and_time_are_summed_over_the_same_complete_months(tmp_path: Path) -> None:
    found = found_on("2024-03-15", tmp_path)
    # March is cut by the reference date, so time and hours stop on 1 March; both begin on 1 January 2023.
    # Time: long 31 + 29 = 60 days, short 10, old all 425; new only ran in March, over ended before the period.
    assert found.trajectory_months == pytest.approx((60 + 10 + OLD_DAYS) / DAYS_PER_MONTH)
    # Hours: long 10 + 10, short 20, old 30; those of December 2022, of March and of no trajectory are left out.
    assert found.direct_hours == 70
    assert found.hours_per_trajectory_month == pytest.approx(70 * DAYS_PER_MONTH / 495)


def test_a_trajectory_without_booked_hours_is_missing_and_not_zero(tmp_path: Path) -> None:
    found = found_on("2024-03-15", tmp_path)
    # Long, short, old and unbooked ran; the 60 days of the last (its end was not known yet) count nowhere.
    assert (found.n, found.n_missing) == (4, 1)
    assert [(measure.n, measure.n_missing) for measure in found.measures()] == [(4, 1)]


@pytest.mark.parametrize(
    ("day", "days", "hours"),
    [
        ("2024-02-29", 31 + OLD_DAYS - 29, 10 + 30),  # February still misses a day; short has no time or hours yet
        ("2024-03-01", 60 + 10 + OLD_DAYS, 20 + 20 + 30),  # February is complete
        ("2024-03-31", 60 + 10 + OLD_DAYS, 20 + 20 + 30),  # March still misses a day
        ("2024-04-01", 91 + 10 + 27 + OLD_DAYS + 31, 25 + 20 + 7 + 30),  # March is complete, new ran 27 days of it
    ],
)
def test_a_month_enters_only_when_it_is_over(tmp_path: Path, day: str, days: int, hours: float) -> None:
    found = found_on(day, tmp_path)
    assert found.trajectory_months == pytest.approx(days / DAYS_PER_MONTH)
    assert found.direct_hours == hours


def test_a_trajectory_that_starts_when_the_last_complete_month_is_over_is_not_counted() -> None:
    found = intensity(known_on("2024-03-15", "start_date\n2024-02-29\n2024-03-01"), SINCE)
    assert found.n == 1


def test_the_intensity_is_a_ratio_of_sums_and_not_a_mean_of_ratios(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        """
        trajectory_id  start_date  end_date
        long           2024-01-01  -
        short          2024-02-01  2024-02-11
        later          2024-03-02  -
        """,
        """
        trajectory_id  month       direct_hours  indirect_hours
        long           2024-01-01  10            0
        long           2024-02-01  10            0
        short          2024-02-01  20            0
        """,
    )
    found = intensity(open_registry(folder, "r").snapshot(date(2024, 3, 1)), SINCE)
    # Sums: 40 hours in 60 + 10 = 70 days. The mean of 20 hours in 60 days and 20 in 10 days is twice as much.
    mean_of_ratios = (20 / 60 + 20 / 10) / 2 * DAYS_PER_MONTH
    assert found.hours_per_trajectory_month == pytest.approx(40 / 70 * DAYS_PER_MONTH)
    assert found.hours_per_trajectory_month == pytest.approx(mean_of_ratios * 24 / 49)


def test_an_intensity_without_delivered_hours_is_unknown_and_not_zero() -> None:
    found = intensity(known_on("2024-03-15", "start_date\n2024-01-01\n2024-02-01"), SINCE)
    assert found.hours_per_trajectory_month is None
    assert (found.n, found.n_missing) == (2, 2)
    assert [measure.estimate for measure in found.measures()] == [None]


def test_an_intensity_before_the_first_complete_month_is_unknown(tmp_path: Path) -> None:
    found = found_on("2023-01-31", tmp_path)
    # No month of the period is over, so there is nothing to divide.
    assert (found.direct_hours, found.trajectory_months) == (0, 0)
    assert found.hours_per_trajectory_month is None


def test_booked_hours_of_zero_are_an_intensity_of_zero(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        "trajectory_id start_date\nlong 2024-01-01\nlater 2024-02-02",
        "trajectory_id month direct_hours indirect_hours\nlong 2024-01-01 0 4",
    )
    found = intensity(open_registry(folder, "r").snapshot(date(2024, 2, 1)), SINCE)
    assert found.hours_per_trajectory_month == 0


@pytest.mark.parametrize("since", [date(2024, 1, 2), date(2024, 1, 31), date(2024, 2, 1)])
def test_a_period_that_begins_within_a_month_counts_from_the_next_complete_one(tmp_path: Path, since: date) -> None:
    registry = open_registry(write_folder(tmp_path, TRAJECTORIES, HOURS), "r")
    found = intensity(registry.snapshot(date(2024, 3, 1)), since)
    # February 2024 only. Hours: long 10, short 20. Time: long 29 days, short 10; old ran without booked hours.
    assert found.direct_hours == 30
    assert found.trajectory_months == pytest.approx(39 / DAYS_PER_MONTH)
