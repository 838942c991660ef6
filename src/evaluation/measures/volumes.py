"""How many trajectories and clients, and how the stock moved: counts of a snapshot of the register.

A trajectory runs on day t when ``start_date <= t`` and (``end_date`` is null or ``end_date > t``); it has ended by t
when ``end_date <= t``. Counts of a complete register carry no sampling error, so they have no interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Literal

import pandas as pd
from duckdb import DuckDBPyRelation

from evaluation.evidence import Count, Evidence, Measure
from evaluation.snapshot import Snapshot, frame_of, row_of

Dimension = Literal["phase", "referrer_code", "product_code", "neighbourhood"]
COUNTED = ("started", "ended", "active", "clients")


@dataclass(frozen=True)
class VolumeCounts:
    """Trajectories and clients of the period from `since` up to and including the reference date.

    Attributes
    ----------
    trajectories, clients
        Trajectories that started in the period, and the different clients among them.
    ended
        Trajectories that ended in the period, whenever they started.
    active
        Trajectories that ran on the reference date, whenever they started.
    started_this_year
        Trajectories that started in `reporting_year`, up to and including the reference date.
    reporting_year
        Calendar year of the day before the reference date, so that 1 January reports the year that is over.
    n_missing
        Trajectories without a client, which `clients` cannot count.
    """

    trajectories: Count
    clients: Count
    ended: Count
    active: Count
    started_this_year: Count
    reporting_year: int
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        period, day = f"{self.since}/{self.reference_date}", str(self.reference_date)
        return (
            self._count("trajectories", self.trajectories, "trajectories", "count of starts in the period", period),
            self._count("clients", self.clients, "clients", "different clients among the starts", period),
            self._count(
                "started_this_year",
                self.started_this_year,
                "trajectories",
                "starts in the year",
                str(self.reporting_year),
            ),
            self._count("ended", self.ended, "trajectories", "count of ends in the period", period),
            self._count("active", self.active, "trajectories", "stock on the reference date", day),
        )

    def _count(self, name: str, estimate: Count, unit: str, method: str, period: str) -> Measure:
        return Measure(
            id=f"volumes.{name}",
            estimate=estimate,
            unit=unit,
            method=method,
            period=period,
            n=self.trajectories if name == "clients" else estimate,
            n_missing=self.n_missing if name == "clients" else 0,
            evidence=self.evidence,
            sources=(self.source,),
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
    year = (snapshot.reference_date - timedelta(days=1)).year
    counts, started = snapshot.counts, f"start_date >= date '{since}'"
    trajectories, ended, active, this_year = row_of(
        counts.counted("start_date", "end_date"),
        f"""select coalesce(sum(n) filter ({started}), 0)::bigint,
            coalesce(sum(n) filter (end_date >= date '{since}'), 0)::bigint,
            coalesce(sum(n) filter (end_date is null), 0)::bigint,
            coalesce(sum(n) filter (year(start_date) = {year}), 0)::bigint from t""",
    )
    of_clients = f"select coalesce(sum(n), 0)::bigint from t where {started}"
    (single,) = row_of(counts.counted("start_date", among="client = 0"), of_clients)
    (several,) = row_of(counts.of_several("client"), f"select count(distinct client) from t where {started}")
    (without_client,) = row_of(counts.counted("start_date", among="client is null"), of_clients)
    return VolumeCounts(
        trajectories=trajectories,
        clients=single + several,
        ended=ended,
        active=active,
        started_this_year=this_year,
        reporting_year=year,
        n_missing=without_client,
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
    trajectories
        Trajectories in the table: those that ended in the period or ran on the reference date.
    """

    dimension: Dimension
    frame: pd.DataFrame
    trajectories: Count
    since: date
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
    counts, started = snapshot.counts, f"start_date >= date '{since}'"
    # Nothing and an empty code are one group, in which a client counts once; codes stay codes, which count faster.
    code = f"case when {_group(dimension)} <> '' then {dimension} end as {dimension}"
    several = counts.of_several("client").filter(started).project(f"{code}, client")
    parts = (
        _part(counts.counted("start_date", dimension), dimension, started=f"if({started}, n, 0)"),
        _part(
            counts.counted("end_date", dimension),
            dimension,
            ended=f"if(end_date >= date '{since}', n, 0)",
            active="if(end_date is null, n, 0)",
        ),
        _part(counts.counted("start_date", dimension, among="client = 0"), dimension, clients=f"if({started}, n, 0)"),
        # Different pairs first: DuckDB counts them faster than different clients within groups.
        _part(
            several.aggregate(f"{dimension}, client", f"{dimension}, client").aggregate(
                f"{dimension}, count(*) as n", dimension
            ),
            dimension,
            clients="n",
        ),
    )
    sums = ", ".join(f"sum({column})::bigint as {column}" for column in COUNTED)
    frame = frame_of(
        reduce(DuckDBPyRelation.union, parts),
        f"""select "group", {sums} from t group by 1
            having sum(started) + sum(ended) + sum(active) > 0 order by sum(started) desc, 1""",
    )
    return VolumesByGroup(
        dimension=dimension,
        frame=frame,
        trajectories=int(frame["ended"].sum() + frame["active"].sum()),
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
    )


def _part(counted: DuckDBPyRelation, dimension: Dimension, **columns: str) -> DuckDBPyRelation:
    """Give a count the columns of the table, with zeros for what it does not say."""
    numbers = ", ".join(f"{columns.get(column, 0)}::bigint as {column}" for column in COUNTED)
    return counted.project(f'{_group(dimension)} as "group", {numbers}')


def _group(dimension: Dimension) -> str:
    """SQL of the name of a group; empty where the column is."""
    return f"coalesce(cast({dimension} as varchar), '')"


@dataclass(frozen=True)
class MonthlyFlow:
    """Inflow, outflow and stock per calendar month.

    Attributes
    ----------
    frame
        Columns ``month`` (first day, datetime64), ``stock_start``, ``inflow``, ``outflow``, ``stock_end`` (int),
        one row per month from that of `since` to that of the reference date. The stock at the end is that on the last
        day of the month, in the last row that on the reference date.
    inflow, outflow
        Starts and ends of the whole period.
    stock_start, stock_end
        Trajectories that ran before `since`, and on the reference date.
    complete
        Whether the reference date is the last day of its month.
    """

    frame: pd.DataFrame
    inflow: Count
    outflow: Count
    stock_start: Count
    stock_end: Count
    since: date
    reference_date: date
    complete: bool
    evidence: Evidence


def monthly_flow(snapshot: Snapshot, since: date) -> MonthlyFlow:
    """Count starts and ends per month, and the stock at every month's end on its own.

    Starts and ends are counted by their month; the stock is counted per month end from the intervals themselves
    (``start_date <= t`` and ``end_date`` null or after t). So stock + inflow - outflow = stock is checked, not assumed.

    Raises
    ------
    ArithmeticError
        When a month does not close, naming it: the snapshot is then not one consistent register.
    """
    until = snapshot.reference_date
    first = since.replace(day=1)
    frame = frame_of(
        snapshot.counts.counted("start_date", "end_date"),
        f"""with months as (
              select unnest(generate_series(date '{first}', date '{until}', interval 1 month)) as month),
            days as (
              select month, least(last_day(month), date '{until}') as last,
                greatest(month::date, date '{since}') as first from months)
            select month,
              sum(n) filter (start_date < first and coalesce(end_date >= first, true)) as stock_start,
              sum(n) filter (start_date between first and last) as inflow,
              sum(n) filter (end_date between first and last) as outflow,
              sum(n) filter (start_date <= last and coalesce(end_date > last, true)) as stock_end
            from days left join t on true group by month order by month""",
    )
    stocks_and_flows = ["stock_start", "inflow", "outflow", "stock_end"]
    frame[stocks_and_flows] = frame[stocks_and_flows].fillna(0).astype("int64")
    closes = frame["stock_start"] + frame["inflow"] - frame["outflow"] == frame["stock_end"]
    if not closes.all():
        month = frame.loc[~closes, "month"].iloc[0]
        raise ArithmeticError(f"{month:%Y-%m}: stock at the start plus inflow less outflow is not the stock at the end")
    return MonthlyFlow(
        frame=frame,
        inflow=int(frame["inflow"].sum()),
        outflow=int(frame["outflow"].sum()),
        stock_start=int(frame["stock_start"].iloc[0]),
        stock_end=int(frame["stock_end"].iloc[-1]),
        since=since,
        reference_date=until,
        complete=(until + timedelta(days=1)).day == 1,
        evidence=snapshot.evidence,
    )
