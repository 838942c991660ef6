"""The files of a delivery as text, whatever their format: nothing is typed and no cell is skipped.

This is how a delivery is searched and copied before anything else reads it. Taking it in is another matter: `formats`
reads only what fits a table.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from openpyxl.utils import get_column_letter

from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.sheets import open_workbook

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
XLSX_SUFFIXES = (".xlsx", ".xlsm")
CHUNK_BYTES = 1 << 20
_NO_DIGITS_TO_SEARCH = ("DATE", "TIME", "BOOLEAN", "INTERVAL")


@dataclass(frozen=True)
class Sheet:
    """One table of a file as text.

    Attributes
    ----------
    name
        File within the delivery, and the number of the sheet.
    header
        Column names as written.
    relation
        The cells, all VARCHAR, in columns ``c0``, ``c1``, ... and in the order of the file.
    first_row
        Row number of the first data row.
    title
        Title of the sheet of an XLSX.
    separator
        Of a CSV.
    """

    name: str
    header: tuple[str, ...]
    relation: DuckDBPyRelation
    first_row: int
    title: str = ""
    separator: str = ""


def connect(scratch: Path) -> DuckDBPyConnection:
    """Open a connection that keeps what does not fit in memory in `scratch`."""
    return duckdb.connect(config={"temp_directory": str(scratch)})


def is_table(path: Path) -> bool:
    """Return whether a file is one of tables, by its extension."""
    return path.suffix.lower() in (*CSV_SUFFIXES, *XLSX_SUFFIXES, ".parquet")


def sheets_of(path: Path, name: str, connection: DuckDBPyConnection, scratch: Path) -> Iterator[Sheet]:
    """Read the tables of a file as text, under the name `name`; `scratch` takes a copy of a CSV in another encoding."""
    if path.suffix.lower() in CSV_SUFFIXES:
        yield _csv_sheet(path, name, connection, scratch)
    elif path.suffix.lower() in XLSX_SUFFIXES:
        yield from _xlsx_sheets(path, name, connection)
    else:
        yield _parquet_sheet(path, name, connection)


def _csv_sheet(path: Path, name: str, connection: DuckDBPyConnection, scratch: Path) -> Sheet:
    """Read a CSV as text; one that is not regular is read by the more patient reader of Python.

    No row may be skipped, as a row that does not fit can hold a BSN like any other.
    """
    text = _as_utf8(path, scratch)
    separator = _separator(text)
    with text.open(encoding="utf-8-sig", newline="") as file:
        csv.field_size_limit(2**31 - 1)
        header = next(csv.reader(file, delimiter=separator), None)
    if header is None:
        raise DeliveryError(f"{name}: is empty; export it anew or take it out of the folder")
    names = [f"c{position}" for position in range(len(header))]
    try:
        relation = connection.read_csv(
            str(text), columns=dict.fromkeys(names, "VARCHAR"), sep=separator, header=True, auto_detect=False,
            quotechar='"', escapechar='"',
        )  # fmt: skip
        relation.aggregate(", ".join(f"count({column})" for column in names)).fetchall()
    except duckdb.Error:
        with text.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter=separator))[1:]
        width = max(len(header), *(len(row) for row in rows)) if rows else len(header)
        header += [""] * (width - len(header))
        relation = _relation([[cell or None for cell in row] for row in rows], width, connection)
    return Sheet(name, tuple(header), relation, 2, separator=separator)


def _separator(path: Path) -> str:
    """The separator of a CSV in UTF-8: the one that its first line has most of."""
    with path.open(encoding="utf-8-sig") as file:
        return max(",;\t|", key=file.readline().count)


def _as_utf8(path: Path, scratch: Path) -> Path:
    """The file itself when it is UTF-8, else a copy that is."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in head:
        # Without a mark, the zero byte of a Latin letter comes second in little endian.
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    elif _is_utf8(path):
        return path
    else:
        encoding = "cp1252"
    copy = scratch / "utf8.csv"
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
    return copy


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            while file.read(CHUNK_BYTES):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _xlsx_sheets(path: Path, name: str, connection: DuckDBPyConnection) -> Iterator[Sheet]:
    """Read every sheet, hidden ones too; the first row with a value is the header."""
    with open_workbook(path) as workbook:
        for place, sheet in enumerate(workbook.worksheets, 1):
            sheet.reset_dimensions()
            rows = [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            first = next((number for number, row in enumerate(rows) if any(row)), None)
            if first is None:
                continue
            width = max(len(row) for row in rows)
            labels = rows[first] + [None] * (width - len(rows[first]))
            header = tuple(label or get_column_letter(number) for number, label in enumerate(labels, 1))
            relation = _relation(rows[first + 1 :], width, connection)
            yield Sheet(f"{name} (sheet {place})", header, relation, first + 2, sheet.title)


def _text(cell: object) -> str | None:
    """A cell as text; a date or moment holds no number to search."""
    return str(cell) if isinstance(cell, str | int | float) and not isinstance(cell, bool) else None


def _relation(rows: list[list[str | None]], width: int, connection: DuckDBPyConnection) -> DuckDBPyRelation:
    padded = [row + [None] * (width - len(row)) for row in rows]
    columns = zip(*padded, strict=True) if padded else ((),) * width
    return connection.from_arrow(
        pa.table({f"c{position}": pa.array(cells, pa.string()) for position, cells in enumerate(columns)})
    )


def _parquet_sheet(path: Path, name: str, connection: DuckDBPyConnection) -> Sheet:
    try:
        relation = connection.read_parquet(str(path))
    except duckdb.Error:
        raise DeliveryError(f"{name}: is not a readable Parquet file; export it anew") from None
    cells = ", ".join(
        f"{_cell(column, str(kind))} as c{position}"
        for position, (column, kind) in enumerate(zip(relation.columns, relation.types, strict=True))
    )
    return Sheet(name, tuple(relation.columns), relation.project(cells), 2)


def _cell(column: str, kind: str) -> str:
    quoted = '"' + column.replace('"', '""') + '"'
    return "null::varchar" if kind.startswith(_NO_DIGITS_TO_SEARCH) else f"cast({quoted} as varchar)"
