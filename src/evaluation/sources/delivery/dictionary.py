"""The data dictionary of a delivery, written from the schemas so that the two cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.sources.delivery.schema import Field, TableSchema, table_schemas

INTRODUCTION = """# Tables of a delivery

A delivery is a folder with one file per table: CSV, XLSX or Parquet, named after the table or after one of its Dutch
names. Only `trajectories` is required. Columns may stand in any order and under any of the names below; one marked
with * may not be empty. `evaluation template FOLDER` writes empty files with drop-downs, and
`evaluation validate FOLDER` says what was found in a delivery.

A CSV may be separated by semicolon, comma or tab, in UTF-8 or Windows-1252, with decimal comma or point. Dates may be
written 2024-03-25, 25-03-2024, 25/03/2024, 20240325 or as Excel's day numbers, one form per column. The national layout
of Beleidsinformatie Jeugd, version 7, is recognised by its columns.

This page is written by `make dictionary` from the schemas beside it.
"""


def dictionary() -> str:
    """Return the dictionary in Markdown: a section per table, a line per column."""
    return "\n".join([INTRODUCTION, *(line for schema in table_schemas().values() for line in _section(schema))])


def _section(schema: TableSchema) -> Iterator[str]:
    names = ", ".join(f"`{alias}`" for alias in schema.aliases)
    yield f"## `{schema.name}`: {schema.title}\n"
    yield f"{schema.description}{f' Also named {names}.' if names else ''}"
    yield f"Primary key: {', '.join(f'`{column}`' for column in schema.primary_key) or 'none'}.\n"
    yield "| Column | Dutch names | Type | Meaning |"
    yield "|---|---|---|---|"
    for field in schema.fields:
        yield _line(field)
    yield ""


def _line(field: Field) -> str:
    kind = f"{field.type}, {field.unit}" if field.unit else field.type
    if field.code_list:
        kind = f"{kind}, code list {' '.join(field.code_list)}"
    elif field.enum:
        kind = f"{kind}: {', '.join(field.enum)}"
    aliases = ", ".join(f"`{alias}`" for alias in field.aliases)
    return f"| `{field.name}`{'*' if field.required else ''} | {aliases} | {kind} | {field.description} |"
