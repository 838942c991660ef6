"""Headers of files against the columns of the schema: which column is which, under any of its names."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from evaluation.sources.delivery.formats import RawTable, masked, refusal, shown
from evaluation.sources.delivery.schema import TableSchema, plain_name


def columns_found(raw: RawTable, schema: TableSchema) -> dict[str, int]:
    """Return per field the position of its column, and refuse a header that lacks or repeats one."""
    names = [plain_name(name) for name in raw.header]
    found: dict[str, int] = {}
    for field in schema.fields:
        accepted = {plain_name(name) for name in field.names}
        places = [i for i, name in enumerate(names) if name in accepted]
        if len(places) > 1:
            twice = " and ".join(masked(raw.header[i]) for i in places)
            raise refusal(
                f"{shown(raw.path)}, column {field.name}", f"delivered twice, as {twice}", "keep one of the columns"
            )
        if not places and field.required:
            raise refusal(
                f"{shown(raw.path)}, column {field.name}",
                f"is missing from table {schema.name}",
                f"add it under one of the names {', '.join(field.names)}",
            )
        if places:
            found[field.name] = places[0]
    return found


def note(connection: DuckDBPyConnection, table: str, rule: str, column: str, value: str | None) -> None:
    """Note a problem of a whole column."""
    connection.execute("insert into problems values (?, null, ?, ?, ?)", [table, rule, column, value])


def note_unknown(
    connection: DuckDBPyConnection, raw: RawTable, schema: TableSchema, known: frozenset[str] = frozenset()
) -> None:
    """Note the columns of a file that neither the schema nor `known` names; they are left out.

    They are noted by position: a header that is no name of ours may hold anything.
    """
    accepted = known | {plain_name(name) for field in schema.fields for name in field.names}
    for place, name in enumerate(raw.header, start=1):
        if name.strip() and plain_name(name) not in accepted:
            note(connection, schema.name, "unknown_column", f"column {place}", None)
