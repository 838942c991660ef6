"""Citizen service numbers are found wherever they stand, and never repeated."""

import re
import tempfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.sources.database import open_private
from evaluation.sources.delivery import texts
from evaluation.sources.delivery.bsn import bsn_spans, find_bsn, passes_eleven_test, refuse_bsn, without_bsn
from evaluation.sources.delivery.contract import DeliveryError

# Known from public documentation; the second has a leading zero: 9*0+8*1+7*2+6*3+5*4+4*5+3*6+2*7-2 = 110 = 10*11.
BSN, OTHER, WITH_ZERO = "123456782", "111222333", "012345672"


def digits_with_test(leading: str) -> str | None:
    """Complete eight digits to a number that passes, worked out from the definition; None when no digit does."""
    rest = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), leading, strict=True)) % 11
    return None if rest == 10 or not leading.strip("0") else f"{leading}{rest}"


@pytest.mark.parametrize("digits", [BSN, OTHER, WITH_ZERO, "12345672"])
def test_known_numbers_pass(digits):
    assert passes_eleven_test(digits)


@pytest.mark.parametrize(
    "digits",
    [
        "123456789",
        "111222334",
        "000000000",
        "00000000",
        "999999999",
        "1234567",
        "1234567820",
        "",
        "12345678a",
        "²23456782",
    ],
)
def test_others_do_not_pass(digits):
    assert not passes_eleven_test(digits)


@given(st.text("0123456789", min_size=8, max_size=8))
def test_exactly_one_last_digit_passes_or_none(leading):
    passing = [digit for digit in "0123456789" if passes_eleven_test(leading + digit)]
    expected = digits_with_test(leading)
    assert passing == ([] if expected is None else [expected[-1]])


@pytest.mark.parametrize(
    "text",
    [
        BSN,
        "moeder (123456782) belde",
        "bsn123456782",
        "BSN:123456782.",
        "123.456.782",
        "1234 56 782",
        "1234\u00a056\u00a0782",
        "123-456-782",
        "1234-56-782",
        "1234\u201356\u2013782",
        "1234\u201156\u2011782",
        "tel/1234/56/782/",
        "12-03-2024 123-456-782",
        "client_123456782",
        "06-12345678 en 123456782",
        "123456782,999999999",
        "999999999,123456782",
    ],
)
def test_number_is_found_in_text_and_taken_out(text):
    assert len(bsn_spans(text)) == 1
    assert "[verwijderd]" in without_bsn(text)
    assert not bsn_spans(without_bsn(text))


@pytest.mark.parametrize(
    "text",
    [
        "123456789",
        "1123456782",
        "1234567820",
        "C123456782",
        "123456782ab",
        "123456782.00",
        "123456782,50",
        "1234567.82",
        "0.123456782",
        "1.123.456.782",
        "2024-03-25 9:05",
        "12-03-2024",
        "2024-03-12",
        "2024/03/12-2024/03/13",
        "2024-03-14-9",
        "12345672 is acht lang",
        "999999999",
    ],
)
def test_no_number_is_seen_where_there_is_none(text):
    assert bsn_spans(text) == []
    assert without_bsn(text) == text


@pytest.mark.parametrize("cell", ["12345672", " 12345672 ", "123456782.0", "12345672.0"])
def test_whole_cell_without_its_zero_or_as_float_is_taken_out(cell):
    assert without_bsn(cell) == "[verwijderd]"


@given(
    st.text("0123456789", min_size=8, max_size=8).map(digits_with_test).filter(bool),
    st.text(st.characters(exclude_categories=["Cs", "Nd", "L", "N"], exclude_characters=".,"), max_size=10),
    st.text(st.characters(exclude_categories=["Cs", "Nd", "L", "N"], exclude_characters=".,"), max_size=10),
    st.sampled_from(["", " ", ".", "-", "/", "\u2011", "\u2013"]),
)
def test_any_number_is_found_between_any_signs(number, before, after, separator):
    written = separator.join([number[:3], number[3:6], number[6:]])
    assert bsn_spans(before + written + after) == [(len(before), len(before) + len(written))]


HEADER = ["trajectory_id", "note", "amount_eur"]
ROWS = [
    ["T1", "rustig", "123456782.00"],
    ["T2", 'zei; "bel\n111222333"', "5.50"],
    ["T3", "", "1234567.82"],
    ["T4", "nr 123.456.782 é", "7.00"],
]


def write_csv(path: Path, separator: str = ";", encoding: str = "utf-8", rows: list[list[str]] = ROWS) -> None:
    quoted = [[f'"{cell}"'.replace('"bel', '""bel').replace('333""', '333"""') for cell in row] for row in rows]
    lines = [separator.join(HEADER), *(separator.join(row) for row in quoted)]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_of_any_encoding_and_separator(tmp_path, separator, encoding):
    write_csv(tmp_path / "stories.csv", separator, encoding)
    (finding,) = find_bsn(tmp_path)
    assert (finding.file, finding.column, finding.rows, finding.count) == ("stories.csv", "column 2 (B)", (3, 5), 2)


@pytest.mark.parametrize("bad", ['T9;"x"y;1', "T9;x", "T9;x;1;2;3", 'T9;"open;1'])
def test_row_that_does_not_fit_hides_nothing(tmp_path, bad):
    (tmp_path / "stories.csv").write_text(f"trajectory_id;note;amount_eur\nT1;bsn {BSN};1\n{bad}\n")
    (finding,) = find_bsn(tmp_path)
    assert (finding.column, finding.rows) == ("column 2 (B)", (2,))


def test_cell_beyond_the_header_is_searched(tmp_path):
    (tmp_path / "stories.csv").write_text(f"a;b\n1;2\n1;2;{BSN}\n")
    assert [finding.rows for finding in find_bsn(tmp_path)] == [(3,)]


def test_file_without_header_is_searched_from_its_first_row(tmp_path):
    (tmp_path / "clients.csv").write_text(f"{BSN};2010\n")
    (finding,) = find_bsn(tmp_path)
    assert (finding.column, finding.rows) == ("column 1 (A)", (1,))


def test_every_sheet_of_xlsx_as_text_and_number(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["client_key", "start_date"])
    workbook.active.append(["C1", datetime(2024, 3, 25)])  # noqa: DTZ001
    hidden = workbook.create_sheet("oud")
    hidden.sheet_state = "hidden"
    for row in ([], ["nummer", "lengte"], [int(BSN), 1.5], [12345672, 2], [float(OTHER), 3]):
        hidden.append(row)
    workbook.save(tmp_path / "clients.xlsx")
    (finding,) = find_bsn(tmp_path)
    assert (finding.file, finding.column, finding.rows) == ("clients.xlsx (sheet 2)", "column 1 (A)", (3, 4, 5))


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([BSN, None]),
        pa.array([int(BSN), 1], pa.int32()),
        pa.array([12345672, 1], pa.uint64()),
        pa.array([float(BSN), None], pa.float64()),
        pa.array([BSN, "x"]).dictionary_encode(),
        pa.array([["x", f"bij {BSN} thuis"], []]),
        pa.array([int(BSN), 1], pa.decimal128(12, 0)),
    ],
    ids=lambda cells: str(cells.type),
)
def test_parquet_column_of_any_type(tmp_path, cells):
    table = pa.table({"id": ["a", "b"], 'number "x"': cells, "day": [date(2024, 3, 25)] * 2})
    pq.write_table(table, tmp_path / "clients.parquet")
    (finding,) = find_bsn(tmp_path)
    assert (finding.column, finding.rows, finding.count) == ("column 2 (B)", (2,), 1)


@pytest.mark.parametrize("name", ["notes.json", "notes.xml"])
def test_other_text_is_searched_by_line_and_file_names_too(tmp_path, name):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).write_text(f"<a>\n<bsn>{BSN}</bsn>\n")
    (tmp_path / f"{OTHER}.json").write_text("{}")
    assert [(finding.file, finding.column, finding.rows) for finding in find_bsn(tmp_path)] == [
        ("[verwijderd].json", "file name", (1,)),
        (f"sub/{name}", "line", (2,)),
    ]


# As 020240314: 8*2 + 7*0 + 6*2 + 5*4 + 4*0 + 3*3 + 2*1 - 4 = 55 = 5*11, so this date passes the test.
DATE = "20240314"


def column(tmp_path: Path, *cells: str) -> list[int]:
    (tmp_path / "a.csv").write_text("\n".join(["id;value", *(f"T{i};{cell}" for i, cell in enumerate(cells)), ""]))
    return [row for finding in find_bsn(tmp_path) for row in finding.rows]


def test_dates_in_digits_are_no_numbers_while_all_are_dates(tmp_path):
    assert passes_eleven_test(DATE)
    assert column(tmp_path, DATE, "20240301", "", "99991231") == []
    assert column(tmp_path, DATE, "20241301") == [2]
    assert column(tmp_path, DATE, "abc") == [2]


def test_dates_that_begin_with_the_day(tmp_path):
    passing = [f"{day:02d}032024" for day in range(1, 32) if passes_eleven_test(f"{day:02d}032024")]
    assert passing
    assert column(tmp_path, *passing, "25032024") == []
    assert column(tmp_path, *passing, "32032024") == [2 + i for i in range(len(passing))][:5]


def test_float_is_a_number_unless_its_column_has_fractions(tmp_path):
    assert column(tmp_path, "123456782.0", "7.0") == [2]
    assert column(tmp_path, "123456782.0", "7.25") == []
    assert column(tmp_path, "123456782", "7.25") == [2]


def test_day_with_a_number_after_it_would_pass_otherwise():
    passing = [digit for digit in "0123456789" if passes_eleven_test("20240312" + digit)]
    assert passing
    assert [bsn_spans(f"2024-03-12-{digit}") for digit in passing] == [[]]


@pytest.mark.parametrize("separator", [" ", ".", "-", "/", "\u2010", "\u2011", "\u2013", "\u202f"])
def test_cell_with_any_separator_is_found_in_a_file(tmp_path, separator):
    assert column(tmp_path, "x", separator.join(["1234", "56", "782"]), f"bij 123{separator}456{separator}782") == [
        3,
        4,
    ]


def test_label_is_shown_only_when_it_is_a_known_name(tmp_path):
    (tmp_path / "a.csv").write_text(f"Cliëntnummer;Jan Jansen;Burgerservicenummer\n{BSN};{BSN};{BSN}\n")
    assert [finding.column for finding in find_bsn(tmp_path)] == ["clientnummer", "column 2 (B)", "burgerservicenummer"]


def test_title_of_a_sheet_is_not_shown(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Jan Jansen"
    workbook.active.append(["Jansen"])
    workbook.active.append([BSN])
    workbook.save(tmp_path / "a.xlsx")
    assert [str(found) for found in find_bsn(tmp_path)] == ["a.xlsx (sheet 1): column 1 (A), row(s) 2"]


def test_copies_go_to_the_scratch_folder_and_disappear(tmp_path, monkeypatch):
    folder, scratch = tmp_path / "delivery", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    write_csv(folder / "stories.csv", encoding="utf-16")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert len(find_bsn(folder, scratch)) == 1
    with pytest.raises(DeliveryError, match="may not be delivered"):
        refuse_bsn(folder, scratch)
    assert list(scratch.iterdir()) == []
    with open_private(scratch=scratch) as connection:
        assert connection.sql("select current_setting('temp_directory')").fetchall() == [(str(scratch),)]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_empty_csv_is_refused(tmp_path, content):
    (tmp_path / "clients.csv").write_bytes(content)
    with pytest.raises(DeliveryError, match=r"clients\.csv: is empty; export it anew"):
        find_bsn(tmp_path)


def test_running_numbers_are_refused_and_keys_with_a_letter_are_not(tmp_path):
    numbers = [str(number) for number in range(100_000_000, 100_000_110)]
    (tmp_path / "a.csv").write_text("\n".join(["id", *numbers, ""]))
    (finding,) = find_bsn(tmp_path)
    # Eleven tens of numbers, each with one that passes, or none where its last digit would have to be ten.
    assert 8 <= finding.count <= 11
    (tmp_path / "a.csv").write_text("\n".join(["id", *(f"K{number}" for number in numbers), ""]))
    assert find_bsn(tmp_path) == []


def test_refusal_names_place_and_remedy_and_never_the_number(tmp_path):
    lines = [f"T{row};naam {BSN}" for row in range(2, 9)]
    (tmp_path / "stories.csv").write_text("\n".join(["id;text", *lines, ""]))
    with pytest.raises(DeliveryError) as error:
        refuse_bsn(tmp_path)
    message = str(error.value)
    assert message.startswith("stories.csv: column 'text', row(s) 2, 3, 4, 5, 6 and 2 more: ")
    assert message.endswith("replace them with `evaluation pseudonymise`")
    assert "\n" not in message
    assert BSN not in re.sub("[^0-9]", "", message)


def test_refusal_hides_the_number_in_file_sheet_and_column_names(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = f"kind {BSN}"
    workbook.active.append([f"van {OTHER}"])
    workbook.active.append([BSN])
    workbook.save(tmp_path / f"{BSN}.xlsx")
    with pytest.raises(DeliveryError) as error:
        refuse_bsn(tmp_path)
    assert not re.search(f"{BSN}|{OTHER}", str(error.value))
    assert str(error.value).startswith("[verwijderd].xlsx: column 'file name'")
    assert "[verwijderd].xlsx (sheet 1): column 1 (A), row(s)" in str(error.value)


def test_clean_delivery_passes_and_unreadable_one_does_not(tmp_path):
    write_csv(tmp_path / "stories.csv", rows=ROWS[:1])
    refuse_bsn(tmp_path)
    (tmp_path / "clients.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(DeliveryError, match=r"clients\.xlsx: not readable as XLSX"):
        refuse_bsn(tmp_path)
    (tmp_path / "clients.xlsx").rename(tmp_path / "clients.parquet")
    with pytest.raises(DeliveryError, match=r"clients\.parquet: not readable as Parquet"):
        refuse_bsn(tmp_path)
    (tmp_path / "clients.parquet").unlink()
    (tmp_path / "clients.xls").write_bytes(b"\xd0\xcf\0\0")
    with pytest.raises(DeliveryError, match=r"clients\.xls: cannot be searched"):
        refuse_bsn(tmp_path)
    with pytest.raises(DeliveryError, match="no such folder"):
        refuse_bsn(tmp_path / "elsewhere")


def test_one_ragged_line_is_searched_in_parts_and_keeps_its_row(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "BATCH_ROWS", 3)
    lines = ["a;b", *["1;2"] * 7, f"1;2;3;4;{BSN}", *["1;2"] * 4]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (finding,) = find_bsn(tmp_path)
    assert (finding.column, finding.rows, finding.count) == ("column 5 (E)", (9,), 1)


def test_a_file_of_very_many_columns_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text("a" + ";a" * 1000 + "\n", encoding="utf-8")
    with pytest.raises(DeliveryError, match=r"t\.csv: has 1001 columns, more than 1000"):
        find_bsn(tmp_path)
    (tmp_path / "t.csv").write_text("a;b\n" + "1" + ";1" * 1000 + "\n", encoding="utf-8")
    with pytest.raises(DeliveryError, match=r"t\.csv: has 1001 columns, more than 1000"):
        find_bsn(tmp_path)
