"""The register as it was known on one day: what `sources` hands to `measures`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
from duckdb import DuckDBPyRelation

from evaluation.counting import CodedRows, Counts, code_rows
from evaluation.evidence import Evidence

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Snapshot:
    """Trajectories and hours as known on a reference date.

    Attributes
    ----------
    trajectories
        One row per trajectory that was registered and had started by the reference date, with the columns of the
        table ``trajectories``; ``end_date`` is null where no end was known by then.
    hours
        One row per trajectory and calendar month (``trajectory_id``, ``month``, ``direct_hours``,
        ``indirect_hours``), or None when hours were not delivered.
    reference_date
        The day (peildatum) of the snapshot.
    evidence
        ``register`` or ``synthetic``.
    source
        Name of the registry, for provenance.
    register
        `trajectories` again, and what gives the coded rows of the whole register that they are a view of, so that all
        its snapshots share one reading. Without it, or with other trajectories, these are read for this snapshot.
    """

    trajectories: DuckDBPyRelation
    hours: DuckDBPyRelation | None
    reference_date: date
    evidence: Evidence
    source: str
    register: tuple[DuckDBPyRelation, Callable[[], CodedRows]] | None = None

    @cached_property
    def counts(self) -> Counts:
        """How often each combination of values occurs among the trajectories, counted once per combination."""
        if self.register is None or self.register[0] is not self.trajectories:
            return Counts(code_rows(self.trajectories, as_known=True))
        return Counts(self.register[1](), self.reference_date)


@dataclass(frozen=True)
class Records:
    """One further table of a register as known on a reference date.

    Attributes
    ----------
    table
        Name of the table, such as ``referrals``.
    rows
        Rows known by the reference date, with every column of the table's schema; what became known later is null.
        A table or column that was not delivered is empty, so that no measure needs a second way for it.
    delivered
        Whether the table was delivered at all.
    reference_date
        The day (peildatum).
    evidence
        ``register`` or ``synthetic``.
    source
        Name of the registry and table, for provenance.
    """

    table: str
    rows: DuckDBPyRelation
    delivered: bool
    reference_date: date
    evidence: Evidence
    source: str

    def frame(self, sql: str = "select * from t") -> pd.DataFrame:
        """Run `sql` over the rows, which it names ``t``, and return a small frame."""
        return frame_of(self.rows, sql)


def frame_of(relation: DuckDBPyRelation, sql: str) -> pd.DataFrame:
    """Run `sql` over `relation`, which it names ``t``, and return a small frame."""
    answer = relation.query("t", sql)
    if answer is None:
        raise ValueError(f"not a query: {sql}")
    frame: pd.DataFrame = answer.df()
    return frame


def row_of(relation: DuckDBPyRelation, sql: str) -> tuple[Any, ...]:
    """Run an aggregate over `relation`, which it names ``t``, and return its one row."""
    answer = relation.query("t", sql)
    if answer is None:
        raise ValueError(f"not a query: {sql}")
    (row,) = answer.fetchall()
    return tuple(row)
