"""How many trajectories and clients, and how the stock moved: counts of a snapshot of the register.

A trajectory runs on day t when ``start_date <= t`` and (``end_date`` is null or ``end_date > t``); it has ended by t
when ``end_date <= t``. Counts of a complete register carry no sampling error, so they have no interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pandas as pd
from duckdb import DuckDBPyRelation

from evaluation.evidence import Evidence, Measure
from evaluation.snapshot import Snapshot, frame_of, row_of

Dimension = Literal["phase", "referrer_code", "product_code", "neighbourhood"]


@dataclass(frozen=True)
class VolumeCounts:
    """Trajectories and clients of the period ``[since, reference_date]``.

    Attributes
    ----------
    trajectories, clients
        Trajectories that started in the period, and the different clients among them.
    ended, active
        Those of them that had ended by the reference date, and those that ran on it.
    started_this_year
        Started in `reporting_year`, up to and including the reference date.
    reporting_year
        Calendar year of the day before the reference date, so that 1 January reports the year that is over.
    """

    trajectories: int
    clients: int
    ended: int
    active: int
    started_this_year: int
    reporting_year: int
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        counts = {
            "trajectories": (self.trajectories, "trajectories", "count of starts in the period"),
            "clients": (self.clients, "clients", "count of different clients among the trajectories"),
            "started_this_year": (self.started_this_year, "trajectories", "count of starts in the reporting year"),
            "ended": (self.ended, "trajectories", "count of ends by the reference date"),
            "active": (self.active, "trajectories", "stock on the reference date"),
        }
        return tuple(
            Measure(
                id=f"volumes.{name}",
                estimate=estimate,
                unit=unit,
                method=method,
                n=self.trajectories,
                n_missing=0,
                evidence=self.evidence,
                sources=(self.source,),
            )
            for name, (estimate, unit, method) in counts.items()
        )


def volume_counts(snapshot: Snapshot, since: date) -> VolumeCounts:
    """Count the trajectories and clients of the period from `since` to the reference date.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    since
        First day of the period.
    """
    reporting_year = (snapshot.reference_date - timedelta(days=1)).year
    trajectories, clients, ended, active, this_year = row_of(
        started_since(snapshot, since),
        f"""select count(*), count(distinct client_key), count(end_date), count(*) filter (end_date is null),
            count(*) filter (start_date >= date '{reporting_year}-01-01') from t""",
    )
    return VolumeCounts(
        trajectories=trajectories,
        clients=clients,
        ended=ended,
        active=active,
        started_this_year=this_year,
        reporting_year=reporting_year,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


@dataclass(frozen=True)
class VolumesByGroup:
    """Counts per value of one dimension; the parts add up to the totals.

    Attributes
    ----------
    frame
        Columns ``group`` (str), ``started``, ``ended``, ``active``, ``clients`` (int), one row per value, largest
        first. Clients with trajectories in two groups count in both, so their column does not add up.
    """

    dimension: Dimension
    frame: pd.DataFrame
    reference_date: date
    evidence: Evidence


def volumes_by(snapshot: Snapshot, since: date, dimension: Dimension) -> VolumesByGroup:
    """Count trajectories per phase, referrer, product or neighbourhood.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    since
        First day of the period.
    dimension
        Column to group by.
    """
    frame = frame_of(
        started_since(snapshot, since),
        f"""select coalesce(cast({dimension} as varchar), '') as "group", count(*) as started,
            count(end_date) as ended, count(*) filter (end_date is null) as active,
            count(distinct client_key) as clients
            from t group by 1 order by started desc, 1""",
    )
    return VolumesByGroup(dimension, frame, snapshot.reference_date, snapshot.evidence)


@dataclass(frozen=True)
class MonthlyFlow:
    """Inflow, outflow and stock per calendar month; the identity closes exactly.

    Attributes
    ----------
    frame
        Columns ``month`` (first day, datetime64), ``stock_start``, ``inflow``, ``outflow``, ``stock_end`` (int),
        one row per month of the period. ``stock_end = stock_start + inflow - outflow``. The last month ends on the
        reference date and may be incomplete.
    complete
        Whether the last month is complete.
    """

    frame: pd.DataFrame
    since: date
    reference_date: date
    complete: bool
    evidence: Evidence


def monthly_flow(snapshot: Snapshot, since: date) -> MonthlyFlow:
    """Count starts and ends per month and follow the stock from zero at `since` to the reference date.

    Flows are counted independently of the stock, which is then counted afresh on the reference date; the two must
    meet.

    Raises
    ------
    ArithmeticError
        When stock, inflow and outflow do not close: the snapshot is then not one consistent register.
    """
    flows = frame_of(
        started_since(snapshot, since),
        """select month::timestamp as month, sum(inflow)::bigint as inflow, sum(outflow)::bigint as outflow from (
             select date_trunc('month', start_date) as month, 1 as inflow, 0 as outflow from t
             union all
             select date_trunc('month', end_date), 0, 1 from t where end_date is not null)
           group by 1""",
    )
    last_day = snapshot.reference_date - timedelta(days=1)
    months = pd.date_range(since.replace(day=1), last_day.replace(day=1), freq="MS", name="month", unit="us")
    # A flow on a reference date that is the first of a month belongs to the period that the reader sees end there.
    flows["month"] = flows["month"].where(flows["month"] <= months[-1], months[-1])
    frame = flows.groupby("month")[["inflow", "outflow"]].sum().reindex(months, fill_value=0).reset_index()
    frame["stock_end"] = (frame["inflow"] - frame["outflow"]).cumsum()
    frame["stock_start"] = frame["stock_end"].shift(fill_value=0)
    counted = volume_counts(snapshot, since)
    moved = int(frame["inflow"].sum() - frame["outflow"].sum())
    if moved != counted.active or frame["inflow"].sum() != counted.trajectories:
        raise ArithmeticError(f"inflow less outflow is {moved}, but {counted.active} trajectories run")
    return MonthlyFlow(
        frame=frame[["month", "stock_start", "inflow", "outflow", "stock_end"]],
        since=since,
        reference_date=snapshot.reference_date,
        complete=snapshot.reference_date.day == 1,
        evidence=snapshot.evidence,
    )


def started_since(snapshot: Snapshot, since: date) -> DuckDBPyRelation:
    """Trajectories of the snapshot that started on `since` or later."""
    return snapshot.trajectories.filter(f"start_date >= date '{since.isoformat()}'")
