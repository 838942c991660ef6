"""What the stock and the staff would become under stated changes, and how much rests on what was not observed.

Every variant is simulated with the same random numbers, which keeps chance out of the differences between them. A
variant is arithmetic on an assumption and no finding: that nothing else changes is part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from evaluation.evidence import SUPPRESSED, Bounded, Count, Estimate, Evidence, Mark, Measure, confidence
from evaluation.measures.forecast import BAND, months_after, same_numbers, simulate_each, summarise
from evaluation.measures.forecast_basis import TAIL_FACTORS, ForecastBasis
from evaluation.measures.workload import FTE_SOURCE, Workload, WorkloadOnDate

Variant = Literal["baseline", "closed_product", "certified_institution", "hours", "together"]
CERTIFIED_INSTITUTION = "04"  # code of list COD327
YEAR = 12
Known = TypeVar("Known")


@dataclass(frozen=True)
class RecentInflow:
    """Registered starts of the recent `months`: all, in the product that closes, from certified institutions, both."""

    months: int
    total: Count
    closed: Count
    certified: Count
    both: Count

    def share(self, part: Count) -> Estimate:
        """Share of a part in all of them; 0 when there are none, withheld when one of the two is."""
        if isinstance(self.total, Mark) or isinstance(part, Mark):
            return SUPPRESSED
        return part / self.total if self.total else 0.0


@dataclass(frozen=True)
class WhatIfs:
    """Stock and staff in half a year and a year, as things go on and under each change.

    Attributes
    ----------
    frame
        One row per variant (``baseline``, ``closed_product``, ``certified_institution``, ``hours``, ``together``):
        ``inflow_per_month``, ``stock_6``, ``stock_12``, ``low_12``, ``high_12`` (95%), ``hours_per_month`` (direct, per
        trajectory), ``fte_12``, ``fte_low``, ``fte_high``. Missing where it cannot be known.
    closed_product, certified_institution_factor
        The product that closes, and the multiplier of the inflow from certified institutions (GI).
    stock, inflow
        Trajectories that run on the reference date, and the recent inflow.
    work
        Work and staff on the reference date: staff needed is ``stock * hours per trajectory / hours per fte``, as if
        the direct hours that an fte gives stay as they are.
    """

    frame: pd.DataFrame
    closed_product: str
    certified_institution_factor: float
    stock: Count
    inflow: RecentInflow
    work: WorkloadOnDate
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def closed_share(self) -> Estimate:
        """Share of the product that closes in the recent inflow."""
        return self.inflow.share(self.inflow.closed)

    @property
    def certified_institution_share(self) -> Estimate:
        """Share of certified institutions in the recent inflow."""
        return self.inflow.share(self.inflow.certified)

    @property
    def fte_now(self) -> Bounded | None:
        """Published fte."""
        return None if self.work.fte is None else self.work.fte.value

    @property
    def baseline(self) -> dict[str, Estimate]:
        """The row of no change; None where it cannot be known."""
        row = self.frame.drop(columns="variant").iloc[0]
        return {
            str(name): value if isinstance(value, Mark) else None if pd.isna(value) else float(value)
            for name, value in row.items()
        }

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        values = self.baseline
        return (
            Measure(
                id="capacity.fte_needed_in_12_months",
                estimate=values["fte_12"],
                unit="fte",
                method="forecast stock times direct hours per trajectory over direct hours per fte, as now",
                period=str(months_after(self.reference_date, YEAR)),
                **confidence(values["fte_low"], values["fte_high"], BAND),
                evidence=self.evidence,
                sources=(self.source, FTE_SOURCE),
            ),
        )


def what_ifs(
    basis: ForecastBasis,
    work: Workload,
    generator: np.random.Generator,
    *,
    closed_product: str,
    certified_institution_factor: float,
    hours_per_month: float,
) -> WhatIfs:
    """Simulate the baseline and each change, one at a time and all together.

    Parameters
    ----------
    basis, work
        What the forecast starts from, and the work per fte now.
    generator
        Source of the random numbers.
    closed_product
        Product that takes no new trajectories; those that run go on to their end.
    certified_institution_factor
        What the inflow from certified institutions is multiplied by.
    hours_per_month
        Direct hours per trajectory and month in the variant ``hours``.
    """
    inflow = _recent_inflow(basis, closed_product)
    factors = inflow_factors(inflow, certified_institution_factor)
    now = _known(work.now.hours_per_trajectory_month)
    hours = {"hours": hours_per_month, "together": hours_per_month}
    variants = {variant: (_known(factor) or 0.0, hours.get(variant, now)) for variant, factor in factors.items()}
    numbers = same_numbers(generator)
    productive = _known(work.now.hours_per_fte_month)
    # The same numbers and inflow give the same futures, so variants in hours alone need none of their own.
    different = list(dict.fromkeys(factor for factor, _hours in variants.values())) if basis.stay is not None else []
    simulated = simulate_each([(basis, numbers(), factor) for factor in different])
    futures = {
        factor: summarise(stocks, basis).set_index("months_ahead")
        for factor, stocks in zip(different, simulated, strict=True)
    }
    rows = [
        _row(basis, name, factor, hours, productive=productive, months=futures.get(factor))
        for name, (factor, hours) in variants.items()
    ]
    return WhatIfs(
        frame=pd.DataFrame(rows),
        closed_product=closed_product,
        certified_institution_factor=certified_institution_factor,
        stock=basis.stock,
        inflow=inflow,
        work=work.now,
        reference_date=basis.reference_date,
        evidence=basis.evidence,
        source=basis.source,
    )


def inflow_factors(inflow: RecentInflow, certified_institution_factor: float) -> dict[Variant, Estimate]:
    """What each variant multiplies the inflow by, withheld where a share is that it is made of."""
    extra = certified_institution_factor - 1
    closed, certified, both = (inflow.share(part) for part in (inflow.closed, inflow.certified, inflow.both))
    without = SUPPRESSED if isinstance(closed, Mark) or closed is None else 1 - closed
    more = SUPPRESSED if isinstance(certified, Mark) or certified is None else 1 + extra * certified
    together: Estimate = SUPPRESSED
    if not (isinstance(without, Mark) or isinstance(more, Mark) or isinstance(both, Mark) or both is None):
        together = without + more - 1 - extra * both
    return {
        "baseline": 1.0,
        "closed_product": without,
        "certified_institution": more,
        "hours": 1.0,
        "together": together,
    }


def fte_needed(stock: float, hours: float, per_fte: float) -> float:
    """Staff that a stock asks for, at direct hours per trajectory and month and per fte and month."""
    return stock * hours / per_fte


@dataclass(frozen=True)
class TailSensitivity:
    """How the forecast hangs on the hazard beyond the last observed duration.

    Attributes
    ----------
    frame
        One row per factor on that hazard: ``tail_factor``, ``mean_stay_months``, ``stock_12``, ``low_12``, ``high_12``,
        ``stationary`` (stock in the long run at the present inflow). Empty without a forecast.
    observed_months
        Where the observed part ends.
    stock
        Trajectories that run on the reference date.
    """

    frame: pd.DataFrame
    observed_months: Estimate
    stock: Count
    reference_date: date
    evidence: Evidence


def tail_sensitivity(
    basis: ForecastBasis, generator: np.random.Generator, factors: Sequence[float] = TAIL_FACTORS
) -> TailSensitivity:
    """Forecast with half, the same and twice the hazard beyond what was observed."""
    numbers, rows = same_numbers(generator), []
    variants = [basis.with_tail(factor) for factor in factors] if basis.stay is not None else []
    simulated = simulate_each([(varied, numbers(), 1.0) for varied in variants])
    for factor, varied, stocks in zip(factors, variants, simulated, strict=False):
        last = summarise(stocks, varied).iloc[-1]
        rows.append(
            {
                "tail_factor": factor,
                "mean_stay_months": None if varied.stay is None else varied.stay.mean_months,
                "stock_12": last["median"],
                "low_12": last["low_95"],
                "high_12": last["high_95"],
                "stationary": varied.settles_at(),
            }
        )
    columns = ["tail_factor", "mean_stay_months", "stock_12", "low_12", "high_12", "stationary"]
    return TailSensitivity(
        frame=pd.DataFrame(rows, columns=columns),
        observed_months=None if basis.stay is None else basis.stay.observed_months,
        stock=basis.stock,
        reference_date=basis.reference_date,
        evidence=basis.evidence,
    )


def _row(
    basis: ForecastBasis,
    variant: Variant,
    factor: float,
    hours: float | None,
    *,
    productive: Bounded | None,
    months: pd.DataFrame | None,
) -> dict[str, object]:
    row: dict[str, object] = {
        "variant": variant,
        "inflow_per_month": float(basis.monthly_inflow().mean()) * factor,
        **dict.fromkeys(("stock_6", "stock_12", "low_12", "high_12"), np.nan),
        "hours_per_month": np.nan if hours is None else hours,
        **dict.fromkeys(("fte_12", "fte_low", "fte_high"), np.nan),
    }
    if months is None:
        return row
    half, year = months.loc[YEAR // 2], months.loc[YEAR]
    row |= {"stock_6": half["median"], "stock_12": year["median"], "low_12": year["low_95"], "high_12": year["high_95"]}
    if hours is not None and productive is not None and productive.low > 0:
        row |= {
            "fte_12": fte_needed(_number(year, "median"), hours, productive.value),
            "fte_low": fte_needed(_number(year, "low_95"), hours, productive.high),
            "fte_high": fte_needed(_number(year, "high_95"), hours, productive.low),
        }
    return row


def _recent_inflow(basis: ForecastBasis, product: str) -> RecentInflow:
    """Count the recent starts in the product, from certified institutions, and both."""
    inflow = basis.inflow
    closed, certified = inflow["product_code"] == product, inflow["referrer_code"] == CERTIFIED_INSTITUTION
    total, in_product, from_certified, both = (
        int(inflow.loc[rows, "n"].sum()) for rows in (slice(None), closed, certified, closed & certified)
    )
    return RecentInflow(basis.inflow_months, total, in_product, from_certified, both)


def _number(row: Any, name: str) -> float:
    return float(row[name])


def _known(value: Known | Mark | None) -> Known | None:
    """The value itself; a result just computed has no marks."""
    return None if isinstance(value, Mark) else value
