"""Tables of a register written down in a test, as a registry hands them to measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.snapshot import Records, Snapshot
from evaluation.sources.delivery.schema import table_schemas

DAY = date(2025, 1, 1)
SINCE = date(2023, 1, 1)


def recorded(
    table: str,
    columns: Mapping[str, Sequence[object]] | pd.DataFrame | None,
    evidence: Evidence = Evidence.SYNTHETIC,
    day: date = DAY,
) -> Records:
    """Rows as known on the day; columns that are not given are empty, and None is a table that was not delivered."""
    fields = table_schemas()[table].fields
    frame = pd.DataFrame({} if columns is None else columns)
    given = frame.reindex(columns=[field.name for field in fields]).astype(object)
    connection = duckdb.connect()
    connection.register("given", given.where(given.notna(), None))
    typed = ", ".join(f"cast({field.name} as {field.sql_type}) as {field.name}" for field in fields)
    return Records(
        table, connection.sql(f"select {typed} from given"), columns is not None, day, evidence, f"x/{table}"
    )


def trajectories(rows: Sequence[tuple[str, str | None]], evidence: Evidence = Evidence.SYNTHETIC) -> Snapshot:
    """A snapshot of trajectories given by start and end."""
    connection = duckdb.connect()
    frame = pd.DataFrame(rows, columns=["start_date", "end_date"]).assign(
        trajectory_id=[f"t{i}" for i in range(len(rows))], client_key=[f"c{i}" for i in range(len(rows))]
    )
    connection.register("rows", frame.astype(object).where(frame.notna(), None))
    relation = connection.sql(
        "select trajectory_id::varchar as trajectory_id, client_key::varchar as client_key, "
        "start_date::date as start_date, end_date::date as end_date from rows"
    )
    return Snapshot(relation, None, DAY, evidence, "x")
