"""Numbers as people write them: whether a whole column has a decimal comma or point, and the SQL that reads it.

As with dates, all values of a column decide. A text such as 1.234 is one and a bit, or more than a thousand: another
value of the column, or of the table, has to settle it, and where none does the delivery is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

COMMA, POINT = ",", "."

_EURO = r"^(?:€\s*)?"
_PATTERNS = {
    COMMA: rf"{_EURO}(-?(?:\d*|[1-9]\d{{0,2}}(?:\.\d{{3}})+)(?:,\d+)?)$",
    POINT: rf"{_EURO}(-?(?:\d*|[1-9]\d{{0,2}}(?:,\d{{3}})+)(?:\.\d+)?(?:[eE][+-]?\d+)?)$",
}
_TRUE, _FALSE = ("true", "waar", "ja", "j", "yes", "y", "1"), ("false", "onwaar", "nee", "n", "no", "0")


@dataclass(frozen=True)
class NumberColumn:
    """What all values of one number column say together.

    Attributes
    ----------
    comma, point
        Cells that can only have a decimal comma, and only a decimal point.
    doubtful
        A value that could be either, with another meaning; empty when there is none.
    """

    comma: int
    point: int
    doubtful: str

    @property
    def mark(self) -> str:
        """The decimal mark that the column proves by itself; empty when it proves none or both."""
        if self.doubtful and self.comma and self.point:
            return ""
        return COMMA if self.comma > self.point else POINT if self.point > self.comma else ""


def number_sql(text: str, mark: str) -> str:
    """Return the SQL expression that reads `text` as a number with this decimal mark, null where it is none."""
    digits = f"regexp_extract({text}, '{_PATTERNS[mark]}', 1)"
    thousands = POINT if mark == COMMA else COMMA
    return f"try_cast(replace(replace({digits}, '{thousands}', ''), '{mark}', '.') as double)"


def integer_sql(text: str) -> str:
    """Return the SQL expression that reads `text` as a whole number, null where it is none."""
    return rf"try_cast(regexp_extract({text}, '^(-?\d+)(?:[.,]0+)?$', 1) as integer)"


def boolean_sql(text: str) -> str:
    """Return the SQL expression that reads `text` as yes or no, Dutch or English, null where it is neither."""
    return f"case when lower({text}) in {_TRUE} then true when lower({text}) in {_FALSE} then false end"


def number_column(connection: DuckDBPyConnection, values: str) -> NumberColumn:
    """Return what the values of a number column say together.

    Parameters
    ----------
    connection, values
        Table ``values`` holds each ``value`` of the column once, with its number of cells ``n``.
    """
    comma, point = number_sql("value", COMMA), number_sql("value", POINT)
    ((commas, points, doubtful),) = connection.execute(
        f"""select coalesce(sum(n) filter (c is not null and p is null), 0),
        coalesce(sum(n) filter (p is not null and c is null), 0), min(value) filter (c <> p)
        from (select value, n, {comma} as c, {point} as p from {values})"""
    ).fetchall()
    return NumberColumn(int(commas), int(points), doubtful or "")


def mark_of(column: NumberColumn, table: Iterable[NumberColumn]) -> str:
    """Return the decimal mark of a column: its own, or else the one that the other columns of the table prove.

    Empty when its values have no decimals at all, or when nothing settles a doubtful value.
    """
    proven = {other.mark for other in table if other.mark}
    undecided = not column.comma and not column.point and column.doubtful
    return column.mark or (proven.pop() if undecided and len(proven) == 1 else "")
