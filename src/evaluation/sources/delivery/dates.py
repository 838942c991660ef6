"""Dates as people write them: which form a whole column has, and the SQL that reads it.

A cell is never guessed at. All values of a column are counted per form; the form of the majority is the form of the
column, and what does not fit it is a problem of its row. Day before month is the only order that is read: one value
that can only be month first, such as 04/23/2024, makes every other value doubtful and refuses the delivery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from duckdb import DuckDBPyConnection

EXCEL_SERIAL = "Excel serial number"
COMPACT = "YYYYMMDD"
MONTH = "YYYY-MM"
SLASHED = "DD/MM/YYYY"

_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
# Per form the pattern of a cell, whose first group is the date, and the strptime format of that group.
_FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "YYYY-MM-DD": (rf"^(\d{{4}}-\d{{1,2}}-\d{{1,2}}){_TIME}$", "%Y-%m-%d"),
        "DD-MM-YYYY": (rf"^(\d{{1,2}}-\d{{1,2}}-\d{{4}}){_TIME}$", "%d-%m-%Y"),
        SLASHED: (rf"^(\d{{1,2}}/\d{{1,2}}/\d{{4}}){_TIME}$", "%d/%m/%Y"),
        "YYYY/MM/DD": (rf"^(\d{{4}}/\d{{1,2}}/\d{{1,2}}){_TIME}$", "%Y/%m/%d"),
        COMPACT: (r"^(\d{8})$", "%Y%m%d"),
        MONTH: (r"^(\d{4}-\d{1,2})$", "%Y-%m"),
    }
)
_SERIAL = r"^([2-5]\d{4})(?:[.,]\d+)?$"
_EITHER_ORDER = rf"^(\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{4}}){_TIME}$"
_SERIAL_ORIGIN = "date '1899-12-30'"  # serial numbers count a 29 February 1900 that never was, hence not 31 December

INCOMPLETE = r"^\d{4}(?:00|0[1-9]|1[0-2])00$"
"""Pattern of JJJJMM00 and JJJJ0000: day, or day and month, unknown."""


_SHOWABLE = re.compile(r"[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}|[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}")


@dataclass(frozen=True)
class DateColumn:
    """What all values of one date column say together.

    Attributes
    ----------
    form
        Form of the majority; empty when no value is a date.
    readable, filled
        Cells in that form, and all cells but those that are empty or of which the day is unknown (JJJJMM00).
    month_first
        A value that can only be month first, and another value of the column; empty when there is none.
    settles_order
        Whether a value such as 25/03/2024 settles the order.
    """

    form: str
    readable: int
    filled: int
    month_first: tuple[str, ...]
    settles_order: bool

    @property
    def is_divided(self) -> bool:
        """Whether dates are there, but no form has more than half of the cells."""
        return bool(self.form) and 2 * self.readable <= self.filled


def date_sql(text: str, form: str) -> str:
    """Return the SQL expression that reads `text` as a date of this form, null where it is none."""
    if form == EXCEL_SERIAL:
        return f"({_SERIAL_ORIGIN} + try_cast(nullif(regexp_extract({text}, '{_SERIAL}', 1), '') as integer))"
    pattern, layout = _FORMS[form]
    return f"try_strptime(regexp_extract({text}, '{pattern}', 1), '{layout}')::date"


def is_showable(value: str) -> bool:
    """Return whether a value is written as a date and nothing else, so that a message may quote it."""
    return _SHOWABLE.fullmatch(value) is not None


def month_first_sql(text: str) -> str:
    """Return the SQL condition that `text` is a date when read month first, and none when read day first."""
    dashed = f"replace(regexp_extract({text}, '{_EITHER_ORDER}', 1), '/', '-')"
    return f"(try_strptime({dashed}, '%d-%m-%Y') is null and try_strptime({dashed}, '%m-%d-%Y') is not null)"


def date_column(connection: DuckDBPyConnection, values: str, *, monthly: bool) -> DateColumn:
    """Return what the values of a date column say together.

    Parameters
    ----------
    connection, values
        Table ``values`` holds each ``value`` of the column once, with its number of cells ``n``.
    monthly
        Whether the column holds months, so that 2024-03 is a date too.
    """
    forms = [form for form in (*_FORMS, EXCEL_SERIAL) if monthly or form != MONTH]
    counts = ", ".join(f"coalesce(sum(n) filter (({date_sql('value', form)}) is not null), 0)" for form in forms)
    late_day = f"regexp_matches(value, '^(?:1[3-9]|2\\d|3[01])[-/]\\d{{1,2}}[-/]\\d{{4}}{_TIME}$')"
    (row,) = connection.execute(
        f"""select coalesce(sum(n) filter (not regexp_matches(value, '{INCOMPLETE}')), 0),
        min(value) filter ({month_first_sql("value")}),
        coalesce(bool_or({late_day}), false), {counts} from {values} where value is not null"""
    ).fetchall()
    filled, month_first, proves, *readable = row
    most = max(readable)
    form = forms[readable.index(most)] if most else ""
    pair = _pair(connection, values, month_first) if month_first is not None else ()
    return DateColumn(form, int(most), int(filled), pair, bool(proves))


def _pair(connection: DuckDBPyConnection, values: str, month_first: str) -> tuple[str, ...]:
    """Return a value that is month first, and the value of the column that most contradicts it."""
    others = connection.execute(
        f"""select value from {values} where value is not null and value <> ?
        order by {month_first_sql("value")}, not regexp_matches(value, '{_EITHER_ORDER}'), value
        limit 1""",
        [month_first],
    ).fetchall()
    return (*(value for (value,) in others), month_first)
