"""Trajectories, clients and families, and what was announced per phase."""

from __future__ import annotations

from datetime import date

import pytest

from evaluation.evidence import Bounded, PublishedFigure
from evaluation.measures.reach import PhaseFigure, reach

from .drawn import known_on

SINCE = date(2023, 1, 1)
PHASES = [
    PhaseFigure(1, 2023, PublishedFigure("800", Bounded(800, 775, 825))),
    PhaseFigure(2, 2024, PublishedFigure("1.400", Bounded(1400, 1375, 1425))),
]
ROWS = """
    client_key  family_key  start_date  end_date
    anna        f1          2022-06-01  2023-02-01
    anna        f1          2023-03-01  -
    bram        f1          2023-05-01  2023-12-31
    cas         f2          2023-06-01  2024-01-01
    dirk        f3          2024-02-01  -
    -           -           2024-02-02  -
    els         -           2024-02-03  2024-02-03
    """


def test_each_unit_is_counted_once() -> None:
    found = reach(known_on("2024-03-25", ROWS), SINCE, PHASES)
    # Starts since 2023: all but the first row. Clients anna, bram, cas, dirk, els; families f1, f2, f3.
    assert (found.trajectories, found.clients, found.families) == (6, 5, 3)
    assert (found.clients_missing, found.families_missing) == (1, 2)
    assert found.trajectories_per_client == pytest.approx(5 / 5)
    (measure,) = found.measures()
    assert (measure.estimate, measure.n, measure.n_missing) == (3, 6, 2)


def test_started_and_served_are_counted_per_phase() -> None:
    frame = reach(known_on("2024-03-25", ROWS), SINCE, PHASES).frame.set_index(["phase", "unit"])
    # 2023: anna's second, bram and cas started; served also anna's first.
    assert frame.loc[(1, "trajectories"), ["started", "served"]].tolist() == [3, 4]
    assert frame.loc[(1, "clients"), ["started", "served"]].tolist() == [3, 3]
    assert frame.loc[(1, "families"), ["started", "served"]].tolist() == [2, 2]
    # 2024: dirk, nobody and els started. Cas ended on 1 January, so did not run that day; els ended on her first day,
    # after 1 January, and is counted as served. Anna still runs.
    assert frame.loc[(2, "trajectories"), ["started", "served"]].tolist() == [3, 4]
    assert frame.loc[(2, "clients"), ["started", "served"]].tolist() == [2, 3]
    assert frame.loc[(2, "families"), ["started", "served"]].tolist() == [1, 2]
    assert frame["complete"].tolist() == [True] * 3 + [False] * 3


def test_a_phase_that_has_not_begun_is_left_out() -> None:
    assert set(reach(known_on("2023-12-31", ROWS), SINCE, PHASES).frame["phase"]) == {1}


def test_nothing_started_is_zero_of_each_and_no_ratio() -> None:
    found = reach(known_on("2024-03-25", "start_date\n2024-03-26"), SINCE, PHASES)
    assert (found.trajectories, found.clients, found.families) == (0, 0, 0)
    assert found.trajectories_per_client is None
    assert found.frame["served"].tolist() == [0] * 6
