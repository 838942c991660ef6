"""The published aggregates that the registry is conditioned on, read from the table of published figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Bounded
from evaluation.sources.published import figure

COUNTS = (
    "trajectories_20240325",
    "clients_20240325",
    "started_2023_20240325",
    "started_2024_20240325",
    "ended_20240325",
    "active_20240325",
    "trajectories_20250101",
    "ended_20250101",
    "active_20250101",
    "pilot_families_2023",
    "pilot_new_families_2023",
    "pilot_carried_in_2023",
    "pilot_single_mothers_2023",
    "pilot_neighbourhoods_2023",
)
"""Figures that are reproduced exactly."""

MEANS = (
    "mean_ended_months_20240325",
    "mean_running_months_20240325",
    "hours_per_month_20240325",
    "mean_ended_months_20250101",
    "hours_per_month_20250101",
    "pilot_hours_per_family_2023",
    "pilot_length_months_2023",
)
"""Figures that are reproduced within the interval of their rounding."""

AMOUNTS = (
    "total_cost_2022",
    "total_cost_2023",
    "total_cost_2024",
    "bjh_cost_2023",
    "bjh_cost_2024",
    "transition_cost_2022_2024",
)
"""Figures, in millions of euros, that the ledger reproduces."""

IDENTITIES = (
    ("trajectories_20240325", "started_2023_20240325", "started_2024_20240325"),
    ("trajectories_20240325", "ended_20240325", "active_20240325"),
    ("trajectories_20250101", "ended_20250101", "active_20250101"),
    ("pilot_families_2023", "pilot_new_families_2023", "pilot_carried_in_2023"),
)
"""A total and its two parts."""

ORDERED = (
    ("trajectories_20240325", "trajectories_20250101"),
    ("ended_20240325", "ended_20250101"),
    ("clients_20240325", "trajectories_20240325"),
    ("pilot_single_mothers_2023", "pilot_families_2023"),
    ("pilot_neighbourhoods_2023", "pilot_families_2023"),
)
"""What cannot be more, and what it cannot be more than."""

INNER_MARGIN = 0.1
"""How far inside its rounding interval a tilted figure is aimed, as a part of the interval.

A figure moves in steps of whole days, quarters and tenths of hours; aimed at the very end, it could step over it.
"""

PILOT_YEAR = 2023
"""Calendar year that the figures about the pilot describe."""


@dataclass(frozen=True)
class Targets:
    """What every snapshot of the registry has to reproduce.

    Attributes
    ----------
    first_date, last_date
        The two reference dates.
    figures
        Published figure per id; counts in units, durations in months, hours per trajectory-month, millions of euros.
    """

    first_date: date
    last_date: date
    figures: Mapping[str, Bounded]

    def __post_init__(self) -> None:
        missing = [name for name in COUNTS + MEANS + AMOUNTS if name not in self.figures]
        if missing:
            raise ValueError(f"targets: figure {missing[0]} is missing; add it to the published figures")
        if not self.first_date < self.last_date:
            raise ValueError(f"targets: {self.first_date} is not before {self.last_date}; give them in order")
        for total, one, other in IDENTITIES:
            if self.count(total) != self.count(one) + self.count(other):
                raise ValueError(f"targets: {total} is not {one} + {other}; correct the published figures")
        for smaller, larger in ORDERED:
            if self.count(smaller) > self.count(larger):
                raise ValueError(f"targets: {smaller} exceeds {larger}; correct the published figures")

    @classmethod
    def from_figures(cls, figures: pd.DataFrame) -> Targets:
        """Return the targets from the frame of ``published_figures``; reference dates come from the figures too."""
        dates = figures.set_index("id")["reference_date"]
        first, last = (pd.Timestamp(dates[name]).date() for name in ("trajectories_20240325", "trajectories_20250101"))
        return cls(first, last, {name: figure(figures, name) for name in COUNTS + MEANS + AMOUNTS})

    def count(self, figure_id: str) -> int:
        """Return a count as printed."""
        value = self.figures[figure_id].value
        if value != int(value) or value < 0:
            raise ValueError(f"targets: {figure_id} = {value} is not a count; correct the published figures")
        return int(value)

    @property
    def new_year(self) -> date:
        """First day of the year of the first reference date: starts are published before it and from it on."""
        return self.first_date.replace(month=1, day=1)

    def inner_end(self, figure_id: str, natural: float) -> float:
        """Return the end of the rounding interval nearest to a value outside it, moved inwards by ``INNER_MARGIN``."""
        bounds = self.figures[figure_id]
        margin = INNER_MARGIN * (bounds.high - bounds.low)
        return bounds.low + margin if natural < bounds.low else bounds.high - margin
