"""What the tables of a delivery are and promise each other, in the form that the rules ask for.

All of it comes from `schema`; a `Structure` of its own lets a rule be tried on a table of two columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from evaluation.sources.delivery.schema import TableSchema


@dataclass(frozen=True)
class Structure:
    """Promises over tables.

    Attributes
    ----------
    required
        (table, column) pairs that may not be empty.
    keys
        Columns of the primary key per table.
    references
        Foreign keys: table, column, parent table, parent column.
    codes
        Allowed values per (table, column); product codes are free.
    """

    required: frozenset[tuple[str, str]] = frozenset()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: tuple[tuple[str, str, str, str], ...] = ()
    codes: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)


def structure_of(schemas: Mapping[str, TableSchema]) -> Structure:
    """Return the promises of these tables.

    Raises
    ------
    ValueError
        When a foreign key has more than one column, which no rule here follows.
    """
    fields = [(table.name, column) for table in schemas.values() for column in table.fields]
    references = []
    for table in schemas.values():
        for key in table.foreign_keys:
            if len(key.fields) != 1:
                raise ValueError(f"{table.name}: foreign key {key.fields} has several columns; use one column")
            references.append((table.name, key.fields[0], key.table, key.reference[0]))
    return Structure(
        required=frozenset((table, column.name) for table, column in fields if column.required),
        keys={table.name: table.primary_key for table in schemas.values() if table.primary_key},
        references=tuple(references),
        codes={(table, column.name): frozenset(column.allowed) for table, column in fields if column.allowed},
    )


@dataclass(frozen=True)
class Check:
    """The query of one rule, which answers with ``table_name, row, column_name, value``."""

    rule: str
    sql: str


@dataclass(frozen=True)
class Delivered:
    """What there is to check.

    Attributes
    ----------
    types
        DuckDB type per column per delivered table.
    structure
        What the tables promise: required columns, keys, codes.
    on
        Day of the delivery.
    own_codes
        Columns whose codes are of another list in the format that was delivered, and are not checked.
    annual_accounts
        Lowest and highest published total per year, in millions of euros.
    """

    types: Mapping[str, Mapping[str, str]]
    structure: Structure
    on: date
    own_codes: frozenset[tuple[str, str]]
    annual_accounts: Mapping[int, tuple[float, float]]

    def has(self, table: str, *columns: str) -> bool:
        """Return whether a table and all these columns were delivered."""
        return table in self.types and set(columns) <= set(self.types[table])

    def present(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the (table, column) pairs that were delivered."""
        return [(table, column) for table, column in pairs if self.has(table, column)]

    def dates(self) -> list[tuple[str, str]]:
        """Return every delivered column that holds dates."""
        return [(table, column) for table, types in self.types.items() for column in types if types[column] == "DATE"]
