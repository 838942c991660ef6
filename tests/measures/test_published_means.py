"""The published means beside the curve: by hand, with a known law, and that they reproduce what was observed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.evidence import Evidence
from evaluation.measures.published_means import published_means
from evaluation.measures.spells import Spells, observed_spells

from .drawn import known_on

SINCE = date(2023, 1, 1)
MONTH = 30.4375


def test_by_hand() -> None:
    found = published_means(
        observed_spells(
            known_on(
                "2023-01-11",
                """
                start_date  end_date
                2023-01-01  2023-01-05
                2023-01-01  -
                2023-01-07  2023-01-09
                2023-01-07  -
                2023-01-11  -
                """,
            ),
            SINCE,
        ),
        None,
    )
    # The curve is 3/4 from age 2 and 1/2 from age 4 (the fifth left at age 0). Of those that could reach age 10 and of
    # those that could reach age 4 half has ended, at 2 and 4 days alike: (2 + 4) / 2. Of the fifth nothing can have.
    assert found.ended_expected == pytest.approx(3 / MONTH)
    assert found.ended_observed == pytest.approx((4 + 2) / 2 / MONTH)
    # Running at age 10, 4 and 0 with weights 2 * 1/2, 2 * 1/2 and 1.
    assert found.running_expected == pytest.approx((10 + 4 + 0) / 3 / MONTH)
    assert found.running_observed == pytest.approx((10 + 4 + 0) / 3 / MONTH)
    # Up to age 10 all last 2 + 2 * 3/4 + 6 * 1/2; of the running, those of age 10 and 4 are sure to reach 10.
    assert found.all_within.value == pytest.approx(6.5 / MONTH)
    assert found.running_within == pytest.approx((10 + 10 + 6.5) / 3 / MONTH)
    assert (found.n_ended, found.n_running) == (2, 3)
    assert found.lengths.to_dict("list") == {"month": [0], "ended": [2], "running": [3]}


def test_a_stock_is_biased_towards_long_trajectories() -> None:
    # Ten start each day for 1000 days and a share 1 - q of them ends each day: mean length 1 / (1 - q) = 50 days. As
    # ending has no memory, the running ones are 49 days old on average and live 50 more: twice the mean.
    q, horizon, start = 0.98, 1000, 10.0
    age = np.arange(horizon + 1)
    ended = start * (1 - q) * q ** (age[1:] - 1) * (horizon + 1 - age[1:])  # those old enough to have reached each age
    running = start * q**age
    frame = pd.DataFrame(
        {
            "entry_days": 0,
            "exit_days": np.concatenate([age[1:], age]),
            "ended": np.repeat([True, False], [horizon, horizon + 1]),
            "reason": "",
            "n": np.concatenate([ended, running]),
        }
    )
    starts = pd.DataFrame({"entry_days": 0, "potential_days": age, "n": start})
    spells = Spells(frame, starts, SINCE, date(2025, 9, 27), Evidence.SYNTHETIC, "known law")
    found = published_means(spells, None)
    assert found.all_within.value == pytest.approx(50 / MONTH, rel=1e-6)
    assert found.running_observed == pytest.approx(49 / MONTH, rel=1e-6)
    assert found.running_expected == pytest.approx(49 / MONTH, rel=1e-6)
    assert found.running_within == pytest.approx(99 / MONTH, rel=1e-6)
    # Ended within the window: the sum over starts of q-weighted ages, a little below 50.
    assert found.ended_expected == pytest.approx(found.ended_observed, rel=1e-9)
    assert found.ended_observed < 50 / MONTH


def test_late_entries_count_from_the_age_they_had() -> None:
    late = observed_spells(
        known_on(
            "2023-01-21",
            """
            start_date  end_date
            2022-12-22  2023-01-11
            2022-12-22  -
            2023-01-01  2023-01-06
            2023-01-01  -
            2023-01-01  -
            2023-01-01  2023-01-16
            """,
        ),
        SINCE,
    )
    found = published_means(late, None)
    # The curve: age 5: 1/4, age 15: 1/3 of the rest and the two late ones (entered at 10): 1 of 5; age 20: the
    # running ones of 20 days and both late ones: 1 of 4. S: 3/4, 3/5, 9/20. Late ones: given 3/4 at age 9, they have
    # ended with 3/20 at 15 and 3/20 at 20, over 3/4: 1/5 each. The others at 5, 15 and 20 with 1/4, 3/20, 3/20.
    weight_late, weight = 2, 4
    ended = weight_late * 2 / 5 + weight * 11 / 20
    days = weight_late * (15 + 20) / 5 + weight * (5 / 4 + 15 * 3 / 20 + 20 * 3 / 20)
    assert found.ended_expected == pytest.approx(days / ended / MONTH)


@pytest.mark.parametrize(("end", "known"), [("2023-01-05", "ended"), ("-", "running")])
def test_only_ended_or_only_running_leaves_the_other_unknown(end: str, known: str) -> None:
    drawing = f"start_date end_date\n2023-01-01 {end}\n2023-01-02 {end}"
    found = published_means(observed_spells(known_on("2023-01-11", drawing), SINCE), None)
    assert (found.ended_observed is None) == (known == "running")
    assert (found.running_observed is None) == (known == "ended")
    assert not found.ended_is_too_short


def test_nothing_gives_nothing() -> None:
    found = published_means(observed_spells(known_on("2023-01-11", pd.DataFrame({"start_date": []})), SINCE), None)
    assert (found.ended_observed, found.ended_expected, found.running_expected, found.running_within) == (None,) * 4
    assert found.all_within.value is None
    assert found.lengths.empty
