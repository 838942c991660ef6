"""The words that the steps of a delivery share: what was read, what a rule says, and how problems are noted.

A delivery is read (`reading`), every row is held against the rules (`validation`), and what is accepted is stored as a
snapshot (`snapshots`). Between the steps travels a `Delivery`: DuckDB tables in a private work file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from duckdb import DuckDBPyConnection

from evaluation.sources import SourceError

Severity = Literal["fatal", "error", "warning"]

ROW = "_row"
"""Column of every table: the row as a person sees it in the file, so the first data row of a CSV or sheet is 2."""

PROBLEMS_TABLE = (
    "create table if not exists problems "
    "(table_name varchar, row bigint, rule varchar, column_name varchar, value varchar)"
)
"""One line per problem of a row; `row` is null for a problem of a whole table or column. `value` is never a BSN."""


class DeliveryError(SourceError):
    """A delivery that cannot be taken in at all (severity fatal); one line with file, column, value and remedy."""


@dataclass(frozen=True)
class Rule:
    """One check on the rows of a delivery.

    Attributes
    ----------
    id
        Short stable name, ``end_before_start``.
    severity
        ``error`` puts the row in quarantine, ``warning`` keeps and flags it, ``fatal`` stops the delivery.
    message_nl, message_en
        What is wrong, in plain words.
    remedy_nl, remedy_en
        What to do about it at the source.
    """

    id: str
    severity: Severity
    message_nl: str
    message_en: str
    remedy_nl: str
    remedy_en: str


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a delivery, and everything that was detected in it.

    Attributes
    ----------
    table
        Table of the schema that it was read as.
    format
        ``csv``, ``xlsx``, ``parquet`` or ``bij7`` (Beleidsinformatie Jeugd, version 7).
    encoding, separator, decimal
        Of a CSV; empty for other formats.
    date_formats
        Per date column the form that all its values have, such as ``DD-MM-YYYY``.
    aliases
        Per schema column the name it had in the file, where that differed.
    rows
        Data rows in the file.
    sha256
        Hash of the file.
    """

    table: str
    path: Path
    format: str
    encoding: str
    separator: str
    decimal: str
    date_formats: Mapping[str, str]
    aliases: Mapping[str, str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Delivery:
    """A delivery that was read, not yet validated.

    Attributes
    ----------
    folder
        Where it came from.
    delivered_on
        Day of the delivery; nothing in it may lie after.
    files
        One per table.
    connection
        DuckDB with one typed table per file, named as in the schema, each with the column `ROW`, and ``problems`` with
        the cells that could not be read as their type (rule ``unreadable_value``).
    """

    folder: Path
    delivered_on: date
    files: tuple[DeliveredFile, ...]
    connection: DuckDBPyConnection

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the delivered tables."""
        return tuple(file.table for file in self.files)
