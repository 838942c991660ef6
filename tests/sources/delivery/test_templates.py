"""Templates: what they ask is what is read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from evaluation.sources.delivery.reading import read_delivery
from evaluation.sources.delivery.schema import table_schemas
from evaluation.sources.delivery.templates import write_templates

TRAJECTORY = {
    "trajectory_id": "t1",
    "client_key": "c1",
    "product_code": "007",
    "referrer_code": "01",
    "phase": 2,
    "start_date": date(2024, 3, 25),
}
COMPLAINT = {"complaint_id": "k1", "received_on": date(2024, 4, 3), "upheld": "ja"}


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    write_templates(tmp_path / "templates")
    return tmp_path / "templates"


def test_a_filled_workbook_is_read_back_and_sheets_left_blank_are_not_delivered(
    templates: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(templates / "delivery.xlsx")
    for table, values in {"trajectories": TRAJECTORY, "complaints": COMPLAINT}.items():
        columns = [cell.value for cell in book[table][1]]
        for name, value in values.items():
            book[table].cell(2, columns.index(name) + 1, value)
    folder = tmp_path / "in"
    folder.mkdir()
    book.save(folder / "delivery.xlsx")
    delivery = read_delivery(folder, tmp_path / "work", date(2025, 1, 1))
    assert delivery.tables == ("trajectories", "complaints")
    columns = ", ".join(TRAJECTORY)
    read = delivery.connection.execute(f"select _row, {columns} from trajectories").fetchall()
    assert read == [(2, *TRAJECTORY.values())]
    assert delivery.connection.execute("select received_on, upheld from complaints").fetchall() == [
        (date(2024, 4, 3), True)
    ]
    assert delivery.connection.execute("select * from problems").fetchall() == []


def test_a_filled_csv_is_read_back(templates: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    header = (templates / "trajectories.csv").read_text(encoding="utf-8-sig").strip().split(";")
    line = ";".join(str(TRAJECTORY.get(name, "")) for name in header)
    content = (templates / "trajectories.csv").read_bytes() + f"{line}\r\n".encode()
    (folder / "trajectories.csv").write_bytes(content)
    delivery = read_delivery(folder, tmp_path / "work", date(2025, 1, 1))
    columns = ", ".join(TRAJECTORY)
    assert delivery.connection.execute(f"select {columns} from trajectories").fetchall() == [tuple(TRAJECTORY.values())]


def test_every_table_has_a_csv_and_a_sheet_with_its_columns(templates: Path) -> None:
    book = openpyxl.load_workbook(templates / "delivery.xlsx")
    assert book.sheetnames == ["Uitleg", *table_schemas(), "Lijsten"]
    for name, schema in table_schemas().items():
        assert tuple(cell.value for cell in book[name][1]) == schema.columns
        assert all(cell.font.bold for cell in book[name][1])
        assert book[name].freeze_panes == "A2"
        text = (templates / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert text.splitlines() == [";".join(schema.columns)]


def test_drop_downs_offer_exactly_what_the_schema_allows(templates: Path) -> None:
    book = openpyxl.load_workbook(templates / "delivery.xlsx")
    offered = {}
    for name, schema in table_schemas().items():
        for check in book[name].data_validations.dataValidation:
            column = schema.columns[next(iter(check.cells.ranges)).min_col - 1]
            if check.type == "list":
                sheet, _, cells = check.formula1.partition("!")
                offered[name, column] = tuple(str(row[0].value) for row in book[sheet][cells.replace("$", "")])
            else:
                offered[name, column] = (check.type,)
    expected = {}
    for name, schema in table_schemas().items():
        for field in schema.fields:
            kinds = {"date": ("date",), "boolean": ("ja", "nee")}
            if choices := field.allowed or kinds.get(field.type, ()):
                expected[name, field.name] = choices
    assert offered == expected


def test_the_first_sheet_explains_every_column(templates: Path) -> None:
    rows = list(openpyxl.load_workbook(templates / "delivery.xlsx")["Uitleg"].iter_rows(min_row=2, values_only=True))
    assert [row[:2] for row in rows] == [(n, c) for n, schema in table_schemas().items() for c in schema.columns]
    start = next(row for row in rows if row[:2] == ("trajectories", "start_date"))
    assert start[2:6] == ("datum", "day", "ja", "Begindatum")
