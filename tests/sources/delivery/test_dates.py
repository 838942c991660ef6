"""The form of a date column, from all of its values together."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from evaluation.sources.delivery.dates import DateColumn, date_column, date_sql, is_showable


def seen(*values: str | None, monthly: bool = False) -> DateColumn:
    connection = duckdb.connect()
    connection.execute("create table cells (value varchar)")
    connection.executemany("insert into cells values (?)", [[value] for value in values])
    connection.execute("create table seen as select value, count(*) as n from cells group by value")
    return date_column(connection, "seen", monthly=monthly)


def read(text: str, form: str) -> date | None:
    ((value,),) = duckdb.connect().execute(f"select {date_sql('?::varchar', form)}", [text]).fetchall()
    return value


# 45376 days after 30 December 1899 is 25 March 2024: 2024-01-01 is 45292, and 31 + 29 + 24 days later is 45376.
@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2024-03-25", "YYYY-MM-DD"),
        ("2024-03-25 13:45:10.123", "YYYY-MM-DD"),
        ("2024-03-25T00:00", "YYYY-MM-DD"),
        ("25-3-2024", "DD-MM-YYYY"),
        ("25/03/2024", "DD/MM/YYYY"),
        ("20240325", "YYYYMMDD"),
        ("45376", "Excel serial number"),
        ("45376,5", "Excel serial number"),
    ],
)
def test_every_form_is_recognised_and_read_as_the_same_day(text: str, form: str) -> None:
    assert seen(text, None).form == form
    assert read(text, form) == date(2024, 3, 25)


@pytest.mark.parametrize(
    "text", ["25-03-24", "31-02-2024", "2024-13-01", "infinity", "20240300", "19999", "60000", "x"]
)
def test_what_is_no_date_is_not_read_in_any_form(text: str) -> None:
    found = seen(text, monthly=True)
    assert (found.form, found.readable) == ("", 0)


def test_a_month_is_a_date_only_where_months_are_asked() -> None:
    assert seen("2024-03", monthly=True).form == "YYYY-MM"
    assert read("2024-03", "YYYY-MM") == date(2024, 3, 1)
    assert seen("2024-03").form == ""


def test_the_form_is_that_of_the_majority_of_cells_and_not_of_values() -> None:
    found = seen("25-03-2024", "25-03-2024", "25-03-2024", "2024-01-01", "2024-01-02")
    assert (found.form, found.readable, found.filled, found.is_divided) == ("DD-MM-YYYY", 3, 5, False)


def test_half_of_the_cells_is_no_majority() -> None:
    assert seen("25-03-2024", "2024-03-25").is_divided


def test_one_value_that_is_month_first_is_shown_with_one_that_contradicts_it() -> None:
    assert seen("03-04-2024", "04/23/2024", "2024-01-01").month_first == ("03-04-2024", "04/23/2024")
    assert seen("25-03-2024", *["26-03-2024"] * 9, "03-26-2024").month_first == ("25-03-2024", "03-26-2024")
    assert seen("04/23/2024").month_first == ("04/23/2024",)


def test_an_impossible_day_is_not_evidence_of_month_first() -> None:
    # 31-02 is no date in either order, so it is only a cell that cannot be read.
    assert seen("25-03-2024", "31-02-2024").month_first == ()


def test_only_a_day_after_the_twelfth_settles_the_order() -> None:
    assert not seen("03/04/2024", "12/12/2024").settles_order
    assert seen("03/04/2024", "13/04/2024").settles_order


def test_an_unknown_day_counts_neither_for_nor_against_a_form() -> None:
    found = seen("20240325", "20240300", "20240000")
    assert (found.form, found.readable, found.filled, found.is_divided) == ("YYYYMMDD", 1, 1, False)


def test_text_that_begins_as_a_date_is_no_evidence_of_month_first() -> None:
    assert seen("25-03-2024", "04/23/2024 moved in with an aunt").month_first == ()
    assert seen("04/23/2024 10:30").month_first == ("04/23/2024 10:30",)


@pytest.mark.parametrize("value", ["4/23/2024", "2024-03-25"])
def test_a_date_may_be_quoted(value: str) -> None:
    assert is_showable(value)


@pytest.mark.parametrize("value", ["4/23/2024 x", "x", "1234-56-789", "04/23/2024 10:30", "4/23/2024\n"])
def test_what_is_more_than_a_date_is_not_quoted(value: str) -> None:
    assert not is_showable(value)
