"""The two mean durations that the council was shown."""

from __future__ import annotations

from datetime import date

import pytest

from evaluation.measures.durations import mean_durations

from .drawn import known_on

SINCE = date(2023, 1, 1)
DAYS_PER_MONTH = 30.4375  # 365.25 / 12


def test_ended_and_running_trajectories_have_means_of_their_own() -> None:
    found = mean_durations(
        known_on(
            "2024-03-01",
            """
            start_date  end_date
            2023-01-01  2023-01-31
            2023-02-01  2023-04-02
            2024-01-01  -
            2024-02-01  -
            2024-03-01  -
            """,
        ),
        SINCE,
    )
    # Ended: 30 and 28 + 31 + 1 = 60 days. Running on 1 March 2024: 31 + 29 = 60, 29 and 0 days so far.
    assert found.mean_ended_months == pytest.approx((30 + 60) / 2 / DAYS_PER_MONTH)
    assert found.mean_running_months == pytest.approx((60 + 29 + 0) / 3 / DAYS_PER_MONTH)
    assert (found.n_ended, found.n_running) == (2, 3)


def test_an_end_that_is_not_known_yet_makes_it_a_running_trajectory() -> None:
    found = mean_durations(
        known_on(
            "2024-03-01",
            """
            start_date  end_date    end_registered_on
            2024-01-01  2024-01-11  2024-03-02
            2024-01-31  2024-03-02  2024-02-01
            """,
        ),
        SINCE,
    )
    # Both seem to run on 1 March, for 60 and 30 days: the first end is registered too late, the second is to come.
    assert found.mean_running_months == pytest.approx(45 / DAYS_PER_MONTH)
    assert found.n_running == 2
    # No ended trajectory is no mean, not a mean of zero.
    assert found.mean_ended_months is None
    assert found.n_ended == 0


def test_ends_before_the_period_are_left_out_and_starts_before_it_are_not() -> None:
    found = mean_durations(
        known_on(
            "2024-03-01",
            """
            start_date  end_date
            2022-06-01  2022-12-31
            2022-12-22  2023-01-01
            2023-01-01  2023-01-21
            2022-03-01  -
            """,
        ),
        SINCE,
    )
    # Ended since 1 January 2023: 10 and 20 days. Running: 365 + 366 days (29 February 2024).
    assert found.mean_ended_months == pytest.approx(15 / DAYS_PER_MONTH)
    assert found.n_ended == 2
    assert found.mean_running_months == pytest.approx(731 / DAYS_PER_MONTH)


def test_each_mean_is_published_with_the_number_behind_it() -> None:
    found = mean_durations(
        known_on(
            "2024-03-01",
            """
            start_date  end_date
            2023-01-01  2023-01-31
            2024-01-01  -
            2024-01-31  -
            """,
        ),
        SINCE,
    )
    published = {measure.id: (measure.estimate, measure.n) for measure in found.measures()}
    assert published["durations.mean_ended_months"] == (pytest.approx(30 / DAYS_PER_MONTH), 1)
    assert published["durations.mean_running_months"] == (pytest.approx((60 + 30) / 2 / DAYS_PER_MONTH), 2)
