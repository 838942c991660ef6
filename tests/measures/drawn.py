"""Registries and accounts drawn as tables in a test.

A drawn table has a header line and one line per row, aligned with spaces; ``-`` is an empty cell.
"""

from __future__ import annotations

from datetime import date
from itertools import count
from pathlib import Path

import duckdb
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.snapshot import Snapshot
from evaluation.sources.registry import COLUMNS, Registry

_DATABASE = duckdb.connect()
_NUMBERS = count()
# What a trajectory is when the drawing does not say.
_DEFAULTS = {"family_key": "F", "product_code": "P", "referrer_code": "01", "phase": "1", "team": "T"}


def table(drawing: str) -> pd.DataFrame:
    """Return a drawn table as text; every line must have as many cells as the header."""
    header, *lines = (line.split() for line in drawing.strip().splitlines())
    odd = [line for line in lines if len(line) != len(header)]
    if odd:
        raise ValueError(f"drawn row {odd[0]} does not fit header {header}")
    return pd.DataFrame(lines, columns=header, dtype=object).replace("-", None)


def numbers(drawing: str) -> pd.DataFrame:
    """Return a drawn table with every column that holds only numbers as numbers; empty is missing."""
    frame = table(drawing)
    for column in frame:
        converted = pd.to_numeric(frame[column], errors="coerce")
        if (converted.notna() == frame[column].notna()).all():
            frame[column] = converted
    return frame


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Return drawn trajectories with every column of the contract; each is its own client unless drawn otherwise."""
    rows = rows.assign(**{name: value for name, value in _DEFAULTS.items() if name not in rows})
    if "trajectory_id" not in rows:
        rows["trajectory_id"] = [f"t{number}" for number in range(len(rows))]
    if "client_key" not in rows:
        rows["client_key"] = rows["trajectory_id"]
    return rows.reindex(columns=list(COLUMNS["trajectories"])).astype(object).where(lambda frame: frame.notna(), None)


def registry(rows: pd.DataFrame | str) -> Registry:
    """Return a registry of drawn trajectories without hours, in memory; it saw everything up to 2099."""
    frame = complete(table(rows) if isinstance(rows, str) else rows)
    connection = _DATABASE.cursor()
    schema = f"drawn_{next(_NUMBERS)}"
    connection.execute(f"create schema {schema}; set schema = '{schema}'")
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS["trajectories"].items())
    connection.execute(f"create table trajectories ({columns})")
    if len(frame):
        marks = ", ".join("?" * frame.shape[1])
        connection.executemany(f"insert into trajectories values ({marks})", frame.to_numpy().tolist())
    return Registry("drawn", Path("/nonexistent"), Evidence.REGISTER, date(2099, 1, 1), connection)


def known_on(day: str, rows: pd.DataFrame | str) -> Snapshot:
    """Return drawn trajectories as they were known on a day."""
    return registry(rows).snapshot(date.fromisoformat(day))


def write_folder(folder: Path, rows: pd.DataFrame | str, hours: str | None = None) -> Path:
    """Write drawn trajectories, and hours when drawn, as CSV, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    complete(table(rows) if isinstance(rows, str) else rows).to_csv(folder / "trajectories.csv", index=False)
    if hours is not None:
        table(hours).to_csv(folder / "hours.csv", index=False)
    return folder
