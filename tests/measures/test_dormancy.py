"""Silent trajectories taken to have ended at their last activity, from dates or from hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evaluation.measures.dormancy import dormancy_at, dormancy_band
from evaluation.measures.spells import observed_spells
from evaluation.snapshot import Snapshot

from .drawn import known_on

SINCE = date(2023, 1, 1)
MONTH = 30.4375
# On 1 December 2023 t0 has ended after 31 days; t1, t2 and t3 run for 334, 334 and 183 days.
ROWS = """
start_date  end_date
2023-01-01  2023-02-01
2023-01-01  -
2023-01-01  -
2023-06-01  -
"""


def worked(snapshot: Snapshot, *rows: str) -> Snapshot:
    """The snapshot with hours, each row as ``id month direct indirect``."""
    values = ", ".join(
        f"('{name}', date '{month}', {direct}, {indirect})" for name, month, direct, indirect in map(str.split, rows)
    )
    hours = snapshot.trajectories.query(
        "t", f"select * from (values {values}) as v (trajectory_id, month, direct_hours, indirect_hours)"
    )
    return replace(snapshot, hours=hours)


def last_seen(snapshot: Snapshot, **days: str) -> Snapshot:
    """The snapshot with a column ``last_activity_date``."""
    cases = " ".join(f"when '{name}' then date '{day}'" for name, day in days.items())
    return replace(
        snapshot,
        trajectories=snapshot.trajectories.project(f"*, case trajectory_id {cases} end as last_activity_date"),
    )


def stopped(snapshot: Snapshot) -> dict[int, int]:
    frame = dormancy_band(snapshot, observed_spells(snapshot, SINCE)).frame
    return dict(zip(frame["silent_days"], frame["stopped"], strict=True))


def test_hours_give_the_end_of_their_last_month() -> None:
    snapshot = worked(
        known_on("2023-12-01", ROWS),
        "t1 2023-03-01 5 0",
        "t1 2023-05-01 0 2",  # indirect hours are activity too: last seen on 31 May, 184 days ago
        "t1 2023-07-01 0 0",  # a month with nothing booked is none
        "t2 2023-09-01 3 0",  # last seen on 30 September, 62 days ago
        "t3 2023-11-01 3 0",  # the day before
    )
    assert stopped(snapshot) == {0: 0, 180: 1, 90: 1, 60: 2}
    band = dormancy_band(snapshot, observed_spells(snapshot, SINCE))
    assert (band.n, band.n_missing) == (3, 0)
    # With t1 ended after 150 days: at 31, 1 of 4; at 150, 1 of 3: the curve is at a half from there. With t2 ended
    # after 272 days too nothing changes in that median. As registered half is not reached.
    medians = band.frame.set_index("silent_days")["median_months"]
    assert medians.isna().to_dict() == {0: True, 180: False, 90: False, 60: False}
    assert medians[180] == pytest.approx(150 / MONTH)
    assert (band.median_low, band.median_high) == (None, None)


def test_a_delivered_day_is_taken_before_hours_unless_it_is_not_known_yet() -> None:
    snapshot = worked(known_on("2023-12-01", ROWS), "t1 2023-03-01 5 0", "t2 2023-03-01 5 0", "t3 2023-11-01 5 0")
    # t1 was seen a day ago. The day of t2 lies after the reference date, so its hours count: silent since 31 March.
    snapshot = last_seen(snapshot, t1="2023-11-30", t2="2024-01-15")
    assert stopped(snapshot) == {0: 0, 180: 1, 90: 1, 60: 1}


def test_unknown_activity_keeps_running_and_is_counted() -> None:
    snapshot = last_seen(known_on("2023-12-01", ROWS), t1="2023-05-01")
    band = dormancy_band(snapshot, observed_spells(snapshot, SINCE))
    assert (band.n, band.n_missing) == (3, 2)
    assert list(band.frame["stopped"]) == [0, 1, 1, 1]


@pytest.mark.parametrize("known", ["no hours", "no row of hours"])
def test_without_any_activity_there_is_no_band(known: str) -> None:
    snapshot = known_on("2023-12-01", ROWS)
    if known == "no row of hours":
        snapshot = worked(snapshot, "other 2023-03-01 5 0")
    band = dormancy_band(snapshot, observed_spells(snapshot, SINCE))
    assert list(band.frame["silent_days"]) == [0]
    assert (band.n, band.n_missing) == (3, 3)


def test_the_day_counts_from_the_threshold_on() -> None:
    # Silent for 60 and for 59 days.
    snapshot = last_seen(known_on("2023-12-01", ROWS), t1="2023-10-02", t2="2023-10-03")
    assert stopped(snapshot) == {0: 0, 180: 0, 90: 0, 60: 1}


def test_one_last_seen_before_the_period_is_outside_it_and_one_before_its_start_ended_then() -> None:
    rows = "start_date end_date\n2022-06-01 -\n2023-01-05 -\n2023-01-05 2023-02-01\n2023-01-06 -"
    snapshot = last_seen(known_on("2023-12-01", rows), t0="2022-12-31", t1="2023-01-01", t3="2023-12-01")
    band = dormancy_band(snapshot, observed_spells(snapshot, SINCE))
    assert list(band.frame["stopped"]) == [0, 2, 2, 2]
    # t0 is outside. t1 ended on its first day, 1 of 3; t2 after 27 days, 1 of 2; t3 runs: 1/3 lasts longer than 27.
    row = band.frame.set_index("silent_days").loc[180]
    assert row["median_months"] == pytest.approx(27 / MONTH)
    assert row["restricted_6_months"] == pytest.approx((27 * 2 / 3 + (6 * MONTH - 27) / 3) / MONTH)


def test_hard_inputs() -> None:
    for rows in ("start_date end_date", "start_date end_date\n2023-01-01 2023-02-01"):
        snapshot = last_seen(known_on("2023-12-01", rows), t0="2023-01-15")
        band = dormancy_band(snapshot, observed_spells(snapshot, SINCE))
        assert (band.n, band.n_missing, len(band.frame)) == (0, 0, 1)


def test_one_assumption_alone_gives_its_row_among_several() -> None:
    snapshot = last_seen(known_on("2023-12-01", ROWS), t1="2023-04-01", t2="2023-10-20", t3="2023-11-30")
    spells = observed_spells(snapshot, SINCE)
    several = dormancy_band(snapshot, spells).frame.set_index("silent_days")
    alone = dormancy_at(snapshot, spells, silent_days=90).frame.set_index("silent_days")
    assert list(alone.index) == [0, 90]
    assert alone.loc[90].equals(several.loc[90])
    assert alone.loc[90, "stopped"] == 1
