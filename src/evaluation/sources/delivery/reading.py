"""Reading a delivery: a folder of files in, typed tables out, with all that was detected on the way.

The work happens in a DuckDB file in a private folder, so that ten million trajectories need little memory. The text of
the files is laid down in a second file there, which is removed before `read_delivery` returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from evaluation.sources.database import literal, open_private
from evaluation.sources.delivery.beleidsinformatie import is_beleidsinformatie, type_beleidsinformatie
from evaluation.sources.delivery.contract import PROBLEMS_TABLE, DeliveredFile, Delivery, DeliveryError
from evaluation.sources.delivery.formats import (
    SUFFIXES,
    RawTable,
    damaged,
    header_of,
    masked,
    refusal,
    shown,
    stage_csv,
    stage_parquet,
    stage_rows,
)
from evaluation.sources.delivery.headers import note_unknown
from evaluation.sources.delivery.schema import TableSchema, plain_name, table_named, table_schemas
from evaluation.sources.delivery.sheets import filled_sheets, require_computed, sheet_names, sheet_rows
from evaluation.sources.delivery.typing_columns import type_table
from evaluation.sources.fingerprint import sha256_of

WORK_FILE = "delivery.duckdb"
TIME_ZONE = "Europe/Amsterdam"  # in which a moment falls on a day, whatever machine reads it
WORKBOOKS = ("delivery", "levering")
EXPLANATORY_SHEETS = ("uitleg", "lijsten")
INVENTED = "synthetic.json"  # the description that a synthetic registry carries; it is no table


@dataclass(frozen=True)
class _Source:
    """One file, or one sheet of a workbook, and the table that it delivers."""

    path: Path
    schema: TableSchema
    sheet: str = ""
    is_optional: bool = False
    is_beleidsinformatie: bool = False


def read_delivery(folder: Path, work: Path, delivered_on: date) -> Delivery:
    """Read every file of a delivery into typed tables.

    Parameters
    ----------
    folder
        Holds one file per table, named as the table or its Dutch alias (``trajecten.csv``), as CSV, XLSX or Parquet;
        or one workbook ``delivery.xlsx`` with a sheet per table; or a file in the layout of Beleidsinformatie Jeugd.
        Hidden files and ``*.md`` are left alone.
    work
        Private folder for the work file ``delivery.duckdb``; made when it is not there, and closed to others.
    delivered_on
        Day of the delivery.

    Returns
    -------
    Delivery
        Its connection has the typed tables and ``problems``. Of a row: ``unreadable_value`` and ``incomplete_date``.
        Of a column (``row`` null): ``unknown_column`` (left out), ``restored_zero`` (a code got its leading zero back)
        and ``unproven_day_order`` (dates with slashes, none of them after the twelfth).

    Raises
    ------
    DeliveryError
        When the delivery cannot be taken in; the work file is then removed.
    """
    sources = _sources(folder, work)
    connection = _open(work)
    try:
        files = tuple(file for source in sources for file in _read(connection, source, sources, work))
        _close_staging(connection, work)
    except BaseException:
        connection.close()
        _clear(work)
        raise
    return Delivery(folder, delivered_on, files, connection)


def _open(work: Path) -> DuckDBPyConnection:
    work.mkdir(parents=True, exist_ok=True)
    work.chmod(0o700)
    _clear(work)
    connection = open_private(work / WORK_FILE, work)
    connection.execute(f"set timezone = '{TIME_ZONE}'")
    connection.execute(f"attach {literal(str(work / 'staging.duckdb'))} as staging")
    connection.execute(PROBLEMS_TABLE)
    return connection


def _close_staging(connection: DuckDBPyConnection, work: Path) -> None:
    for view in ("bij7", "raw"):
        connection.execute(f"drop view if exists temp.{view}")
    for table in ("bij7_persons", "column_values"):
        connection.execute(f"drop table if exists temp.{table}")
    connection.execute("detach staging")
    (work / "staging.duckdb").unlink()


def _clear(work: Path) -> None:
    for name in (WORK_FILE, f"{WORK_FILE}.wal", "staging.duckdb", "staging.duckdb.wal", "sheet.csv", "utf8.csv"):
        (work / name).unlink(missing_ok=True)


def refuse_invented(folder: Path) -> None:
    """Refuse a folder that says it is a synthetic registry: once stored, its rows would pass for the register.

    Raises
    ------
    DeliveryError
        When the folder holds the description that the generator writes.
    """
    path = folder / INVENTED
    if path.exists():
        found = "the tables beside it are invented, and a report would call them the personal register"
        raise refusal(shown(path), found, "deliver an export; to practise, use a copy without this file")


def _sources(folder: Path, work: Path) -> list[_Source]:
    """Return what the folder delivers, and refuse unknown files and tables that come twice."""
    if not folder.is_dir():
        raise refusal(shown(folder), "there is no such folder", "name the folder that holds the delivery")
    found: dict[str, _Source] = {}
    is_work = (lambda path: path.is_dir() and path.samefile(work)) if work.exists() else (lambda _path: False)
    paths = [path for path in sorted(folder.iterdir()) if not _is_ignored(path) and not is_work(path)]
    for source in (source for path in paths for source in _sources_of(path)):
        name = source.schema.name
        if name in found:
            both = f"{_where(found[name])} and {_where(source)}"
            raise refusal(both, f"both deliver table {name}", "keep one of them")
        found[name] = source
    if "trajectories" not in found:
        raise _without_trajectories(folder)
    return list(found.values())


def _is_ignored(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.suffix.lower() == ".md" or path.name == INVENTED


def _sources_of(path: Path) -> Iterator[_Source]:
    suffix, schema = path.suffix.lower(), table_named(path.stem)
    if not path.is_file() or suffix not in SUFFIXES:  # a folder, a broken link, a pipe
        raise _unknown(path)
    if suffix == ".xlsx":
        require_computed(path)
    if suffix == ".xlsx" and plain_name(path.stem) in WORKBOOKS:
        yield from _sources_of_workbook(path)
    elif suffix == ".csv" and (schema is None or schema.name == "trajectories"):
        is_bij7 = is_beleidsinformatie(header_of(path))
        if schema is None and not is_bij7:
            raise _unknown(path)
        yield _Source(path, table_schemas()["trajectories"], is_beleidsinformatie=is_bij7)
    elif schema is None:
        raise _unknown(path)
    else:
        yield _Source(path, schema, sheet=_sheet_for(path, schema) if suffix == ".xlsx" else "")


def _sources_of_workbook(path: Path) -> Iterator[_Source]:
    for sheet in sheet_names(path):
        schema = table_named(sheet)
        if schema is not None:
            yield _Source(path, schema, sheet, is_optional=not schema.required)
        elif plain_name(sheet) not in EXPLANATORY_SHEETS:
            names = ", ".join(table_schemas())
            raise refusal(f"{shown(path)}, sheet {masked(sheet)}", "is no table", f"name it one of {names}")


def _sheet_for(path: Path, schema: TableSchema) -> str:
    """Return the one sheet that is named as the table or has cells, so that no other is left out in silence."""
    names, filled = sheet_names(path), filled_sheets(path)
    sheets = [
        name
        for name in names
        if table_named(name) == schema or (name in filled and plain_name(name) not in EXPLANATORY_SHEETS)
    ]
    if len(sheets) > 1:
        raise refusal(
            shown(path),
            f"holds {len(sheets)} sheets where table {schema.name} is one",
            f"keep one sheet, named {schema.name}, or deliver each table as a sheet of delivery.xlsx",
        )
    if not names:
        raise refusal(shown(path), "holds no sheets", "deliver the table as the first sheet")
    return next(iter(sheets), names[0])


def _read(
    connection: DuckDBPyConnection, source: _Source, sources: list[_Source], work: Path
) -> tuple[DeliveredFile, ...]:
    try:
        return _read_whole(connection, source, sources, work)
    except duckdb.Error:
        # Of all forms, only Parquet is read where it lies, so damage shows when its cells are asked for.
        if source.path.suffix.lower() == ".parquet":
            raise damaged(source.path) from None
        raise


def _read_whole(
    connection: DuckDBPyConnection, source: _Source, sources: list[_Source], work: Path
) -> tuple[DeliveredFile, ...]:
    raw = _stage(connection, source, work)
    ((rows,),) = connection.execute("select count(*) from raw").fetchall()
    if not rows and source.is_optional:
        return ()  # a sheet of the template that was left blank
    if not rows and source.schema.required:
        raise refusal(_where(source), "has a header and no rows", "deliver at least one trajectory")
    if source.is_beleidsinformatie:
        with_clients = all(other.schema.name != "clients" for other in sources)
        files = type_beleidsinformatie(connection, raw, with_clients=with_clients)
    else:
        note_unknown(connection, raw, source.schema)
        files = (type_table(connection, raw, source.schema),)
    return files


def _stage(connection: DuckDBPyConnection, source: _Source, work: Path) -> RawTable:
    if source.sheet:
        with closing(sheet_rows(source.path, source.sheet)) as rows:
            return stage_rows(connection, source.path, rows, work, sha256_of(source.path))
    if source.path.suffix.lower() == ".parquet":
        return stage_parquet(connection, source.path)
    return stage_csv(connection, source.path, work)


def _where(source: _Source) -> str:
    return f"{shown(source.path)}, sheet {masked(source.sheet)}" if source.sheet else shown(source.path)


def _unknown(path: Path) -> DeliveryError:
    names = ", ".join(name for schema in table_schemas().values() for name in schema.names)
    return refusal(
        shown(path),
        "is no table of a delivery",
        f"remove it, or name it as one of {names}, with {', '.join(SUFFIXES)}",
    )


def _without_trajectories(folder: Path) -> DeliveryError:
    return refusal(shown(folder), "holds no table trajectories", "deliver trajecten.csv, .xlsx or .parquet")
