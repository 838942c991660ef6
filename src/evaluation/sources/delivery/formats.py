"""Files of a delivery as tables of text: CSV, XLSX and Parquet, in whatever encoding and separator they came.

Every file becomes a DuckDB relation ``raw`` with ``_row`` and one column ``c0``, ``c1``... per column of the file. CSV
and sheets hold text only, Parquet its own types. What was detected on the way is noted in `RawTable`.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from evaluation.sources.database import exactly, literal, quoted
from evaluation.sources.delivery.contract import ROW, DeliveryError
from evaluation.sources.fingerprint import sha256_of

SUFFIXES = (".csv", ".xlsx", ".parquet")
SEPARATORS = ";,\t"
CHUNK_BYTES = 1 << 24
MOST_COLUMNS = 1000
LONGEST_CELL = 2**31 - 1  # for Python, which else stops at 128 kB; DuckDB stops at 16 MB
LONGEST_CELL = 2**31 - 1  # for Python, which else stops at 128 kB; DuckDB stops at 16 MB

# A citizen service number has eight or nine digits, with or without dots; nothing that looks like one is ever shown.
_NUMBER = r"\d{8,}|\d{3}[. ]\d{3}[. ]\d{3}|\d{4}[. ]\d{2}[. ]\d{3}"
_MASK = "*********"
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class RawTable:
    """One file or sheet as it came, laid down in the relation ``raw``.

    Attributes
    ----------
    header
        Names of the columns as the file has them; column *i* is ``c<i>`` in ``raw``.
    types
        DuckDB types of those columns, ``VARCHAR`` for all but Parquet.
    """

    path: Path
    format: str
    encoding: str
    separator: str
    header: tuple[str, ...]
    types: tuple[str, ...]
    sha256: str


def printable(text: str) -> str:
    """Return a text on one line, in which nothing can steer the screen that shows it."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))


def masked(text: str) -> str:
    """Return a text in which nothing can be read as a citizen service number, cut to a length that fits a line."""
    shown = re.sub(_NUMBER, _MASK, printable(text))
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


def masked_sql(text: str) -> str:
    """Return the SQL expression that masks a column of text as `masked` does."""
    return f"left(regexp_replace({text}, '{_NUMBER}', '{_MASK}', 'g'), {_LONGEST_SHOWN})"


def refusal(place: str, found: str, remedy: str) -> DeliveryError:
    """Return the error for a delivery that cannot be taken in, as one line."""
    return DeliveryError(f"{place}: {found}; {remedy}")


def shown(path: Path) -> str:
    """Return the name of a file as a message may show it."""
    return masked(path.name)


def damaged(path: Path) -> DeliveryError:
    """Return the error for a Parquet file that cannot be read, or not to its end."""
    return refusal(shown(path), "not readable as Parquet", "export the file again")


def header_of(path: Path) -> tuple[str, ...]:
    """Return the header of a CSV without reading further; empty when the file is."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return _header(file)[0]


def stage_csv(connection: DuckDBPyConnection, path: Path, scratch: Path) -> RawTable:
    """Lay a CSV down as text in ``staging.lines`` and show it as ``raw``.

    Raises
    ------
    DeliveryError
        When the file is empty, in neither UTF-8 nor Windows-1252, or a line has another number of cells.
    """
    encoding, sha256 = _encoding_and_hash(path)
    source = path
    if encoding == "windows-1252":
        source = scratch / "utf8.csv"
        _transcode(path, source)
    with source.open(encoding="utf-8-sig", newline="") as file:
        header, separator = _header(file)
    if not any(name.strip() for name in header):
        raise refusal(shown(path), "the file is empty", "deliver the header and the rows, or leave the file out")
    _stage_lines(connection, path, source, len(header), separator)
    if source != path:
        source.unlink()
    return RawTable(path, "csv", encoding, separator, header, ("VARCHAR",) * len(header), sha256)


def stage_rows(
    connection: DuckDBPyConnection, path: Path, rows: Iterable[list[str]], scratch: Path, sha256: str
) -> RawTable:
    """Lay the rows of a sheet down as text in ``staging.lines`` and show them as ``raw``; the first is the header."""
    lines = iter(rows)
    header = tuple(next(lines, []))
    if not any(name.strip() for name in header):
        raise refusal(shown(path), "the first row of the sheet is empty", "put the names of the columns in row 1")
    source = scratch / "sheet.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows((line + [""] * len(header))[: len(header)] for line in lines)
    _stage_lines(connection, path, source, len(header), ";")
    source.unlink()
    return RawTable(path, "xlsx", "", "", header, ("VARCHAR",) * len(header), sha256)


def stage_parquet(connection: DuckDBPyConnection, path: Path) -> RawTable:
    """Show a Parquet file as ``raw``, where it lies and with its own types.

    Raises
    ------
    DeliveryError
        When it is not Parquet, or a column holds lists, structures or bytes.
    """
    where = literal(exactly(path))
    try:
        described = connection.execute(f"describe select * from read_parquet({where})").fetchall()
    except duckdb.Error:
        raise damaged(path) from None
    header, types = tuple(row[0] for row in described), tuple(row[1] for row in described)
    for name, kind in zip(header, types, strict=True):
        if re.search(r"\[|\(.*\(|STRUCT|MAP|BLOB|UNION|TIME$", kind):
            raise refusal(
                f"{shown(path)}, column {masked(name)}", f"type {kind} is not a table cell", "export plain values"
            )
    columns = ", ".join(f"{quoted(name)} as c{i}" for i, name in enumerate(header))
    connection.execute(
        f"""create or replace temp view raw as select file_row_number + 2 as {ROW}, {columns}
        from read_parquet({where}, file_row_number = true)"""
    )
    return RawTable(path, "parquet", "", "", header, types, sha256_of(path))


def _stage_lines(connection: DuckDBPyConnection, path: Path, source: Path, width: int, separator: str) -> None:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    try:
        connection.execute(
            f"""create or replace table staging.lines as select * from read_csv({literal(exactly(source))},
            columns = {{{columns}}}, sep = '{separator}', header = true, auto_detect = false, quote = '"',
            escape = '"', max_line_size = 16777216)"""
        )
    except duckdb.Error as error:
        raise refusal(shown(path), _csv_reason(error), "correct that line, or quote the text that holds it") from None
    filled = f"coalesce({', '.join(f'c{i}' for i in range(width))}) is not null"
    # Rows that a spreadsheet left blank are no rows; rowid keeps their number for those that follow.
    connection.execute(
        f"create or replace temp view raw as select rowid + 2 as {ROW}, * from staging.lines where {filled}"
    )


def _csv_reason(error: duckdb.Error) -> str:
    """What DuckDB says about a line, without the line itself, which may hold personal data."""
    text = str(error)
    line, cells = re.search(r"Line: (\d+)", text), re.search(r"Columns: (\d+) Found: (\d+)", text)
    place = f"line {line[1]} " if line else "a line "
    if cells:
        return f"{place}has {cells[2]} cells where the header has {cells[1]}"
    return f"{place}is not regular CSV (an open quote, or a line longer than 16 MB)"


def separator_of(header: str, marks: str = SEPARATORS) -> str:
    """Return the mark that parts the cells of a CSV: the one that splits its first line into most names."""
    csv.field_size_limit(LONGEST_CELL)
    return max(marks, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _header(lines: Iterable[str]) -> tuple[tuple[str, ...], str]:
    first = next(iter(lines), "").removeprefix("\ufeff")
    separator = separator_of(first)
    return tuple(name.strip() for name in next(csv.reader([first], delimiter=separator), [])), separator


def _encoding_and_hash(path: Path) -> tuple[str, str]:
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    is_utf8, first = True, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            first = first or chunk[:3]
            digest.update(chunk)
            if b"\0" in chunk:
                raise _undecodable(path)
            is_utf8 = is_utf8 and _decodes(decoder.decode, chunk)
    is_utf8 = is_utf8 and _decodes(lambda end: decoder.decode(end, final=True), b"")
    if is_utf8:
        return "utf-8-sig" if first == codecs.BOM_UTF8 else "utf-8", digest.hexdigest()
    return "windows-1252", digest.hexdigest()


def _decodes(decode: Callable[[bytes], str], chunk: bytes) -> bool:
    try:
        decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _transcode(path: Path, target: Path) -> None:
    """Write a Windows-1252 file as UTF-8, unless it holds bytes of neither or of both."""
    with path.open("rb") as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK_BYTES):
            # Valid UTF-8 letters such as ë in a file that is not UTF-8: two encodings were pasted together.
            if re.search(rb"\xc3[\x80-\xbf]", chunk) or not _decodes(lambda part: part.decode("cp1252"), chunk):
                raise _undecodable(path)
            sink.write(chunk.decode("cp1252").encode("utf-8"))


def _undecodable(path: Path) -> DeliveryError:
    return refusal(shown(path), "neither UTF-8 nor Windows-1252 throughout", "export the file again as CSV UTF-8")
