"""From text to types: every column of a raw table read as its schema says, all cells of a column in one way.

What does not fit is null in the typed table and a line in ``problems``; what would make the whole column doubtful
refuses the delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from duckdb import DuckDBPyConnection

from evaluation.sources.delivery import dates, numbers
from evaluation.sources.delivery.contract import ROW, DeliveredFile
from evaluation.sources.delivery.formats import RawTable, masked, masked_sql, refusal, shown
from evaluation.sources.delivery.headers import columns_found, note
from evaluation.sources.delivery.schema import Field, TableSchema

VALUES = "column_values"
_BLANKS = " \t\r\n\u00a0"
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")

Translations = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class _Column:
    """One field and how its cells are read.

    Attributes
    ----------
    cell
        SQL of the cell, as text or as the type that Parquet gave it.
    read
        Turns the SQL of a cell into the SQL of its value; None until all cells of the column were looked at.
    form
        Form of its dates or its decimal mark.
    settles_order
        Whether its dates prove that the day comes first.
    is_certain
        Whether no cell can fail to be read.
    """

    field: Field
    cell: str
    read: Callable[[str], str] | None = None
    form: str = ""
    settles_order: bool = False
    is_certain: bool = False

    @property
    def sql(self) -> str:
        """SQL of the value, null where the cell cannot be read."""
        return self.read(self.cell) if self.read else self.cell


def type_table(
    connection: DuckDBPyConnection,
    raw: RawTable,
    schema: TableSchema,
    *,
    relation: str = "raw",
    translations: Translations = MappingProxyType({}),
) -> DeliveredFile:
    """Write the typed table of a schema from a raw one, and note the cells that could not be read.

    Parameters
    ----------
    connection
        Holds `relation` and the table ``problems``.
    relation
        Name of the raw relation, with ``_row`` and ``c0``, ``c1``...
    translations
        Per column the code of the schema for each code of the file.

    Raises
    ------
    DeliveryError
        When a required column is absent, two columns deliver the same field, or a column is doubtful as a whole.
    """
    found = columns_found(raw, schema)
    columns = [_column(field, found[field.name], raw, schema) for field in schema.fields if field.name in found]
    columns = _read_numbers(connection, raw, relation, columns)
    columns = [column if column.read else _read(connection, raw, schema, relation, column) for column in columns]
    _note_unproven(connection, schema.name, columns)
    for column in columns:
        _note_unreadable(connection, schema.name, relation, column)
    sql = {c.field.name: _translated(c.sql, translations.get(c.field.name)) for c in columns}
    selected = ", ".join(f'{sql.get(f.name, "null")}::{f.sql_type} as "{f.name}"' for f in schema.fields)
    connection.execute(f'create table "{schema.name}" as select {ROW}, {selected} from {relation}')
    marks = sorted({c.form for c in columns if c.field.type == "number" and c.form})
    ((rows,),) = connection.execute(f'select count(*) from "{schema.name}"').fetchall()
    return DeliveredFile(
        table=schema.name,
        path=raw.path,
        format=raw.format,
        encoding=raw.encoding,
        separator=raw.separator,
        decimal="".join(marks) if raw.format == "csv" else "",
        date_formats={c.field.name: c.form for c in columns if c.field.type == "date" and c.form},
        aliases={c: raw.header[i].strip() for c, i in found.items() if raw.header[i].strip() != c},
        rows=int(rows),
        sha256=raw.sha256,
    )


def _column(field: Field, place: int, raw: RawTable, schema: TableSchema) -> _Column:
    cell, kind = f"c{place}", raw.types[place]
    is_float = kind in {"DOUBLE", "FLOAT"}
    if _has_type(field, kind):
        real = f"case when not isnan({cell}) then {cell} end" if is_float else cell
        form = "DATE" if field.type == "date" else ""
        return _Column(
            field,
            real,
            lambda value: f"try_cast({value} as {field.sql_type})",
            form,
            is_certain=field.type != "integer",
        )
    if is_float:  # pandas stores codes as 1.0 as soon as one is missing
        whole = f"cast(try_cast({cell} as bigint) as varchar)"
        text = f"case when isnan({cell}) then null when {cell} = trunc({cell}) then {whole} else {cell}::varchar end"
    elif kind != "VARCHAR":
        text = f"cast({cell} as varchar)"
    else:
        text = f"trim({cell}, '{_BLANKS}')"
        for missing in schema.missing_values:
            text = f"nullif({text}, '{missing}')"
    return _Column(field, text)


def _has_type(field: Field, kind: str) -> bool:
    """Whether Parquet delivered the type that the schema asks for."""
    if field.type == "date":
        return kind == "DATE" or kind.startswith("TIMESTAMP")
    if field.type == "number":
        return kind in {*_INTEGERS, "DOUBLE", "FLOAT"} or kind.startswith("DECIMAL")
    return (field.type == "integer" and kind in _INTEGERS) or (field.type == "boolean" and kind == "BOOLEAN")


def _read_numbers(
    connection: DuckDBPyConnection, raw: RawTable, relation: str, columns: list[_Column]
) -> list[_Column]:
    """Return the columns with those of type number read: they may need each other to settle the decimal mark."""
    evidence: dict[str, numbers.NumberColumn] = {}
    for column in columns:
        if column.field.type == "number" and not column.read:
            _collect(connection, relation, column)
            evidence[column.field.name] = numbers.number_column(connection, VALUES)
    return [_read_number(raw, column, evidence) if column.field.name in evidence else column for column in columns]


def _read_number(raw: RawTable, column: _Column, evidence: Mapping[str, numbers.NumberColumn]) -> _Column:
    found = evidence[column.field.name]
    mark = numbers.mark_of(found, evidence.values())
    if not mark and (found.doubtful or found.comma):
        raise refusal(
            _place(raw, column.field),
            f"decimal comma and point cannot be told apart, as in {masked(found.doubtful or 'mixed values')}",
            "write all numbers of the column without thousands marks and with one decimal mark",
        )
    return replace(column, read=lambda text: numbers.number_sql(text, mark or numbers.POINT), form=mark)


def _read(
    connection: DuckDBPyConnection, raw: RawTable, schema: TableSchema, relation: str, column: _Column
) -> _Column:
    field = column.field
    if field.type == "date":
        _collect(connection, relation, column)
        return _read_date(connection, raw, relation, column)
    if field.type == "integer":
        return replace(column, read=numbers.integer_sql)
    if field.type == "boolean":
        return replace(column, read=numbers.boolean_sql)
    if field.name == "postcode4":  # the letters single out a street and are not needed
        return replace(
            column,
            read=lambda text: rf"regexp_replace({text}, '^(\d{{4}})\s?[A-Za-z]{{2}}$', '\1')",
            is_certain=True,
        )
    restored = _restored(connection, schema.name, relation, column) if field.codes else {}
    return replace(column, read=lambda text: _translated(text, restored), is_certain=True)


def _read_date(connection: DuckDBPyConnection, raw: RawTable, relation: str, column: _Column) -> _Column:
    place, remedy = _place(raw, column.field), "write every date of the column as YYYY-MM-DD"
    found = dates.date_column(connection, VALUES, monthly=column.field.unit == "month")
    if found.month_first:
        values = " and ".join(_quotable(connection, relation, column, value) for value in found.month_first)
        raise refusal(place, f"ambiguous dates, {values} have no common order of day and month", remedy)
    if found.is_divided:
        count = f"{found.readable} of {found.filled} dates are {found.form}, the rest differ"
        raise refusal(place, f"no single form, {count}", remedy)
    if not found.form and found.filled and column.field.required:
        raise refusal(place, "holds no date that can be read", remedy)
    form = found.form
    return replace(
        column,
        read=lambda text: dates.date_sql(text, form) if form else "null::date",
        form=form,
        settles_order=found.settles_order,
    )


def _quotable(connection: DuckDBPyConnection, relation: str, column: _Column, value: str) -> str:
    """Return a date as written, or the first row that holds it when it may be free text."""
    if dates.is_showable(value):
        return value
    ((row,),) = connection.execute(f"select min({ROW}) from {relation} where {column.cell} = ?", [value]).fetchall()
    return f"row {row}"


def _restored(connection: DuckDBPyConnection, table: str, relation: str, column: _Column) -> dict[str, str]:
    """Return the code for each value that lost its leading zero, and note how many rows that restores."""
    codes = column.field.codes
    lost = {code.lstrip("0"): code for code in codes if code.startswith("0") and code.lstrip("0") not in codes}
    _collect(connection, relation, column)
    seen = connection.execute(
        f"select value, n from {VALUES} where list_contains(?, value) order by value", [list(lost)]
    ).fetchall()
    for value, n in seen:
        note(connection, table, "restored_zero", column.field.name, f"{value} -> {lost[value]} ({n} rows)")
    return {value: lost[value] for value, _ in seen}


def _translated(sql: str, codes: Mapping[str, str] | None) -> str:
    if not codes:
        return sql
    cases = " ".join(f"when '{old}' then '{new}'" for old, new in codes.items())
    return f"case {sql} {cases} else {sql} end"


def _collect(connection: DuckDBPyConnection, relation: str, column: _Column) -> None:
    """Put each value of a column once in the table `VALUES`, with its number of cells."""
    connection.execute(
        f"""create or replace temp table {VALUES} as
        select {column.cell} as value, count(*) as n from {relation} group by 1"""
    )


def _note_unproven(connection: DuckDBPyConnection, table: str, columns: list[_Column]) -> None:
    """Note the columns read as DD/MM/YYYY where no date of the table after the twelfth proves that order."""
    slashed = [column for column in columns if column.form == dates.SLASHED]
    if not any(column.settles_order for column in slashed):
        for column in slashed:
            note(connection, table, "unproven_day_order", column.field.name, None)


def _note_unreadable(connection: DuckDBPyConnection, table: str, relation: str, column: _Column) -> None:
    if column.is_certain or not column.read:
        return
    _collect(connection, relation, column)
    failing = f"select 1 from {VALUES} where value is not null and {column.read('value')} is null limit 1"
    if not connection.execute(failing).fetchall():
        return
    rule, text = "'unreadable_value'", f"({column.cell})::varchar"
    if column.field.type == "date":
        rule = f"case when regexp_matches({text}, '{dates.INCOMPLETE}') then 'incomplete_date' else {rule} end"
    connection.execute(
        f"""insert into problems select ?, {ROW}, {rule}, ?, {masked_sql(text)} from {relation}
        where {column.cell} is not null and {column.sql} is null""",
        [table, column.field.name],
    )


def _place(raw: RawTable, field: Field) -> str:
    return f"{shown(raw.path)}, column {field.name}"
