"""The registry at work: DuckDB in process over a folder of Parquet or CSV files.

A registry folder holds the table ``trajectories`` and any of the others of ``data/schema``, each as ``.parquet`` or
``.csv``. The tables stay where they lie; measures get DuckDB relations and ask them for aggregates.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from evaluation.counting import CodedRows, code_rows, repeated_keys
from evaluation.evidence import Evidence, Origin
from evaluation.snapshot import Records, Snapshot, row_of
from evaluation.sources.database import exactly, open_private
from evaluation.sources.delivery.schema import Field, TableSchema, table_schemas
from evaluation.sources.delivery.snapshots import DESCRIPTION, read_snapshot
from evaluation.sources.fingerprint import sha256_of
from evaluation.sources.package import SourceError

SMALLEST_ARRAY_BITS, LARGEST_ARRAY_BITS = 12, 22

# Columns that measures of trajectories and hours rely on, with their DuckDB types; they must be there.
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
        self._require_observed(reference_date)
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
        register = (trajectories, lambda: self.coded_rows)
        return Snapshot(trajectories, hours, reference_date, self.evidence, self.name, register)

    @cached_property
    def coded_rows(self) -> CodedRows:
        """The trajectories in small types, read at the first count and kept for every reference date."""
        (rows,) = row_of(self.table("trajectories"), "select count(*) from t")
        # DuckDB counts in an array of up to as many bits instead of a hash table; few rows need no large one.
        bits = min(max(int(rows).bit_length(), SMALLEST_ARRAY_BITS), LARGEST_ARRAY_BITS)
        self.connection.execute(f"set perfect_ht_threshold = {bits}")
        return code_rows(self.table("trajectories"))

    def records(self, name: str, reference_date: date) -> Records:
        """Return a table of ``data/schema`` as it was known on `reference_date`.

        A row counts from its own day on, and what became known after the reference date is null: later days, and
        values that their schema ties to such a day.

        Raises
        ------
        SourceError
            When the reference date lies after the last day that the registry saw, or a value does not fit its type.
        """
        self._require_observed(reference_date)
        schema = table_schemas()[name]
        rows = self._typed(schema)
        on = f"date '{reference_date.isoformat()}'"
        if day := schema.known_from:
            # A month counts once it has begun.
            within = "<" if schema.field(day).unit == "month" else "<="
            rows = rows.filter(f"{day} is null or {day} {within} {on}")
        rows = rows.project(", ".join(_known_by(field, schema, on) for field in schema.fields))
        return Records(name, rows, self.has(name), reference_date, self.evidence, f"{self.name}/{name}")

    def provenance(self, *tables: str) -> list[Origin]:
        """Return per delivered table, by default trajectories and hours, its rows, period and the hash of its file."""
        origins = []
        for name in (name for name in tables or COLUMNS if self.has(name)):
            schema = table_schemas()[name]
            period = f"min({schema.known_from}), max({schema.known_from})" if schema.known_from else "null, null"
            rows, first, last = row_of(self._typed(schema), f"select count(*), {period} from t")
            digest = sha256_of(_file(self.folder, name))
            span = f"{first}/{last}" if first else str(self.observed_until)
            origins.append(Origin(f"{self.name}/{name}", self.evidence, rows, span, digest))
        return origins

    def _require_observed(self, reference_date: date) -> None:
        if reference_date > self.observed_until:
            raise SourceError(
                f"{self.folder.name}: reference date {reference_date} lies after {self.observed_until}, the last day "
                "this registry saw; choose an earlier date or deliver a newer registry"
            )

    def _typed(self, schema: TableSchema) -> DuckDBPyRelation:
        """All rows of a table with the columns and types of its schema; without the table there are none."""
        if not self.has(schema.name):
            columns = ", ".join(f"cast(null as {field.sql_type}) as {field.name}" for field in schema.fields)
            return self.connection.sql(f"select {columns} where false")
        path = _file(self.folder, schema.name)
        try:
            found = _read(self.connection, path)
            rows = found.project(
                ", ".join(
                    f"cast({field.name if field.name in found.columns else 'null'} as {field.sql_type}) as {field.name}"
                    for field in schema.fields
                )
            )
            rows.aggregate(", ".join(f"count({field.name})" for field in schema.fields)).fetchall()
        except duckdb.Error as error:
            raise SourceError(f"{path}: {_reason(error)}; correct the file and run again") from error
        return rows


def _known_by(field: Field, schema: TableSchema, on: str) -> str:
    """SQL of a column as it was known on a day."""
    if field.type == "date" and field.name != schema.known_from and not field.may_lie_ahead:
        return f"case when {field.name} <= {on} then {field.name} end as {field.name}"
    if field.known_with:
        return f"case when {field.known_with} > {on} then null else {field.name} end as {field.name}"
    return field.name


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
    connection = open_private()
    # A file is read a few times at most, so it is not worth its own size in memory.
    connection.execute("set enable_external_file_cache = false")
    for table in COLUMNS:
        if table == "trajectories" or any(folder.glob(f"{table}.*")):
            _create_view(connection, folder, table)
    _require_consistent(connection, folder)
    if (folder / "synthetic.json").exists():
        return Registry(name, folder, Evidence.SYNTHETIC, _synthetic_until(folder), connection)
    (last,) = row_of(
        connection.table("trajectories"),
        """select greatest(max(coalesce(registered_on, start_date)), max(coalesce(end_registered_on, end_date)))
        from t""",
    )
    if (folder / DESCRIPTION).exists():
        # A stored delivery saw everything up to its own day, also when nothing happened on it.
        last = _delivered_on(folder)
    if last is None:
        raise SourceError(f"{_file(folder, 'trajectories')}: the table has no rows; deliver at least one trajectory")
    return Registry(name, folder, Evidence.REGISTER, last, connection)


def _delivered_on(folder: Path) -> date:
    """Day of a stored delivery, after checking that nothing in it was changed."""
    try:
        day = date.fromisoformat(folder.name)
    except ValueError:
        raise SourceError(
            f"{folder}: a stored delivery is named after its day, such as 2026-11-01; name it so"
        ) from None
    return read_snapshot(folder.parent, day).delivered_on


# What no row of a register may be; each would silently bend a count, so the whole table is refused.
REFUSED = {
    "trajectory_id is missing": "count(*) filter (trajectory_id is null)",
    "trajectory_id occurs more than once": """(select count(trajectory_id) - count(distinct trajectory_id)
        from trajectories where hash(trajectory_id) in (select h from repeated))""",
    "start_date is missing": "count(*) filter (start_date is null)",
    "end_date lies before start_date": "count(*) filter (end_date < start_date)",
}


def _require_consistent(connection: DuckDBPyConnection, folder: Path) -> None:
    trajectories = connection.table("trajectories")
    repeated = repeated_keys(trajectories, "trajectory_id")  # noqa: F841 - named in what is refused
    counts = connection.sql(f"select {', '.join(REFUSED.values())} from trajectories").fetchall()[0]
    for reason, rows in zip(REFUSED, counts, strict=True):
        if rows:
            raise SourceError(
                f"{_file(folder, 'trajectories')}: {reason} in {rows} rows; correct the export and run again"
            )


def _synthetic_until(folder: Path) -> date:
    """Check that the folder holds the very tables that the generator wrote, and return its last day.

    The word ``synthetic`` opens the disclosure gate, so a description laid beside another table must not do it.
    """
    path = folder / "synthetic.json"
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        hashes, observed = dict(description["sha256"]), date.fromisoformat(description["observed_until"])
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: not a description of a synthetic registry ({error}); make it anew") from None
    tables = [_file(folder, table) for table in table_schemas() if any(folder.glob(f"{table}.*"))]
    for table in tables:
        if hashes.get(table.name) != sha256_of(table):
            raise SourceError(
                f"{table}: is not the table that synthetic.json describes; remove synthetic.json if this is a "
                "register, or make the synthetic registry anew"
            )
    return observed


def _file(folder: Path, table: str) -> Path:
    for suffix in ("parquet", "csv"):
        if (path := folder / f"{table}.{suffix}").is_file():
            return path
    raise SourceError(f"{folder}: table {table!r} is missing; expected {table}.parquet or {table}.csv")


def _create_view(connection: DuckDBPyConnection, folder: Path, table: str) -> None:
    path = _file(folder, table)
    columns = COLUMNS[table]
    try:
        relation = _read(connection, path)
        missing = [column for column in columns if column not in relation.columns]
        if missing:
            raise SourceError(f"{path}: column {missing[0]!r} is missing; needed are {', '.join(columns)}")
        casts = ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in columns.items())
        relation.project(f"* replace ({casts})").create_view(table)
        connection.table(table).aggregate(", ".join(f"count({column})" for column in columns)).fetchall()
    except duckdb.Error as error:
        raise SourceError(f"{path}: {_reason(error)}; correct the file and run again") from error


def _read(connection: DuckDBPyConnection, path: Path) -> DuckDBPyRelation:
    return _read_csv(connection, path) if path.suffix == ".csv" else connection.read_parquet(exactly(path))


def _read_csv(connection: DuckDBPyConnection, path: Path) -> DuckDBPyRelation:
    """Read a CSV as text, with columns and separator (comma, semicolon or tab) from its first line.

    DuckDB's own detection would skip lines until the rest looks regular, and then misses the header.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline()
    separator = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=separator), [])
    columns = dict.fromkeys(names, "VARCHAR")
    if len(columns) != len(names) or not names:
        raise SourceError(f"{path}: the first line {header.strip()!r} does not name each column once; correct it")
    return connection.read_csv(exactly(path), columns=columns, sep=separator, header=True, auto_detect=False)


def _reason(error: duckdb.Error) -> str:
    """The line of DuckDB's message that names column and value, or else its first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next((line for line in lines if "converting column" in line), lines[0])
