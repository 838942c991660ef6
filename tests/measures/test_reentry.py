"""Coming back after leaving: by hand, against a plain count, and with a known share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures.reentry import ReEntry, reentry
from evaluation.snapshot import Snapshot

from .drawn import known_on

SINCE = date(2023, 1, 1)
UNTIL = "2024-12-31"


def born(snapshot: Snapshot, column: str, **values: str) -> Snapshot:
    """The snapshot with births by client."""
    cases = " ".join(f"when '{client}' then {value}" for client, value in values.items())
    return replace(snapshot, trajectories=snapshot.trajectories.project(f"*, case client_key {cases} end as {column}"))


def found_in(drawing: str, until: str = UNTIL, gap_days: int = 1) -> ReEntry:
    return reentry(known_on(until, drawing), SINCE, gap_days)


RETURNS = """
client_key  start_date  end_date
anna        2023-01-01  2023-03-01
anna        2023-06-01  -
bram        2023-01-01  2023-03-01
bram        2023-12-01  2024-01-01
cas         2023-02-01  2023-06-01
dirk        2023-01-01  -
-           2023-01-01  2023-02-01
"""


def test_returns_by_hand() -> None:
    found = found_in(RETURNS)
    # Anna leaves and is back after 92 days; Bram leaves and is back after 275 days, and leaves again, followed for 365
    # days; Cas leaves and is followed for 579 days. Dirk never left.
    assert (found.n_left, found.n_returned, found.n_missing) == (4, 2, 1)
    assert found.within[6].value == pytest.approx(1 / 4)
    assert found.within[12].value == pytest.approx(1 / 4 + 3 / 4 * 1 / 3)
    assert found.within[12].low < found.within[12].value < found.within[12].high
    # Six trajectories started for a known client; two of them after an earlier one had ended.
    assert (found.started, found.started_again) == (6, 2)
    assert found.share_started_again == pytest.approx(2 / 6)
    assert found.register_from == date(2023, 1, 1)


def test_who_has_not_been_followed_for_a_year_is_censored_and_not_a_stayer() -> None:
    found = found_in(RETURNS, until="2023-06-30")
    # Anna 92 days; Bram is followed for 121 days, Cas for 29: at 92 days Anna is one of two.
    assert (found.n_left, found.n_returned) == (3, 1)
    assert found.monthly.set_index("month").loc[3, "share"] == 0
    assert found.within[6].value is None  # nobody was followed for 183 days
    assert found.monthly["month"].max() == 3


def test_parallel_and_adjoining_trajectories_are_one_stay() -> None:
    found = found_in(
        """
        client_key  start_date  end_date
        anna        2023-01-01  2023-03-01
        anna        2023-02-01  2023-05-01
        anna        2023-05-01  2023-07-01
        anna        2023-07-02  2023-08-01
        bram        2023-01-01  2023-12-01
        bram        2023-02-01  2023-03-01
        """
    )
    # Anna: one stay until 1 July, back after a gap of one day; leaves on 1 August. Bram: one stay to 1 December.
    assert (found.n_left, found.n_returned) == (3, 1)
    # Looking back: Anna's third start follows an end on the same day and one of 1 March; her fourth too. Bram's: no.
    assert found.started_again == 2


@pytest.mark.parametrize(
    ("gap_days", "left", "returned"), [(1, 4, 3), (2, 3, 2), (14, 3, 2), (15, 2, 1), (31, 2, 1), (32, 1, 0)]
)
def test_a_gap_shorter_than_asked_is_support_that_goes_on(gap_days: int, left: int, returned: int) -> None:
    # Gaps of 1, 14 and 31 days.
    drawing = """
    client_key  start_date  end_date
    anna        2023-01-01  2023-02-01
    anna        2023-02-02  2023-03-01
    anna        2023-03-15  2023-04-01
    anna        2023-05-02  2023-06-01
    """
    found = found_in(drawing, gap_days=gap_days)
    assert (found.n_left, found.n_returned) == (left, returned)
    assert found.by_gap.set_index("gap_days")["left"].to_dict() == {1: 4, 14: 3, 31: 2, gap_days: left}


def test_a_gap_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="gap_days is 0; give 1 or more"):
        found_in(RETURNS, gap_days=0)


def test_only_leaving_in_the_period_counts_forward_and_five_years_back() -> None:
    found = found_in(
        """
        client_key  start_date  end_date
        anna        2016-01-01  2017-12-31
        anna        2023-01-01  -
        bram        2016-01-01  2018-01-01
        bram        2023-01-01  -
        cas         2022-01-01  2022-12-31
        cas         2023-01-02  -
        dirk        2022-01-01  2023-01-01
        """
    )
    # Only Dirk left in the period. Anna's earlier end lies five years and a day back, Bram's five years exactly.
    assert (found.n_left, found.n_returned) == (1, 0)
    assert (found.started, found.started_again) == (3, 2)


def test_turning_eighteen_competes_when_births_are_known() -> None:
    snapshot = known_on(UNTIL, RETURNS)
    # Cas turns 18 on the 30th day after leaving, before anybody is back: of 4, one is out of reach.
    births = {"anna": "date '2012-01-01'", "bram": "date '2012-01-01'", "cas": "date '2005-07-01'"}
    found = reentry(born(snapshot, "birth_date", **births), SINCE)
    assert found.birthday_known
    assert (found.n_left, found.n_returned) == (4, 2)
    # Cas counts in the denominator, for turning 18 is no censoring: 1 of 4, then 1 of the 2 that remain of 1/2.
    assert found.within[6].value == pytest.approx(1 / 4)
    assert found.within[12].value == pytest.approx(1 / 4 + 1 / 2 * 1 / 2)
    assert not reentry(snapshot, SINCE).birthday_known


def test_who_is_eighteen_already_cannot_return_and_a_year_of_birth_is_taken_in_its_middle() -> None:
    snapshot = known_on(UNTIL, RETURNS)
    # Born in 2005: 18 on 1 July 2023, after Cas left and before Bram leaves for the second time.
    found = reentry(born(snapshot, "birth_year", anna="2012", bram="2005", cas="2005"), SINCE)
    # Anna back; Bram and Cas turn 18 before they could be back; Bram's later leaving is at 18 and counts no more.
    assert (found.n_left, found.n_returned) == (3, 1)


@pytest.mark.parametrize("drawing", ["start_date end_date", "start_date end_date\n2023-01-01 -"])
def test_nobody_left(drawing: str) -> None:
    found = found_in(drawing)
    assert (found.n_left, found.n_returned) == (0, 0)
    assert found.within[12].value is None
    assert found.monthly.empty
    assert found.by_gap["share_12"].isna().all()
    assert all(measure.ci_level is None for measure in found.measures())


def test_values_for_results() -> None:
    measures = {measure.id: measure for measure in found_in(RETURNS).measures()}
    assert list(measures) == ["durations.reentry_6_months", "durations.reentry_12_months", "durations.started_again"]
    again = measures["durations.reentry_12_months"]
    assert (again.n, again.n_missing, again.unit, again.ci_level) == (4, 1, "share", 0.95)
    assert again.ci_low < again.estimate < again.ci_high
    back = measures["durations.started_again"]
    assert (back.estimate, back.n, back.ci_low) == (pytest.approx(2 / 6), 6, None)


day = st.integers(0, 120)
trajectory = st.tuples(st.sampled_from("abcd"), day, st.one_of(st.none(), st.integers(0, 60)))


@settings(max_examples=60)
@given(rows=st.lists(trajectory, max_size=14), gap_days=st.sampled_from([1, 2, 14]), turn=st.integers(0, 13))
def test_counts_equal_a_plain_count_in_any_order(
    rows: list[tuple[str, int, int | None]], gap_days: int, turn: int
) -> None:
    rows = [(client, start, None if length is None else start + length) for client, start, length in rows]
    shuffled = rows[turn:] + rows[:turn]
    frame = pd.DataFrame(
        {
            "client_key": [client for client, *_ in shuffled],
            "start_date": [str(SINCE + timedelta(days=start)) for _, start, _ in shuffled],
            "end_date": [None if end is None else str(SINCE + timedelta(days=end)) for *_, end in shuffled],
        },
        dtype=object,
    )
    found = reentry(known_on(UNTIL, frame), SINCE, gap_days)
    left, returned = _plain_count(rows, gap_days)
    assert (found.n_left, found.n_returned) == (left, returned)
    again = [
        any(other == client and end is not None and end + gap_days <= start for other, _, end in rows)
        for client, start, _ in rows
    ]
    assert found.started_again == sum(again)


def _plain_count(rows: list[tuple[str, int, int | None]], gap_days: int) -> tuple[int, int]:
    """Times that clients left and came back, walking through each client's days."""
    stays = defaultdict(list)
    for client, start, end in rows:
        stays[client].append((start, 10**6 if end is None else end))
    left = returned = 0
    for own in stays.values():
        until = None
        for start, end in sorted(own):
            if until is not None and start >= until + gap_days:
                left, returned = left + 1, returned + 1
                until = end
            else:
                until = end if until is None else max(until, end)
        left += until < 10**6
    return left, returned
