"""Counts of a register equal those of its rows, on any day, and are made only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from evaluation.counting import repeated_keys
from evaluation.measures.capacity import intensity
from evaluation.measures.competing import end_reasons
from evaluation.measures.dormancy import dormancy_band
from evaluation.measures.durations import mean_durations
from evaluation.measures.forecast_basis import forecast_basis
from evaluation.measures.rates import monthly_inflow
from evaluation.measures.reach import reach
from evaluation.measures.reentry import reentry
from evaluation.measures.spells import observed_spells
from evaluation.measures.survival_groups import length_by
from evaluation.measures.volumes import monthly_flow, volume_counts, volumes_by
from evaluation.measures.workload import workload
from evaluation.snapshot import Snapshot
from evaluation.sources.registry import Registry

from .measures.drawn import registry

DAY = date(2024, 7, 1)
COLUMNS = [
    ("start_date",),
    ("start_date", "end_date"),
    ("end_date", "phase"),
    ("start_date", "end_date", "end_reason"),
    ("referrer_code", "product_code", "neighbourhood"),
]


def register(seed: int, latest_end: str | None = None) -> Registry:
    """A register of 400 trajectories with late registrations, missing values and clients with several."""
    random = np.random.default_rng(seed)
    start = pd.Timestamp(2023, 1, 1) + pd.to_timedelta(random.integers(0, 730, 400), "D")
    end = (start + pd.to_timedelta(random.integers(0, 500, 400), "D")).to_series(index=range(400))
    end = end.where(random.random(400) < 0.6)

    def late(day: pd.Series) -> pd.Series:
        return (day + pd.to_timedelta(random.integers(0, 90, 400), "D")).where(random.random(400) < 0.9)

    rows = pd.DataFrame(
        {
            "start_date": start,
            "registered_on": late(pd.Series(start)),
            "end_date": end,
            "end_registered_on": late(end),
            "client_key": [None if number % 17 == 0 else f"c{number}" for number in random.integers(0, 250, 400)],
            "family_key": [f"f{number}" for number in random.integers(0, 200, 400)],
            "product_code": random.choice(["P01", "P'2", None], 400),
            "referrer_code": random.choice(["01", "02", "03"], 400),
            "neighbourhood": random.choice(["W1", "W2", None], 400),
            "phase": random.choice(["1", "2"], 400),
            "end_reason": pd.Series(random.choice(["a", "b", None], 400)).where(end.notna()),
        }
    )
    for column in ("start_date", "registered_on", "end_date", "end_registered_on"):
        rows[column] = rows[column].dt.strftime("%Y-%m-%d").astype(object)
    if latest_end:
        rows.loc[rows["end_date"].first_valid_index(), "end_date"] = latest_end
    return registry(rows)


def plain(snapshot: Snapshot) -> Snapshot:
    """The same trajectories, without the register that they are a view of."""
    return replace(snapshot, register=None)


def counted(snapshot: Snapshot, *columns: str) -> dict[tuple[object, ...], int]:
    frame = snapshot.counts.counted(*columns).df().astype(object)
    frame = frame.where(frame.notna(), None)
    assert not frame.duplicated(list(columns)).any()
    return {tuple(map(str, row[:-1])): row[-1] for row in frame[[*columns, "n"]].itertuples(index=False, name=None)}


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("latest_end", [None, "9999-12-31"])  # the second does not fit in a day number of 16 bits
def test_counts_equal_those_of_the_rows(columns: tuple[str, ...], latest_end: str | None) -> None:
    snapshot = register(1, latest_end).snapshot(DAY)
    rows = snapshot.trajectories.project(", ".join(columns)).fetchall()
    expected = pd.Series([tuple(str(pd.Timestamp(v)) if isinstance(v, date) else str(v) for v in r) for r in rows])
    assert counted(snapshot, *columns) == expected.value_counts().to_dict()
    assert counted(plain(snapshot), *columns) == expected.value_counts().to_dict()


@pytest.mark.parametrize("latest_end", [None, "9999-12-31"])
def test_spells_equal_those_of_the_rows_also_from_within_the_period(latest_end: str | None) -> None:
    snapshot, since = register(2, latest_end).snapshot(DAY), date(2023, 9, 1)
    expected = snapshot.trajectories.query(
        "t",
        f"""select greatest(date '{since}' - start_date, 0), coalesce(end_date, date '{DAY}') - start_date,
            end_date is not null, product_code, count(*) from t where coalesce(end_date >= date '{since}', true)
            group by all""",
    )
    assert expected is not None
    for each in (snapshot, plain(snapshot)):
        found = each.counts.spells(since, DAY, "product_code")
        assert sorted(map(str, found.fetchall())) == sorted(map(str, expected.fetchall()))


@pytest.mark.parametrize("person", ["client", "family"])
def test_persons_with_one_trajectory_and_with_several_are_all_persons(person: str) -> None:
    snapshot = register(3).snapshot(DAY)
    key = f"{person}_key"
    expected = snapshot.trajectories.aggregate(f"count(distinct {key}), count(*) filter ({key} is null)").fetchall()
    single, missing = (
        sum(row[-1] for row in snapshot.counts.counted(among=among).fetchall())
        for among in (f"{person} = 0", f"{person} is null")
    )
    several = snapshot.counts.of_several(person).aggregate(f"count(distinct {person})").fetchall()[0][0]
    assert single > 0
    assert several > 0
    assert [(single + several, missing)] == expected


def test_a_key_that_occurs_twice_is_found_among_many() -> None:
    rows = duckdb.connect().sql("select 'k' || if(range = 7, 3, range) as key from range(50000)")
    (twice,) = rows.filter("key = 'k3'").project("hash(key)").distinct().fetchall()[0]
    assert repeated_keys(rows, "key").to_pylist() == [{"h": twice, "number": 1}]


def everything(register: Registry) -> None:
    snapshot, since = register.snapshot(DAY), date(2023, 1, 1)
    volume_counts(snapshot, since)
    reach(snapshot, since, [])
    monthly_flow(snapshot, since)
    monthly_inflow(snapshot, since)
    volumes_by(snapshot, since, "neighbourhood")
    mean_durations(snapshot, since)
    intensity(snapshot, since)
    spells = observed_spells(snapshot, since)
    end_reasons(spells)
    length_by(snapshot, since, "product_code")
    reentry(snapshot, since)
    dormancy_band(snapshot, spells)
    forecast_basis(snapshot)
    forecast_basis(register.snapshot(date(2024, 1, 1)))
    workload([snapshot], {})


def test_measures_count_each_combination_once_and_do_not_return_to_the_rows() -> None:
    drawn = register(4)
    made = drawn.coded_rows.kept
    assert not made
    everything(drawn)
    first = set(made)
    # Per day: starts, starts and ends, and the ages of all; those of one day also by reason, product and so on.
    assert len(first) < 25
    drawn.connection.execute("delete from trajectories")
    everything(drawn)
    assert set(made) == first
    assert volume_counts(drawn.snapshot(DAY), date(2023, 1, 1)).trajectories > 0
