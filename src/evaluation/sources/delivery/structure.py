"""What the tables of a delivery promise each other, in the form that the rules ask for.

All of it comes from `schema`; a `Structure` of its own lets a rule be tried on a table of two columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
