"""How many trajectories will run in the months to come, if inflow and length of stay go on as they were.

Every running trajectory with elapsed time a is still there after t with probability S(a + t) / S(a); new ones come at
the rate of the last months and leave by the same curve. Simulated, so that the bands hold all of: who happens to leave,
how many happen to come, how uncertain the level of inflow is, and how uncertain the curve is. They do not hold a change
of policy: that is what the what-ifs are for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence
from evaluation.measures.forecast_basis import TAIL_FACTORS, Floats, ForecastBasis, LengthOfStay, dispersion_of
from evaluation.snapshot import DAYS_PER_MONTH

QUANTILES = {"low_95": 0.025, "low_80": 0.1, "median": 0.5, "high_80": 0.9, "high_95": 0.975}
CURVES = 20  # levels of the hazard over which its uncertainty is spread
BAND = 0.95
AT_ONCE = 4  # simulations, each of some megabytes
DAYS_PER_GROUP = 28  # running trajectories of about the same age are thinned together


@dataclass(frozen=True)
class StockForecast:
    """Forecast of the number of running trajectories.

    Attributes
    ----------
    frame
        One row per month ahead, 0 for the reference date: ``months_ahead``, ``day``, ``low_95``, ``low_80``,
        ``median``, ``high_80``, ``high_95``. Empty when too few trajectories have ended to learn how long they last.
    inflow_per_month, inflow_months, dispersion
        Mean registered inflow of the recent months, their number, and their variance over their mean (1: Poisson).
    mean_stay_months, observed_months
        Mean length of stay with its tail, and up to where it was observed.
    stationary
        Stock in which inflow and outflow balance, ``inflow * mean stay`` (Little), and the lowest and highest of it
        over the `TAIL_FACTORS`; None without either. It is arithmetic on two averages and has no interval: an inflow
        whose level walks on, as in the forecast, settles nowhere.
    """

    frame: pd.DataFrame
    stock: Count
    ends: Count
    inflow_per_month: Estimate
    inflow_months: int
    dispersion: Estimate
    mean_stay_months: Estimate
    observed_months: Estimate
    stationary: tuple[Estimate, Estimate, Estimate] | None
    reference_date: date
    evidence: Evidence
    source: str

    def on(self, months_ahead: int) -> Mapping[str, float | Mark] | None:
        """Quantiles that many months ahead, or None when there is no forecast."""
        rows = self.frame[self.frame["months_ahead"] == months_ahead]
        return None if rows.empty else {name: _value(rows[name].iloc[0]) for name in QUANTILES}

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        settles = None if self.stationary is None else self.stationary[0]
        return (
            *(self._measure(months) for months in (6, 12)),
            self._if_it_goes_on(
                "mean_stay_months", self.mean_stay_months, "months", "Kaplan-Meier, last pace beyond it"
            ),
            self._if_it_goes_on("stock_settles_at", settles, "trajectories", "inflow times mean stay"),
        )

    def _if_it_goes_on(self, name: str, value: Estimate, unit: str, method: str) -> Measure:
        return Measure(
            id=f"capacity.{name}",
            estimate=value,
            unit=unit,
            method=method,
            period=str(self.reference_date),
            n=None,
            n_missing=None,
            evidence=self.evidence,
            sources=(self.source,),
        )

    def _measure(self, months: int) -> Measure:
        found = self.on(months)
        return Measure(
            id=f"capacity.stock_in_{months}_months",
            estimate=None if found is None else found["median"],
            unit="trajectories",
            method="simulated inflow and residual length of stay, median and 95% prediction interval",
            period=str(months_after(self.reference_date, months)),
            n=self.stock,
            n_missing=0,
            **confidence(None if found is None else found["low_95"], None if found is None else found["high_95"], BAND),
            evidence=self.evidence,
            sources=(self.source,),
        )


def forecast_stock(basis: ForecastBasis, generator: np.random.Generator) -> StockForecast:
    """Simulate the stock for every month of the horizon."""
    inflow = basis.monthly_inflow()
    frame = pd.DataFrame(columns=["months_ahead", "day", *QUANTILES])
    if basis.stay is not None:
        frame = summarise(simulate(basis, same_numbers(generator)()), basis)
    stay = None if basis.stay is None else basis.stay.mean_months
    return StockForecast(
        frame=frame,
        stock=basis.stock,
        ends=0 if basis.stay is None else basis.stay.ends,
        inflow_per_month=float(inflow.mean()),
        inflow_months=basis.inflow_months,
        dispersion=dispersion_of(inflow),
        mean_stay_months=stay,
        observed_months=None if basis.stay is None else basis.stay.observed_months,
        stationary=_stationary(basis),
        reference_date=basis.reference_date,
        evidence=basis.evidence,
        source=basis.source,
    )


def _stationary(basis: ForecastBasis) -> tuple[float, float, float] | None:
    """Stock at which inflow and outflow balance, and its lowest and highest by how the longest trajectories end."""
    settles = basis.settles_at()
    varied = [found for factor in TAIL_FACTORS if (found := basis.with_tail(factor).settles_at()) is not None]
    return None if settles is None else (settles, min(varied), max(varied))


def simulate(basis: ForecastBasis, generator: np.random.Generator, inflow_factor: float = 1.0) -> NDArray[np.int64]:
    """Return simulated stocks, futures by months ahead (from 1).

    Parameters
    ----------
    basis
        With a known length of stay.
    generator
        Source of the random numbers; the same state gives the same futures.
    inflow_factor
        Inflow relative to that of the recent months.
    """
    if basis.stay is None:
        raise ValueError("no length of stay to forecast from")
    # The level of the hazard is known to about one in the root of the ends: gamma, as for a constant hazard.
    levels = stats.gamma.ppf((np.arange(CURVES) + 0.5) / CURVES, basis.stay.ends) / basis.stay.ends
    level = generator.permutation(np.arange(basis.settings.draws) % CURVES)
    return _still_running(basis, levels, level, generator) + _new(basis, levels, level, generator, inflow_factor)


def simulate_each(
    variants: Sequence[tuple[ForecastBasis, np.random.Generator, float]],
) -> list[NDArray[np.int64]]:
    """Simulate several forecasts at once, each with its own random numbers, so that their order does not matter.

    NumPy draws without the lock of Python, so threads share the processors.
    """
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda variant: simulate(*variant), variants))


def same_numbers(generator: np.random.Generator) -> Callable[[], np.random.Generator]:
    """Return a maker of generators that all give the same numbers, so that variants differ by what was varied only.

    It takes one number from `generator`; two of these in the same state give the same maker, so that a forecast and
    the baseline of its what-ifs are equal.
    """
    seed = int(generator.integers(2**63))
    return lambda: np.random.default_rng(seed)


def summarise(simulated: NDArray[np.int64], basis: ForecastBasis) -> pd.DataFrame:
    """Quantiles per month ahead, with the stock of today first."""
    months = np.arange(simulated.shape[1] + 1)
    stocks = np.column_stack([np.full(len(simulated), basis.stock), simulated])
    quantiles = np.quantile(stocks, list(QUANTILES.values()), axis=0)
    days = [months_after(basis.reference_date, int(month)) for month in months]
    return pd.DataFrame(
        {
            "months_ahead": months,
            "day": pd.to_datetime(days),
            **dict(zip(QUANTILES, quantiles, strict=True)),
        }
    )


def _value(cell: float | Mark) -> float | Mark:
    return cell if isinstance(cell, Mark) else float(cell)


def months_after(day: date, months: int) -> date:
    """The same day of the month, that many months later."""
    return (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


def _still_running(
    basis: ForecastBasis, levels: Floats, level: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Survivors of the running trajectories, thinned month by month, in groups of four weeks of elapsed time.

    A group keeps the exact expected number; that its members differ a little is left out of the spread.
    """
    ages, group = np.unique(basis.elapsed_days // DAYS_PER_GROUP, return_inverse=True)
    size = np.bincount(group, weights=basis.running, minlength=len(ages))
    ahead = _month_days(basis.settings.horizon_months)
    residual = _ratio(basis.stay, basis.elapsed_days, ahead)
    # Per level of the hazard: the mean share of each group that is left at the end of each month.
    left = (
        np.stack(
            [
                np.stack(
                    [np.bincount(group, basis.running * column**power, len(ages)) for column in residual.T], axis=1
                )
                for power in levels
            ]
        )
        / np.maximum(size, 1)[None, :, None]
    )
    present = np.broadcast_to(size.astype("int64"), (len(level), len(ages)))
    stocks = np.zeros((len(level), len(ahead) - 1), dtype="int64")
    for month in range(len(ahead) - 1):
        stays = _conditional(left[:, :, month + 1], left[:, :, month])[level]
        present = generator.binomial(present, stays)
        stocks[:, month] = present.sum(axis=1)
    return stocks


def _new(
    basis: ForecastBasis,
    levels: Floats,
    level: NDArray[np.int64],
    generator: np.random.Generator,
    factor: float,
) -> NDArray[np.int64]:
    """Newcomers still running: they come evenly over each month and leave by the curve."""
    counts, horizon, draws = basis.monthly_inflow(), basis.settings.horizon_months, len(level)
    spread = dispersion_of(counts)
    # Posterior of the rate under a flat prior in its root (Jeffreys), as wide as the spread of the months asks.
    shape = (counts.sum() + 0.5) / spread
    rate = generator.gamma(shape, counts.sum() + 0.5, (draws, 1)) / shape / len(counts) * factor
    # The level walks on from the middle of each month; its median stays where it is.
    steps = generator.normal(0, basis.drift(), (draws, horizon)) * np.where(np.arange(horizon) == 0, np.sqrt(0.5), 1)
    monthly = rate * np.exp(steps.cumsum(axis=1))
    if spread > 1 and counts.sum():
        # Negative binomial with variance `spread` times its mean: a gamma mixture of Poisson counts.
        monthly = generator.gamma(np.maximum(monthly, 1e-12) / (spread - 1), spread - 1)
    arrivals = generator.poisson(monthly)
    days = np.arange(int(_month_days(horizon)[-1]) + 1)
    curve = np.asarray(basis.stay.at(days) if basis.stay else days, dtype=float)
    edges = _month_days(horizon)
    # Mean survival of those who came evenly over a month, at the end of that month and of each later one.
    powers = curve[None, :] ** levels[:, None]
    left = np.stack([powers[:, lo:hi].mean(axis=1) for lo, hi in pairwise(edges)], axis=1)
    stocks = np.zeros((draws, horizon), dtype="int64")
    for come in range(horizon):
        present, before = arrivals[:, come], np.ones(len(levels))
        for age in range(horizon - come):
            present = generator.binomial(present, _conditional(left[:, age], before)[level])
            stocks[:, come + age] += present
            before = left[:, age]
    return stocks


def _month_days(horizon: int) -> NDArray[np.int64]:
    days: NDArray[np.int64] = np.rint(np.arange(horizon + 1) * DAYS_PER_MONTH).astype("int64")
    return days


def _ratio(stay: LengthOfStay | None, elapsed: NDArray[np.int64], ahead: NDArray[np.int64]) -> Floats:
    """S(a + t) / S(a), elapsed times by months ahead; 0 once the curve has reached zero."""
    if stay is None:
        return np.ones((len(elapsed), len(ahead)))
    now = stay.at(elapsed)[:, None]
    return _conditional(stay.at(elapsed[:, None] + ahead[None, :]), np.broadcast_to(now, (len(elapsed), len(ahead))))


def _conditional(later: Floats, before: Floats) -> Floats:
    ratio = np.divide(later, before, out=np.zeros(np.broadcast(later, before).shape), where=before > 0)
    return np.clip(ratio, 0.0, 1.0)
