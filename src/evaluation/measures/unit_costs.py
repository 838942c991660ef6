"""What a month, a year, an hour and a trajectory of BJH cost: ratios of sums.

Every unit cost is a sum of euros over a sum of units of the same calendar year, never a mean of ratios. Costs are those
of BJH as published (subsidy, housing and ICT; access, contract management and overhead are left out), so a full unit
cost is higher. The intervals are what rounding leaves, except where said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from evaluation.evidence import Bounded, Evidence, Measure
from evaluation.measures.person_time import PersonTime
from evaluation.measures.rounding import through

MILLION = 1e6
WITH_CHANCE = ("ended_person_time",)  # units whose interval holds chance as well as rounding


@dataclass(frozen=True)
class PublishedIntensity:
    """What was published on the intensity and length of trajectories.

    Attributes
    ----------
    hours_per_month
        Hours per trajectory and month, by year. Whether they are direct hours only was not published.
    repeats
        Trajectories per client.
    mean_ended_months
        Mean length of ended trajectories, in months.
    """

    hours_per_month: Mapping[int, Bounded]
    repeats: Bounded
    mean_ended_months: Bounded


@dataclass(frozen=True)
class UnitCosts:
    """Unit costs by calendar year, in nominal euros.

    Attributes
    ----------
    frame
        One row per year and unit: ``year``, ``unit``, ``eur``, ``low``, ``high`` (rounding, given how the stock is
        taken between the published dates), ``widest_low``, ``widest_high`` (whatever that stock was; missing where this
        does not apply). Units: ``trajectory_month``, ``client_year``, ``direct_hour``, ``ended_published`` (a
        trajectory of the published mean length) and ``ended_person_time`` (one of the length that person-time gives).
    change
        Change of the cost per trajectory-month from the first year to the last, a share, or None for one year.
    """

    frame: pd.DataFrame
    change: Bounded | None

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        methods = {
            "trajectory_month": "costs of BJH over trajectory-months",
            "client_year": "costs of BJH over client-years, second trajectories after the first ones",
            "direct_hour": "costs of BJH over trajectory-months times published hours per month",
            "ended_published": "cost per trajectory-month times the published mean length of ended trajectories",
            "ended_person_time": "cost per trajectory-month times person-time per ended trajectory",
        }
        return tuple(
            Measure(
                id=f"costs.unit_cost_per_{row['unit']}_{row['year']}",
                estimate=row["eur"],
                unit="eur",
                # The length by person-time has an interval of chance; multiplied with rounding it has no one level, and
                # is no rounding either, so it is not published as one.
                ci_low=None if row["unit"] in WITH_CHANCE else row["low"],
                ci_high=None if row["unit"] in WITH_CHANCE else row["high"],
                interval=None if row["unit"] in WITH_CHANCE else "rounding",
                method=methods[str(row["unit"])],
                period=str(row["year"]),
                evidence=self.evidence,
                sources=("council_figures",),
            )
            for row in self.frame.to_dict("records")
        )


def unit_costs(
    bjh: Mapping[int, Bounded],
    time: PersonTime,
    intensity: PublishedIntensity,
    *,
    person_time_months: Bounded,
    until: int,
) -> UnitCosts:
    """Divide the costs of BJH by what was delivered for them.

    Parameters
    ----------
    bjh
        Costs of BJH by year, millions of nominal euros.
    time
        Trajectory-months by year.
    intensity
        Published hours, repeats and length. A client-year costs `repeats` times twelve months at most, when all
        trajectories of a client run beside each other, and twelve months when they follow one another; its interval has
        both ends.
    person_time_months
        Length of an ended trajectory as it follows from person-time, in months.
    until
        Last year.
    """
    rows: list[tuple[int, str, Bounded, float | None, float | None]] = []
    monthly = {}
    for year in sorted(set(bjh) & set(time.by_year)):
        if year > until:
            continue
        months, widest = time.by_year[year], time.widest[year]
        monthly[year] = through(_per_unit, bjh[year], months)
        limits = through(_per_unit, bjh[year], widest)
        rows.append((year, "trajectory_month", monthly[year], limits.low, limits.high))
        rows.append((year, "client_year", _client_year(monthly[year], intensity.repeats), None, None))
        if year in intensity.hours_per_month:
            hour = through(lambda c, m, h: _per_unit(c, m) / h, bjh[year], months, intensity.hours_per_month[year])
            rows.append((year, "direct_hour", hour, None, None))
        lengths = {"ended_published": intensity.mean_ended_months, "ended_person_time": person_time_months}
        for unit, length in lengths.items():
            whole = through(lambda c, m, k: _per_unit(c, m) * k, bjh[year], months, length)
            rows.append((year, unit, whole, None, None))
    cells = [(year, unit, cost.value, cost.low, cost.high, low, high) for year, unit, cost, low, high in rows]
    columns = ["year", "unit", "eur", "low", "high", "widest_low", "widest_high"]
    frame = pd.DataFrame(cells, columns=columns).astype({"widest_low": float, "widest_high": float})
    return UnitCosts(frame, _change(list(monthly.values())))


def _per_unit(eur_million: float, units: float) -> float:
    return eur_million * MILLION / units


def _client_year(monthly: Bounded, repeats: Bounded) -> Bounded:
    return Bounded(12 * monthly.value, 12 * monthly.low, 12 * monthly.high * repeats.high)


def _change(monthly: list[Bounded]) -> Bounded | None:
    return through(lambda first, last: last / first - 1, monthly[0], monthly[-1]) if len(monthly) > 1 else None
