"""The Kaplan-Meier curve: a published example, a hand-worked one with late entry, and rows against weights."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from evaluation.measures.kaplan_meier import kaplan_meier, monthly_curve
from evaluation.measures.spells import observed_spells

from .drawn import known_on
from .test_spells import LATE, SINCE

# Weeks in remission with 6-MP (Freireich and others 1963); a plus sign is still in remission.
FREIREICH = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"


def weighted(rows: list[tuple[int, int, bool]]) -> pd.DataFrame:
    """Spells (entry, length after entry, ended) as counts of different ones."""
    frame = pd.DataFrame(rows, columns=["entry_days", "length", "ended"])
    frame = frame.astype({"entry_days": int, "length": int, "ended": bool})
    frame = frame.assign(exit_days=frame["entry_days"] + frame["length"])
    return frame.groupby(["entry_days", "exit_days", "ended"], as_index=False).size().rename(columns={"size": "n"})


def freireich() -> pd.DataFrame:
    return weighted([(0, int(week.rstrip("+")), not week.endswith("+")) for week in FREIREICH.split()])


def test_freireich_survival_and_its_interval() -> None:
    found = kaplan_meier(freireich()).share_longer_than(10)
    assert found.value == pytest.approx(0.753, abs=5e-4)
    assert found.error == pytest.approx(0.096, abs=5e-4)
    assert (found.low, found.high) == (pytest.approx(0.503, abs=5e-4), pytest.approx(0.889, abs=5e-4))


def test_freireich_median_and_restricted_mean() -> None:
    curve = kaplan_meier(freireich())
    median = curve.quantile(0.5)
    # The log-log interval of R's survival package for these data is 13 to not reached.
    assert (median.value, median.low, median.high) == (23, 13, None)
    mean = curve.restricted_mean(35)
    assert mean.value == pytest.approx(23.3, abs=0.05)
    assert mean.error == pytest.approx(2.83, abs=0.005)  # as printed by R's survival package
    # The mean of the nine that relapsed: 109 / 9 = 12.1, far below.
    relapsed = freireich().query("ended")
    assert np.average(relapsed["exit_days"], weights=relapsed["n"]) == pytest.approx(12.1, abs=0.05)


def test_what_is_not_reached_is_unknown() -> None:
    curve = kaplan_meier(freireich())
    assert curve.follow_up == 35
    assert curve.share_longer_than(35.5).value is None
    assert curve.restricted_mean(36).value is None
    assert curve.quantile(0.75).value is None
    # A quarter has relapsed by week 13: S(10) = 0.753, S(13) = 0.690.
    assert curve.quantile(0.25).value == 13


def test_late_entry_by_hand() -> None:
    frame = observed_spells(known_on("2023-01-31", LATE), SINCE).frame
    curve = kaplan_meier(frame)
    # Age 0: A, B, F and G at risk, G ends: 3/4. Age 3: A, B, F; A ends: 2/3. Age 6: B, C, F; F ends: 2/3. Age 10:
    # B, C, D; C and D end: 1/3. C is not at risk before it is 5, D not before it is 10.
    assert list(curve.days) == [0, 3, 6, 10]
    assert list(curve.at_risk) == [4, 3, 3, 3]
    assert list(curve.events) == [1, 1, 1, 2]
    steps = [3 / 4, 3 / 4 * 2 / 3, 3 / 4 * 2 / 3 * 2 / 3, 3 / 4 * 2 / 3 * 2 / 3 * 1 / 3]
    assert curve.survival == pytest.approx(steps)
    # Area to age 12: 3, 3, 4 and 2 days at the four levels.
    assert curve.restricted_mean(12).value == pytest.approx(np.dot([3, 3, 4, 2], steps))
    # Greenwood: 1 / (4 * 3) + 1 / (3 * 2) + 1 / (3 * 2) + 2 / (3 * 1)
    error = steps[-1] * (1 / 12 + 1 / 6 + 1 / 6 + 2 / 3) ** 0.5
    assert curve.share_longer_than(11).error == pytest.approx(error)


def test_the_variance_of_a_restricted_mean_by_hand() -> None:
    # 4 at risk; ends at 1 and 3, one leaves at 2, one runs to 5. S: 3/4 from 1, 3/8 from 3. Area from 1 to 4:
    # 2 * 3/4 + 3/8 = 15/8; from 3: 3/8. Variance (15/8)^2 / (4 * 3) + (3/8)^2 / (2 * 1).
    curve = kaplan_meier(weighted([(0, 1, True), (0, 3, True), (0, 2, False), (0, 5, False)]))
    mean = curve.restricted_mean(4)
    assert mean.value == pytest.approx(1 + 15 / 8)
    assert mean.error == pytest.approx(((15 / 8) ** 2 / 12 + (3 / 8) ** 2 / 2) ** 0.5)
    assert mean.high == 4  # an interval does not pass its horizon


rows_at_birth = st.lists(st.tuples(st.just(0), st.integers(0, 40), st.booleans()), min_size=1, max_size=60)
rows_late = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


@given(rows=rows_at_birth)
def test_weights_give_the_curve_and_greenwood_error_of_the_rows(rows: list[tuple[int, int, bool]]) -> None:
    curve = kaplan_meier(weighted(rows))
    fit = SurvfuncRight([length for _, length, _ in rows], [int(ended) for *_, ended in rows])
    assert curve.survival == pytest.approx(fit.surv_prob)
    assert list(curve.days) == list(fit.surv_times)
    for day, value, error in zip(curve.days, curve.survival, fit.surv_prob_se, strict=True):
        if value > 0:  # at zero the error is not defined
            assert curve.share_longer_than(day).error == pytest.approx(error)


@given(rows=rows_at_birth)
def test_quantile_intervals_are_those_of_statsmodels_on_rows(rows: list[tuple[int, int, bool]]) -> None:
    curve = kaplan_meier(weighted(rows))
    assume(len(curve.survival) and curve.survival[-1] > 0)  # statsmodels takes the logarithm of zero there
    fit = SurvfuncRight([length for _, length, _ in rows], [int(ended) for *_, ended in rows])
    for share in (0.25, 0.5):
        found = curve.quantile(share)
        covering = [day for day in curve.days if _covers(curve, day, 1 - share)]
        low, _high = fit.quantile_ci(share)
        if covering and _delta_agrees(curve, fit, 1 - share):
            assert found.low == low


def _covers(curve, day: float, level: float) -> bool:
    point = curve.share_longer_than(day)
    return point.low is not None and point.low <= level <= point.high


def _delta_agrees(curve, fit, level: float) -> bool:
    """Whether no point lies within rounding of the edge of an interval, where either side is right."""
    edges = [end for day in curve.days for end in (curve.share_longer_than(day).low, curve.share_longer_than(day).high)]
    return all(abs(edge - level) > 1e-9 for edge in edges if edge is not None)


@given(rows=rows_late)
def test_late_entry_and_weights_together_are_those_of_the_rows(rows: list[tuple[int, int, bool]]) -> None:
    rows = [(0, 60, False), *rows]  # somebody is seen at every age
    curve = kaplan_meier(weighted(rows))
    entry = np.array([entry for entry, *_ in rows])
    exits = entry + np.array([length for _, length, _ in rows])
    ended = np.array([int(ended) for *_, ended in rows])
    fit = SurvfuncRight(exits, ended, entry=entry - 1)
    assert curve.survival == pytest.approx(fit.surv_prob)
    assert list(curve.at_risk) == list(fit.n_risk)
    assert list(curve.events) == list(fit.n_events)


@given(rows=rows_late, seed=st.integers(0, 1000), cut=st.integers(0, 60))
def test_order_splitting_and_counting_change_nothing(rows: list[tuple[int, int, bool]], seed: int, cut: int) -> None:
    whole = kaplan_meier(weighted(rows))
    one_by_one = pd.concat([weighted([row]) for row in rows]).sample(frac=1, random_state=seed)
    halves = [weighted(part) for part in (rows[:cut], rows[cut:]) if part]
    for other in (kaplan_meier(one_by_one), kaplan_meier(pd.concat(halves))):
        assert list(other.days) == list(whole.days)
        assert other.survival == pytest.approx(whole.survival)
        assert list(other.at_risk) == list(whole.at_risk)
        assert other.follow_up == whole.follow_up


@given(rows=rows_late)
def test_curves_fall_and_intervals_hold_them(rows: list[tuple[int, int, bool]]) -> None:
    curve = kaplan_meier(weighted(rows))
    assert (np.diff(curve.survival) <= 0).all()
    for day in curve.days:
        point = curve.share_longer_than(day)
        if point.low is not None:
            assert 0 <= point.low <= point.value <= point.high <= 1
    if curve.follow_up:
        mean = curve.restricted_mean(curve.follow_up)
        assert 0 <= mean.value <= curve.follow_up


def test_nothing_that_varied_has_no_interval() -> None:
    running = kaplan_meier(weighted([(0, 400, False)] * 5))
    assert (running.share_longer_than(365).value, running.share_longer_than(365).low) == (1, None)
    assert (running.restricted_mean(365).value, running.restricted_mean(365).low) == (365, None)
    assert running.quantile(0.5).value is None
    ended = kaplan_meier(weighted([(0, 30, True)] * 5))
    assert (ended.quantile(0.5).value, ended.quantile(0.5).high) == (30, None)
    # All have ended, so the curve is known to be zero ever after.
    assert ended.share_longer_than(1000).value == 0
    assert ended.restricted_mean(1000).value == 30


def test_nothing_seen_is_all_unknown() -> None:
    for rows in ([], [(3, 50, True)]):
        curve = kaplan_meier(weighted(rows))
        assert curve.follow_up is None
        assert curve.quantile(0.5).value is None
        assert curve.restricted_mean(10).value is None
        assert curve.share_longer_than(1).value is None
        assert monthly_curve(weighted(rows), curve).empty


def test_the_monthly_curve_holds_the_numbers_behind_each_point() -> None:
    # Ends at 10, 30 and 40 days; one month is 30.4375 days, two are 60.875.
    frame = weighted([(0, 10, True), (0, 30, True), (0, 40, True), (0, 61, False), (0, 45, False)])
    monthly = monthly_curve(frame, kaplan_meier(frame))
    assert list(monthly["month"]) == [0, 1, 2]
    assert list(monthly["events"]) == [0, 2, 1]
    assert list(monthly["at_risk"]) == [5, 3, 1]
    assert list(monthly["survival"]) == pytest.approx([1, 3 / 5, 3 / 5 * 2 / 3])
    assert not monthly["drawn"].any()
    many = pd.concat([frame.assign(n=4)])
    assert list(monthly_curve(many, kaplan_meier(many))["drawn"]) == [True, True, False]


def test_a_registry_split_in_two_gives_the_same_curve() -> None:
    lines = LATE.strip().splitlines()
    parts = ["\n".join([lines[0], *lines[i::2]]) for i in (1, 2)]
    frames = [observed_spells(known_on("2023-01-31", part), date(2023, 1, 11)).frame for part in parts]
    whole = kaplan_meier(observed_spells(known_on("2023-01-31", LATE), SINCE).frame)
    assert kaplan_meier(pd.concat(frames)).survival == pytest.approx(whole.survival)
