"""The files of a delivery as text, whatever their format: nothing is typed and no cell is skipped.

This is how a delivery is searched and copied before anything else reads it. Taking it in is another matter: `formats`
reads only what fits a table.
"""

from __future__ import annotations

import csv
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from openpyxl.utils import get_column_letter

from evaluation.sources.database import exactly, quoted
from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.formats import CHUNK_BYTES, MOST_COLUMNS, damaged, separator_of
from evaluation.sources.delivery.sheets import open_workbook, require_short_rows, values_of

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
XLSX_SUFFIXES = (".xlsx", ".xlsm")
SEPARATORS = ",;\t|"
BATCH_ROWS = 20_000
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


def is_table(path: Path) -> bool:
    """Return whether a file is one of tables, by its extension."""
    return path.suffix.lower() in (*CSV_SUFFIXES, *XLSX_SUFFIXES, ".parquet")


def sheets_of(path: Path, name: str, connection: DuckDBPyConnection, scratch: Path) -> Iterator[Sheet]:
    """Read the tables of a file as text, under the name `name`; `scratch` takes a copy of a CSV in another encoding."""
    if path.suffix.lower() in CSV_SUFFIXES:
        yield _csv_sheet(path, name, connection, scratch)
    elif path.suffix.lower() in XLSX_SUFFIXES:
        yield from _xlsx_sheets(path, name, connection, scratch)
    else:
        yield _parquet_sheet(path, name, connection)


def _csv_sheet(path: Path, name: str, connection: DuckDBPyConnection, scratch: Path) -> Sheet:
    """Read a CSV as text; one that is not regular is read by the more patient reader of Python.

    No row may be skipped, as a row that does not fit can hold a BSN like any other.
    """
    text = _as_utf8(path, scratch)
    separator = _separator(text)
    with text.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file, delimiter=separator), None)
    if header is None:
        raise DeliveryError(f"{name}: is empty; export it anew or take it out of the folder")
    _require_few_columns(name, len(header))
    names = [f"c{position}" for position in range(len(header))]
    try:
        relation = connection.read_csv(
            exactly(text), columns=dict.fromkeys(names, "VARCHAR"), sep=separator, header=True, auto_detect=False,
            quotechar='"', escapechar='"',
        )  # fmt: skip
        relation.aggregate(", ".join(f"count({column})" for column in names)).fetchall()
    except duckdb.Error:
        with text.open(encoding="utf-8-sig", newline="") as file:
            rows = itertools.islice(csv.reader(file, delimiter=separator), 1, None)
            relation = _relation(name, rows, len(header), connection, scratch)
        header += [""] * (len(relation.columns) - len(header))
    return Sheet(name, tuple(header), relation, 2, separator=separator)


def _require_few_columns(name: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise DeliveryError(
            f"{name}: has {columns} columns, more than {MOST_COLUMNS}; export the columns of the register only"
        )


def _separator(path: Path) -> str:
    """The separator of a CSV in UTF-8: the one that its first line has most of."""
    with path.open(encoding="utf-8-sig") as file:
        return separator_of(file.readline(), SEPARATORS)


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


def _xlsx_sheets(path: Path, name: str, connection: DuckDBPyConnection, scratch: Path) -> Iterator[Sheet]:
    """Read every sheet, hidden ones too; the first row with a value is the header."""
    require_short_rows(path)
    with open_workbook(path) as workbook:
        for place, sheet in enumerate(workbook.worksheets, 1):
            place_name = f"{name} (sheet {place})"
            rows = ([_text(cell) for cell in row] for row in values_of(sheet))
            first, labels = next(((number, row) for number, row in enumerate(rows, 1) if any(row)), (0, []))
            labels = _filled(labels)
            if not first:
                continue
            relation = _relation(place_name, rows, len(labels), connection, scratch)
            labels += [None] * (len(relation.columns) - len(labels))
            header = tuple(label or get_column_letter(number) for number, label in enumerate(labels, 1))
            yield Sheet(place_name, header, relation, first + 1, sheet.title)


def _text(cell: object) -> str | None:
    """A cell as text; a date or moment holds no number to search."""
    return str(cell) if isinstance(cell, str | int | float) and not isinstance(cell, bool) else None


def _relation(
    name: str, rows: Iterable[Sequence[str | None]], width: int, connection: DuckDBPyConnection, scratch: Path
) -> DuckDBPyRelation:
    """Lay rows of unequal length down in `scratch`, some at a time, and show them with one column per cell.

    A row is stored as a list, because only the last one tells how many columns there are.
    """
    with tempfile.NamedTemporaryFile(suffix=".parquet", dir=scratch, delete=False) as copy:
        path = Path(copy.name)
    schema = pa.schema([("cells", pa.list_(pa.string()))])
    lines = iter(rows)
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while batch := [_filled(row) for row in itertools.islice(lines, BATCH_ROWS)]:
            width = max(width, *map(len, batch))
            _require_few_columns(name, width)
            writer.write_table(pa.table([pa.array(batch, schema.field(0).type)], schema=schema))
    cells = ", ".join(f"cells[{position + 1}] as c{position}" for position in range(max(width, 1)))
    return connection.read_parquet(exactly(path)).project(cells)


def _filled(row: Sequence[str | None]) -> list[str | None]:
    """Return a row without the empty cells at its end, of which a spreadsheet may have thousands."""
    cells = [cell or None for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _parquet_sheet(path: Path, name: str, connection: DuckDBPyConnection) -> Sheet:
    try:
        relation = connection.read_parquet(exactly(path))
    except duckdb.Error:
        raise damaged(path) from None
    _require_few_columns(name, len(relation.columns))
    cells = ", ".join(
        f"{_cell(column, str(kind))} as c{position}"
        for position, (column, kind) in enumerate(zip(relation.columns, relation.types, strict=True))
    )
    return Sheet(name, tuple(relation.columns), relation.project(cells), 2)


def _cell(column: str, kind: str) -> str:
    return "null::varchar" if kind.startswith(_NO_DIGITS_TO_SEARCH) else f"cast({quoted(column)} as varchar)"
