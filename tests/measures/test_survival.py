"""The length of a trajectory and its values for results, by group, and the test between groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import survdiff

from evaluation.measures import spells
from evaluation.measures.competing import end_reasons
from evaluation.measures.kaplan_meier import Estimate
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival import trajectory_length
from evaluation.measures.survival_groups import difference_of_means, length_by, log_rank
from evaluation.snapshot import Snapshot

from .drawn import known_on

SINCE = date(2023, 1, 1)
MONTH = 30.4375


def lengths(*days: int | str, start: str = "2023-01-01", **columns: str) -> list[dict[str, str | None]]:
    """Rows of trajectories that start on a day and last so many days; a plus sign still runs."""
    rows = []
    for length in days:
        begin = date.fromisoformat(start)
        end = None if str(length) == "+" else str(begin + timedelta(days=int(length)))
        rows.append({"start_date": start, "end_date": end, **columns})
    return rows


def test_the_length_of_ten_trajectories_by_hand() -> None:
    rows = lengths(31, 61, 92, 122, 153, 183, 400, "+", "+", "+")
    found = trajectory_length(observed_spells(known_on("2024-06-01", pd.DataFrame(rows)), SINCE))
    assert (found.n, found.n_ended, found.n_entered_late) == (10, 7, 0)
    assert found.median_months.value == pytest.approx(153 / MONTH)  # the fifth of ten
    # Of ten, six ended within 365.25 days.
    assert found.share_ended_12_months.value == pytest.approx(6 / 10)
    assert found.share_ended_12_months.low < 6 / 10 < found.share_ended_12_months.high
    within_a_year = (31 + 61 + 92 + 122 + 153 + 183 + 4 * 365.25) / 10
    assert found.restricted[12].value == pytest.approx(within_a_year / MONTH)
    # 2023-01-01 to 2024-06-01 is 517 days, short of 24 months.
    assert found.follow_up_months == pytest.approx(517 / MONTH)
    assert found.restricted[24] == Estimate(None, None, None)


def with_starts_elsewhere(until: str = "2025-01-01", column: str | None = "original_start_date") -> Snapshot:
    """Two hundred trajectories, of which every fourth had begun elsewhere; a column of texts says so."""
    random = np.random.default_rng(5)
    start = pd.Timestamp("2022-06-01") + pd.to_timedelta(random.integers(0, 800, 200), unit="D")
    end = start + pd.to_timedelta(random.exponential(300, 200).round(), unit="D")
    rows = pd.DataFrame({"start_date": start, "end_date": end}).apply(lambda dates: dates.dt.strftime("%Y-%m-%d"))
    rows["referrer_code"] = np.where(np.arange(200) % 3 == 0, "01", "02")
    snapshot = known_on(until, rows.astype(object))
    if column is None:
        return snapshot
    number = "substr(trajectory_id, 2)::int"
    before = f"case when {number} % 4 = 0 then (start_date - (40 + {number}))::varchar when {number} = 1 then '?' end"
    return replace(snapshot, trajectories=snapshot.trajectories.project(f"*, {before} as {column}"))


def from_original_start(snapshot: Snapshot, group: str) -> pd.DataFrame:
    """One row per observed trajectory with its ages since help began, worked out in pandas."""
    rows = snapshot.trajectories.df()
    until, since = pd.Timestamp(snapshot.reference_date), pd.Timestamp(SINCE)
    rows = rows[rows["end_date"].isna() | (rows["end_date"] >= since)]
    began = pd.to_datetime(rows["original_start_date"], errors="coerce").fillna(rows["start_date"])
    return pd.DataFrame(
        {
            "entry_days": (rows["start_date"].clip(lower=since) - began).dt.days,
            "exit_days": (rows["end_date"].fillna(until) - began).dt.days,
            "ended": rows["end_date"].notna(),
            "group": rows["start_date"].dt.year.astype(str) if group == "start_year" else rows[group],
            "earlier": began < rows["start_date"],
        }
    )


def test_a_register_with_very_many_starts_elsewhere_is_not_counted_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = with_starts_elsewhere()
    counted = trajectory_length(observed_spells(snapshot, SINCE))
    monkeypatch.setattr(spells, "MOST_TRANSFERRED", 1)
    found = trajectory_length(observed_spells(snapshot, SINCE))
    assert found.original is None
    assert found.median_months == counted.median_months
    assert length_by(snapshot, SINCE, "start_year").original_log_rank is None


def test_the_median_from_the_original_start_is_that_of_the_rows_one_by_one() -> None:
    snapshot = with_starts_elsewhere()
    rows = from_original_start(snapshot, "start_year")
    survival, half = 1.0, None
    for day in sorted(rows.loc[rows["ended"], "exit_days"].unique()):
        at_risk = ((rows["entry_days"] <= day) & (rows["exit_days"] >= day)).sum()
        survival *= 1 - (rows["ended"] & (rows["exit_days"] == day)).sum() / at_risk
        if half is None and survival <= 0.5:
            half = day
    found = trajectory_length(observed_spells(snapshot, SINCE))
    assert found.original is not None
    assert found.original.n_transferred == rows["earlier"].sum() > 30
    assert half is not None
    assert found.original.median_months.value == pytest.approx(half / MONTH)
    assert found.original.median_months.value != found.median_months.value
    last, count = (measure.estimate for measure in found.measures()[-2:])
    assert (last, count) == (found.original.median_months.value, found.original.n_transferred)


@pytest.mark.parametrize("group", ["start_year", "referrer_code"])
def test_the_test_from_the_original_start_is_that_of_statsmodels(group: str) -> None:
    snapshot = with_starts_elsewhere()
    rows = from_original_start(snapshot, group)
    # statsmodels has a spell at risk after its day of entry, this project on that day too.
    chi_square, p_value = survdiff(rows["exit_days"], rows["ended"], rows["group"], entry=rows["entry_days"] - 0.5)
    found = length_by(snapshot, SINCE, "start_year" if group == "start_year" else "referrer_code")
    assert found.original_log_rank is not None
    assert found.original_log_rank.chi_square == pytest.approx(chi_square)
    assert found.original_log_rank.p_value == pytest.approx(p_value)
    assert [measure.id for measure in found.measures()] == [
        f"durations.log_rank_p_{group}",
        f"durations.log_rank_p_{group}_original_start",
    ]


@pytest.mark.parametrize("column", [None, "original_start"])
def test_a_register_without_starts_elsewhere_says_nothing_of_them(column: str | None) -> None:
    snapshot = with_starts_elsewhere(column=column)
    found, groups = trajectory_length(observed_spells(snapshot, SINCE)), length_by(snapshot, SINCE, "start_year")
    assert (found.original, groups.original_log_rank) == (None, None)
    assert "durations.transferred" not in {measure.id for measure in found.measures()}
    assert len(groups.measures()) == 1


def test_values_for_results_say_how_sure_they_are() -> None:
    rows = lengths(31, 61, 92, 122, 153, 183, 400, "+", "+", "+")
    measures = {
        measure.id: measure
        for measure in trajectory_length(observed_spells(known_on("2024-06-01", pd.DataFrame(rows)), SINCE)).measures()
    }
    assert list(measures) == [
        "durations.km_median_months",
        "durations.rmst_6_months",
        "durations.rmst_12_months",
        "durations.rmst_24_months",
        "durations.share_ended_within_12_months",
    ]
    median = measures["durations.km_median_months"]
    assert median.ci_low < median.estimate
    assert (median.ci_level, median.interval, median.n) == (0.95, "confidence", 10)
    assert median.period == "2023-01-01/2024-06-01"
    unreached = measures["durations.rmst_24_months"]
    assert (unreached.estimate, unreached.ci_low, unreached.ci_level, unreached.interval) == (None, None, None, None)


@pytest.mark.parametrize("rows", [[], lengths("+"), lengths(10), lengths(10, 10, 10), lengths("+", "+")])
def test_hard_inputs_give_unknown_and_never_zero(rows: list[dict[str, str | None]]) -> None:
    snapshot = known_on("2023-03-01", pd.DataFrame(rows, columns=["start_date", "end_date"]))
    spells = observed_spells(snapshot, SINCE)
    found = trajectory_length(spells)
    ended = any(row["end_date"] for row in rows)
    assert (found.median_months.value is not None) == ended
    assert found.restricted[12].value == (pytest.approx(10 / MONTH) if ended else None)
    assert length_by(snapshot, SINCE, "referrer_code").log_rank.p_value is None
    assert end_reasons(spells).n == (len(rows) if ended else 0)


def test_groups_are_compared_with_the_largest_at_a_horizon_that_both_reach() -> None:
    rows = [
        *lengths(30, 60, 90, 400, "+", referrer_code="01"),
        *lengths(100, 500, "+", "+", referrer_code="02"),
        *lengths("+", start="2024-05-01", referrer_code="04"),
        *lengths("+", start="2024-05-01", referrer_code=None),
    ]
    found = length_by(known_on("2024-06-01", pd.DataFrame(rows)), SINCE, "referrer_code")
    frame = found.frame.set_index("group")
    assert list(frame.index) == ["01", "02", "", "04"]
    assert list(frame["n"]) == [5, 4, 1, 1]
    assert found.horizon_months == 12
    means = [(30 + 60 + 90 + 2 * 365.25) / 5, (100 + 3 * 365.25) / 4]
    assert list(frame["restricted_months"].iloc[:2]) == pytest.approx([mean / MONTH for mean in means])
    assert frame.loc["02", "difference_months"] == pytest.approx((means[1] - means[0]) / MONTH)
    assert frame["difference_months"].notna().sum() == 1  # neither with itself nor with one followed for a month
    # Variances of a mean of n values known in full, divided by n: the restricted mean is then a plain mean.
    spread = [np.var([30, 60, 90, 365.25, 365.25]) / 5, np.var([100, 365.25, 365.25, 365.25]) / 4]
    margin = 1.959964 * sum(spread) ** 0.5 / MONTH
    assert frame.loc["02", "difference_low"] == pytest.approx(frame.loc["02", "difference_months"] - margin)
    by_year = length_by(known_on("2024-06-01", pd.DataFrame(rows)), SINCE, "start_year")
    assert by_year.frame.set_index("group")["n"].to_dict() == {"2023": 9, "2024": 2}


def test_a_difference_needs_two_errors() -> None:
    known, exact = Estimate(5.0, 4.0, 6.0, 0.3), Estimate(4.0, None, None)
    assert difference_of_means(known, exact).value is None
    found = difference_of_means(known, Estimate(3.0, 2.0, 4.0, 0.4))
    assert (found.value, found.error) == (2.0, pytest.approx(0.5))


spell = st.tuples(st.integers(0, 8), st.integers(0, 25), st.booleans(), st.sampled_from("abc"))


@given(rows=st.lists(spell, min_size=6, max_size=60))
def test_log_rank_on_weights_is_that_of_statsmodels_on_rows(rows: list[tuple[int, int, bool, str]]) -> None:
    # Enough of each group that its statistic is defined.
    rows = [*rows, *((0, length, True, group) for group in "abc" for length in (5, 12))]
    frame = pd.DataFrame(rows, columns=["entry_days", "length", "ended", "group"])
    frame["exit_days"] = frame["entry_days"] + frame["length"]
    entry, group = frame["entry_days"].to_numpy() - 1, frame["group"].to_numpy()
    chi_square, p_value = survdiff(frame["exit_days"].to_numpy(), frame["ended"].to_numpy(int), group, entry=entry)
    columns = ["entry_days", "exit_days", "ended", "group"]
    found = log_rank(frame.groupby(columns, as_index=False).size().rename(columns={"size": "n"}))
    assert found.degrees == 2
    assert found.chi_square == pytest.approx(chi_square, abs=1e-9)
    assert found.p_value == pytest.approx(p_value, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("groups", ["ab", "abc"])
def test_log_rank_has_one_degree_less_than_groups_whatever_the_rounding(groups: str, seed: int) -> None:
    # One large group followed for long, and small ones that began late: their variances differ by orders.
    rng = np.random.default_rng(seed)
    group = np.repeat(list(groups), [1100, *[160] * (len(groups) - 1)])
    late, rows = group != "a", len(group)
    days = np.where(late, rng.integers(1, 85, rows), rng.integers(1, 450, rows))
    ended = rng.random(rows) < np.where(late, 0.05, 0.45)
    frame = pd.DataFrame({"entry_days": 0, "exit_days": days, "ended": ended, "group": group})
    chi_square, _ = survdiff(days, ended.astype(int), group)
    found = log_rank(frame.assign(n=1))
    assert found.degrees == len(groups) - 1
    assert found.chi_square == pytest.approx(chi_square)
    # A group that nobody was followed in while others ended says nothing, and takes no degree.
    idle = pd.DataFrame({"entry_days": [0], "exit_days": [0], "ended": [False], "group": ["idle"], "n": [5]})
    assert log_rank(pd.concat([frame.assign(n=1), idle])).degrees == len(groups) - 1


def test_reasons_compete_and_a_missing_one_is_its_own() -> None:
    rows = [
        *lengths(31, 92, end_reason="31"),
        *lengths(61, end_reason="32"),
        *lengths(122, end_reason=None),
        *lengths("+", "+", end_reason=None),
    ]
    found = end_reasons(observed_spells(known_on("2024-06-01", pd.DataFrame(rows)), SINCE))
    # Nobody leaves before the ends, so the shares are of all six.
    shares = found.by_reason.set_index("reason")
    assert shares["share"].to_dict() == pytest.approx({"31": 2 / 6, "32": 1 / 6, "": 1 / 6})
    assert shares["ended"].to_dict() == {"31": 2, "32": 1, "": 1}
    assert (found.n, found.n_missing, found.horizon_months) == (4, 1, 12)
    month_3 = found.monthly[found.monthly["month"] == 3].set_index("reason")
    # 92 days are past month 3 (91.3 days): of reason 31 only the first ended.
    assert month_3["share"].to_dict() == pytest.approx({"31": 1 / 6, "32": 1 / 6, "": 0})
    assert month_3["events"].to_dict() == {"31": 1, "32": 1, "": 0}
    assert set(month_3["at_risk"]) == {4}


def test_reasons_short_of_a_horizon_have_no_share() -> None:
    found = end_reasons(observed_spells(known_on("2023-03-01", pd.DataFrame(lengths(10, "+", end_reason="31"))), SINCE))
    assert found.horizon_months is None
    assert found.by_reason["share"].isna().all()
    assert found.by_reason["ended"].sum() == 1
