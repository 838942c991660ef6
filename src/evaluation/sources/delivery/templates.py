"""Templates that a source holder fills in: an empty CSV per table, and one workbook with explanation and drop-downs.

Everything in them comes from the schema, so that what the template asks is what `reading` accepts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from evaluation.sources.delivery.schema import Field, TableSchema, table_schemas

WORKBOOK = "delivery.xlsx"
EXPLANATION, LISTS = "Uitleg", "Lijsten"
LAST_ROW = 1_048_576
EXPLAINED = ("Tabel", "Kolom", "Type", "Eenheid", "Verplicht", "Nederlandse naam", "Uitleg", "Andere namen")
_TYPES = {"string": "tekst", "date": "datum", "integer": "geheel getal", "number": "getal", "boolean": "ja/nee"}
_BOOLEANS = ("ja", "nee")
_FIRST_DATE = 1  # serial number of 1 January 1900; a text is no date and is refused


def write_templates(folder: Path) -> None:
    """Write the templates of a delivery.

    Parameters
    ----------
    folder
        Gets ``<table>.csv`` per table (semicolons, a header and no rows) and ``delivery.xlsx``; made when it is not
        there. A delivery is the workbook or the CSV files, not both.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for schema in table_schemas().values():
        # With a byte order mark, without which Excel reads UTF-8 as Windows-1252.
        with (folder / f"{schema.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\r\n").writerow(schema.columns)
    _workbook().save(folder / WORKBOOK)


def _workbook() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    _explain(book.create_sheet(EXPLANATION))
    sheets = [(schema, book.create_sheet(schema.name)) for schema in table_schemas().values()]
    lists = _write_lists(book.create_sheet(LISTS))
    for schema, sheet in sheets:
        _set_up(sheet, schema, lists)
    return book


def _explain(sheet: Worksheet) -> None:
    sheet.append(EXPLAINED)
    for schema in table_schemas().values():
        for field in schema.fields:
            required = "ja" if field.required else ""
            aliases = ", ".join(field.aliases)
            sheet.append(
                (
                    schema.name,
                    field.name,
                    _TYPES[field.type],
                    field.unit,
                    required,
                    field.title,
                    field.description,
                    aliases,
                )
            )
    _emphasise_header(sheet)
    for letter, width in zip("ABCDEFGH", (18, 26, 14, 10, 10, 30, 90, 40), strict=True):
        sheet.column_dimensions[letter].width = width


def _choices(field: Field) -> tuple[str, ...]:
    return _BOOLEANS if field.type == "boolean" else field.allowed


def _chosen_fields() -> Iterator[Field]:
    """Yield the fields with a drop-down, each list of choices once."""
    seen = set()
    for field in (field for schema in table_schemas().values() for field in schema.fields):
        choices = _choices(field)
        if choices and choices not in seen:
            seen.add(choices)
            yield field


def _write_lists(sheet: Worksheet) -> dict[tuple[str, ...], str]:
    """Write the choices with their labels, two columns per list, and return where each list stands.

    A drop-down refers to cells because a list typed into it may have 255 characters at most.
    """
    places: dict[tuple[str, ...], str] = {}
    for i, field in enumerate(_chosen_fields()):
        codes, labels = 2 * i + 1, 2 * i + 2
        choices = _choices(field)
        name = " ".join(field.code_list) if field.code_list else "Ja of nee" if choices == _BOOLEANS else field.title
        sheet.cell(1, codes, name)
        sheet.cell(1, labels, "Betekenis" if field.codes else None)
        for row, choice in enumerate(choices, start=2):
            cell = sheet.cell(row, codes, choice)
            cell.number_format = "@"
            sheet.cell(row, labels, field.codes.get(choice))
        letter = get_column_letter(codes)
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[get_column_letter(labels)].width = 50
        places[choices] = f"{LISTS}!${letter}$2:${letter}${len(choices) + 1}"
    _emphasise_header(sheet)
    return places


def _set_up(sheet: Worksheet, schema: TableSchema, lists: dict[tuple[str, ...], str]) -> None:
    """Write the header of a table and what may be filled in under it."""
    sheet.append(schema.columns)
    _emphasise_header(sheet)
    for i, field in enumerate(schema.fields, start=1):
        letter = get_column_letter(i)
        column = sheet.column_dimensions[letter]
        column.width = max(12, len(field.name) + 2)
        # Text keeps the leading zero of a code; a date is shown in the one form that cannot be mistaken.
        column.number_format = {"string": "@", "date": "yyyy-mm-dd"}.get(field.type, "General")
        if check := _validation(field, lists):
            check.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.add_data_validation(check)


def _validation(field: Field, lists: dict[tuple[str, ...], str]) -> DataValidation | None:
    if choices := _choices(field):
        check = DataValidation(type="list", formula1=lists[choices], allow_blank=not field.required)
        check.error = f"Kies een waarde uit de lijst op het blad {LISTS}."
    elif field.type == "date":
        check = DataValidation(
            type="date", operator="greaterThanOrEqual", formula1=str(_FIRST_DATE), allow_blank=not field.required
        )
        check.error = "Vul een datum in, zoals 2024-03-25."
    else:
        return None
    check.errorTitle, check.showErrorMessage = field.title, True
    return check


def _emphasise_header(sheet: Worksheet) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
