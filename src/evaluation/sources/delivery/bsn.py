"""Citizen service numbers (BSN) in a delivery: found in any cell of any file, before anything else reads it.

A BSN may not enter an evaluation. The files themselves are searched, as text, so that a number in a column that no
table knows, or inside a story, is found as well. DuckDB selects the cells that could hold one; the exact test is in
Python.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from openpyxl.utils import get_column_letter

from evaluation.snapshot import row_of
from evaluation.sources.database import open_private
from evaluation.sources.delivery.beleidsinformatie import LAYOUT
from evaluation.sources.delivery.contract import DeliveryError
from evaluation.sources.delivery.formats import damaged, printable
from evaluation.sources.delivery.schema import plain_name, table_schemas
from evaluation.sources.delivery.texts import Sheet, is_table, sheets_of

REMOVED = "[verwijderd]"
"""What stands where a BSN stood."""

ROWS_NAMED = 5

# Nine digits, together or parted by spaces, dots, hyphens or slashes. Letters may not touch them (so a key with one
# is never a BSN), unless they say that this is one. A fraction before or after makes it an amount, unless it is a list
# of numbers.
_BSN = re.compile(
    r"(?:(?<![^\W_])|(?<=\bbsn)|(?<=servicenummer))"
    r"(?:(?<![0-9][.,])|(?<=[0-9]{9},))"
    r"(?=([0-9](?:(?: ?[0-9]){8}|(?:\.?[0-9]){8}|(?:-?[0-9]){8}|(?:/?[0-9]){8}))"
    r"(?![^\W_])(?!\.[0-9])(?!,(?![0-9]{9}(?![0-9]))[0-9]))",
    re.IGNORECASE,
)
# A number that lost its leading zero, or that became a float because other cells of its column are empty.
_LOST = re.compile(r"\s*(?:([0-9]{8})|([0-9]{8,9})[.,]0)\s*")
# A day with a digit more, such as a number that follows it.
_DAY = re.compile(
    r"(?<![0-9])(?:(?:19|20)[0-9]{2}([-/])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])([-/])(?:0?[1-9]|1[0-2])\2(?:19|20)[0-9]{2})(?![0-9])"
)
# Spaces that do not break or are thin; the hyphen proper, the one that does not break, and the en dash.
_SIGNS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_SEPARATORS = re.compile("[ ./-]")

# The same in the regular expressions of DuckDB, which look neither behind nor ahead: a little too wide, on purpose.
# The first is wider still and quick: it says which columns the second, slow because of all letters, has to look at.
_ENOUGH_DIGITS = (
    r"length({0}) >= 8 and (regexp_matches({0}, "
    r"'[0-9]([-./ \x{{00a0}}\x{{202f}}\x{{2009}}\x{{2010}}\x{{2011}}\x{{2013}}]?[0-9]){{8}}') "
    r"or regexp_matches({0}, '^[\s\x{{00a0}}]*[0-9]{{8}}([.,]0)?[\s\x{{00a0}}]*$'))"
)
_POSSIBLE = (
    r"length({0}) >= 8 and (regexp_matches({0}, "
    r"'(^|[^0-9\pL]|[nN]|[rR])[0-9]"
    r"([-./ \x{{00a0}}\x{{202f}}\x{{2009}}\x{{2010}}\x{{2011}}\x{{2013}}]?[0-9]){{8}}($|[^0-9\pL])') "
    r"or regexp_matches({0}, '^[\s\x{{00a0}}]*[0-9]{{8,9}}([.,]0)?[\s\x{{00a0}}]*$'))"
)


@dataclass(frozen=True)
class BsnFinding:
    """A column that holds citizen service numbers; the numbers themselves are not kept.

    Attributes
    ----------
    file
        File within the delivery, and the number of the sheet where it has sheets.
    column
        The column as `shown_column` names it; ``line`` for a file that is not a table, ``file name`` for the name
        itself.
    rows
        The first five rows, as a person sees them in the file; row 1 is the header.
    count
        How many rows there are.
    """

    file: str
    column: str
    rows: tuple[int, ...]
    count: int

    def __str__(self) -> str:
        """File, column and rows in words."""
        more = f" and {self.count - len(self.rows)} more" if self.count > len(self.rows) else ""
        column = self.column if self.column.startswith("column ") else f"column {self.column!r}"
        return f"{self.file}: {column}, row(s) {', '.join(map(str, self.rows))}{more}"


def passes_eleven_test(digits: str) -> bool:
    """Return whether eight or nine digits form a citizen service number.

    Nine times the first digit plus eight times the second, until two times the eighth, minus the ninth, is a multiple
    of eleven. Eight digits lost a leading zero. All zeros (a child unborn) is no BSN, nor is 999999999 (unknown), which
    fails the test.
    """
    if re.fullmatch(r"[0-9]{8,9}", digits) is None or not digits.strip("0"):
        return False
    *leading, last = (int(digit) for digit in digits.zfill(9))
    return (sum(weight * digit for weight, digit in zip(range(9, 1, -1), leading, strict=True)) - last) % 11 == 0


def bsn_spans(text: str) -> list[tuple[int, int]]:
    """Return where nine-digit service numbers stand in a text, overlapping ones as one."""
    spans: list[tuple[int, int]] = []
    for match in _BSN.finditer(text.translate(_SIGNS)):
        start, end = match.span(1)
        written = match[1]
        # One dot alone is a decimal point.
        if written.count(".") == 1 or not passes_eleven_test(without_separators(written)) or _DAY.search(written):
            continue
        if spans and start < spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def without_separators(text: str) -> str:
    """Return a text without the signs that may part the digits of a service number."""
    return _SEPARATORS.sub("", text.translate(_SIGNS))


def shown_column(label: str, position: int) -> str:
    """Return how a message names a column: by a name that a delivery may use, else by its place.

    A label can be anything, also the name of a person, where a file has no header.
    """
    plain = plain_name(label)
    return plain if plain in _known_names() else f"column {position + 1} ({get_column_letter(position + 1)})"


@cache
def _known_names() -> frozenset[str]:
    names = (name for table in table_schemas().values() for field in table.fields for name in field.names)
    return frozenset(map(plain_name, ("bsn", *LAYOUT, *names)))


def without_bsn(text: str) -> str:
    """Return a cell in which `REMOVED` stands where a service number stood."""
    if _is_lost(text):
        return REMOVED
    for start, end in reversed(bsn_spans(text)):
        text = text[:start] + REMOVED + text[end:]
    return text


def find_bsn(folder: Path, scratch: Path | None = None) -> list[BsnFinding]:
    """Search every file of a delivery for citizen service numbers.

    CSV in any encoding and with any separator, every sheet of an XLSX, every column of a Parquet file, and other text
    files by the line. About one in eleven numbers of nine digits passes the eleven test without being a BSN, and
    nothing in the number tells them apart; a column of running numbers of nine digits is therefore a finding too, as
    is one of eight digits that are not all dates. Keys with a letter before the digits never are. A number with
    decimals is an amount; ``123456782.0`` is a whole number that was typed as a float, unless its column holds real
    fractions.

    Parameters
    ----------
    folder
        The delivery.
    scratch
        Folder for copies that are gone afterwards; by default that of the system.

    Raises
    ------
    DeliveryError
        When a file cannot be searched.
    """
    findings = []
    with (
        tempfile.TemporaryDirectory(prefix=".searching-", dir=scratch) as aside,
        open_private(scratch=Path(aside)) as connection,
    ):
        for path in delivered_files(folder):
            name = printable(without_bsn(str(path.relative_to(folder))))
            if bsn_spans(path.name):
                findings.append(BsnFinding(name, "file name", (1,), 1))
            if not is_table(path):
                findings += _line_findings(path, name)
                continue
            try:
                for sheet in sheets_of(path, name, connection, Path(aside)):
                    findings += column_findings(sheet, connection).values()
            except duckdb.Error:
                if path.suffix.lower() == ".parquet":  # read where it lies, so damage shows only now
                    raise damaged(path) from None
                raise
    return findings


def refuse_bsn(folder: Path, scratch: Path | None = None) -> None:
    """Refuse a delivery that holds citizen service numbers, naming their place and never the number.

    Parameters
    ----------
    folder, scratch
        As in `find_bsn`.

    Raises
    ------
    DeliveryError
        When `find_bsn` finds any, also where a running number of digits only passes the test by chance.
    """
    findings = find_bsn(folder, scratch)
    if findings:
        places = "; ".join(map(str, findings[:ROWS_NAMED]))
        more = f"; and {len(findings) - ROWS_NAMED} more columns" if len(findings) > ROWS_NAMED else ""
        raise DeliveryError(
            f"{places}{more}: citizen service numbers (BSN) may not be delivered; replace them with `evaluation "
            "pseudonymise`"
        )


def delivered_files(folder: Path) -> list[Path]:
    """Return the files of a delivery, in all its folders, without the hidden ones."""
    if not folder.is_dir():
        raise DeliveryError(f"{without_bsn(str(folder))}: there is no such folder; name the folder of the delivery")
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def column_findings(sheet: Sheet, connection: DuckDBPyConnection) -> dict[int, BsnFinding]:
    """Return per position of a column what was found in it."""
    found = {
        position: BsnFinding(sheet.name, shown_column(label, position), (sheet.first_row - 1,), 1)
        for position, label in enumerate(sheet.header)
        if without_bsn(label) != label
    }
    columns = sheet.relation.columns
    if not columns:
        return found
    tests = ", ".join(f"coalesce(bool_or({_ENOUGH_DIGITS.format(column)}), false)" for column in columns)
    sheet.relation.create_view("searched", replace=True)  # a third of the time of asking the relation itself
    (enough,) = connection.execute(f"select {tests} from searched").fetchall()
    for position, possible in enumerate(enough):
        if possible and (values := _service_numbers(sheet.relation, columns[position])):
            rows, count = _rows_with(sheet, columns[position], values, connection)
            found[position] = BsnFinding(sheet.name, shown_column(sheet.header[position], position), rows, count)
    return found


def _is_lost(text: str) -> bool:
    match = _LOST.fullmatch(text)
    return match is not None and passes_eleven_test(match[1] or match[2])


def _service_numbers(relation: DuckDBPyRelation, column: str) -> list[str]:
    """The values of a column that are or hold a BSN, judged with the whole column in view."""
    cells = relation.filter(_POSSIBLE.format(column)).project(column).distinct()
    certain: list[str] = []
    lost: list[str] = []
    for batch in cells.to_arrow_reader(100_000):
        for cell in batch.column(0).to_pylist():
            if bsn_spans(cell):
                certain.append(cell)
            elif _is_lost(cell):
                lost.append(cell)
    if lost:
        dates, amounts = _dates_and_amounts(relation, column)
        floats = {cell for cell in lost if cell.strip().endswith((".0", ",0"))} if amounts else set()
        certain += [] if dates else [cell for cell in lost if cell not in floats]
    return certain


def _dates_and_amounts(relation: DuckDBPyRelation, column: str) -> tuple[bool, bool]:
    """Whether all values of a column are dates such as 20240325 or 25032024, and whether any has a real fraction."""
    digits = f"regexp_replace(trim({column}), '[.,]0$', '')"
    dates = (
        f"bool_and({digits} in ('00000000', '99991231', '31129999') or (length({digits}) = 8 and "
        f"coalesce(year(try_strptime({digits}, '{form}')) between 1900 and 2099, false))) "
        f"filter (trim({column}) <> '')"
        for form in ("%Y%m%d", "%d%m%Y")
    )
    fraction = f"bool_or(regexp_full_match(trim({column}), '[-+]?[0-9]+[.,][0-9]*[1-9][0-9]*'))"
    values = relation.project(column).distinct()
    year_first, day_first, amounts = row_of(values, f"select {', '.join(dates)}, {fraction} from t")
    return bool(year_first or day_first), bool(amounts)


def _rows_with(
    sheet: Sheet, column: str, values: list[str], connection: DuckDBPyConnection
) -> tuple[tuple[int, ...], int]:
    connection.register("service_numbers", pa.table({"value": pa.array(values, pa.string())}))
    rows, count = row_of(
        sheet.relation,
        f"""select min(row, {ROWS_NAMED}), count(*)
        from (select row_number() over () + {sheet.first_row - 1} as row, {column} as cell from t)
        where cell in (select value from service_numbers)""",
    )
    connection.unregister("service_numbers")
    return tuple(rows), count


def _line_findings(path: Path, name: str) -> list[BsnFinding]:
    """Search a file that is no table, line by line."""
    with path.open("rb") as file:
        binary = b"\0" in file.read(4096)
    if binary:
        raise DeliveryError(
            f"{name}: cannot be searched for citizen service numbers; deliver it as CSV, XLSX or Parquet, or take it "
            "out of the folder"
        )
    with path.open(encoding="utf-8", errors="replace") as lines:
        rows = [number for number, line in enumerate(lines, 1) if bsn_spans(line)]
    return [BsnFinding(name, "line", tuple(rows[:ROWS_NAMED]), len(rows))] if rows else []
