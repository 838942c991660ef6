"""Snapshots: what each delivery said, kept as it was, and what a later delivery says differently.

A snapshot is a folder named after the day of delivery, with a Parquet file per table and ``delivery.json``. Nothing in
it is ever changed: an edition of the evaluation can be made again from the snapshot it was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from evaluation.snapshot import row_of
from evaluation.sources import SourceError
from evaluation.sources.database import exactly, literal, open_private, quoted
from evaluation.sources.delivery.aside import UNFINISHED, folder_aside
from evaluation.sources.delivery.contract import ROW
from evaluation.sources.fingerprint import sha256_of

DESCRIPTION = "delivery.json"


@dataclass(frozen=True)
class StoredSnapshot:
    """A snapshot of which every file still has the hash it was stored with.

    Attributes
    ----------
    folder
        Where it lies.
    delivered_on
        Day of the delivery.
    rows
        Rows per table.
    sha256
        Hash per table.
    extra
        What was stored along with it.
    connection
        DuckDB with a view per table.
    """

    folder: Path
    delivered_on: date
    rows: Mapping[str, int]
    sha256: Mapping[str, str]
    extra: Mapping[str, object]
    connection: DuckDBPyConnection

    def table(self, name: str) -> DuckDBPyRelation:
        """Return a table of the snapshot as a relation."""
        return self.connection.table(name)


def store_snapshot(
    tables: Mapping[str, DuckDBPyRelation], private: Path, delivered_on: date, extra: Mapping[str, object]
) -> Path:
    """Store the accepted tables of a delivery, once.

    Parameters
    ----------
    tables
        Relation per table; rows are sorted by all columns, the first one first, so that their order is no content.
    private
        Folder of the snapshots; made when it does not exist.
    extra
        To be kept with it, as JSON. It is part of the content, so no time of day belongs in it.

    Returns
    -------
    Path
        Folder of the snapshot. It is left alone when it already held the same.

    Raises
    ------
    SourceError
        When that day has a snapshot with other content.
    """
    folder = private / delivered_on.isoformat()
    private.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder_aside(private, UNFINISHED) as aside:
        _write_tables(tables, aside, delivered_on, extra)
        if not folder.exists():
            aside.rename(folder)
        elif difference := _difference(read_snapshot(private, delivered_on), aside):
            raise SourceError(
                f"{folder}: {difference} differs from the snapshot stored; give a corrected delivery a day of its own"
            )
    return folder


def _write_tables(
    tables: Mapping[str, DuckDBPyRelation], folder: Path, delivered_on: date, extra: Mapping[str, object]
) -> None:
    described: dict[str, dict[str, object]] = {}
    for name, relation in sorted(tables.items()):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise SourceError(f"{delivered_on}: {name!r} is no name of a table; use small letters and underscores")
        path = folder / f"{name}.parquet"
        relation.order("all").write_parquet(str(path), compression="zstd")
        described[name] = {"rows": pyarrow.parquet.read_metadata(path).num_rows, "sha256": sha256_of(path)}
    description = {"delivered_on": delivered_on.isoformat(), "tables": described, "extra": dict(extra)}
    text = json.dumps(description, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        path.chmod(0o600)


def read_snapshot(private: Path, delivered_on: date) -> StoredSnapshot:
    """Open a snapshot, after checking that nothing in it was changed.

    Raises
    ------
    SourceError
        When there is none, or a table is missing, was changed, or was laid beside it.
    """
    return _opened(private / delivered_on.isoformat())


def diff_snapshots(a: Path, b: Path, keys: Mapping[str, Sequence[str]] | None = None) -> dict[str, pd.DataFrame]:
    """Compare two snapshots, row by row.

    Parameters
    ----------
    a, b
        Folders of the older and the newer snapshot.
    keys
        Per table the columns of its primary key; the first column where a table is not named. A table with a key of
        no columns is compared by whole rows, each as often as it occurs, of which none can have changed.

    Returns
    -------
    dict of DataFrame
        Per table one line per row added or removed, and per value changed, sorted by key: ``kind`` (``added``,
        ``removed``, ``changed``, or ``column_added`` and ``column_removed`` where the tables differ in columns),
        the columns of the key as text, ``column``, ``old``, ``new`` and ``retroactive``. A line is retroactive when its
        trajectory had started before the day of the older snapshot, by either account, and, in a table with a
        ``month``, that month had too. Rows of no trajectory are never. The row numbers of the files are not compared.

    Raises
    ------
    SourceError
        When a snapshot was changed, the newer comes first, or a key is not one of the table.
    """
    older, newer = _opened(a), _opened(b)
    if older.delivered_on > newer.delivered_on:
        raise SourceError(f"{a}: was delivered after {b.name}; name the older snapshot first")
    connection = open_private()
    for side, snapshot in (("older", older), ("newer", newer)):
        connection.execute(f"create schema {side}")
        for name in {*older.rows, *newer.rows}:
            # A table that only the other delivery has is an empty one here.
            source, no_rows = (
                (snapshot, "") if name in snapshot.rows else (newer if side == "older" else older, "limit 0")
            )
            path = literal(exactly(source.folder / f"{name}.parquet"))
            connection.execute(f"create view {side}.{name} as select * from read_parquet({path}) {no_rows}")
    starts = _create_starts(connection, {*older.rows} | {*newer.rows})
    frames = {}
    for name in sorted({*older.rows, *newer.rows}):
        compared = _Compared(connection, name, older.delivered_on if starts else None)
        frames[name] = compared.frame(tuple((keys or {}).get(name, compared.columns("newer")[:1])))
    connection.close()
    return frames


@dataclass(frozen=True)
class _Compared:
    """A table of two snapshots; `before` is the day of the older, or None when nothing has a start to compare with."""

    connection: DuckDBPyConnection
    table: str
    before: date | None

    def columns(self, side: str) -> list[str]:
        return [column for column in self.types(side) if column != ROW]

    def types(self, side: str) -> dict[str, str]:
        rows = self.connection.execute(f"describe {side}.{self.table}").fetchall()
        return {name: kind for name, kind, *_ in rows}

    def frame(self, key: tuple[str, ...]) -> pd.DataFrame:
        older, newer = self.types("older"), self.types("newer")
        if key:
            self._require_key(key)
            turn = "1"
        else:
            key = tuple(column for column in self.columns("older") if column in newer)
            turn = f"row_number() over (partition by {', '.join(map(quoted, key))})"
        shared = [column for column in self.columns("older") if column in newer and column not in key]
        # Values of one type are compared as they are, of two types as they read.
        pairs = [
            (column, _text("a", column), _text("b", column))
            if older[column] != newer[column]
            else (column, f"a.{quoted(column)}", f"b.{quoted(column)}")
            for column in shared
        ]
        same = " and ".join(f"a.{quoted(k)} is not distinct from b.{quoted(k)}" for k in key)
        differs = " or ".join(["a._in is null", "b._in is null", *(f"{a} is distinct from {b}" for _, a, b in pairs)])
        frame: pd.DataFrame = self.connection.sql(
            f"""with lines as (
                select case when b._in is null then 'removed' when a._in is null then 'added'
                        else 'changed' end as kind,
                    {", ".join(f"coalesce({_text('a', k)}, {_text('b', k)}) as {quoted(k)}" for k in key)},
                    unnest(case when a._in is null or b._in is null
                        then [{_line("null", "null", "null")}] else {self._changes(shared)} end, recursive := true),
                    {self._retroactive()} as retroactive
                from (select *, true as _in, {turn} as _turn from older.{self.table}) a
                full join (select *, true as _in, {turn} as _turn from newer.{self.table}) b
                    on a._turn = b._turn and {same}
                {self._join_starts()}
                where {differs})
            select * from lines order by {", ".join(map(quoted, key))}, kind, "column"
            """
        ).df()
        return self._with_columns(frame)

    def _changes(self, shared: list[str]) -> str:
        lines = (_line(literal(c), _text("a", c), _text("b", c)) for c in shared)
        return f"list_filter([{', '.join(lines)}]::{LINE}[], lambda line: line.old is distinct from line.new)"

    def _has(self, column: str) -> bool:
        return column in self.types("older") and column in self.types("newer")

    def _join_starts(self) -> str:
        if self.before is None or not self._has("trajectory_id"):
            return ""
        return "left join starts on starts.trajectory_id = coalesce(a.trajectory_id, b.trajectory_id)"

    def _retroactive(self) -> str:
        if not self._join_starts() or self.before is None:
            return "false"
        day = f"date '{self.before.isoformat()}'"
        month = f"and least(a.month, b.month) < {day}" if self._has("month") else ""
        return f"coalesce(starts.start_date < {day} {month}, false)"

    def _require_key(self, key: tuple[str, ...]) -> None:
        for side in ("older", "newer"):
            for column in key:
                if column not in self.columns(side):
                    raise SourceError(f"{self.table}: column {column!r} of the key is missing; name another key")
            names = ", ".join(map(quoted, key))
            twice = self.connection.execute(
                f"select 1 from {side}.{self.table} group by {names} having count(*) > 1 limit 1"
            ).fetchall()
            if twice:
                raise SourceError(
                    f"{self.table}: {', '.join(key)} occurs more than once in the {side} snapshot; name the columns "
                    "that together are its key"
                )

    def _with_columns(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add a line per column that only one of the snapshots has."""
        older, newer = self.columns("older"), self.columns("newer")
        lines = [("column_removed", column) for column in older if column not in newer]
        lines += [("column_added", column) for column in newer if column not in older]
        if not lines:
            return frame
        extra = pd.DataFrame(lines, columns=["kind", "column"]).assign(retroactive=False)
        return pd.concat([frame, extra.reindex(columns=frame.columns)], ignore_index=True)


LINE = 'struct("column" varchar, "old" varchar, "new" varchar)'


def _line(column: str, old: str, new: str) -> str:
    return f"{{'column': {column}, 'old': {old}, 'new': {new}}}::{LINE}"


def _text(side: str, column: str) -> str:
    return f"cast({side}.{quoted(column)} as varchar)"


def _create_starts(connection: DuckDBPyConnection, tables: set[str]) -> bool:
    """Create the first start of every trajectory, by either snapshot; return whether trajectories were delivered."""
    if "trajectories" not in tables:
        return False
    connection.execute(
        """create table starts as select trajectory_id, min(cast(start_date as date)) as start_date
        from (select trajectory_id, start_date from older.trajectories
            union all select trajectory_id, start_date from newer.trajectories)
        group by trajectory_id"""
    )
    return True


def _opened(folder: Path) -> StoredSnapshot:
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        delivered_on = date.fromisoformat(description["delivered_on"])
        rows = {name: int(table["rows"]) for name, table in description["tables"].items()}
        sha256 = {name: str(table["sha256"]) for name, table in description["tables"].items()}
        extra = dict(description["extra"])
    except FileNotFoundError:
        raise SourceError(f"{folder}: there is no such snapshot; take in the delivery of that day first") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{folder / DESCRIPTION}: is not a description of a snapshot ({error}); restore it") from None
    present = {path.name for path in folder.iterdir()} - {DESCRIPTION}
    for name in sorted(present ^ {f"{name}.parquet" for name in rows}):
        what = "was added" if name in present else "is missing"
        raise SourceError(f"{folder / name}: {what} after the snapshot was stored; restore the snapshot")
    connection = open_private()
    for name, digest in sha256.items():
        path = folder / f"{name}.parquet"
        if sha256_of(path) != digest:
            raise SourceError(f"{path}: was changed after the snapshot was stored; restore the snapshot")
        connection.read_parquet(exactly(path)).create_view(name)
    return StoredSnapshot(folder, delivered_on, rows, sha256, extra, connection)


def _difference(stored: StoredSnapshot, aside: Path) -> str:
    """What of a snapshot laid aside is not as stored; empty when nothing.

    Another version of DuckDB may write the same rows as other bytes, so rows decide where hashes differ.
    """
    new = _opened(aside)
    if new.extra != stored.extra:
        return DESCRIPTION
    for name in sorted({*stored.rows, *new.rows}):
        if name not in stored.rows or name not in new.rows:
            return name
        if stored.sha256[name] != new.sha256[name] and not _same_rows(
            stored.table(name), new.table(name), new.folder / f"{name}.parquet"
        ):
            return name
    return ""


def _same_rows(stored: DuckDBPyRelation, new: DuckDBPyRelation, path: Path) -> bool:
    if (stored.columns, list(map(str, stored.types))) != (new.columns, list(map(str, new.types))):
        return False
    rows = f"(from read_parquet({literal(exactly(path))}))"  # a connection cannot ask after the tables of another
    counts, missing = row_of(
        stored, f"select (select count(*) from t) = (select count(*) from {rows}), "
        f"(select count(*) from (from t except all from {rows}))"
    )  # fmt: skip
    return bool(counts and missing == 0)
