"""How much work one full-time equivalent (fte) carries: trajectories, direct hours, and the share of direct hours.

The fte are figures that the council was shown: undated, rounded, and not said to be filled or budgeted. Every ratio
with them has the interval that the rounding leaves open, and no more precision than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Bounded, Count, Estimate, Evidence, IntervalKind, Mark, Measure, PublishedFigure
from evaluation.measures.capacity import intensity
from evaluation.snapshot import Snapshot, row_of

RECENT_MONTHS = 3  # complete calendar months over which hours are averaged: one month swings with holidays
FTE_SOURCE = "council_figures"


@dataclass(frozen=True)
class WorkloadOnDate:
    """Work and staff on one date; hours are of the last complete calendar months before it.

    Attributes
    ----------
    fte
        As published for that date, with its rounding; None when nothing was published.
    active
        Trajectories running on the date.
    direct_hours_per_month, indirect_hours_per_month
        Hours booked, averaged over those months; None without booked hours.
    hours_per_trajectory_month
        Direct hours per trajectory-month in those months.
    active_per_fte, hours_per_fte_month
        Trajectories, and direct hours per month, per fte.
    direct_share
        Direct hours over direct and indirect ones together.
    with_hours
        Trajectories with booked hours that ran in those months.
    """

    day: date
    fte: PublishedFigure | None
    active: Count
    direct_hours_per_month: Estimate
    indirect_hours_per_month: Estimate
    hours_per_trajectory_month: Estimate
    active_per_fte: Bounded | Mark | None
    hours_per_fte_month: Bounded | Mark | None
    direct_share: Estimate
    with_hours: Count


@dataclass(frozen=True)
class Workload:
    """Work and staff on the reference date, `now`, and on every earlier date with published fte.

    Attributes
    ----------
    dates
        In order of time; the last is the reference date.
    months
        Complete calendar months behind the hours.
    evidence
        That of the register: a weaker label because of the published fte would hide that personal rows went in.
    """

    dates: tuple[WorkloadOnDate, ...]
    months: int
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def now(self) -> WorkloadOnDate:
        """Work and staff on the reference date."""
        return self.dates[-1]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        now = self.now
        hours = f"{self.months} last complete calendar months"
        with_fte = (self.source, FTE_SOURCE)
        return (
            self._measure("active_per_fte", now.active_per_fte, "trajectories_per_fte", "stock over fte", with_fte),
            self._measure(
                "hours_per_fte_month",
                now.hours_per_fte_month,
                "hours_per_month",
                f"direct hours per month over fte, {hours}",
                with_fte,
            ),
            self._measure(
                "direct_share",
                now.direct_share,
                "share",
                f"direct over direct and indirect hours, {hours}",
                (self.source,),
            ),
        )

    def _measure(
        self, name: str, value: Bounded | Estimate, unit: str, method: str, sources: tuple[str, ...]
    ) -> Measure:
        bounds = value if isinstance(value, Bounded) else None
        kind: IntervalKind | None = None if bounds is None else "rounding"
        return Measure(
            id=f"capacity.{name}",
            estimate=value.value if isinstance(value, Bounded) else value,
            unit=unit,
            method=method,
            period=str(self.reference_date),
            n=self.now.active if name == "active_per_fte" else None,
            ci_low=None if bounds is None else bounds.low,
            ci_high=None if bounds is None else bounds.high,
            interval=kind,
            evidence=self.evidence,
            sources=sources,
        )


def workload(snapshots: Sequence[Snapshot], staffing: Mapping[date, PublishedFigure]) -> Workload:
    """Divide stock and hours by the published fte.

    Parameters
    ----------
    snapshots
        The register as known on each date, in order of time; the last is of the reference date.
    staffing
        Published fte by date.
    """
    last = snapshots[-1]
    return Workload(
        dates=tuple(_on_date(snapshot, staffing.get(snapshot.reference_date)) for snapshot in snapshots),
        months=RECENT_MONTHS,
        reference_date=last.reference_date,
        evidence=last.evidence,
        source=last.source,
    )


def _on_date(snapshot: Snapshot, fte: PublishedFigure | None) -> WorkloadOnDate:
    until = snapshot.reference_date.replace(day=1)
    since = (pd.Timestamp(until) - pd.DateOffset(months=RECENT_MONTHS)).date()
    (active,) = row_of(
        snapshot.counts.counted("start_date", "end_date"),
        "select coalesce(sum(n), 0)::bigint from t where end_date is null",
    )
    direct, indirect = _hours_per_month(snapshot, since, until)
    intensive = intensity(snapshot, since)
    return WorkloadOnDate(
        day=snapshot.reference_date,
        fte=fte,
        active=active,
        direct_hours_per_month=direct,
        indirect_hours_per_month=indirect,
        hours_per_trajectory_month=intensive.hours_per_trajectory_month,
        active_per_fte=None if fte is None else per_fte(active, fte),
        hours_per_fte_month=None if fte is None or direct is None else per_fte(direct, fte),
        direct_share=None if not direct or indirect is None else direct / (direct + indirect),
        with_hours=_difference(intensive.n, intensive.n_missing),
    )


def per_fte(amount: float, fte: PublishedFigure) -> Bounded:
    """Return an amount per fte, with what the rounding of the fte leaves open."""
    return Bounded(amount, amount, amount) / fte.value


def _difference(whole: Count, part: Count) -> Count:
    return whole if isinstance(whole, Mark) else part if isinstance(part, Mark) else whole - part


def _hours_per_month(snapshot: Snapshot, since: date, until: date) -> tuple[float | None, float | None]:
    if snapshot.hours is None:
        return None, None
    booked = snapshot.hours.filter(f"month >= date '{since}' and month < date '{until}'")
    direct, indirect = row_of(booked, "select sum(direct_hours), sum(indirect_hours) from t")
    return (
        None if direct is None else direct / RECENT_MONTHS,
        None if indirect is None else indirect / RECENT_MONTHS,
    )
