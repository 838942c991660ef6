"""Trajectory-months from the published counts and means, and what they leave open."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from evaluation.evidence import Bounded
from evaluation.measures.person_time import PublishedFlow, person_time
from evaluation.measures.rounding import exactly
from evaluation.pipeline.inputs import published_flow


def test_person_time_of_the_published_figures() -> None:
    found = person_time(published_flow())
    # 483 x 5.8 + 790 x 6.5 = 7,936.4 months; 84 days of 2024 are 2.7598 months, 790 of them 2,180.2: 5,756.2 for 2023.
    assert found.by_year[2023].value == pytest.approx(5756.2, abs=0.1)
    # 2,180.2 + (790 + 750) / 2 x 282 days = 9.2649 months: 2,180.2 + 7,133.9 = 9,314.2.
    assert found.by_year[2024].value == pytest.approx(9314.2, abs=0.1)
    # Rounding of 5.8 and 6.5: 483 x 0.05 + 790 x 0.05 = 63.65 either way.
    assert (found.by_year[2023].low, found.by_year[2023].high) == pytest.approx((5692.5, 5819.8), abs=0.1)


def test_months_per_ended_trajectory_are_16_between_15_and_18() -> None:
    found = person_time(published_flow())
    # 7,936.4 / 483 = 16.43; exact Poisson interval of 483: 440.9 to 528.1, so 15.03 to 18.00.
    assert found.per_ended.value == pytest.approx(16.43, abs=5e-3)
    assert (found.per_ended.low, found.per_ended.high) == pytest.approx((15.03, 18.00), abs=5e-3)
    assert found.n_ended == 483


def test_whatever_the_stock_was_the_widest_limits_hold_it() -> None:
    found = person_time(published_flow())
    # 2023 at least: 7,872.75 less 1,273 x 2.7598 = 4,359.6; at most 8,000.05 less (790 - 161) x 2.7598 = 6,264.2.
    assert (found.widest[2023].low, found.widest[2023].high) == pytest.approx((4359.6, 6264.2), abs=0.1)
    for year, assumed in found.by_year.items():
        assert found.widest[year].low <= assumed.low <= assumed.high <= found.widest[year].high


def test_a_simulated_register_with_a_constant_stock_is_recovered() -> None:
    # Nobody starts or ends after 1 January of the second year, so the assumption on the stock holds exactly.
    random = np.random.default_rng(7)
    starts = random.integers(0, 365, 500)
    lengths = random.integers(10, 300, 500)
    month = 365.25 / 12
    ended = starts + lengths < 365
    first = date(2024, 3, 25)
    elapsed = 365 + (first - date(2024, 1, 1)).days - starts[~ended]
    flow = PublishedFlow(
        first_date=first,
        second_date=date(2025, 1, 1),
        started=(exactly(500), exactly(500)),
        ended=(exactly(int(ended.sum())),) * 2,
        active=(exactly(int((~ended).sum())),) * 2,
        started_this_year=exactly(0),
        mean_ended_months=exactly(float(lengths[ended].mean()) / month),
        mean_running_months=exactly(float(elapsed.mean()) / month),
    )
    found = person_time(flow)
    in_2023 = lengths[ended].sum() + (365 - starts[~ended]).sum()
    assert found.by_year[2023].value * month == pytest.approx(in_2023)
    assert found.by_year[2024].value * month == pytest.approx(366 * int((~ended).sum()))


def test_the_interval_by_chance_covers_a_known_rate_in_95_of_100() -> None:
    # Ends at a constant chance with mean 16 months over 7,700 months at risk: the number is Poisson.
    random = np.random.default_rng(11)
    true, covered = 16.0, 0
    for events in random.poisson(7700 / true, 400):
        flow = PublishedFlow(
            date(2024, 3, 25),
            date(2025, 1, 1),
            (exactly(2000), exactly(2000)),
            (exactly(int(events)),) * 2,
            (exactly(0),) * 2,
            exactly(0),
            exactly(7700 / events),
            exactly(0),
        )
        found = person_time(flow).per_ended
        covered += found.low <= true <= found.high
    assert 370 <= covered <= 395  # 95% of 400 is 380; the exact interval covers a little more


def test_a_lower_level_is_narrower() -> None:
    wide, narrow = (person_time(published_flow(), level).per_ended for level in (0.95, 0.8))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert isinstance(narrow, Bounded)
