"""Counts of trajectories and clients, and the flow between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.evidence import Evidence
from evaluation.measures.volumes import Dimension, VolumeCounts, monthly_flow, volume_counts, volumes_by
from evaluation.snapshot import Snapshot
from evaluation.sources.registry import open_registry

from .drawn import complete, known_on, registry, table, write_folder

SINCE = date(2023, 1, 1)


def counts(day: str, rows: str, since: date = SINCE) -> VolumeCounts:
    return volume_counts(known_on(day, rows), since)


# --- what counts on the reference date ---------------------------------------------------------------------------


def test_a_start_on_the_reference_date_counts_and_a_day_later_does_not() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  end_date
        2024-03-24  -
        2024-03-25  -
        2024-03-26  -
        """,
    )
    # The first two had started by 25 March; the third starts the day after.
    assert (found.trajectories, found.active) == (2, 2)


def test_an_end_on_the_reference_date_is_ended_and_an_end_after_it_is_running() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  end_date
        2024-01-01  2024-03-24
        2024-01-01  2024-03-25
        2024-01-01  2024-03-26
        """,
    )
    # Intervals are [start, end): the second does not run on the day it ends, the third still does.
    assert (found.trajectories, found.ended, found.active) == (3, 2, 1)


def test_a_trajectory_that_starts_and_ends_on_the_reference_date_has_ended() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  end_date
        2024-03-25  2024-03-25
        """,
    )
    assert (found.trajectories, found.ended, found.active) == (1, 1, 0)


def test_a_start_that_was_registered_after_the_reference_date_is_not_known_yet() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  registered_on
        2024-03-01  2024-03-25
        2024-03-01  2024-03-26
        2024-03-01  -
        """,
    )
    # The second was typed in a day too late; without a registration date the start itself stands in for it.
    assert found.trajectories == 2


def test_an_end_that_was_registered_after_the_reference_date_still_runs() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  end_date    end_registered_on
        2024-01-01  2024-03-20  2024-03-25
        2024-01-01  2024-03-20  2024-03-26
        2024-01-01  2024-03-20  -
        """,
    )
    # On 25 March nobody could know that the second had ended; the third has no registration date, so its end stands.
    assert (found.ended, found.active) == (2, 1)


def test_an_end_that_was_registered_in_advance_still_runs_until_it_comes() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  end_date    end_registered_on
        2024-01-01  2024-04-01  2024-02-01
        """,
    )
    assert (found.ended, found.active) == (0, 1)


def test_starts_count_from_the_first_day_of_the_period() -> None:
    found = counts(
        "2024-03-25",
        """
        client_key  start_date
        anna        2022-12-31
        bram        2023-01-01
        """,
    )
    assert (found.trajectories, found.clients) == (1, 1)
    # Both run: the stock of a day does not ask when a trajectory began.
    assert found.active == 2


def test_ends_count_from_the_first_day_of_the_period_whenever_the_trajectory_began() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date  end_date
        2022-06-01  2022-12-31
        2022-06-01  2023-01-01
        2023-06-01  2023-07-01
        """,
    )
    assert (found.trajectories, found.ended, found.active) == (1, 2, 0)


def test_a_trajectory_without_a_client_counts_as_a_trajectory_and_is_missing_among_the_clients() -> None:
    found = counts(
        "2024-03-25",
        """
        trajectory_id  client_key  start_date
        t1             anna        2023-02-01
        t2             -           2023-02-01
        t3             -           2022-02-01
        """,
    )
    # t3 started before the period.
    assert (found.trajectories, found.clients, found.n_missing) == (2, 1, 1)
    published = {measure.id: (measure.n, measure.n_missing) for measure in found.measures()}
    assert published["volumes.clients"] == (2, 1)
    assert published["volumes.trajectories"] == (2, 0)


def test_a_client_with_two_trajectories_counts_once() -> None:
    found = counts(
        "2024-03-25",
        """
        client_key  start_date  end_date
        anna        2023-02-01  2023-06-01
        anna        2023-09-01  -
        bram        2023-02-01  -
        cas         2023-02-01  -
        cas         2023-02-01  -
        """,
    )
    assert (found.trajectories, found.clients) == (5, 3)


def test_the_first_of_january_reports_the_year_that_is_over() -> None:
    drawing = """
        start_date
        2023-12-31
        2024-01-01
        2024-12-31
        2025-01-01
        """
    eve, new_year, day_after = (counts(day, drawing) for day in ("2024-12-31", "2025-01-01", "2025-01-02"))
    # On 31 December and on 1 January: the starts of 1 January and 31 December 2024, not that of 2025.
    assert (eve.reporting_year, eve.started_this_year) == (2024, 2)
    assert (new_year.reporting_year, new_year.started_this_year) == (2024, 2)
    # A day later the year is 2025, with one start.
    assert (day_after.reporting_year, day_after.started_this_year) == (2025, 1)
    assert {measure.id: measure.period for measure in new_year.measures()}["volumes.started_this_year"] == "2024"


def test_a_registry_in_which_nothing_started_counts_zero() -> None:
    found = counts(
        "2024-03-25",
        """
        start_date
        2024-03-26
        """,
    )
    assert (found.trajectories, found.clients, found.ended, found.active, found.started_this_year) == (0, 0, 0, 0, 0)


def test_each_count_is_published_under_its_own_name_with_the_evidence_of_the_registry() -> None:
    found = counts(
        "2024-03-25",
        """
        client_key  start_date  end_date
        anna        2023-02-01  2023-06-01
        anna        2023-09-01  -
        bram        2023-02-01  -
        cas         2024-02-01  -
        dirk        2024-02-01  2024-03-01
        """,
    )
    # Starts 5; clients 4; in 2024 2; ended 2; running 5 - 2 = 3.
    assert {measure.id: measure.estimate for measure in found.measures()} == {
        "volumes.trajectories": 5,
        "volumes.clients": 4,
        "volumes.started_this_year": 2,
        "volumes.ended": 2,
        "volumes.active": 3,
    }
    assert {measure.evidence for measure in found.measures()} == {Evidence.REGISTER}
    assert {measure.sources for measure in found.measures()} == {("drawn",)}
    # A stock is of a day, a flow of a period.
    periods = {measure.id: measure.period for measure in found.measures()}
    assert periods["volumes.active"] == "2024-03-25"
    assert periods["volumes.ended"] == "2023-01-01/2024-03-25"


# --- groups -------------------------------------------------------------------------------------------------------


def test_groups_are_listed_largest_first_with_their_own_counts() -> None:
    by_referrer = volumes_by(
        known_on(
            "2024-03-25",
            """
            client_key  referrer_code  start_date  end_date
            anna        02             2023-02-01  2023-06-01
            anna        01             2023-09-01  -
            anna        01             2023-10-01  -
            bram        01             2023-02-01  2023-12-01
            cas         -              2023-02-01  -
            dirk        03             2022-02-01  -
            elle        04             2022-02-01  2022-12-31
            """,
        ),
        SINCE,
        "referrer_code",
    )
    # 01: anna twice and bram once; an unknown referrer is a group of its own, not dropped. Anna counts in 01 and 02.
    # Dirk started before the period and still runs; elle had no start, end or day in it.
    expected = table(
        """
        group  started  ended  active  clients
        01     3        1      2       2
        -      1        0      1       1
        02     1        1      0       1
        03     0        0      1       0
        """
    ).fillna({"group": ""})
    assert by_referrer.frame.astype(str).to_dict("records") == expected.to_dict("records")


# --- monthly flow -------------------------------------------------------------------------------------------------


def flow_of(day: str, rows: str, since: date = SINCE) -> list[tuple[str, int, int, int, int]]:
    frame = monthly_flow(known_on(day, rows), since).frame
    return list(frame.assign(month=frame["month"].dt.strftime("%Y-%m")).itertuples(index=False, name=None))


def test_the_stock_of_each_month_is_that_of_the_month_before_plus_starts_less_ends() -> None:
    found = flow_of(
        "2023-04-20",
        """
        start_date  end_date
        2023-01-10  2023-03-31
        2023-01-20  2023-04-01
        2023-03-05  2023-03-25
        2023-03-31  -
        2023-04-20  -
        """,
    )
    # January 2 starts; February none; March 2 starts and 2 ends; April 1 start and 1 end.
    assert found == [
        ("2023-01", 0, 2, 0, 2),
        ("2023-02", 2, 0, 0, 2),
        ("2023-03", 2, 2, 2, 2),
        ("2023-04", 2, 1, 1, 2),
    ]


def test_a_start_on_a_reference_date_that_is_the_first_of_a_month_is_in_a_row_of_its_own() -> None:
    found = flow_of(
        "2023-03-01",
        """
        start_date  end_date
        2023-01-10  2023-03-01
        2023-02-10  -
        2023-03-01  -
        2023-03-02  -
        """,
    )
    # March so far is one day: one start and one end on it.
    assert found == [("2023-01", 0, 1, 0, 1), ("2023-02", 1, 1, 0, 2), ("2023-03", 2, 1, 1, 2)]


def test_trajectories_from_before_the_period_are_its_opening_stock() -> None:
    found = flow_of(
        "2023-02-15",
        """
        start_date  end_date
        2022-05-01  2023-01-14
        2022-05-01  2023-01-15
        2023-01-14  -
        2023-01-15  -
        2023-01-31  2023-02-01
        """,
        since=date(2023, 1, 15),
    )
    # On the evening of 14 January the second and third run: the first ended that day.
    # January from the 15th: 2 starts, 1 end; February: 1 end.
    assert found == [("2023-01", 2, 2, 1, 3), ("2023-02", 3, 0, 1, 2)]


def test_a_registry_in_which_nothing_happened_yet_has_rows_of_zero() -> None:
    assert flow_of("2023-02-15", "start_date\n2023-02-16") == [("2023-01", 0, 0, 0, 0), ("2023-02", 0, 0, 0, 0)]


@pytest.mark.parametrize(
    ("day", "complete_month"), [("2023-02-28", True), ("2023-02-27", False), ("2023-03-01", False)]
)
def test_the_last_month_is_complete_when_the_reference_date_is_its_last_day(day: str, complete_month: bool) -> None:
    flow = monthly_flow(known_on(day, "start_date\n2023-01-10"), SINCE)
    assert flow.complete is complete_month


def test_a_month_that_does_not_close_is_refused_by_name() -> None:
    snapshot = known_on(
        "2023-04-25",
        """
        start_date  end_date
        2023-03-01  2023-02-01
        2023-02-01  -
        """,
    )
    # The first ends a month before it starts: February opens with 0, has 1 start and 1 end, and 1 runs at its end.
    with pytest.raises(
        ArithmeticError, match=r"^2023-02: stock at the start plus inflow less outflow is not the stock"
    ):
        monthly_flow(snapshot, SINCE)


# --- properties over random registries ----------------------------------------------------------------------------

FIRST, LAST = date(2022, 11, 15), date(2024, 2, 15)
DAYS = st.dates(FIRST, LAST)
REFERENCE_DATES = st.one_of(st.dates(date(2023, 1, 2), LAST), st.sampled_from([date(2023, 3, 1), date(2024, 1, 1)]))


@st.composite
def trajectories(draw: Callable[..., object]) -> pd.DataFrame:
    """Draw up to twelve trajectories, some ended, some registered late, some with an unknown referrer."""
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        start = draw(DAYS)
        end = draw(st.none() | st.integers(0, 200).map(lambda days, start=start: start + timedelta(days)))
        late = st.none() | st.integers(0, 60)
        lag, end_lag = draw(late), draw(late)
        rows.append(
            {
                "client_key": draw(st.sampled_from("abcd")),
                "referrer_code": draw(st.sampled_from(["01", "02", None])),
                "phase": draw(st.sampled_from([1, 2])),
                "start_date": start,
                "registered_on": None if lag is None else start + timedelta(lag),
                "end_date": end,
                "end_registered_on": None if end is None or end_lag is None else end + timedelta(end_lag),
            }
        )
    columns = ["client_key", "referrer_code", "phase", "start_date", "registered_on", "end_date", "end_registered_on"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def known_intervals(rows: pd.DataFrame, reference_date: date) -> list[tuple[date, date | None]]:
    """Starts and ends as known on a day, read off the rows one by one."""
    found = []
    for row in complete(rows).itertuples():
        if max(row.start_date, row.registered_on or row.start_date) > reference_date:
            continue
        unknown = row.end_date is None or max(row.end_date, row.end_registered_on or row.end_date) > reference_date
        found.append((row.start_date, None if unknown else row.end_date))
    return found


def running(intervals: list[tuple[date, date | None]], day: date) -> int:
    return sum(start <= day and (end is None or end > day) for start, end in intervals)


@settings(max_examples=30)
@given(rows=trajectories(), reference_date=REFERENCE_DATES)
def test_stock_plus_inflow_less_outflow_is_the_stock_counted_day_by_day(
    rows: pd.DataFrame, reference_date: date
) -> None:
    frame = monthly_flow(registry(rows).snapshot(reference_date), SINCE).frame
    intervals = known_intervals(rows, reference_date)
    for month in frame.itertuples():
        assert month.stock_start + month.inflow - month.outflow == month.stock_end
        last_day = (month.month + pd.offsets.MonthEnd()).date()
        is_last = month.Index == len(frame) - 1
        assert month.stock_end == running(intervals, reference_date if is_last else last_day)
    assert frame["stock_start"].tolist() == [running(intervals, SINCE - timedelta(1)), *frame["stock_end"]][:-1]
    counted = volume_counts(registry(rows).snapshot(reference_date), SINCE)
    assert (int(frame["inflow"].sum()), int(frame["outflow"].sum())) == (counted.trajectories, counted.ended)
    assert int(frame["stock_end"].iloc[-1]) == counted.active


@settings(max_examples=20)
@given(rows=trajectories(), days=st.tuples(REFERENCE_DATES, REFERENCE_DATES).map(sorted))
def test_the_stocks_on_two_dates_differ_by_what_started_and_ended_between(rows: pd.DataFrame, days: list[date]) -> None:
    # Without registration dates every event is known on its day, so the two snapshots see one history.
    rows = rows.assign(registered_on=None, end_registered_on=None)
    early, late = days
    opened = registry(rows)
    stock = {day: volume_counts(opened.snapshot(day), SINCE).active for day in days}
    inflow = sum(early < start <= late for start in rows["start_date"])
    outflow = sum(end is not None and early < end <= late for end in complete(rows)["end_date"])
    # A trajectory that starts and ends between the dates is in both flows and in neither stock.
    assert stock[late] == stock[early] + inflow - outflow


@settings(max_examples=15)
@given(rows=trajectories(), reference_date=REFERENCE_DATES)
@pytest.mark.parametrize("dimension", ["phase", "referrer_code"])
def test_groups_add_up_to_the_totals(dimension: Dimension, rows: pd.DataFrame, reference_date: date) -> None:
    snapshot = registry(rows).snapshot(reference_date)
    total, frame = volume_counts(snapshot, SINCE), volumes_by(snapshot, SINCE, dimension).frame
    assert int(frame["started"].sum()) == total.trajectories
    assert int(frame["ended"].sum()) == total.ended
    assert int(frame["active"].sum()) == total.active
    # A client is in at least one group and in each group at most once.
    assert max(frame["clients"], default=0) <= total.clients <= int(frame["clients"].sum())


def all_counts(snapshot: Snapshot) -> tuple[object, ...]:
    flow = monthly_flow(snapshot, SINCE).frame.astype(str).to_dict("records")
    groups = volumes_by(snapshot, SINCE, "referrer_code").frame.to_dict("records")
    measures = [measure.estimate for measure in volume_counts(snapshot, SINCE).measures()]
    return measures, groups, flow


@settings(max_examples=8)
@given(data=st.data(), reference_date=REFERENCE_DATES)
def test_the_order_of_the_rows_is_irrelevant(data: st.DataObject, reference_date: date) -> None:
    rows = data.draw(trajectories())
    shuffled = rows.iloc[data.draw(st.permutations(range(len(rows))))]
    assert all_counts(registry(rows).snapshot(reference_date)) == all_counts(
        registry(shuffled).snapshot(reference_date)
    )


FIVE = """
    trajectory_id  client_key  referrer_code  start_date  registered_on  end_date    end_registered_on
    t1             anna        01             2023-01-10  2023-01-12     2023-03-01  2023-03-04
    t2             anna        02             2023-03-01  2023-03-01     -           -
    t3             bram        01             2023-02-20  2023-04-01     2023-05-01  2023-05-01
    t4             cas         -              2023-03-05  2023-03-20     2023-03-10  2023-03-25
    t5             dirk        01             2023-03-25  2023-03-25     2023-04-02  2023-04-02
    """


@pytest.mark.parametrize("row_group_size", [1, 2, 5])
def test_csv_and_parquet_in_any_number_of_row_groups_give_the_same(tmp_path: Path, row_group_size: int) -> None:
    csv = write_folder(tmp_path / "csv", FIVE)
    days = ["start_date", "registered_on", "end_date", "end_registered_on"]
    parquet = tmp_path / "parquet"
    parquet.mkdir()
    typed = complete(table(FIVE)).astype(dict.fromkeys(days, "datetime64[us]"))
    typed.to_parquet(parquet / "trajectories.parquet", row_group_size=row_group_size)
    reference_date = date(2023, 3, 25)
    found = [all_counts(open_registry(folder, "r").snapshot(reference_date)) for folder in (csv, parquet)]
    assert found[0] == found[1]
    # Known on 25 March: t1 (ended), t2, t4 (ended, registered that day), t5. t3 was registered in April.
    assert found[0][0] == [4, 3, 4, 2, 2]
