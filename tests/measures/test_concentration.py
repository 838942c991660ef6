"""How much of the hours goes to few clients, and that unknown is not zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.measures.concentration import hours_concentration
from evaluation.snapshot import Snapshot
from evaluation.sources.registry import open_registry

from .drawn import known_on, write_folder


def snapshot(folder: Path, rows: str, hours: str, day: str = "2024-01-01") -> Snapshot:
    opened = open_registry(write_folder(folder, rows, hours), "drawn")
    return replace(opened, observed_until=date(2099, 1, 1)).snapshot(date.fromisoformat(day))


FIVE = """
    trajectory_id  client_key  start_date
    t1             a           2023-01-10
    t2             a           2023-02-10
    t3             b           2023-01-10
    t4             c           2023-01-10
    t5             d           2023-01-10
    """
HOURS = """
    trajectory_id  month       direct_hours  indirect_hours
    t1             2023-02-01  30            1
    t2             2023-03-01  30            1
    t3             2023-02-01  30            1
    t4             2023-02-01  10            1
    t4             2024-02-01  99            1
    """


def test_hours_are_those_of_a_client_over_all_trajectories(tmp_path: Path) -> None:
    found = hours_concentration(snapshot(tmp_path, FIVE, HOURS))
    # a 60, b 30, c 10, d 0 of 100; hours after the reference date do not count. 1%, 5%, 10% and 25% of 4 is 1 client.
    assert found.frame["clients"].tolist() == [1, 1, 1, 1, 2]
    assert found.frame["hours_share"].tolist() == pytest.approx([0.6, 0.6, 0.6, 0.6, 0.9])
    assert found.top_5_percent == pytest.approx(0.6)
    assert (found.n, found.n_missing) == (4, 0)


def test_a_trajectory_without_a_client_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = FIVE.replace("t3             b", "t3             -")
    found = hours_concentration(snapshot(tmp_path, rows, HOURS))
    # a 60, c 10, d 0 of 70.
    assert found.top_5_percent == pytest.approx(60 / 70)
    assert (found.n, found.n_missing) == (3, 1)


def test_without_hours_the_share_is_unknown() -> None:
    found = hours_concentration(known_on("2024-01-01", FIVE))
    assert found.top_5_percent is None
    assert found.frame.empty
    assert found.measures()[0].estimate is None


def test_without_rows_nothing_is_known() -> None:
    found = hours_concentration(known_on("2022-01-01", FIVE))
    assert (found.n, found.top_5_percent) == (0, None)


@settings(max_examples=15)
@given(hours=st.lists(st.integers(0, 50), min_size=1, max_size=60).filter(any))
def test_shares_rise_and_are_at_least_the_share_of_clients(
    hours: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = "trajectory_id client_key start_date\n" + "\n".join(f"t{i} c{i} 2023-01-10" for i in range(len(hours)))
    booked = "trajectory_id month direct_hours indirect_hours\n" + "\n".join(
        f"t{i} 2023-02-01 {value} 0" for i, value in enumerate(hours)
    )
    frame = hours_concentration(snapshot(tmp_path_factory.mktemp("registry"), rows, booked)).frame
    shares = frame["hours_share"].tolist()
    assert shares == sorted(shares)
    ranked = sorted(hours, reverse=True)
    for clients, share, top in zip(frame["clients"], shares, frame["top_share"], strict=True):
        assert share == pytest.approx(sum(ranked[:clients]) / sum(hours))
        assert share >= top - 1e-12
