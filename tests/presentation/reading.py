"""Reads a built edition back from its files, as its readers' software does: nothing here knows how they were made."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pypdf
from bs4 import BeautifulSoup, Tag
from openpyxl.worksheet.worksheet import Worksheet

_DRAWN = re.compile(r'src="data:[^"]*"')
_FILE = re.compile(r"\btables/(\w+)\.csv")
_NOT_READ = ["script", "style", "template", "svg"]


@dataclass(frozen=True)
class ReadTable:
    """A table of a page: its anchor without ``table-``, and the texts of its cells."""

    id: str
    title: str
    header: list[str]
    rows: list[list[str]]
    note: str


@dataclass(frozen=True)
class ReadPage:
    """What stands on a page.

    Attributes
    ----------
    sentences
        Generated sentences, without their mark.
    pictures
        Alternative text by name of figure, in order.
    """

    sentences: list[str]
    tables: list[ReadTable]
    pictures: list[tuple[str, str]]


@dataclass(frozen=True)
class ReadSheet:
    """A sheet with a table: texts of its header, and its cells as value and format."""

    title: str
    header: list[str]
    rows: list[list[tuple[object, str]]]


def soup_of(page: Path) -> BeautifulSoup:
    """Parse a page; drawings inside it are left out."""
    return BeautifulSoup(_DRAWN.sub('src=""', page.read_text(encoding="utf-8")), "html.parser")


def text_of(tag: Tag) -> str:
    """Text of an element on one line."""
    return " ".join(tag.get_text().split())


def page_of(soup: BeautifulSoup | Tag) -> ReadPage:
    """Read the exhibits of a page or a part of one."""
    return ReadPage(
        sentences=[_unmarked(found) for found in soup.select("p.finding")],
        tables=[_table(found) for found in soup.select("[id^=table-]")],
        pictures=[
            (unquote(str(found.get("src", ""))).removeprefix("figures/").removesuffix(".svg"), str(found["alt"]))
            for found in soup.select("figure img")
        ],
    )


def _unmarked(tag: Tag) -> str:
    return " ".join("".join(part.get_text() for part in tag.children if not _is_mark(part)).split())


def _is_mark(part: object) -> bool:
    return isinstance(part, Tag) and "mark" in (part.get("class") or [])


def _table(tag: Tag) -> ReadTable:
    title, note = tag.select_one("caption"), tag.select_one("p.note")
    return ReadTable(
        id=re.sub(r"-\d+$", "", str(tag["id"]).removeprefix("table-")),  # without the number of a second time
        title=_unmarked(title) if title else "",
        header=[text_of(cell) for cell in tag.select("thead th")],
        rows=[[text_of(cell) for cell in row.select("th, td")] for row in tag.select("tbody tr")],
        note=text_of(note) if note else "",
    )


def csv_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV, without the column that says whether it is synthetic."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    width = len(header) - (header[-1:] == ["mark"])
    return header[:width], [row[:width] for row in rows]


def sheets_of(path: Path) -> dict[str, ReadSheet]:
    """Return the sheets with a table by the name of the CSV that they name as their source."""
    return {name: sheet for found in openpyxl.load_workbook(path).worksheets for name, sheet in _sheet(found)}


def _sheet(found: Worksheet) -> Iterator[tuple[str, ReadSheet]]:
    cells = list(found.iter_rows())
    named = [match[1] for row in cells for cell in row if (match := _FILE.search(str(cell.value)))]
    if found.freeze_panes is None or not named:
        return
    top = int(re.sub(r"\D", "", found.freeze_panes)) - 1  # the header is the last row that stays in view
    header = [str(cell.value) for cell in cells[top - 1] if cell.value is not None]
    body = []
    for row in cells[top:]:
        if row[0].value is None:
            break
        body.append([(cell.value, cell.number_format) for cell in row[: len(header)]])
    yield named[-1], ReadSheet(str(cells[0][0].value), header, body)


def document_of(path: Path) -> list[str]:
    """Text of the pages of a document."""
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def drawn_texts(path: Path) -> list[str]:
    """Texts of a figure: matplotlib names each of them in a comment before its outlines."""
    return [text.strip() for text in re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"))]
