"""The workbook: numbers stay numbers, text stays text, what is not shown is said in words, and bytes do not wander."""

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from evaluation.evidence import Evidence
from evaluation.presentation.labels import EVIDENCE
from evaluation.presentation.table import Column
from evaluation.presentation.workbook import number_format, workbook
from tests.presentation.drawn_contents import EN, NL, annex, chapter, edition, table

MARK = "Synthetische gegevens: laten zien hoe dit werkt en zeggen niets over Groningen"


def _read(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def _grid(sheet: Worksheet) -> tuple[int, list[list[object]]]:
    """The row of the header, and the rows below it that hold the table, with its days in ISO form."""
    top = int(re.fullmatch(r"A(\d+)", sheet.freeze_panes)[1]) - 1
    width = sum(sheet.cell(top, place).value is not None for place in range(1, sheet.max_column + 1))
    rows = []
    for row in sheet.iter_rows(min_row=top + 1, max_col=width, values_only=True):
        if row[0] is None:
            break
        rows.append([value.date().isoformat() if isinstance(value, datetime) else value for value in row])
    return top, rows


def test_every_value_is_what_it_was():
    book = _read(workbook(edition(chapter(table()))))
    assert book.sheetnames == ["Inhoud", "1 Een tabel", "Toelichting"]
    top, rows = _grid(book["1 Een tabel"])
    hidden, unknown = "niet getoond", "onbekend"
    assert rows == [
        ["=SUM(A1:A9)", 1273, 0.293, 0.27, 0.31, -0.05, 12300.4, 5.825, "2024-03-25", "2024-03-01"],
        ["-verwijzer", *[hidden] * 7, unknown, unknown],
        ["nul", 0, 0, unknown, unknown, 0, 0, 0, "2025-01-01", "2025-01-01"],
        ["onbekend", *[unknown] * 9],
    ]
    formats = [book["1 Een tabel"].cell(top + 1, place).number_format for place in range(1, 11)]
    assert formats[1:] == [
        "#,##0",
        *["0.0%"] * 3,
        "+0.0%;-0.0%;0.0%",
        "[$€-413] #,##0;-[$€-413] #,##0",
        "#,##0.00",
        "[$-413]d mmmm yyyy",
        "[$-413]mmmm yyyy",
    ]
    headings = [cell.value for cell in book["1 Een tabel"][top]]
    assert headings[2:5] == ["Aandeel", "Aandeel: van", "Aandeel: tot"]


def test_text_is_never_a_formula():
    sheet = _read(workbook(edition(chapter(table(title="=1+1")))))["1 =1+1"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "=SUM(A1:A9)")
    assert cell.data_type == "s"
    assert cell.quotePrefix  # so that it stays text when somebody edits the cell
    assert cell.number_format == "General"


@pytest.mark.parametrize("evidence", Evidence)
def test_only_synthetic_sheets_carry_the_mark(evidence: Evidence):
    book = _read(workbook(edition(chapter(table(evidence=evidence), evidence=evidence))))
    for sheet in (book["Inhoud"], book["1 Een tabel"]):
        texts = [cell.value for row in sheet.iter_rows(max_row=5) for cell in row]
        assert (MARK in texts) == (evidence is Evidence.SYNTHETIC)


def test_the_statements_are_a_sheet_that_can_be_filtered():
    book = _read(workbook(edition(chapter(table()), annex=annex(3))))
    assert book.sheetnames == ["Inhoud", "Uitspraken", "1 Een tabel", "Toelichting"]
    sheet = book["Uitspraken"]
    top, rows = _grid(sheet)
    headings = [cell.value for cell in sheet[top]]
    assert headings[:2] == ["Uitspraak", "Citaat"]
    assert rows[0] == [
        *("A01", "=een citaat 1", "Presentatie van voren", "De titel", "cijfer", "weersproken", "B"),
        *("Omdat 1.", "Een telling."),
    ]
    assert len(rows) == 3
    assert sheet.auto_filter.ref == f"A{top}:I{top + 3}"
    assert sheet.cell(top + 1, 2).data_type == "s"
    assert MARK not in [cell.value for row in sheet.iter_rows() for cell in row]
    (link,) = [cell for (cell,) in book["Inhoud"].iter_rows(max_col=1) if cell.hyperlink][:1]
    assert link.hyperlink.location == "'Uitspraken'!A1"
    assert any("claims.json" in str(cell.value) for row in sheet.iter_rows() for cell in row)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_the_sheet_of_statements_equals_claims_json(outputs: Path, name: str):
    claims = json.loads((outputs / name / "claims.json").read_text())
    language = claims["language"]
    sheet = load_workbook(outputs / name / "tables.xlsx").worksheets[1]
    _top, rows = _grid(sheet)
    keys = ("id", "quote", *(["gloss"] if language == "en" else []), f"document_{language}", "section")
    keys += (f"kind_{language}", f"verdict_{language}", "grade", f"reason_{language}", f"settles_{language}")
    assert rows == [[claim[key] for key in keys] for claim in claims["claims"]]
    assert len(rows) == 141


def test_contents_lead_to_every_sheet_and_back():
    tables = [table(f"t{i}", f"Tabel over [alles]: {'heel ' * i}lang/kort? Ja" * 2) for i in range(12)]
    book = _read(workbook(edition(chapter(*tables))))
    names = book.sheetnames
    assert all(len(name) <= 31 for name in names)
    assert len({name.casefold() for name in names}) == len(names) == 14
    assert not any(re.search(r"[\[\]:*?/\\']", name) for name in names)
    links = [cell.hyperlink.location for (cell,) in book["Inhoud"].iter_rows(max_col=1) if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in names[1:-1]]
    for name in names[1:-1]:
        back = [cell.hyperlink.location for row in book[name].iter_rows() for cell in row if cell.hyperlink]
        assert back == ["'Inhoud'!A1"]


def test_same_tables_give_same_bytes_and_tell_nothing_of_the_making():
    contents = edition(chapter(table()))
    made = workbook(contents)
    assert made == workbook(contents)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        everything = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
    assert re.findall(r"<(\w+:\w+)[ >]", core) == ["cp:coreProperties", "dc:title", "dc:language"]
    assert "<dc:language>nl</dc:language>" in core
    assert b"<f>" not in everything
    assert str(date.today().year).encode() not in everything or date.today().year in (2024, 2025)  # noqa: DTZ011


def test_notes_and_source_stand_below_the_table():
    sheet = _read(workbook(edition(chapter(table()))))["1 Een tabel"]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert "De noot." in texts
    assert "Bron: tables/volumes_t.csv. Editie 2025-01-01, peildatum 1 januari 2025." in texts
    assert "Aantallen: Hoeveel waren er?" in texts
    assert "Soort bewijs: gepubliceerd door de gemeente" in texts


def test_the_explanation_says_what_the_words_mean():
    sheet = _read(workbook(edition(chapter(table()))))["Toelichting"]
    words = [cell.value for (cell,) in sheet.iter_rows(max_col=1) if cell.value]
    assert {"niet getoond", "onbekend", *(NL.translate(label) for label in EVIDENCE.values())} <= set(words)


def test_english_formats_are_english():
    assert number_format(Column("x", "X", "euro", 2), EN) == "[$€-809]#,##0.00;-[$€-809]#,##0.00"
    assert number_format(Column("x", "X", "day"), EN) == "[$-809]d mmmm yyyy"
    assert number_format(Column("x", "X", "percent", 0), NL) == "0%"
    assert _read(workbook(edition(chapter(table()), language=EN))).sheetnames == [
        "Contents",
        "1 Een tabel",
        "Explanation",
    ]


def test_a_character_that_a_workbook_cannot_hold_is_replaced():
    contents = edition(chapter(table(title="Een\x07tabel")))
    assert _read(workbook(contents)).worksheets[1]["A1"].value == "Een\N{REPLACEMENT CHARACTER}tabel"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["2024-03-25", "2025-01-01", "2025-01-01-en"])
def test_every_number_of_an_edition_equals_its_csv(outputs: Path, name: str):
    folder = outputs / name
    book = load_workbook(folder / "tables.xlsx")
    listed = {}
    for sheet in book.worksheets[2:-1]:
        texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        (file,) = {found[1] for text in texts if (found := re.search(r": (tables/\w+\.csv)\. ", text))}
        listed[file] = sheet
    files = {f"tables/{path.name}" for path in (folder / "tables").glob("*.csv")}
    assert set(listed) == files
    numbers = 0
    for file, sheet in listed.items():
        _header, *expected = csv.reader(io.StringIO((folder / file).read_text(), newline=""))
        _top, rows = _grid(sheet)
        assert len(rows) == len(expected), file
        for row, texts in zip(rows, expected, strict=True):
            for value, text in zip(row, texts, strict=False):
                if isinstance(value, int | float):
                    assert value == float(f"{float(text):.16g}"), file  # as many digits as openpyxl writes
                    numbers += 1
                elif text in ("", "suppressed"):
                    assert value in ("onbekend", "niet getoond", "unknown", "not shown"), file
                else:
                    assert value == (text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text), file
    assert numbers > 500
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
