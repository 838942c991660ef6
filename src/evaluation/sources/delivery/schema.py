"""What a delivery may hold: the tables of ``data/schema``, one Table Schema each, with Dutch names and code lists.

The JSON files are the only place where a column of a delivery is written down. Reading, validation, templates and the
documentation take it from here.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from evaluation.sources.package import DATA_FOLDER

SCHEMA_FOLDER = DATA_FOLDER / "schema"
CODE_LISTS = DATA_FOLDER / "code_lists.csv"

FieldType = Literal["string", "date", "integer", "number", "boolean"]

SQL_TYPES: Mapping[FieldType, str] = MappingProxyType(
    {"string": "VARCHAR", "date": "DATE", "integer": "INTEGER", "number": "DOUBLE", "boolean": "BOOLEAN"}
)


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Attributes
    ----------
    name, title, description
        Name in code, Dutch title, English explanation.
    type
        Type of Table Schema; `sql_type` is the one in DuckDB.
    unit
        ``day``, ``month``, ``hours``, ``eur``...; empty when there is none.
    required
        Whether the column must be there and every row must have a value.
    aliases
        Dutch names under which a file may deliver the column.
    enum
        Values that are allowed; empty when any is.
    code_list
        Standard and name of its code list, such as ``("iJw", "Code verwijzer")``; None without one.
    codes
        Code to Dutch label, of that list; empty without one.
    known_with
        Column with the day on which the value became known; empty when it is known with the row.
    may_lie_ahead
        Whether a day in it may lie after the delivery.
    """

    name: str
    title: str
    description: str
    type: FieldType
    unit: str
    required: bool
    aliases: tuple[str, ...]
    enum: tuple[str, ...]
    code_list: tuple[str, str] | None
    codes: Mapping[str, str]
    known_with: str
    may_lie_ahead: bool

    @property
    def sql_type(self) -> str:
        """Type of the column in DuckDB."""
        return SQL_TYPES[self.type]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Values that the column may have, from its enum or code list; empty when any is allowed."""
        return self.enum or tuple(self.codes)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a header may give the column, its own first."""
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values must occur in the key of another table."""

    fields: tuple[str, ...]
    table: str
    reference: tuple[str, ...]


@dataclass(frozen=True)
class TableSchema:
    """One table of a delivery.

    Attributes
    ----------
    name, title, description
        Name in code, Dutch title, English explanation.
    required
        Whether a delivery without the table is refused.
    aliases
        Dutch names under which a file or sheet may deliver the table.
    missing_values
        Texts that stand for an empty cell.
    known_from
        Column with the day or month from which a row is known; empty when rows are known from the beginning.
    fields
        Columns, in the order of the template.
    primary_key
        Columns that together are unique; empty when rows may repeat.
    """

    name: str
    title: str
    description: str
    required: bool
    aliases: tuple[str, ...]
    missing_values: tuple[str, ...]
    known_from: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a file or sheet may give the table, its own first."""
        return (self.name, *self.aliases)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the fields."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Return a field by its name in code."""
        return next(field for field in self.fields if field.name == name)


@cache
def table_schemas() -> Mapping[str, TableSchema]:
    """Return every table that a delivery may hold, by name, the required one first."""
    tables = [_table(path) for path in sorted(SCHEMA_FOLDER.glob("*.json"))]
    return MappingProxyType({table.name: table for table in sorted(tables, key=lambda table: not table.required)})


@cache
def codes_of(standard: str, name: str) -> Mapping[str, str]:
    """Return code and Dutch label of a list in ``data/code_lists.csv``.

    Parameters
    ----------
    standard, name
        Such as ``iJw`` and ``Code verwijzer``.
    """
    with CODE_LISTS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["standard"], row["list"]) == (standard, name)]
    if not rows:
        raise KeyError(f"{CODE_LISTS.name}: no list {name!r} of {standard!r}; correct codeList in data/schema")
    return MappingProxyType({row["code"]: row["label_nl"] for row in rows})


def table_named(name: str) -> TableSchema | None:
    """Return the table that a file or sheet of this name delivers, in any spelling of case, or None."""
    plain = plain_name(name)
    tables = table_schemas().values()
    return next((table for table in tables if plain in map(plain_name, table.names)), None)


def plain_name(name: str) -> str:
    """Return a name as headers are compared: lower case, no accents, one underscore for anything else."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_")


def _table(path: Path) -> TableSchema:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return TableSchema(
        name=content["name"],
        title=content["title"],
        description=content["description"],
        required=content["required"],
        aliases=tuple(content["aliases"]),
        missing_values=tuple(content["missingValues"]),
        known_from=content.get("knownFrom", ""),
        fields=tuple(_field(field) for field in content["fields"]),
        primary_key=tuple(content.get("primaryKey", ())),
        foreign_keys=tuple(
            ForeignKey(tuple(key["fields"]), key["reference"]["resource"], tuple(key["reference"]["fields"]))
            for key in content.get("foreignKeys", ())
        ),
    )


def _field(content: dict[str, Any]) -> Field:
    constraints = content.get("constraints", {})
    listed = content.get("codeList")
    code_list = (listed["standard"], listed["list"]) if listed else None
    return Field(
        name=content["name"],
        title=content["title"],
        description=content["description"],
        type=cast("FieldType", content["type"]),
        unit=content.get("unit", ""),
        required=constraints.get("required", False),
        aliases=tuple(content["aliases"]),
        enum=tuple(constraints.get("enum", ())),
        code_list=code_list,
        codes=codes_of(*code_list) if code_list else MappingProxyType({}),
        known_with=content.get("knownWith", ""),
        may_lie_ahead=content.get("mayLieAhead", False),
    )
