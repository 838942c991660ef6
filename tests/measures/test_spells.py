"""Who is at risk of ending at which age: late entry, ends on the first day, and how far the follow-up reaches."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.measures.spells import at_risk, follow_up_days, observed_spells, spells_by, whole_months

from .drawn import known_on

SINCE = date(2023, 1, 11)
# Days of January 2023; the period begins on the 11th.
LATE = """
name  start_date  end_date    end_reason  referrer_code
A     2023-01-11  2023-01-14  31          01
B     2023-01-11  -           -           02
C     2023-01-06  2023-01-16  31          01
D     2023-01-01  2023-01-11  32          01
E     2023-01-01  2023-01-10  31          02
F     2023-01-21  2023-01-27  -           01
G     2023-01-31  2023-01-31  31          -
"""


def spell(entry: int, exit_: int, n: int = 1) -> dict[str, int]:
    return {"entry_days": entry, "exit_days": exit_, "n": n}


def test_spells_enter_at_the_age_they_had_and_those_that_ended_before_are_outside() -> None:
    found = observed_spells(known_on("2023-01-31", LATE), SINCE)
    rows = [tuple(row) for row in found.frame.itertuples(index=False)]
    assert rows == [
        (0, 0, True, "31", 1),  # G: ended on the day it started
        (0, 3, True, "31", 1),  # A
        (0, 6, True, "", 1),  # F: without a reason
        (0, 20, False, "", 1),  # B: still running
        (5, 10, True, "31", 1),  # C: five days old when the period began
        (10, 10, True, "32", 1),  # D: ended on the first day of the period; E ended the day before
    ]
    # Age on 31 January had it not ended: D 30, C 25, A and B 20, F 10, G 0.
    assert [tuple(row) for row in found.starts.itertuples(index=False)] == [
        (0, 0, 1), (0, 10, 1), (0, 20, 2), (5, 25, 1), (10, 30, 1),
    ]  # fmt: skip


def test_groups_add_up_to_the_whole_and_a_missing_code_is_a_group() -> None:
    snapshot = known_on("2023-01-31", LATE)
    by = spells_by(snapshot, SINCE, "referrer_code")
    assert by.groupby("group")["n"].sum().to_dict() == {"": 1, "01": 4, "02": 1}
    assert by["n"].sum() == observed_spells(snapshot, SINCE).frame["n"].sum()


def test_at_risk_counts_from_entry_up_to_and_including_exit() -> None:
    frame = pd.DataFrame([spell(0, 3, 2), spell(2, 5, 10), spell(5, 5, 100)])
    assert list(at_risk(frame, np.array([0, 2, 3, 3.5, 4, 5, 6]))) == [2, 12, 12, 10, 10, 110, 0]
    assert list(at_risk(frame, np.array([5.0, 0.0]))) == [110, 2]


@pytest.mark.parametrize(
    ("spells", "reach"),
    [
        ([], None),
        ([spell(0, 7)], 7),
        ([spell(0, 3), spell(2, 9)], 9),
        ([spell(0, 3), spell(4, 9)], 9),  # at risk at 3 and again at 4: nothing is skipped
        ([spell(0, 3), spell(5, 9)], 3),  # nobody at age 4
        ([spell(1, 9)], None),  # nobody at birth
    ],
)
def test_follow_up_ends_at_the_first_age_that_nobody_was_seen_at(
    spells: list[dict[str, int]], reach: int | None
) -> None:
    assert follow_up_days(pd.DataFrame(spells, columns=["entry_days", "exit_days", "n"])) == reach


def test_months_stop_within_follow_up() -> None:
    # 12 months are 365.25 days: 365 days hold 11 whole months, 366 days 12.
    assert [len(whole_months(days)) - 1 for days in (0, 30, 31, 365, 366)] == [0, 0, 1, 11, 12]
    assert list(whole_months(None)) == []
