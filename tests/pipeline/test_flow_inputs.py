"""What the chapters on flows and capacity load from the public figures."""

from __future__ import annotations

from datetime import date

import pytest

from evaluation.evidence import Bounded
from evaluation.pipeline.flow_inputs import (
    opening_day,
    past_bases,
    phase_figures,
    published_staffing,
    random_numbers,
    snapshots_on,
    youth_population,
)
from tests.measures.drawn import registry


def test_the_denominator_is_the_published_population_under_25() -> None:
    population = youth_population()
    # CBS, 1 January 2022: 28,305 aged 0 to 14 and 50,444 aged 15 to 24.
    assert (population.youths, population.ages, population.year) == (28_305 + 50_444, "0-24", 2022)
    assert population.source == "youth_care_use_municipalities"


def test_phases_carry_what_was_announced_with_its_rounding() -> None:
    assert [(phase.phase, phase.year, phase.announced.value) for phase in phase_figures()] == [
        (1, 2023, Bounded(800, 775, 825)),
        (2, 2024, Bounded(1400, 1375, 1425)),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 3, 24), {}),
        (date(2024, 3, 25), {date(2024, 3, 25): 76}),
        (date(2025, 1, 1), {date(2024, 3, 25): 76, date(2025, 1, 1): 112}),
    ],
)
def test_fte_get_the_date_of_the_figures_shown_with_them(day: date, expected: dict[date, int]) -> None:
    assert {when: fte.value.value for when, fte in published_staffing(day).items()} == expected


def test_snapshots_come_in_order_and_once() -> None:
    drawn = registry("start_date\n2023-01-01")
    dates = [snapshot.reference_date for snapshot in snapshots_on(drawn, [date(2025, 1, 1)], date(2025, 1, 1))]
    assert dates == [date(2025, 1, 1)]
    dates = [snapshot.reference_date for snapshot in snapshots_on(drawn, [date(2024, 3, 25)], date(2025, 1, 1))]
    assert dates == [date(2024, 3, 25), date(2025, 1, 1)]


def test_past_dates_go_back_by_quarters_and_end_on_the_reference_date() -> None:
    drawn = registry("start_date\n2023-01-01")
    dates = [basis.reference_date for basis in past_bases(drawn, date(2024, 1, 1), date(2024, 9, 30))]
    assert dates == [date(2024, 3, 30), date(2024, 6, 30), date(2024, 9, 30)]
    # A register that opened yesterday still has its reference date.
    assert len(past_bases(drawn, date(2024, 9, 29), date(2024, 9, 30))) == 1


def test_the_service_opened_when_the_council_was_told() -> None:
    assert opening_day() == date(2023, 1, 1)


def test_random_numbers_are_the_same_in_every_run() -> None:
    assert random_numbers().integers(2**63) == random_numbers().integers(2**63)
