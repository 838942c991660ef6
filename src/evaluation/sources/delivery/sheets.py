"""Workbooks (XLSX) as rows of text, and the check that opening one cannot exhaust the machine."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from evaluation.sources.delivery.formats import refusal, shown

MOST_UNCOMPRESSED_BYTES = 2 * 1024**3
MOST_COMPRESSION = 200
MOST_ROWS = 1_048_576
DAMAGED = (
    *(KeyError, IndexError, ValueError, TypeError, AttributeError, EOFError, NotImplementedError),
    *(ParseError, InvalidFileException, zipfile.BadZipFile, zlib.error),
)
"""What openpyxl and zipfile raise on a workbook whose bytes are damaged; it promises no error of its own."""

SAVE_AGAIN = "save the workbook again as XLSX"


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
    except zipfile.BadZipFile:
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


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook, in order."""
    with open_workbook(path) as book:
        return tuple(book.sheetnames)


def sheet_rows(path: Path, sheet: str) -> Generator[list[str], None, None]:
    """Yield every row of a sheet as text, blank rows too, so that positions are row numbers.

    Dates become YYYY-MM-DD, whole numbers have no decimals, truth values are ``true`` and ``false``.
    """
    with open_workbook(path) as book:
        page = book[sheet]
        page.reset_dimensions()  # a size that the file claims is not to be believed
        for row in page.iter_rows(max_row=MOST_ROWS, values_only=True):
            yield [_text(cell) for cell in row]


def sha256_of(path: Path) -> str:
    """Return the hash of a workbook."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
