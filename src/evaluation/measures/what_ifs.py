"""What the stock and the staff would become under stated changes, and how much rests on what was not observed.

Every variant is simulated with the same random numbers, which keeps chance out of the differences between them. A
variant is arithmetic on an assumption and no finding: that nothing else changes is part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from evaluation.evidence import Bounded, Evidence, Measure
from evaluation.measures.forecast import BAND, months_after, same_numbers, simulate, stationary_stock, summarise
from evaluation.measures.forecast_basis import ForecastBasis
from evaluation.measures.workload import FTE_SOURCE, Workload

Variant = Literal["baseline", "closed_product", "certified_institution", "hours", "together"]
CERTIFIED_INSTITUTION = "04"  # code of list COD327
TAIL_FACTORS = (0.5, 1.0, 2.0)
YEAR = 12


@dataclass(frozen=True)
class WhatIfs:
    """Stock and staff in half a year and a year, as things go on and under each change.

    Attributes
    ----------
    frame
        One row per variant (``baseline``, ``closed_product``, ``certified_institution``, ``hours``, ``together``):
        ``inflow_per_month``, ``stock_6``, ``stock_12``, ``low_12``, ``high_12`` (95%), ``hours_per_month`` (direct, per
        trajectory), ``fte_12``, ``fte_low``, ``fte_high``. Missing where it cannot be known.
    closed_product, closed_share
        The product that closes, and its share in the recent inflow.
    certified_institution_factor, certified_institution_share
        Multiplier of the inflow from certified institutions (GI), and their share in the recent inflow.
    fte_now, hours_per_fte_month
        Published fte, and the direct hours per month that one of them gives now: staff needed is
        ``stock * hours per trajectory / hours per fte``, as if that stays so.
    """

    frame: pd.DataFrame
    closed_product: str
    closed_share: float
    certified_institution_factor: float
    certified_institution_share: float
    fte_now: Bounded | None
    hours_per_fte_month: Bounded | None
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def baseline(self) -> dict[str, float]:
        """The row of no change."""
        return {str(name): value for name, value in self.frame.drop(columns="variant").iloc[0].items()}

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        values = {name: None if pd.isna(value) else float(value) for name, value in self.baseline.items()}
        known = values["fte_12"] is not None
        return (
            Measure(
                id="capacity.fte_needed_in_12_months",
                estimate=values["fte_12"],
                unit="fte",
                method="forecast stock times direct hours per trajectory over direct hours per fte, as now",
                period=str(months_after(self.reference_date, YEAR)),
                ci_low=values["fte_low"],
                ci_high=values["fte_high"],
                ci_level=BAND if known else None,
                interval="confidence" if known else None,
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
    closed, certified = (
        _share(basis, "product_code", closed_product),
        _share(basis, "referrer_code", CERTIFIED_INSTITUTION),
    )
    both = _share_of_both(basis, closed_product)
    extra = certified_institution_factor - 1
    now = work.now.hours_per_trajectory_month
    variants: dict[Variant, tuple[float, float | None]] = {
        "baseline": (1.0, now),
        "closed_product": (1 - closed, now),
        "certified_institution": (1 + extra * certified, now),
        "hours": (1.0, hours_per_month),
        "together": (1 - closed + extra * (certified - both), hours_per_month),
    }
    numbers = same_numbers(generator)
    productive = work.now.hours_per_fte_month
    rows = [
        _row(basis, name, factor, hours, productive=productive, numbers=numbers)
        for name, (factor, hours) in variants.items()
    ]
    return WhatIfs(
        frame=pd.DataFrame(rows),
        closed_product=closed_product,
        closed_share=closed,
        certified_institution_factor=certified_institution_factor,
        certified_institution_share=certified,
        fte_now=None if work.now.fte is None else work.now.fte.value,
        hours_per_fte_month=productive,
        reference_date=basis.reference_date,
        evidence=basis.evidence,
        source=basis.source,
    )


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
    """

    frame: pd.DataFrame
    observed_months: float | None
    reference_date: date
    evidence: Evidence


def tail_sensitivity(
    basis: ForecastBasis, generator: np.random.Generator, factors: Sequence[float] = TAIL_FACTORS
) -> TailSensitivity:
    """Forecast with half, the same and twice the hazard beyond what was observed."""
    numbers, rows = same_numbers(generator), []
    for factor in factors if basis.stay is not None else ():
        varied = basis.with_tail(factor)
        last = summarise(simulate(varied, numbers()), varied).iloc[-1]
        stay = None if varied.stay is None else varied.stay.mean_months
        rows.append(
            {
                "tail_factor": factor,
                "mean_stay_months": stay,
                "stock_12": last["median"],
                "low_12": last["low_95"],
                "high_12": last["high_95"],
                "stationary": None if stay is None else stationary_stock(float(basis.monthly_inflow().mean()), stay)[0],
            }
        )
    columns = ["tail_factor", "mean_stay_months", "stock_12", "low_12", "high_12", "stationary"]
    return TailSensitivity(
        frame=pd.DataFrame(rows, columns=columns),
        observed_months=None if basis.stay is None else basis.stay.observed_months,
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
    numbers: Callable[[], np.random.Generator],
) -> dict[str, object]:
    row: dict[str, object] = {
        "variant": variant,
        "inflow_per_month": float(basis.monthly_inflow().mean()) * factor,
        **dict.fromkeys(("stock_6", "stock_12", "low_12", "high_12"), np.nan),
        "hours_per_month": np.nan if hours is None else hours,
        **dict.fromkeys(("fte_12", "fte_low", "fte_high"), np.nan),
    }
    if basis.stay is None:
        return row
    months = summarise(simulate(basis, numbers(), factor), basis).set_index("months_ahead")
    half, year = months.loc[YEAR // 2], months.loc[YEAR]
    row |= {"stock_6": half["median"], "stock_12": year["median"], "low_12": year["low_95"], "high_12": year["high_95"]}
    if hours is not None and productive is not None and productive.low > 0:
        row |= {
            "fte_12": year["median"] * hours / productive.value,
            "fte_low": year["low_95"] * hours / productive.high,
            "fte_high": year["high_95"] * hours / productive.low,
        }
    return row


def _share(basis: ForecastBasis, column: str, code: str) -> float:
    total = basis.inflow["n"].sum()
    return float(basis.inflow.loc[basis.inflow[column] == code, "n"].sum() / total) if total else 0.0


def _share_of_both(basis: ForecastBasis, product: str) -> float:
    """Share of the recent inflow that came from certified institutions into the product that closes."""
    total = basis.inflow["n"].sum()
    both = (basis.inflow["product_code"] == product) & (basis.inflow["referrer_code"] == CERTIFIED_INSTITUTION)
    return float(basis.inflow.loc[both, "n"].sum() / total) if total else 0.0
