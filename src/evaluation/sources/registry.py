"""The registry at work: DuckDB in process over a folder of Parquet or CSV files.

A registry folder holds the table ``trajectories`` and, when present, ``hours``, each as ``.parquet`` or ``.csv``. The
tables stay where they lie; measures get DuckDB relations and ask them for aggregates.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from evaluation.evidence import Evidence
from evaluation.snapshot import Snapshot, row_of
from evaluation.sources.package import SourceError

# The contract of a registry: columns that measures rely on, with their DuckDB types.
COLUMNS: dict[str, dict[str, str]] = {
    "trajectories": {
        "trajectory_id": "VARCHAR",
        "client_key": "VARCHAR",
        "family_key": "VARCHAR",
        "product_code": "VARCHAR",
        "referrer_code": "VARCHAR",
        "phase": "TINYINT",
        "team": "VARCHAR",
        "neighbourhood": "VARCHAR",
        "start_date": "DATE",
        "registered_on": "DATE",
        "end_date": "DATE",
        "end_registered_on": "DATE",
        "end_reason": "VARCHAR",
    },
    "hours": {
        "trajectory_id": "VARCHAR",
        "month": "DATE",
        "direct_hours": "DOUBLE",
        "indirect_hours": "DOUBLE",
    },
}


@dataclass(frozen=True)
class Registry:
    """An opened registry.

    Attributes
    ----------
    name
        How the report calls it.
    evidence
        ``synthetic`` when the folder says so itself (``synthetic.json``), else ``register``.
    observed_until
        Last day on which anything was registered; no reference date may lie after it.
    """

    name: str
    folder: Path
    evidence: Evidence
    observed_until: date
    connection: DuckDBPyConnection

    def table(self, name: str) -> DuckDBPyRelation:
        """Return a table of the registry as a relation."""
        return self.connection.table(name)

    def has(self, name: str) -> bool:
        """Return whether a table was delivered."""
        return (self.folder / f"{name}.parquet").exists() or (self.folder / f"{name}.csv").exists()

    def snapshot(self, reference_date: date) -> Snapshot:
        """Return the register as it was known on `reference_date`.

        A trajectory counts when it was registered and had started by then; its end counts when it was registered and
        had happened by then. Where a registration date is missing, the date of the event stands in for it.

        Raises
        ------
        SourceError
            When the reference date lies after the last day that the registry saw.
        """
        if reference_date > self.observed_until:
            raise SourceError(
                f"{self.folder.name}: reference date {reference_date} lies after {self.observed_until}, the last day "
                "this registry saw; choose an earlier date or deliver a newer registry"
            )
        on = f"date '{reference_date.isoformat()}'"
        ended = f"(end_date <= {on} and coalesce(end_registered_on, end_date) <= {on})"
        trajectories = (
            self.table("trajectories")
            .filter(f"start_date <= {on} and coalesce(registered_on, start_date) <= {on}")
            .project(
                f"* replace (case when {ended} then end_date end as end_date, "
                f"case when {ended} then end_reason end as end_reason)"
            )
        )
        hours = self.table("hours").filter(f"month < {on}") if self.has("hours") else None
        return Snapshot(trajectories, hours, reference_date, self.evidence, self.name)

    def provenance(self) -> list[dict[str, object]]:
        """Return per table its name, rows, first and last start, and the hash of its file."""
        rows: list[dict[str, object]] = []
        for name in (name for name in COLUMNS if self.has(name)):
            day = "start_date" if name == "trajectories" else "month"
            count, first, last = row_of(self.table(name), f"select count(*), min({day}), max({day}) from t")
            digest = hashlib.sha256(_file(self.folder, name).read_bytes()).hexdigest()
            rows.append({"source": name, "rows": count, "first": first, "last": last, "sha256": digest})
        return rows


def open_registry(folder: Path, name: str) -> Registry:
    """Open a folder of registry tables.

    Parameters
    ----------
    folder
        Holds ``trajectories`` and optionally ``hours``, as ``.parquet`` or ``.csv``.
    name
        How the report is to call it.

    Raises
    ------
    SourceError
        When the folder, a table or a column is missing, or a value does not fit its type.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such registry folder; make one with `evaluation synthesise {folder}`")
    connection = duckdb.connect()
    for table in COLUMNS:
        if table == "trajectories" or any(folder.glob(f"{table}.*")):
            _create_view(connection, folder, table)
    description = folder / "synthetic.json"
    if description.exists():
        observed = date.fromisoformat(json.loads(description.read_text(encoding="utf-8"))["observed_until"])
        return Registry(name, folder, Evidence.SYNTHETIC, observed, connection)
    (last,) = row_of(
        connection.table("trajectories"),
        "select greatest(max(start_date), max(registered_on), max(end_registered_on)) from t",
    )
    if last is None:
        raise SourceError(f"{_file(folder, 'trajectories')}: the table has no rows; deliver at least one trajectory")
    return Registry(name, folder, Evidence.REGISTER, last, connection)


def _file(folder: Path, table: str) -> Path:
    for suffix in ("parquet", "csv"):
        if (path := folder / f"{table}.{suffix}").exists():
            return path
    raise SourceError(f"{folder}: table {table!r} is missing; expected {table}.parquet or {table}.csv")


def _create_view(connection: DuckDBPyConnection, folder: Path, table: str) -> None:
    path = _file(folder, table)
    columns = COLUMNS[table]
    try:
        if path.suffix == ".csv":
            relation = connection.read_csv(str(path), all_varchar=True, header=True)
        else:
            relation = connection.read_parquet(str(path))
        missing = [column for column in columns if column not in relation.columns]
        if missing:
            raise SourceError(f"{path}: column {missing[0]!r} is missing; needed are {', '.join(columns)}")
        casts = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in columns.items())
        relation.project(f"* replace ({casts})").create_view(table)
        connection.table(table).aggregate(", ".join(f"count({column})" for column in columns)).fetchall()
    except duckdb.Error as error:
        raise SourceError(f"{path}: {str(error).splitlines()[0]}; correct the file and run again") from error
