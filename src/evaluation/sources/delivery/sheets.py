"""Workbooks (XLSX) as rows of text, and the check that opening one cannot exhaust the machine."""

from __future__ import annotations

import errno
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError, iterparse

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from evaluation.sources.delivery.formats import refusal, shown

MOST_UNCOMPRESSED_BYTES = 2 * 1024**3
MOST_COMPRESSION = 200
MOST_PART_BYTES = 32 * 1024**2  # of a part that is read whole: styles, names, relations
MOST_STRINGS_BYTES = 256 * 1024**2  # of the texts that cells share, which are all kept
MOST_ROW_BYTES = 16 * 1024**2
MOST_ROWS = 1_048_576
DAMAGED = (
    *(LookupError, ValueError, TypeError, AttributeError, EOFError, RuntimeError, OverflowError, AssertionError),
    *(ParseError, InvalidFileException, zipfile.BadZipFile, zlib.error),
)
"""What openpyxl and zipfile raise on a workbook whose bytes are damaged; it promises no error of its own."""

SAVE_AGAIN = "save the workbook again as XLSX"
CHUNK_BYTES = 1 << 20
_SHEET = re.compile(r"/?xl/worksheets/[^/]+\.xml")
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def require_harmless(path: Path) -> None:
    """Refuse a workbook that would unpack to far more than a register needs; nothing is unpacked to find out.

    Raises
    ------
    DeliveryError
        When it is no workbook, unpacks to more than 2 GB, or to more than 200 times its size.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGED:
        raise refusal(shown(path), "not readable as XLSX", SAVE_AGAIN) from None
    unpacked = sum(member.file_size for member in members)
    # The size on disk, not the sizes that the members claim: members may lie on top of each other.
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > MOST_UNCOMPRESSED_BYTES or ratio > MOST_COMPRESSION:
        raise refusal(
            shown(path),
            f"unpacks to {unpacked} bytes, {ratio:.0f} times its size, like a zip bomb",
            f"stay below {MOST_UNCOMPRESSED_BYTES} bytes and {MOST_COMPRESSION} times, or deliver CSV",
        )
    for member in members:
        limit = MOST_STRINGS_BYTES if member.filename.endswith("sharedStrings.xml") else MOST_PART_BYTES
        is_whole = member.filename.endswith((".xml", ".rels")) and not _SHEET.fullmatch(member.filename)
        if is_whole and member.file_size > limit:
            raise refusal(shown(path), f"a part of it has {member.file_size} bytes", "deliver CSV")
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            raise refusal(shown(path), "packed or locked in a way that Excel does not read", SAVE_AGAIN)


def require_short_rows(path: Path) -> None:
    """Refuse a workbook with a row so long that reading it takes more memory than the machine may have.

    Raises
    ------
    DeliveryError
        When there is such a row, or the file is no workbook.
    """
    require_harmless(path)
    try:
        with zipfile.ZipFile(path) as archive:
            is_long = any(_has_long_row(archive, name) for name in archive.namelist() if _SHEET.fullmatch(name))
    except DAMAGED:
        raise refusal(shown(path), "not readable as XLSX", SAVE_AGAIN) from None
    if is_long:
        raise refusal(shown(path), f"a row takes more than {MOST_ROW_BYTES} bytes", "shorten its texts, or deliver CSV")


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook, in order."""
    with open_workbook(path) as book:
        return tuple(book.sheetnames)


def filled_sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets in which any cell has a value, in order."""
    with open_workbook(path) as book:
        return tuple(page.title for page in book.worksheets if _is_filled(page))


def require_computed(path: Path) -> None:
    """Refuse a workbook with a formula of which no outcome was saved, as its cell would pass for an empty one.

    A formula whose outcome is an empty text is no such cell. Only sheets that hold formulas are parsed.

    Raises
    ------
    DeliveryError
        When there is such a formula, or the file is no workbook.
    """
    require_short_rows(path)
    try:
        with zipfile.ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if _SHEET.fullmatch(name)]
            is_uncomputed = any(_has_formula(archive, name) and _is_uncomputed(archive, name) for name in sheets)
    except DAMAGED:
        raise refusal(shown(path), "not readable as XLSX", SAVE_AGAIN) from None
    if is_uncomputed:
        raise refusal(
            shown(path), "holds formulas without a saved outcome", "open and save the workbook in Excel first"
        )


def sheet_rows(path: Path, sheet: str) -> Generator[list[str], None, None]:
    """Yield every row of a sheet as text, blank rows too, so that positions are row numbers.

    Dates become YYYY-MM-DD, whole numbers have no decimals, truth values are ``true`` and ``false``.
    """
    with open_workbook(path) as book:
        for row in values_of(book[sheet]):
            yield [_text(cell) for cell in row]


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """Open a workbook that was found harmless; whatever is wrong with it, also while it is read, is one refusal."""
    require_harmless(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except DAMAGED:
        raise refusal(shown(path), "not readable as XLSX", SAVE_AGAIN) from None
    except OSError as error:
        # openpyxl says so of an archive without a workbook, the system of one that points before its beginning.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise refusal(shown(path), "not readable as XLSX", SAVE_AGAIN) from None


def values_of(page: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the values of every row of a sheet that was opened, as far as a sheet of Excel can reach."""
    page.reset_dimensions()  # a size that the file claims is not to be believed
    rows: Iterator[tuple[Any, ...]] = page.iter_rows(max_row=MOST_ROWS, values_only=True)
    return rows


def _is_filled(page: Any) -> bool:
    return any(cell is not None for row in values_of(page) for cell in row)


def _has_formula(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as file:
        while chunk := file.read(CHUNK_BYTES):
            if _FORMULA.search(tail + chunk):
                return True
            tail = chunk[-32:]  # a tag may lie across two chunks
    return False


def _has_long_row(archive: zipfile.ZipFile, name: str) -> bool:
    length, tail = 0, b""
    with archive.open(name) as file:
        while chunk := file.read(CHUNK_BYTES):
            last = (tail + chunk).rfind(b"row>")
            length = length + len(chunk) if last < 0 else len(tail) + len(chunk) - last
            if length > MOST_ROW_BYTES:
                return True
            tail = chunk[-3:]  # the end of a row may lie across two chunks
    return False


def _is_uncomputed(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as file:
        return any("f" in parts and not parts.get("v") for parts in _cells(file))


def _cells(file: IO[bytes]) -> Iterator[dict[str, str | None]]:
    """Yield the parts of every cell but those of type ``str``: ``f`` is a formula, ``v`` its saved outcome.

    Type ``str`` is a text that a formula gave; such a cell may rightly be empty.
    """
    for _, element in iterparse(file):
        kind = _local(element.tag)
        if kind == "c" and element.get("t") != "str":
            yield {_local(part.tag): part.text for part in element}
        if kind == "row":
            element.clear()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return _number(cell)
    return str(cell)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    # A cell that is a number in the sheet is never a doubtful text: 1.234 could be read as a thousand and more.
    return f"{text}0" if len(text.rpartition(".")[2]) == 3 else text
