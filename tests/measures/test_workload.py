"""Work per fte: rounding of the fte, complete months of hours, and what is unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evaluation.evidence import Bounded, PublishedFigure
from evaluation.measures.workload import workload
from evaluation.sources.registry import open_registry

from .drawn import known_on, write_folder

DAY, EARLIER = date(2024, 5, 10), date(2024, 2, 10)
FTE = {DAY: PublishedFigure("4 fte", Bounded(4, 3.5, 4.5)), EARLIER: PublishedFigure("2 fte", Bounded(2, 1.5, 2.5))}
TRAJECTORIES = """
    trajectory_id  start_date  end_date
    one            2024-01-01  -
    two            2024-02-01  2024-05-01
    three          2024-05-02  -
    """
HOURS = """
    trajectory_id  month       direct_hours  indirect_hours
    one            2024-01-01  99            99
    one            2024-02-01  10            2
    two            2024-02-01  20            4
    one            2024-03-01  30            -
    one            2024-04-01  60            14
    three          2024-05-01  99            99
    """


def test_hours_are_the_mean_of_the_last_three_complete_months(tmp_path: Path) -> None:
    registry = open_registry(write_folder(tmp_path, TRAJECTORIES, HOURS), "r")
    now = workload([registry.snapshot(date(2024, 5, 2))], {date(2024, 5, 2): FTE[DAY]}).now
    # February to April: direct 10 + 20 + 30 + 60 = 120, indirect 2 + 4 + 14 = 20; May is not over.
    assert (now.direct_hours_per_month, now.indirect_hours_per_month) == (40, pytest.approx(20 / 3))
    assert now.direct_share == pytest.approx(120 / 140)
    # One ran 29 + 31 + 30 days, two as long: 120 hours in 180 days.
    assert now.hours_per_trajectory_month == pytest.approx(120 / 180 * 365.25 / 12)


def test_the_rounding_of_the_fte_bounds_what_is_divided_by_it(tmp_path: Path) -> None:
    registry = open_registry(write_folder(tmp_path, TRAJECTORIES, HOURS), "r")
    found = workload([registry.snapshot(date(2024, 5, 2))], {date(2024, 5, 2): FTE[DAY]})
    # One and three run: 2 / 4, between 2 / 4.5 and 2 / 3.5; direct hours 40 / 4.
    assert found.now.active_per_fte == Bounded(2 / 4, 2 / 4.5, 2 / 3.5)
    assert found.now.hours_per_fte_month == Bounded(40 / 4, 40 / 4.5, 40 / 3.5)
    measures = {measure.id: measure for measure in found.measures()}
    per_fte = measures["capacity.active_per_fte"]
    assert (per_fte.estimate, per_fte.interval, per_fte.ci_level) == (0.5, "rounding", None)
    assert per_fte.sources == ("r", "council_figures")
    assert per_fte.evidence == found.evidence
    assert measures["capacity.direct_share"].sources == ("r",)


def test_every_date_with_fte_has_its_own_row() -> None:
    rows = TRAJECTORIES.replace("2024-05-02", "2024-03-02")
    found = workload([known_on(str(day), rows) for day in (EARLIER, DAY)], FTE)
    assert [on_date.active for on_date in found.dates] == [2, 2]
    assert [on_date.active_per_fte for on_date in found.dates] == [
        Bounded(2 / 2, 2 / 2.5, 2 / 1.5),
        Bounded(2 / 4, 2 / 4.5, 2 / 3.5),
    ]
    assert found.reference_date == DAY


def test_without_hours_or_fte_the_ratios_are_unknown_and_not_zero() -> None:
    without_hours = workload([known_on("2024-05-10", TRAJECTORIES)], FTE)
    assert without_hours.now.hours_per_fte_month is None
    assert without_hours.now.active_per_fte is not None
    without_fte = workload([known_on("2024-05-11", TRAJECTORIES)], FTE)
    assert [measure.estimate for measure in without_fte.measures()] == [None, None, None]


def test_nobody_running_is_zero_per_fte() -> None:
    found = workload([known_on("2024-05-10", "start_date\n2024-06-01")], FTE)
    assert found.now.active_per_fte == Bounded(0, 0, 0)
