"""Whether the copies of one number agree: on the page, in the CSV, the workbook, the document and the single file.

The CSV holds every value in full. Each function returns what does not agree with it, one line for each disagreement;
each says where.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tests.presentation.numbers import Day, days_in, number_of
from tests.presentation.reading import ReadPage, ReadSheet, ReadTable, csv_of, page_of

WITHHELD = {"nl": "niet getoond", "en": "not shown"}
UNKNOWN = {"nl": "onbekend", "en": "unknown"}
BELOW = "< "  # before the least that a p-value is printed as
ENDS = {"nl": ("van", "tot"), "en": ("from", "to")}
_INTERVAL = {
    "nl": re.compile(r"(?P<value>.+?) \((?P<low>.+) tot (?P<high>.+)\)"),
    "en": re.compile(r"(?P<value>.+?) \((?P<low>.+) to (?P<high>.+)\)"),
}


def decimal_of(text: str) -> Decimal | None:
    """Return the number that a cell of a CSV holds."""
    try:
        return Decimal(text) if re.fullmatch(r"-?[\d.]+(?:e[+-]?\d+)?", text) else None
    except InvalidOperation:
        return None


def reads_as(stored: str, shown: str, language: str) -> bool:
    """Whether a cell that is shown says what the cell of the CSV holds."""
    if stored == "suppressed" or not stored:
        return shown == (WITHHELD if stored else UNKNOWN)[language]
    if " ".join(stored.split()) == shown or (stored.startswith("'") and " ".join(stored[1:].split()) == shown):
        return True
    if (value := decimal_of(stored)) is not None:
        printed = number_of(shown.removeprefix(BELOW), language)
        if shown.startswith(BELOW):
            return printed is not None and 0 <= value < printed.value
        return printed is not None and printed.prints(value)
    days, rest = days_in(shown, language)
    return (
        len(days) == 1 and not rest.strip() and [days[0].names(day) for day in days_in(stored, language)[0]] == [True]
    )


def widths_of(sheet: ReadSheet, language: str) -> list[int]:
    """Number of columns of the CSV for each column of the page: three for a value that is shown with its interval."""
    widths: list[int] = []
    for text in sheet.header:
        label, _colon, end = text.rpartition(": ")
        if widths and end in ENDS[language] and sheet.header[sum(widths) - widths[-1]] == label:
            widths[-1] += 1
        else:
            widths.append(1)
    return widths


def page_table_disagreements(table: ReadTable, file: Path, widths: Sequence[int], language: str) -> Iterator[str]:
    """Compare each cell on a page with the CSV."""
    header, stored = csv_of(file)
    if sum(widths) != len(header) or len(widths) != len(table.header) or len(stored) != len(table.rows):
        yield f"{file.name}: {len(stored)} rows of {len(header)}, on the page {len(table.rows)} of {len(table.header)}"
        return
    for number, (own, shown) in enumerate(zip(stored, table.rows, strict=True), start=1):
        place = 0
        for width, text in zip(widths, shown, strict=True):
            parts = own[place : place + width]
            if not _cell_agrees(parts, text, language):
                yield f"{file.name}, row {number}, {header[place]}: {parts} in the CSV, “{text}” on the page"
            place += width


def _cell_agrees(parts: Sequence[str], text: str, language: str) -> bool:
    if len(parts) == 1 or not all(part and part != "suppressed" for part in parts):
        return reads_as(parts[0], text, language)
    found = _INTERVAL[language].fullmatch(text)
    return found is not None and all(
        reads_as(part, shown, language) for part, shown in zip(parts, found.groups(), strict=True)
    )


def sheet_disagreements(sheet: ReadSheet, table: ReadTable, file: Path, language: str) -> Iterator[str]:
    """Compare each cell of a sheet with the CSV, and the decimals that it shows with those on the page."""
    header, stored = csv_of(file)
    if len(stored) != len(sheet.rows) or len(header) != len(sheet.header) or sheet.title != table.title:
        yield f"{file.name}: {len(stored)} rows of {len(header)}, in the workbook {len(sheet.rows)} of {sheet.header}"
        return
    widths = widths_of(sheet, language)
    for number, (own, cells) in enumerate(zip(stored, sheet.rows, strict=True), start=1):
        for key, text, (value, _format) in zip(header, own, cells, strict=True):
            if not _same_value(text, value, language):
                yield f"{file.name}, row {number}, {key}: {text!r} in the CSV, {value!r} in the workbook"
        place = 0
        for width, shown in zip(widths, table.rows[number - 1], strict=True):
            value, form = cells[place]
            if isinstance(value, int | float) and _decimals_of(shown, language) != _decimals_shown(form):
                yield f"{file.name}, row {number}, {header[place]}: “{shown}” on the page, as {form} in the workbook"
            place += width


def _same_value(text: str, value: object, language: str) -> bool:
    if isinstance(value, datetime | date):
        return Day.of(value) in days_in(text, language)[0]
    if isinstance(value, int | float):
        stored = decimal_of(text)
        # A workbook holds sixteen digits.
        return stored is not None and abs(Decimal(str(value)) - stored) <= abs(stored) * Decimal("1e-15")
    return reads_as(text, " ".join(str(value).split()), language) and decimal_of(text) in (None, decimal_of(str(value)))


def _decimals_of(shown: str, language: str) -> tuple[int, bool] | None:
    found = _INTERVAL[language].fullmatch(shown)
    printed = number_of(found["value"] if found else shown.removeprefix(BELOW), language)
    return (-int(printed.value.as_tuple().exponent), printed.percent) if printed else None


def _decimals_shown(form: str) -> tuple[int, bool]:
    first = re.sub(r"\[[^\]]*\]", "", form.split(";", maxsplit=1)[0])
    return len(first.partition(".")[2].rstrip("%")), first.endswith("%")


def squeezed(text: str) -> str:
    """Text without the spaces and line ends that typesetting moves."""
    return "".join(text.split())


def parts_of(page: ReadPage) -> Iterator[str]:
    """Yield every text of a page that a document may repeat: sentences, titles, rows and notes."""
    yield from page.sentences
    for table in page.tables:
        yield from (table.title, table.note, "".join(table.header), *("".join(row) for row in table.rows))


def left_over(pages: Sequence[str], known: Sequence[str], running: Sequence[str]) -> Iterator[str]:
    """Yield what a document says that none of the known texts says, as far as it holds a number.

    Parameters
    ----------
    pages
        Texts of the pages of the document.
    known
        What it may say, each as a whole.
    running
        Patterns of what stands on every page, such as its number.
    """
    rest = squeezed("\n".join(_without(page, running) for page in pages))
    for text in sorted({squeezed(text) for text in known} - {""}, key=len, reverse=True):
        rest = rest.replace(text, "|")
    yield from (part for part in rest.split("|") if re.search(r"\d", part))


def _without(page: str, running: Sequence[str]) -> str:
    for pattern in running:
        page = re.sub(pattern, "\n", page, flags=re.MULTILINE)
    return page


def single_disagreements(single: BeautifulSoup, page: BeautifulSoup, name: str) -> Iterator[str]:
    """Compare the text of a page, and of its drawings, with its part of the single file."""
    part = single.find(id=name)
    content = page.find("main")
    if not isinstance(part, Tag) or not isinstance(content, Tag):
        yield f"{name} is not in the single file"
        return
    ours, theirs = (_told(tag) for tag in (content, part))
    for text, times in (Counter(ours) - Counter(theirs)).items():
        yield f"{name}: “{text}” stands {times} time less in the single file"
    shown, repeated = ([alt for _file, alt in page_of(tag).pictures] for tag in (content, part))
    if shown != repeated[: len(shown)]:
        yield f"{name}: its drawings are told in other words in the single file"


def _told(tag: Tag) -> list[str]:
    return [" ".join(str(text).split()) for text in tag.find_all(string=True) if str(text).strip() and _is_read(text)]


def _is_read(text: object) -> bool:
    return getattr(text, "parent", None) is None or text.parent.name not in ("script", "style")  # type: ignore[attr-defined]
