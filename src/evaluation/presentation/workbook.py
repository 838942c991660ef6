"""All tables and statements of an edition as one workbook: numbers with their formats, words for what is not shown.

The bytes depend on the tables alone. A workbook names no author and no moment, and holds no formula. Numbers are kept
to sixteen digits, which is what openpyxl writes and one more than Excel computes with.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from evaluation.evidence import Evidence, is_suppressed
from evaluation.presentation.claims_annex import CLAIMS_TABLE, table_claims
from evaluation.presentation.claims_page import CLAIMS_NAME
from evaluation.presentation.contents import TITLE, EditionContents
from evaluation.presentation.figure import BJH, INK, SOFT_INK, WARNING
from evaluation.presentation.labels import EVIDENCE
from evaluation.presentation.language import N_, NOT_SHOWN, Language
from evaluation.presentation.mark import ASSUMED_PART, mark_text
from evaluation.presentation.table import MISSING, RUNS_IN_A_SPREADSHEET, Column, Table

AnyCell = Cell | MergedCell  # what openpyxl says that a sheet may hold
LONGEST_NAME = 31  # characters that Excel allows in the name of a sheet
NARROWEST, WIDEST = 11.0, 52.0  # characters
NOTE_WIDTH = 90  # characters over which a note is spread at least
LINE_HEIGHT = 15.0  # points
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys(r"[]:*?/\'", " "))
_NO_MOMENT = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:language>{language}</dc:language>'
    "</cp:coreProperties>"
)


def _colour(code: str) -> str:
    return "FF" + code.removeprefix("#").upper()


TITLE_FONT = Font(name="Calibri", size=15, bold=True, color=_colour(INK))
PLAIN = Font(name="Calibri", size=11, color=_colour(INK))
BOLD = Font(name="Calibri", size=11, bold=True, color=_colour(INK))
SOFT = Font(name="Calibri", size=10, color=_colour(SOFT_INK))
WORDS = Font(name="Calibri", size=11, italic=True, color=_colour(SOFT_INK))
MARKED = Font(name="Calibri", size=11, bold=True, color=_colour(WARNING))
LINK = Font(name="Calibri", size=11, underline="single", color=_colour(BJH))
HEADER_FILL = PatternFill("solid", fgColor="FFE8F0F6")
UNDER_HEADER = Border(bottom=Side("medium", color=_colour(BJH)))
UNDER_ROW = Border(bottom=Side("thin", color="FFD5DADE"))


@dataclass(frozen=True)
class _Sheet:
    """A sheet with its table, the chapter and question it belongs to, and the file with the same values."""

    table: Table
    sheet: Worksheet
    chapter: str
    question: str
    file: str


def workbook(contents: EditionContents) -> bytes:
    """Return the tables of an edition as XLSX: a list of contents, a sheet per table, and an explanation.

    Parameters
    ----------
    contents
        What the edition shows.
    """
    _ = contents.language.translate
    book = Workbook()
    first = book.worksheets[0]
    first.title = _("Contents")
    names = {first.title.casefold(), (explanation := _("Explanation")).casefold()}
    listed: list[_Sheet] = []
    for number, (chapter, table) in enumerate(contents.tables(), start=1):
        sheet = book.create_sheet(_sheet_name(number, table.title, names))
        listed.append(_Sheet(table, sheet, chapter.name, chapter.question_of(table.id), chapter.file_of(table.id)))
    if contents.annex:
        table, name = table_claims(contents.annex, contents.language), _(CLAIMS_NAME)
        names.add(name.casefold())
        listed.insert(0, _Sheet(table, book.create_sheet(name, 1), name, table.title, "claims.json"))
    for own in listed:
        _fill(own, contents, back=first.title)
    _list(first, contents, listed)
    _explain(book.create_sheet(explanation), contents)
    book.calculation.fullCalcOnLoad = False  # there is nothing to compute
    target = io.BytesIO()
    book.save(target)
    return _without_moments(target.getvalue(), f"{_(TITLE)}: {contents.about}", contents.language)


def number_format(column: Column, language: Language) -> str:
    """Return the format in which a spreadsheet shows the numbers of a column."""
    decimals = "." + "0" * column.digits if column.digits else ""
    locale = {"nl": "413", "en": "809"}[language.code]
    space = " " if language.code == "nl" else ""
    return {
        "integer": "#,##0",
        "decimal": f"#,##0{decimals}",
        "percent": f"0{decimals}%",
        "signed": f"+#,##0{decimals};-#,##0{decimals};0{decimals}",
        "p_value": f"#,##0{decimals}",
        "points": f"+0{decimals}%;-0{decimals}%;0{decimals}%",
        "euro": f"[$€-{locale}]{space}#,##0{decimals};-[$€-{locale}]{space}#,##0{decimals}",
        "day": f"[$-{locale}]d mmmm yyyy",
        "month": f"[$-{locale}]mmmm yyyy",
    }.get(column.kind, "@")


def _sheet_name(number: int, title: str, taken: set[str]) -> str:
    """A name of at most 31 characters, cut at a word, that no other sheet has; the number keeps it apart."""
    words, name = _held(title).translate(_NOT_IN_A_NAME).split(), str(number)
    for word in words:
        if len(f"{name} {word}") > LONGEST_NAME:
            break
        name = f"{name} {word}"
    if name.casefold() in taken:
        name = f"{number} {number}"
    taken.add(name.casefold())
    return name


def _fill(own: _Sheet, contents: EditionContents, *, back: str) -> None:
    """Write one table with what a reader must know of it above and below."""
    language, table, sheet = contents.language, own.table, own.sheet
    _ = language.translate
    columns = [(key, column) for column in table.columns for key in column.keys]
    _text(sheet, 1, 1, table.title, TITLE_FONT)
    _text(sheet, 2, 1, f"{own.chapter}: {own.question}", SOFT)
    _text(sheet, 3, 1, _("Kind of evidence: {kind}").format(kind=_kind(table)), SOFT)
    top = 4
    if mark := mark_text(table.evidence, language, assumed=table.assumed):
        _text(sheet, top, 1, mark, MARKED)
        top += 1
    for place, heading in enumerate(_headings(table, language), start=1):
        number = columns[place - 1][1].kind not in ("text", "quote")
        cell = _text(sheet, top, place, heading, BOLD)
        cell.fill, cell.border = HEADER_FILL, UNDER_HEADER
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="right" if number else "left")
    rows = table.frame[[key for key, _column in columns]].itertuples(index=False, name=None)
    last = top
    for last, row in enumerate(rows, start=top + 1):
        for place, ((_key, column), value) in enumerate(zip(columns, row, strict=True), start=1):
            _value(sheet.cell(last, place), value, column, language)
    _set_widths(sheet, table)
    below = last + 2
    if table.id == CLAIMS_TABLE:
        sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(columns))}{last}"
    for note in filter(None, (table.note, _source(contents, own.file))):
        _note(sheet, below, note, len(columns))
        below += 1
    _link(sheet, below, 1, _("To the contents"), back)
    sheet.freeze_panes = f"A{top + 1}"
    _set_up_printing(sheet, f"{top}:{top}")


def _headings(table: Table, language: Language) -> list[str]:
    ends = (N_("{label}: from"), N_("{label}: to"))
    named = []
    for column in table.columns:
        named.append(column.label)
        named += [language.translate(end).format(label=column.label) for end in ends[: len(column.keys) - 1]]
    return named


def _value(cell: AnyCell, value: Any, column: Column, language: Language) -> None:
    """Write one value: a number or a day as itself, and what is suppressed or missing in words, never as nothing."""
    number = column.kind not in ("text", "quote")
    if is_suppressed(value) or pd.isna(value):
        _write(cell, language.translate(NOT_SHOWN if is_suppressed(value) else MISSING), WORDS)
    elif number and isinstance(value, int | float | date) and not isinstance(value, bool):
        cell.value, cell.font, cell.number_format = value, PLAIN, number_format(column, language)
    else:
        _write(cell, str(value), PLAIN)
    cell.border = UNDER_ROW
    cell.alignment = Alignment(wrap_text=not number, vertical="top", horizontal="right" if number else "left")


def _text(sheet: Worksheet, row: int, place: int, text: str, font: Font) -> AnyCell:
    cell = sheet.cell(row, place)
    _write(cell, text, font)
    return cell


def _write(cell: AnyCell, text: str, font: Font) -> None:
    """Write text that stays text, whatever it begins with."""
    cell.value = _held(text)
    cell.data_type = "s"  # openpyxl reads what begins with an equals sign as a formula
    cell.quotePrefix = text.startswith(RUNS_IN_A_SPREADSHEET)
    cell.font = font


def _held(text: str) -> str:
    """Text with a sign in the place of every character that a workbook cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)


def _link(sheet: Worksheet, row: int, place: int, text: str, target: str) -> None:
    cell = _text(sheet, row, place, text, LINK)
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{target}'!A1")
    cell.font = LINK


def _note(sheet: Worksheet, row: int, text: str, columns: int) -> None:
    """Write a note over the width of the table, or what is readable when that is narrow."""
    widths = [sheet.column_dimensions[get_column_letter(place)].width for place in range(1, columns + 1)]
    while sum(widths) < NOTE_WIDTH:
        widths.append(13.0)
    cell = _text(sheet, row, 1, text, SOFT)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
    sheet.row_dimensions[row].height = LINE_HEIGHT * ceil(1.05 * len(text) / sum(widths))


def _source(contents: EditionContents, file: str) -> str:
    said = contents.language.translate(N_("Source: {file}. {about}."))
    return said.format(file=file, about=contents.about)


def _set_widths(sheet: Worksheet, table: Table) -> None:
    """Make each column as wide as its longest value, within bounds; headings wrap at words."""
    place = 0
    for column in table.columns:
        for key in column.keys:
            place += 1
            shown = [column.cell(value, table.language) for value in table.frame[key]]
            words = (len(word) for word in column.label.split())
            width = max([*map(len, shown), *words], default=0) + 2.5
            sheet.column_dimensions[get_column_letter(place)].width = min(max(width, NARROWEST), WIDEST)


def _list(first: Worksheet, contents: EditionContents, listed: list[_Sheet]) -> None:
    """Write the list of contents with a link to every sheet."""
    _ = contents.language.translate
    _text(first, 1, 1, _(TITLE), TITLE_FONT)
    _text(first, 2, 1, contents.about, SOFT)
    top = 4
    if Evidence.SYNTHETIC in contents.evidence:
        said = _(ASSUMED_PART) if contents.assumed else mark_text(Evidence.SYNTHETIC, contents.language)
        _text(first, 3, 1, said, MARKED)
        top = 5
    headings = (_("Table"), _("Chapter"), _("Question"), _("Kind of evidence"))
    for place, heading in enumerate(headings, start=1):
        cell = _text(first, top, place, heading, BOLD)
        cell.fill, cell.border = HEADER_FILL, UNDER_HEADER
    for row, own in enumerate(listed, start=top + 1):
        _link(first, row, 1, own.table.title, own.sheet.title)
        _text(first, row, 2, own.chapter, PLAIN)
        _text(first, row, 3, own.question, PLAIN)
        synthetic = own.table.evidence is Evidence.SYNTHETIC
        _text(first, row, 4, _kind(own.table), MARKED if synthetic else PLAIN)
        for place in range(1, 5):
            cell = first.cell(row, place)
            cell.border, cell.alignment = UNDER_ROW, Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (52, 20, 58, 26), strict=True):
        first.column_dimensions[letter].width = width
    first.freeze_panes = f"A{top + 1}"
    _set_up_printing(first, f"{top}:{top}")


def _kind(table: Table) -> str:
    """What the kind of evidence of a table is called."""
    return table.language.translate(N_("assumptions") if table.assumed else EVIDENCE[table.evidence])


def _explain(sheet: Worksheet, contents: EditionContents) -> None:
    """Write what the words and signs in the sheets mean."""
    _ = contents.language.translate
    rules = (
        (_(NOT_SHOWN), _("A number that is known and withheld, because it is small or gives a small one away.")),
        (_(MISSING), _("A number that is not known. It is not zero.")),
        (
            _("from, to"),
            _("Ends of the interval of the value before it; the note of the table says which kind."),
        ),
        ("%", _("A share, kept as a fraction and shown as a percentage.")),
        (_("Numbers"), _("Kept in full and shown rounded; the CSV files hold the same values.")),
    )
    _text(sheet, 1, 1, _("What the words and signs mean"), TITLE_FONT)
    for row, (word, meaning) in enumerate(rules, start=3):
        _explained(sheet, row, word, meaning)
    top = len(rules) + 4
    _text(sheet, top, 1, _("Kinds of evidence"), TITLE_FONT)
    for row, kind in enumerate(reversed(list(Evidence)), start=top + 2):
        _explained(sheet, row, *contents.meaning(kind, contents.language))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 32, 96
    _set_up_printing(sheet, None)


def _explained(sheet: Worksheet, row: int, word: str, meaning: str) -> None:
    for place, (text, font) in enumerate(((word, BOLD), (meaning, PLAIN)), start=1):
        cell = _text(sheet, row, place, text, font)
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _set_up_printing(sheet: Worksheet, repeated: str | None) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = repeated
    sheet.sheet_view.showGridLines = False


def _without_moments(content: bytes, title: str, language: Language) -> bytes:
    """Write the workbook again with fixed times, and with properties that name no author and no date."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in made.namelist():
            core = _CORE.format(title=escape(title), language=language.code).encode()
            entry = zipfile.ZipInfo(name, _NO_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(entry, core if name == "docProps/core.xml" else made.read(name))
    return target.getvalue()
