"""Where the clients of Open House went: states of one cohort, half-year by half-year.

Every client who had help in Open House in the first month of the period is followed to the last one. Each is in exactly
one state in every month, and none is lost from sight within the register, so that the state occupation probabilities
of Aalen and Johansen (Putter, Fiocco and Geskus 2007, Statistics in Medicine 26: 2389-2430) are plain shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.measures.open_house import OpenHouseMonths
from evaluation.measures.shares import CONFIDENCE, share_of

STATES = ("open_house", "both", "bjh", "out")
"""Help in Open House only, in both, in BJH only, in neither; specialist help is not in these tables: it is ``out``."""
STEP_MONTHS = 6


@dataclass(frozen=True)
class Transitions:
    """States of the clients who were in Open House in the first month.

    Attributes
    ----------
    states
        One row per chosen month and state: ``month``, ``state``, ``clients``, ``share`` of the cohort with Wilson
        interval ``ci_low``, ``ci_high``. Empty when the first month is unknown.
    steps
        One row per pair of following chosen months and pair of states: ``month``, ``until``, ``origin``,
        ``destination``, ``clients``.
    n
        Clients of the cohort; None when unknown.
    first, last
        First and last month.
    """

    states: pd.DataFrame
    steps: pd.DataFrame
    n: Count | None
    first: pd.Timestamp
    last: pd.Timestamp
    delivered: bool
    reference_date: date
    evidence: Evidence
    source: str
    level: float = CONFIDENCE

    def at_end(self, state: str) -> pd.Series | None:
        """The row of a state in the last month; None when unknown."""
        rows = self.states[(self.states["month"] == self.last) & (self.states["state"] == state)]
        return None if rows.empty else rows.iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row = self.at_end("open_house")
        share, low, high = (None, None, None) if row is None else (row[key] for key in ("share", "ci_low", "ci_high"))
        return (
            Measure(
                id="open_house.cohort_still_there_share",
                estimate=share,
                unit="share",
                method="occupation of Open House alone by those who were in it at first, Wilson interval",
                period=f"{self.first:%Y-%m}/{self.last:%Y-%m}",
                n=self.n,
                n_missing=0 if self.n is not None else None,
                **confidence(low, high, self.level),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def transitions(months: OpenHouseMonths) -> Transitions:
    """Follow the clients of the first month to the last one, in steps of half a year."""
    points = [*months.months[::STEP_MONTHS]]
    if points and points[-1] != months.last_month:
        points.append(months.last_month)
    known = bool(points) and all(months.is_known(month) for month in points)
    cohort = sorted(set(months.help.loc[months.help["month"] == months.first_month, "client_key"])) if known else []
    seen = pd.DataFrame({month: states_in(months, month, cohort) for month in points}, index=cohort)
    rows, steps = [], []
    for month in points if known else []:
        counts = seen[month].value_counts().reindex(STATES, fill_value=0)
        rows += [(month, state, int(counts[state])) for state in STATES]
    for month, until in pairwise(points) if known else []:
        table = pd.crosstab(seen[month], seen[until]).reindex(index=STATES, columns=STATES, fill_value=0)
        moved = table.to_numpy(dtype=int)
        steps += [(month, until, a, b, int(moved[i, j])) for i, a in enumerate(STATES) for j, b in enumerate(STATES)]
    counts = pd.DataFrame(rows, columns=["month", "state", "clients"])
    return Transitions(
        states=with_occupation(counts.assign(n=len(cohort)), CONFIDENCE),
        steps=pd.DataFrame(steps, columns=["month", "until", "origin", "destination", "clients"]),
        n=len(cohort) if known else None,
        first=months.first_month,
        last=months.last_month,
        delivered=months.delivered,
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


def states_in(months: OpenHouseMonths, month: pd.Timestamp, clients: list[str]) -> list[str]:
    """Return the state of each client in a month."""
    here, there = (set(own.loc[own["month"] == month, "client_key"]) for own in (months.help, months.bjh))
    names = {(True, False): "open_house", (True, True): "both", (False, True): "bjh", (False, False): "out"}
    return [names[client in here, client in there] for client in clients]


def with_occupation(counts: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add shares of ``n`` with Wilson intervals to rows of ``clients``; withheld when one of both is."""
    found: list[tuple[Estimate, Estimate, Estimate]] = [
        share_of(clients, n, level) for clients, n in zip(counts["clients"], counts["n"], strict=True)
    ]
    columns = {name: [row[at] for row in found] for at, name in enumerate(("share", "ci_low", "ci_high"))}
    return counts.drop(columns="n").assign(
        **{name: pd.Series(values, counts.index, dtype=object) for name, values in columns.items()}
    )
