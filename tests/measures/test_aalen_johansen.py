"""Cumulative incidence: a toy by hand, statsmodels on rows, and causes that add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from evaluation.measures.aalen_johansen import aalen_johansen
from evaluation.measures.kaplan_meier import kaplan_meier

Row = tuple[int, int, str | None]


def weighted(rows: list[Row]) -> pd.DataFrame:
    """Spells (entry, length after entry, cause) as counts of different ones."""
    frame = pd.DataFrame(rows, columns=["entry_days", "length", "cause"]).astype({"cause": object})
    frame = frame.assign(exit_days=frame["entry_days"] + frame["length"])
    columns = ["entry_days", "exit_days", "cause"]
    return frame.groupby(columns, as_index=False, dropna=False).size().rename(columns={"size": "n"})


def test_toy_by_hand() -> None:
    # 1A, 2B, 3+, 4A, 5+. At 1: 1/5 of A. At 2: S(2-) = 4/5, 1/4 of it B: 1/5. At 4: S(4-) = 3/5, 1/2 of it A: 3/10.
    found = aalen_johansen(weighted([(0, 1, "A"), (0, 2, "B"), (0, 3, None), (0, 4, "A"), (0, 5, None)]))
    assert found.share_by("A", 3).value == pytest.approx(1 / 5)
    assert found.share_by("A", 5).value == pytest.approx(1 / 5 + 3 / 10)
    assert found.share_by("B", 5).value == pytest.approx(1 / 5)
    # As if B did not exist: one less 4/5 * 1/2, too high.
    alone = pd.DataFrame(
        {"entry_days": 0, "exit_days": range(1, 6), "ended": [True, False, False, True, False], "n": 1}
    )
    assert 1 - kaplan_meier(alone).share_longer_than(5).value == pytest.approx(0.60)


def test_late_entry_by_hand() -> None:
    # Age 2: 2 at risk, A: 1/2. Age 6: the second and the one that entered at 4; B: half of 1/2.
    found = aalen_johansen(weighted([(0, 2, "A"), (0, 9, None), (4, 2, "B")]))
    assert found.share_by("A", 9).value == pytest.approx(1 / 2)
    assert found.share_by("B", 9).value == pytest.approx(1 / 4)


def test_unknown_beyond_follow_up_and_zero_without_events() -> None:
    found = aalen_johansen(weighted([(0, 2, "A"), (0, 9, None)]))
    assert found.share_by("A", 10).value is None
    assert (found.share_by("A", 1).value, found.share_by("A", 1).low) == (0, None)
    assert found.share_by("C", 9).value == 0
    assert aalen_johansen(weighted([])).share_by("A", 0).value is None


causes = st.sampled_from([None, "A", "B", "C"])
rows_at_birth = st.lists(st.tuples(st.just(0), st.integers(1, 30), causes), min_size=2, max_size=60)
rows_late = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 30), causes), min_size=2, max_size=60)


@given(rows=rows_at_birth)
def test_weights_give_the_shares_and_errors_of_statsmodels_on_rows(rows: list[Row]) -> None:
    rows = [*rows, (0, 40, None)]  # its variance divides by zero when the last at risk all end
    names = sorted({cause for *_, cause in rows if cause})
    if not names:
        return
    status = np.array([names.index(cause) + 1 if cause else 0 for *_, cause in rows])
    times = np.array([length for _, length, _ in rows])
    fit = CumIncidenceRight(times, status)
    found = aalen_johansen(weighted(rows))
    for number, name in enumerate(names):
        for position, day in enumerate(fit.times):
            point = found.share_by(name, day)
            assert point.value == pytest.approx(fit.cinc[number][position])
            if point.error is not None:
                assert point.error == pytest.approx(fit.cinc_se[number][position])
                assert 0 <= point.low <= point.value <= point.high <= 1


@given(rows=rows_late, seed=st.integers(0, 100))
def test_causes_add_up_to_what_kaplan_meier_says_has_ended_in_any_order(rows: list[Row], seed: int) -> None:
    rows = [(0, 60, None), *rows]
    frame = weighted(rows)
    found = aalen_johansen(frame)
    curve = kaplan_meier(frame.assign(ended=frame["cause"].notna()))
    for day in (0.0, 5.0, 17.0, 40.0):
        total = sum(found.share_by(cause, day).value for cause in found.causes)
        assert total == pytest.approx(1 - curve.share_longer_than(day).value)
    shuffled = aalen_johansen(pd.concat([weighted([row]) for row in rows]).sample(frac=1, random_state=seed))
    assert shuffled.share == pytest.approx(found.share)
    assert shuffled.variance == pytest.approx(found.variance)
