"""Registries with thousands of simulated rows, handed to DuckDB in one piece."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.snapshot import Snapshot
from evaluation.sources.registry import COLUMNS, Registry


def bulk(rows: pd.DataFrame) -> Registry:
    """Return a registry of simulated trajectories without hours; each is its own client unless drawn otherwise."""
    rows = rows.assign(**{name: None for name in COLUMNS["trajectories"] if name not in rows})
    rows["trajectory_id"] = [f"t{number}" for number in range(len(rows))]
    if rows["client_key"].isna().all():
        rows["client_key"] = rows["trajectory_id"]
    days = [name for name, kind in COLUMNS["trajectories"].items() if kind == "DATE"]
    rows = rows.astype(dict.fromkeys(days, "datetime64[us]"))
    connection = duckdb.connect()
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in COLUMNS["trajectories"].items())
    connection.from_df(rows).project(columns).create("trajectories")
    return Registry("simulated", Path("/nonexistent"), Evidence.REGISTER, date(2099, 1, 1), connection)


def known_in_bulk(day: str, rows: pd.DataFrame) -> Snapshot:
    """Return simulated trajectories as they were known on a day."""
    return bulk(rows).snapshot(date.fromisoformat(day))
