"""Tables of a register for tests, from frames."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.snapshot import Records, Snapshot
from evaluation.sources.synthetic.records.core import written

DAY = date(2025, 1, 1)


def records(
    table: str,
    frame: pd.DataFrame | None = None,
    *,
    day: date = DAY,
    evidence: Evidence = Evidence.SYNTHETIC,
    delivered: bool = True,
) -> Records:
    """Return a table as the register would give it; without a frame it has no rows."""
    arrow = written(table, pd.DataFrame() if frame is None else frame)
    connection = duckdb.connect()
    return Records(table, connection.from_arrow(arrow), delivered, day, evidence, f"registry/{table}")


def snapshot(
    frame: pd.DataFrame | None = None, *, day: date = DAY, evidence: Evidence = Evidence.SYNTHETIC
) -> Snapshot:
    """Return trajectories as known on a day, without hours."""
    rows = written("trajectories", pd.DataFrame() if frame is None else frame)
    return Snapshot(duckdb.connect().from_arrow(rows), None, day, evidence, "registry")
