"""Reading a delivery: every format gives the same tables, and what is doubtful is refused or noted."""

from __future__ import annotations

import csv
import os
import re
import stat
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from evaluation.sources.delivery.contract import Delivery, DeliveryError
from evaluation.sources.delivery.reading import read_delivery
from evaluation.sources.delivery.sheets import require_harmless

HEADER = ("traject_id", "Clientnummer", "product", "verwijzer", "wijk", "begindatum", "einddatum", "reden_einde")
ROWS = [
    ("au0", "c1", "P01", "01", "Beijum", date(2024, 3, 25), date(2024, 6, 1), "31"),
    ("t2", "c1", "P01", "02", "De Hoogte", date(2024, 4, 3), None, None),
    ("t3", "c2", "P02", "01", "Groep één", date(2024, 5, 4), date(2024, 5, 31), "02"),
    ("t4", "c3", "P02", "08", "a; b", date(2024, 12, 31), None, None),
    ("t5", "c4", "P01", "06", None, date(2023, 1, 1), date(2024, 1, 1), "36"),
]
COLUMNS = "trajectory_id, client_key, product_code, referrer_code, neighbourhood, start_date, end_date, end_reason"
DAY = date(2025, 1, 1)

Form = Callable[[date], str]
SERIAL: Form = lambda day: str((day - date(1899, 12, 30)).days)  # noqa: E731


def text_of(rows: list[tuple[Any, ...]], separator: str = ";", form: Form = date.isoformat) -> str:
    def cell(value: Any) -> str:
        text = "" if value is None else form(value) if isinstance(value, date) else str(value)
        return f'"{text}"' if separator in text else text

    return "\n".join(separator.join(map(cell, row)) for row in [HEADER, *rows]) + "\n"


def read(tmp_path: Path) -> Delivery:
    return read_delivery(tmp_path / "in", tmp_path / "work", DAY)


def deliver(tmp_path: Path, **files: str) -> Delivery:
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read(tmp_path)


def refused(tmp_path: Path, **files: str) -> str:
    with pytest.raises(DeliveryError) as caught:
        deliver(tmp_path, **files)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "work" / "delivery.duckdb").exists()
    return str(caught.value)


def rows_of(delivery: Delivery, columns: str = COLUMNS, table: str = "trajectories") -> list[tuple[Any, ...]]:
    return delivery.connection.execute(f"select {columns} from {table} order by _row").fetchall()


def problems(delivery: Delivery) -> list[tuple[Any, ...]]:
    return delivery.connection.execute("select * from problems order by all").fetchall()


def trajectories(**columns: list[str]) -> str:
    """A valid CSV of trajectories in which the columns given replace or extend the required ones."""
    rows = len(next(iter(columns.values())))
    base = {
        "trajectory_id": [f"t{i}" for i in range(rows)],
        "client_key": ["c"] * rows,
        "product_code": ["p"] * rows,
        "referrer_code": ["01"] * rows,
        "start_date": ["2024-03-25"] * rows,
    } | columns
    return "\n".join(";".join(line) for line in [tuple(base), *zip(*base.values(), strict=True)]) + "\n"


# --- the same five rows in every form -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("separator", "encoding", "form", "expected_encoding", "expected_form"),
    [
        (";", "utf-8", date.isoformat, "utf-8", "YYYY-MM-DD"),
        (",", "utf-8-sig", date.isoformat, "utf-8-sig", "YYYY-MM-DD"),
        ("\t", "cp1252", lambda day: day.strftime("%d-%m-%Y"), "windows-1252", "DD-MM-YYYY"),
        (";", "cp1252", lambda day: day.strftime("%d/%m/%Y"), "windows-1252", "DD/MM/YYYY"),
        (";", "utf-8", lambda day: day.strftime("%Y%m%d"), "utf-8", "YYYYMMDD"),
        (";", "utf-8", SERIAL, "utf-8", "Excel serial number"),
    ],
)
def test_every_csv_gives_the_same_table(
    tmp_path: Path, *, separator: str, encoding: str, form: Form, expected_encoding: str, expected_form: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Trajecten.CSV").write_text(text_of(ROWS, separator, form), encoding=encoding)
    delivery = read(tmp_path)
    assert rows_of(delivery) == ROWS
    assert rows_of(delivery, "_row") == [(2,), (3,), (4,), (5,), (6,)]
    (file,) = delivery.files
    assert (file.format, file.separator, file.encoding) == ("csv", separator, expected_encoding)
    assert dict(file.date_formats) == {"start_date": expected_form, "end_date": expected_form}
    assert file.aliases["client_key"] == "Clientnummer"
    assert file.rows == 5
    assert problems(delivery) == []


def test_a_workbook_gives_the_same_table(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Trajecten")
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    book.save(tmp_path / "in" / "trajectories.xlsx")
    delivery = read(tmp_path)
    assert rows_of(delivery) == ROWS
    assert delivery.files[0].format == "xlsx"
    assert problems(delivery) == []


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "VARCHAR"])
def test_parquet_gives_the_same_table(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in").mkdir()
    connection = duckdb.connect()
    columns = ", ".join(f"{name} {kind if 'datum' in name else 'VARCHAR'}" for name in HEADER)
    connection.execute(f"create table t ({columns})")
    connection.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?, ?)", ROWS)
    connection.execute(f"copy t to '{tmp_path / 'in' / 'trajecten.parquet'}'")
    delivery = read(tmp_path)
    assert rows_of(delivery) == ROWS
    assert rows_of(delivery, "_row") == [(2,), (3,), (4,), (5,), (6,)]
    assert problems(delivery) == []


def test_numbers_of_parquet_become_the_codes_they_were(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    duckdb.connect().execute(
        f"""copy (select 7::bigint as trajectory_id, 12::double as client_key, 'p' as product_code,
        1::double as referrer_code, 45376::int as start_date, 2::bigint as phase) to
        '{tmp_path / "in" / "trajectories.parquet"}'"""
    )
    delivery = read(tmp_path)
    assert rows_of(delivery, "trajectory_id, client_key, referrer_code, start_date, phase") == [
        ("7", "12", "01", date(2024, 3, 25), 2)
    ]


def test_a_moment_falls_on_its_day_in_the_netherlands(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    duckdb.connect().execute(
        f"""copy (select 't' as trajectory_id, 'c' as client_key, 'p' as product_code, '01' as referrer_code,
        timestamptz '2024-03-24 23:30:00+00' as start_date) to '{tmp_path / "in" / "trajectories.parquet"}'"""
    )
    assert rows_of(read(tmp_path), "start_date") == [(date(2024, 3, 25),)]


def test_nested_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "trajectories.parquet"
    duckdb.connect().execute(f"copy (select [1, 2] as trajectory_id) to '{path}'")
    assert refused(tmp_path) == (
        "trajectories.parquet, column trajectory_id: type INTEGER[] is not a table cell; export plain values"
    )


# --- cells and rows -------------------------------------------------------------------------------------------------


def test_blanks_are_trimmed_and_nothing_else_is(tmp_path: Path) -> None:
    text = trajectories(trajectory_id=[" \tau00a0\u00a0 ", "0t0"], team=["NULL", "  "])
    assert rows_of(deliver(tmp_path, trajecten=text), "trajectory_id, team") == [("au00a0", None), ("0t0", None)]


def test_quoted_newlines_and_quotes_are_kept_and_blank_rows_are_left_out(tmp_path: Path) -> None:
    stories = 'story_id;asked_on;text\ns1;2024-01-02;"first\nline; ""so"""\n;;\ns2;2024-01-03;second\n'
    delivery = deliver(tmp_path, trajecten=text_of(ROWS), verhalen=stories)
    assert rows_of(delivery, "_row, story_id, text", "stories") == [
        (2, "s1", 'first\nline; "so"'),
        (4, "s2", "second"),  # the blank record was number 3
    ]
    assert [file.rows for file in delivery.files if file.table == "stories"] == [2]


def test_columns_that_were_not_delivered_are_empty_and_typed(tmp_path: Path) -> None:
    delivery = deliver(tmp_path, trajecten=text_of(ROWS))
    assert rows_of(delivery, "distinct phase, typeof(phase), registered_on, typeof(registered_on), _row = 2")[0][
        :4
    ] == (
        None,
        "INTEGER",
        None,
        "DATE",
    )


def test_a_column_the_schema_does_not_know_is_left_out_and_noted(tmp_path: Path) -> None:
    text = trajectories(Kleur=["rood", "blauw"])
    delivery = deliver(tmp_path, trajecten=text)
    assert "Kleur" not in delivery.connection.table("trajectories").columns
    assert problems(delivery) == [("trajectories", None, "unknown_column", "column 6", None)]


def test_lost_zeros_are_restored_where_the_code_exists_and_this_is_noted(tmp_path: Path) -> None:
    # 1 and 2 were 01 and 02; 7 was never a code (07 is not in the list) and stays for the rules to find.
    text = trajectories(referrer_code=["1", "02", "7", "1"], end_reason=["2", "20", "", "31"])
    delivery = deliver(tmp_path, trajecten=text)
    assert rows_of(delivery, "referrer_code, end_reason") == [("01", "02"), ("02", "20"), ("7", None), ("01", "31")]
    assert problems(delivery) == [
        ("trajectories", None, "restored_zero", "end_reason", "2 -> 02 (1 rows)"),
        ("trajectories", None, "restored_zero", "referrer_code", "1 -> 01 (2 rows)"),
    ]


def test_a_minority_that_cannot_be_read_is_empty_and_noted_with_its_row(tmp_path: Path) -> None:
    text = trajectories(
        signal_date=["25-03-2024", "26-03-2024", "2024-03-27", "31-02-2024", "28-03-2024"],
        phase=["1", "2.0", "een", "", "123456782"],
    )
    delivery = deliver(tmp_path, trajecten=text)
    assert rows_of(delivery, "signal_date, phase") == [
        (date(2024, 3, 25), 1),
        (date(2024, 3, 26), 2),
        (None, None),
        (None, None),
        (date(2024, 3, 28), 123456782),
    ]
    assert problems(delivery) == [
        ("trajectories", 4, "unreadable_value", "phase", "een"),
        ("trajectories", 4, "unreadable_value", "signal_date", "2024-03-27"),
        ("trajectories", 5, "unreadable_value", "signal_date", "31-02-2024"),
    ]


def test_no_problem_shows_what_may_be_a_citizen_service_number(tmp_path: Path) -> None:
    text = trajectories(phase=["BSN123456782", "12345678 x", "123.456.782!"])
    assert [value for *_, value in problems(deliver(tmp_path, trajecten=text))] == [
        "BSN*********",
        "********* x",
        "*********!",
    ]


def test_postal_codes_lose_their_letters(tmp_path: Path) -> None:
    clients = "client_key;postcode\nc1;9712 AB\nc2;9712ab\nc3;9712\n"
    delivery = deliver(tmp_path, trajecten=text_of(ROWS), clienten=clients)
    assert rows_of(delivery, "postcode4", "clients") == [("9712",)] * 3


@pytest.mark.parametrize(("yes", "no"), [("ja", "Nee"), ("WAAR", "onwaar"), ("1", "0"), ("true", "False")])
def test_yes_and_no_in_any_spelling(tmp_path: Path, yes: str, no: str) -> None:
    text = f"klacht_id;ontvangen_op;gegrond\nk1;2024-01-02;{yes}\nk2;2024-01-03;{no}\nk3;2024-01-04;\n"
    delivery = deliver(tmp_path, trajecten=text_of(ROWS), klachten=text)
    assert rows_of(delivery, "upheld", "complaints") == [(True,), (False,), (None,)]


# --- decimal marks --------------------------------------------------------------------------------------------------


def costs(*amounts: str) -> str:
    lines = [f"2024-01-01;bjh;{amount}" for amount in amounts]
    return "\n".join(["boekmaand;afbakening;bedrag", *lines]) + "\n"


@pytest.mark.parametrize(
    ("amounts", "expected", "mark"),
    [
        (("1.234,5", "€ 12,25", "-3", "1.234"), [1234.5, 12.25, -3.0, 1234.0], ","),
        (("1,234.5", "12.25", "-3", "1.234"), [1234.5, 12.25, -3.0, 1.234], "."),
        (("12", "3"), [12.0, 3.0], ""),
    ],
)
def test_the_decimal_mark_is_that_of_the_whole_column(
    tmp_path: Path, amounts: tuple[str, ...], expected: list[float], mark: str
) -> None:
    delivery = deliver(tmp_path, trajecten=text_of(ROWS), kosten=costs(*amounts))
    assert [amount for (amount,) in rows_of(delivery, "amount_eur", "costs")] == expected
    assert [file.decimal for file in delivery.files if file.table == "costs"] == [mark]


def test_a_thousand_or_one_and_a_bit_is_refused_when_nothing_settles_it(tmp_path: Path) -> None:
    assert refused(tmp_path, trajecten=text_of(ROWS), kosten=costs("1.234", "12")) == (
        "kosten.csv, column amount_eur: decimal comma and point cannot be told apart, as in 1.234; "
        "write all numbers of the column without thousands marks and with one decimal mark"
    )


def test_another_column_of_the_table_settles_the_decimal_mark(tmp_path: Path) -> None:
    hours = "traject_id;maand;directe_uren;indirecte_uren\nt2;2024-01;1.234;0,5\n"
    delivery = deliver(tmp_path, trajecten=text_of(ROWS), uren=hours)
    assert rows_of(delivery, "month, direct_hours, indirect_hours", "hours") == [(date(2024, 1, 1), 1234.0, 0.5)]


def test_a_number_in_a_sheet_is_never_taken_for_thousands(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "trajecten.csv").write_text(text_of(ROWS), encoding="utf-8")
    book = openpyxl.Workbook()
    for row in [("boekmaand", "afbakening", "bedrag"), (date(2024, 1, 1), "bjh", 1.234)]:
        book.active.append(row)
    book.save(folder / "kosten.xlsx")
    assert rows_of(read(tmp_path), "booking_month, amount_eur", "costs") == [(date(2024, 1, 1), 1.234)]


# --- doubtful dates -------------------------------------------------------------------------------------------------


def test_month_first_is_refused_with_the_two_values(tmp_path: Path) -> None:
    text = trajectories(start_date=["03-04-2024", "04/23/2024", "05-04-2024"])
    assert refused(tmp_path, trajecten=text) == (
        "trajecten.csv, column start_date: ambiguous dates, 03-04-2024 and 04/23/2024 have no common order of day and "
        "month; write every date of the column as YYYY-MM-DD"
    )


@pytest.mark.parametrize("sign", ["/", "-"])
def test_both_orders_proven_in_one_column_is_refused_however_many_say_the_first(tmp_path: Path, sign: str) -> None:
    values = ["25/03/2024"] * 20 + ["03/26/2024"]
    message = refused(tmp_path, trajecten=trajectories(start_date=[value.replace("/", sign) for value in values]))
    assert f"ambiguous dates, 25{sign}03{sign}2024 and 03{sign}26{sign}2024 have no common order" in message


def test_free_text_among_dates_is_named_by_its_row(tmp_path: Path) -> None:
    message = refused(tmp_path, trajecten=trajectories(start_date=["04/23/2024", "left for Anna de Vries"]))
    assert "ambiguous dates, row 3 and 04/23/2024 have no common order" in message


def test_a_column_without_one_form_is_refused(tmp_path: Path) -> None:
    text = trajectories(start_date=["2024-04-03", "03-04-2024"])
    assert "column start_date: no single form, 1 of 2 dates" in refused(tmp_path, trajecten=text)


def test_slashed_dates_that_prove_no_order_are_read_as_dutch_and_noted(tmp_path: Path) -> None:
    text = trajectories(start_date=["03/04/2024", "05/06/2024"])
    delivery = deliver(tmp_path, trajecten=text)
    assert rows_of(delivery, "start_date") == [(date(2024, 4, 3),), (date(2024, 6, 5),)]
    assert problems(delivery) == [("trajectories", None, "unproven_day_order", "start_date", None)]


def test_one_proof_of_the_order_in_the_table_is_enough(tmp_path: Path) -> None:
    text = trajectories(start_date=["03/04/2024", "05/06/2024"], signal_date=["01/04/2024", "31/05/2024"])
    assert problems(deliver(tmp_path, trajecten=text)) == []


def test_a_required_date_that_cannot_be_read_at_all_is_refused(tmp_path: Path) -> None:
    text = trajectories(start_date=["spring", "autumn"])
    assert "column start_date: holds no date that can be read" in refused(tmp_path, trajecten=text)


# --- deliveries that cannot be taken in -----------------------------------------------------------------------------


def test_an_unknown_file_is_named_with_the_names_that_are_allowed(tmp_path: Path) -> None:
    message = refused(tmp_path, trajecten=text_of(ROWS), geheim_123456782="a;b\n1;2\n")
    assert message.startswith("geheim_*********.csv: is no table of a delivery; remove it, or name it as one of traj")
    assert "verhalen" in message


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
@pytest.mark.parametrize("kind", ["broken link", "link to itself", "pipe", "folder"])
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "uren.csv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(path if kind == "link to itself" else tmp_path / "nowhere")
    assert refused(tmp_path, trajecten=text_of(ROWS)).startswith("uren.csv: is no table of a delivery; remove it")


def test_a_parquet_file_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "trajecten.parquet"
    duckdb.connect().execute(
        f"""copy (select 't' || range as trajectory_id, 'c' || range as client_key, 'P01' as product_code,
        '01' as referrer_code, date '2024-01-01' + (range % 300)::integer as start_date from range(1000)) to '{path}'"""
    )
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)  # the first pages; the description at the end of the file stays as it was
    path.write_bytes(content)
    assert refused(tmp_path) == "trajecten.parquet: not readable as Parquet; export the file again"


def test_a_name_that_would_steer_the_screen_is_shown_without(tmp_path: Path) -> None:
    message = refused(tmp_path, **{"trajecten": text_of(ROWS), "a\x1b[31m\nb": "a;b\n"})
    assert message.startswith("a?[31m b.csv: is no table of a delivery")


def test_notes_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("LEESMIJ.md", ".DS_Store", "~$trajecten.xlsx"):
        (tmp_path / "in" / name).write_text("x", encoding="utf-8")
    assert deliver(tmp_path, trajecten=text_of(ROWS)).tables == ("trajectories",)


def test_two_files_for_one_table_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, trajecten=text_of(ROWS), trajectories=text_of(ROWS))
    assert message == "trajecten.csv and trajectories.csv: both deliver table trajectories; keep one of them"


def test_a_delivery_without_trajectories_is_refused(tmp_path: Path) -> None:
    assert "holds no table trajectories" in refused(tmp_path, clienten="client_key\nc1\n")


def test_a_required_column_that_is_absent_is_named_with_its_aliases(tmp_path: Path) -> None:
    assert refused(tmp_path, trajecten="traject_id;product;verwijzer;startdatum\nt;p;01;2024-01-01\n") == (
        "trajecten.csv, column client_key: is missing from table trajectories; "
        "add it under one of the names client_key, client_id, clientnummer, pseudoniem"
    )


def test_a_column_that_is_delivered_twice_is_refused(tmp_path: Path) -> None:
    text = trajectories(begindatum=["2024-01-01"])
    assert "column start_date: delivered twice, as start_date and begindatum" in refused(tmp_path, trajecten=text)


def test_a_header_without_rows_is_refused_for_trajectories_only(tmp_path: Path) -> None:
    assert "trajecten.csv: has a header and no rows" in refused(tmp_path, trajecten=text_of([]))
    delivery = deliver(tmp_path, trajecten=text_of(ROWS), klachten="klacht_id;ontvangen_op\n")
    assert rows_of(delivery, "count(*)", "complaints group by _row") == []
    assert delivery.tables == ("complaints", "trajectories")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "klachten.csv: the file is empty" in refused(tmp_path, trajecten=text_of(ROWS), klachten="")


@pytest.mark.parametrize("content", [b"\x81", "één".encode() + "één".encode("cp1252"), "x".encode("utf-16")])
def test_a_file_in_neither_encoding_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "trajecten.csv").write_bytes(text_of(ROWS[:1]).encode() + content)
    assert refused(tmp_path) == (
        "trajecten.csv: neither UTF-8 nor Windows-1252 throughout; export the file again as CSV UTF-8"
    )


def test_a_line_with_too_many_cells_is_named_without_its_content(tmp_path: Path) -> None:
    text = text_of(ROWS) + "t9;123456782;x;01;w;2024-01-01;;;surplus\n"
    message = refused(tmp_path, trajecten=text)
    assert message.startswith("trajecten.csv: line 7 has 9 cells where the header has 8")
    assert "123456782" not in message


# --- workbooks ------------------------------------------------------------------------------------------------------


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "trajecten.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 10_000_000)  # deflate packs this about 1000 times
    message = refused(tmp_path)
    assert message.startswith("trajecten.xlsx: unpacks to 10000000 bytes")
    assert "zip bomb" in message


def test_a_size_over_the_limit_is_refused_whatever_the_compression(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", b"0" * 1000)
    monkeypatch.setattr("evaluation.sources.delivery.sheets.MOST_UNCOMPRESSED_BYTES", 1000)
    require_harmless(path)
    monkeypatch.setattr("evaluation.sources.delivery.sheets.MOST_UNCOMPRESSED_BYTES", 999)
    with pytest.raises(DeliveryError, match="unpacks to 1000 bytes"):
        require_harmless(path)


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "trajecten.xlsx").write_text("a;b", encoding="utf-8")
    assert refused(tmp_path) == "trajecten.xlsx: not readable as XLSX; save the workbook again as XLSX"


def test_a_sheet_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    book = openpyxl.Workbook()
    book.active.title = "Blad1"
    book.save(tmp_path / "in" / "delivery.xlsx")
    assert refused(tmp_path).startswith("delivery.xlsx, sheet Blad1: is no table; name it one of trajectories")


def workbook(tmp_path: Path, titles: tuple[str, ...], **cells: object) -> Path:
    """A workbook trajecten.xlsx whose sheets all hold the same rows, but for the cells given."""
    path = tmp_path / "in" / "trajecten.xlsx"
    path.parent.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title in titles:
        page = book.create_sheet(title)
        for row in (HEADER, *ROWS):
            page.append(row)
        for place, value in cells.items():
            page[place] = value
    book.save(path)
    return path


@pytest.mark.parametrize("titles", [("2023", "2024"), ("Trajecten", "Anna de Vries"), ("x", "trajectories", "Uitleg")])
def test_a_workbook_of_one_table_with_several_sheets_is_refused(tmp_path: Path, titles: tuple[str, ...]) -> None:
    workbook(tmp_path, titles)
    assert refused(tmp_path) == (
        "trajecten.xlsx: holds 2 sheets where table trajectories is one; keep one sheet, named trajectories, or "
        "deliver each table as a sheet of delivery.xlsx"
    )


def test_sheets_that_explain_or_are_blank_do_not_count(tmp_path: Path) -> None:
    path = workbook(tmp_path, ("Uitleg", "Blad1", "Lijsten"))
    book = openpyxl.load_workbook(path)
    book.create_sheet("Blad2", 0)
    book.save(path)
    assert rows_of(read(tmp_path)) == ROWS


def test_a_formula_without_a_saved_outcome_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path, ("Blad1",), E2='=IF(A2="","",A2)')
    assert refused(tmp_path) == (
        "trajecten.xlsx: holds formulas without a saved outcome; open and save the workbook in Excel first"
    )


@pytest.mark.parametrize(("outcome", "read_as"), [(b"Beijum", "Beijum"), (b"", None)])
def test_a_formula_with_a_saved_outcome_is_that_outcome(tmp_path: Path, outcome: bytes, read_as: str | None) -> None:
    path = workbook(tmp_path, ("Blad1",), E2="=1")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    old = re.search(rb'<c r="E2"[^>]*>.*?</c>', parts[sheet])
    assert old
    parts[sheet] = parts[sheet].replace(old[0], b'<c r="E2" t="str"><f>1</f><v>' + outcome + b"</v></c>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert rows_of(read(tmp_path), "neighbourhood")[0] == (read_as,)


# --- the work folder ------------------------------------------------------------------------------------------------


def test_only_the_typed_tables_stay_behind_in_a_closed_folder(tmp_path: Path) -> None:
    delivery = deliver(tmp_path, trajecten=text_of(ROWS))
    assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700
    delivery.connection.close()
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["delivery.duckdb"]


def test_a_folder_with_the_marks_of_a_pattern_in_its_name_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "it's [1]*"
    folder.mkdir()
    (folder / "trajecten.csv").write_text(text_of(ROWS), encoding="utf-8")
    assert rows_of(read_delivery(folder, tmp_path / "o'work", DAY)) == ROWS


# --- Beleidsinformatie Jeugd ----------------------------------------------------------------------------------------

BIJ7 = (
    "Burgerservicenummer",
    "Geboortedatum",
    "Geslacht",
    "Postcode/gemeente",
    "Verwijzer",
    "Hulpvorm",
    "Gestart met crisis",
    "Datum aanvang jeugdhulp",
    "Datum einde jeugdhulp",
    "Reden beëindiging jeugdhulp",
    "Type informant",
)
BIJ7_ROWS = [
    ("p1", "20100525", "V", "9712AB", "01", "01", "02", "20240325", "20240601", "01", "ouder"),
    ("p1", "20100525", "V", "9713AB", "02", "02", "02", "20240701", "", "", ""),
    ("p2", "20110000", "M", "0014", "1", "11", "01", "20240300", "20240801", "5", ""),
    ("999999999", "00000000", "O", "14", "08", "14", "02", "20240101", "20240100", "31", ""),
    ("p3", "20120300", "M", "9714 zz", "06", "1", "02", "20230101", "20230201", "04", ""),
]


def write_bij7(tmp_path: Path, header: tuple[str, ...] = BIJ7, name: str = "CBS_levering.csv") -> None:
    (tmp_path / "in").mkdir(exist_ok=True)
    with (tmp_path / "in" / name).open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows(row[: len(header)] for row in BIJ7_ROWS)


def test_beleidsinformatie_becomes_trajectories(tmp_path: Path) -> None:
    write_bij7(tmp_path)
    delivery = read(tmp_path)
    columns = "trajectory_id, client_key, product_code, form, referrer_code, start_date, end_date, end_reason"
    # Reasons 01, 05 and 04 are 31, 35 and 33 in iJw; 31 itself is no reason of this layout and may not pass for one.
    assert rows_of(delivery, columns) == [
        ("1", "p1", "onbekend", "01", "01", date(2024, 3, 25), date(2024, 6, 1), "31"),
        ("2", "p1", "onbekend", "02", "02", date(2024, 7, 1), None, None),
        ("3", "p2", "onbekend", "11", "01", None, date(2024, 8, 1), "35"),
        ("4", None, "onbekend", "14", "08", date(2024, 1, 1), None, "bij7:31"),
        ("5", "p3", "onbekend", "01", "06", date(2023, 1, 1), date(2023, 2, 1), "33"),
    ]
    assert rows_of(delivery, "distinct registered_on, 0 as _row") == [(None, 0)]
    assert {(file.table, file.format, file.encoding) for file in delivery.files} == {
        ("trajectories", "bij7", "windows-1252"),
        ("clients", "bij7", "windows-1252"),
    }
    assert delivery.files[0].aliases["end_reason"] == "Reden beëindiging jeugdhulp"


def test_beleidsinformatie_becomes_clients_with_no_more_than_is_needed(tmp_path: Path) -> None:
    write_bij7(tmp_path)
    columns = "_row, client_key, birth_year, sex, postcode4, responsible_municipality"
    # One row per person, at the last place of residence; the unknown person of row 5 is no client.
    assert rows_of(read(tmp_path), columns, "clients") == [
        (2, "p1", 2010, "V", "9713", None),
        (4, "p2", 2011, "M", None, "0014"),
        (6, "p3", 2012, "M", "9714", None),
    ]


def test_unknown_days_of_beleidsinformatie_are_incomplete_dates(tmp_path: Path) -> None:
    write_bij7(tmp_path)
    assert problems(read(tmp_path)) == [
        ("trajectories", 4, "incomplete_date", "start_date", "*********"),
        ("trajectories", 5, "incomplete_date", "end_date", "*********"),
        ("trajectories", None, "restored_zero", "end_reason", "5 -> 05 (1 rows)"),
        ("trajectories", None, "restored_zero", "form", "1 -> 01 (1 rows)"),
        ("trajectories", None, "restored_zero", "referrer_code", "1 -> 01 (1 rows)"),
    ]


def test_clients_of_their_own_take_the_place_of_those_in_beleidsinformatie(tmp_path: Path) -> None:
    write_bij7(tmp_path, name="trajecten.csv")
    (tmp_path / "in" / "clients.csv").write_text("client_key;birth_year\np1;2009\n", encoding="utf-8")
    delivery = read(tmp_path)
    assert delivery.tables == ("clients", "trajectories")
    assert rows_of(delivery, "client_key, birth_year", "clients") == [("p1", 2009)]


def test_a_column_of_beleidsinformatie_that_is_absent_is_named(tmp_path: Path) -> None:
    write_bij7(tmp_path, header=BIJ7[:9])
    assert refused(tmp_path).startswith("CBS_levering.csv, column Reden beëindiging jeugdhulp: is missing; deliver")
