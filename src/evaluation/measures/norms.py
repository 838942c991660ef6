"""Terms that the law sets, and norms that others use as a reference, as they hold on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Evidence

DECISION_TERM = "awb_decision"
OBJECTION_TERM = "awb_objection"
NOTICE_TERM = "awb_notice"
PENALTY = "penalty"


@dataclass(frozen=True)
class Norm:
    """One term or norm.

    Attributes
    ----------
    id, clock
        Its name, and from which event to which it runs.
    days
        Its length.
    kind
        ``law``, or ``reference`` for one that binds nobody here.
    source
        Where it stands.
    """

    id: str
    clock: str
    days: int
    kind: str
    source: str


@dataclass(frozen=True)
class Norms:
    """Everything that holds on a day.

    Attributes
    ----------
    frame
        The rows of ``data/norms.csv`` that hold on `on`.
    on
        The day.
    """

    frame: pd.DataFrame
    on: date

    @property
    def evidence(self) -> Evidence:
        """Public: law and what others publish."""
        return Evidence.BENCHMARK

    def of(self, clock: str) -> tuple[Norm, ...]:
        """The norms of a clock, in the order of the table."""
        rows = self.frame[(self.frame["clock"] == clock) & (self.frame["unit"] == "days")]
        return tuple(
            Norm(str(row["id"]), clock, int(row["value"]), str(row["kind"]), str(row["source"]))
            for row in rows.to_dict("records")
        )

    def named(self, name: str) -> Norm | None:
        """The norm of this name, None when it did not hold on the day."""
        found = self.frame[self.frame["id"] == name]
        return None if found.empty else next(norm for norm in self.of(str(found["clock"].iloc[0])) if norm.id == name)

    @property
    def penalty_per_day(self) -> tuple[tuple[int, float], ...]:
        """Penalty for deciding too late, as (number of days, euros a day) in the order in which they follow."""
        rows = self.frame[self.frame["clock"] == PENALTY].sort_values("id")
        return tuple((int(row["days"]), float(row["value"])) for row in rows.to_dict("records"))

    @property
    def penalty_ceiling_eur(self) -> float | None:
        """The most that one decision can cost in penalties; None when no amounts hold on the day."""
        steps = self.penalty_per_day
        return sum(days * amount for days, amount in steps) if steps else None


def norms_on(table: pd.DataFrame, on: date) -> Norms:
    """Take from the table of norms those that hold on a day."""
    day = pd.Timestamp(on)
    holds = (table["from_date"] <= day) & (table["until_date"].isna() | (table["until_date"] >= day))
    return Norms(table[holds].reset_index(drop=True), on)


def by_name(norms: Norms, *clocks: str) -> Mapping[str, Norm]:
    """The norms of several clocks, by name."""
    return {norm.id: norm for clock in clocks for norm in norms.of(clock)}
