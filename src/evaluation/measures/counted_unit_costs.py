"""Published costs of BJH over the help that the register counts, as ratios of sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Bounded, Count, Evidence, Measure
from evaluation.measures.rounding import exactly, through
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, frame_of

UNITS = ("trajectory_month", "client_year", "direct_hour")
MILLION = 1_000_000

# Days of trajectories and, where those of one client overlap counted once, of clients, per calendar year.
DAYS = """
with years as (select unnest(range({first}, {last} + 1))::integer as year),
spells as (
    select year, client_key, greatest(start_date, make_date(year, 1, 1)) as begin,
        least(coalesce(end_date, date '{day}'), date '{day}', make_date(year + 1, 1, 1)) as until
    from t cross join years
    where start_date < make_date(year + 1, 1, 1) and coalesce(end_date, date '{day}') > make_date(year, 1, 1)
),
seen as (
    select *, max(until) over (
        partition by year, client_key order by begin, until rows between unbounded preceding and 1 preceding
    ) as before
    from spells where until > begin
)
select year, count(*) as trajectories, count(distinct client_key) as clients,
    count(*) filter (client_key is null) as without_client, sum(until - begin) as trajectory_days,
    sum(case when client_key is null then 0 when before is null or before <= begin then until - begin
        else greatest(until - before, 0) end) as client_days
from seen group by year order by year
"""
HOURS = "select extract(year from month)::integer as year, sum(direct_hours) as hours from t group by 1"


@dataclass(frozen=True)
class CountedUnitCosts:
    """Nominal euros per unit of help, in each calendar year that was over on the reference date.

    The denominator is counted, so the interval is the rounding of the published costs alone. Beside the unit costs that
    follow from published counts (`unit_costs`) it shows what the register changes.

    Attributes
    ----------
    frame
        One row per ``year`` and ``unit`` (`UNITS`): ``quantity`` (trajectory-months, client-years or direct hours),
        ``eur``, ``low``, ``high``; null where the register has no such help.
    n
        Per year, trajectories that ran in it.
    n_missing
        Trajectories without a client, which count in no client-year.
    """

    frame: pd.DataFrame
    n: Mapping[int, Count]
    n_missing: Count
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return tuple(
            Measure(
                id=f"costs.counted_cost_per_{row['unit']}_{row['year']}",
                estimate=row["eur"],
                unit="eur",
                method="published costs of BJH over help counted in the register",
                period=str(row["year"]),
                n=self.n.get(row["year"]),
                n_missing=self.n_missing,
                ci_low=row["low"],
                ci_high=row["high"],
                interval=None if row["eur"] is None else "rounding",
                evidence=self.evidence,
                sources=("council_figures", self.source),
            )
            for row in self.frame.to_dict("records")
        )


def counted_unit_costs(bjh: Mapping[int, Bounded], snapshot: Snapshot, *, until: int) -> CountedUnitCosts:
    """Divide the published costs of BJH by the help that was counted.

    Parameters
    ----------
    bjh
        Costs of BJH by year, millions of nominal euros.
    snapshot
        Trajectories and hours of the register.
    until
        Last year.
    """
    years = sorted(year for year in bjh if year <= until)
    found = _quantities(snapshot, years)
    quantities = {unit: dict(zip(years, found[unit].astype(float), strict=True)) for unit in UNITS}
    rows = []
    for year in years:
        for unit in UNITS:
            quantity = quantities[unit][year]
            cost = _per_unit(bjh[year], quantity) if quantity > 0 else None
            ends = (None, None, None) if cost is None else (cost.value, cost.low, cost.high)
            rows.append((year, unit, quantity or None, *ends))
    frame = pd.DataFrame(rows, columns=["year", "unit", "quantity", "eur", "low", "high"]).astype(
        dict.fromkeys(("quantity", "eur", "low", "high"), object)
    )
    return CountedUnitCosts(
        frame=frame.where(frame.notna(), None),
        n={year: int(n) for year, n in zip(years, found["trajectories"], strict=True)} if years else {},
        n_missing=int(found["without_client"].max()) if years else 0,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _quantities(snapshot: Snapshot, years: list[int]) -> pd.DataFrame:
    """Quantities per year (index), 0 where there are none."""
    if not years:
        return pd.DataFrame({name: [] for name in ("trajectories", "without_client", *UNITS)})
    span = {"first": years[0], "last": years[-1], "day": snapshot.reference_date}
    counted = frame_of(snapshot.trajectories, DAYS.format(**span)).set_index("year")
    counted = counted.reindex(years).fillna(0)
    hours = pd.Series(0.0, index=years)
    if snapshot.hours is not None:
        hours = frame_of(snapshot.hours, HOURS).set_index("year")["hours"].reindex(years).fillna(0.0)
    return counted.assign(
        trajectory_month=counted["trajectory_days"] / DAYS_PER_MONTH,
        client_year=counted["client_days"] / 365.25,
        direct_hour=hours,
    )


def _per_unit(eur_million: Bounded, quantity: float) -> Bounded:
    return through(lambda cost, amount: cost * MILLION / amount, eur_million, exactly(quantity))
