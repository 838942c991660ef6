"""When the costs of the transition are earned back, if an hour of BJH is cheaper than what it replaces.

Most amounts that this needs were not published. They are assumptions with a range, and every result made with one says
so by being synthetic: it shows what the answer hangs on, and nothing about Groningen.

In month m after the start the position is the advantage per hour on all hours so far, less the transition, the double
running while it lasted, and the costs of access and overhead that the published costs leave out, each discounted to the
start (Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.evidence import Bounded, Evidence, Measure

Numbers: TypeAlias = NDArray[np.float64]
MILLION = 1e6
Distribution = Literal["triangular", "uniform"]


@dataclass(frozen=True)
class Uncertain:
    """A parameter with its range.

    Attributes
    ----------
    range
        Central, smallest and largest value.
    unit
        Unit of the three.
    distribution
        How values are drawn: ``triangular`` with the central value as mode, or ``uniform`` between the ends.
    source
        Where it comes from, or that it is an assumption.
    assumed
        Whether it is an assumption without a published amount.
    """

    range: Bounded
    unit: str
    distribution: Distribution
    source: str
    assumed: bool


@dataclass(frozen=True)
class BreakEvenParameters:
    """What the break-even needs; units in the names.

    Attributes
    ----------
    transition_cost
        One-off costs, millions of euros, spent at the start.
    annuity_years
        Years over which they are written off.
    discount_rate
        Percent per year, real.
    active_trajectories, hours_per_month
        Volume: trajectories at any time, and hours per trajectory and month.
    advantage_per_hour
        Euros by which an hour of BJH is cheaper than what it replaces; negative when it is dearer.
    double_running_months, double_running_cost
        Months in which old and new ran side by side, and what that cost, millions of euros per year.
    access_cost, overhead_cost
        Costs that the published costs of BJH leave out, millions of euros per year.
    """

    transition_cost: Uncertain
    annuity_years: Uncertain
    discount_rate: Uncertain
    active_trajectories: Uncertain
    hours_per_month: Uncertain
    advantage_per_hour: Uncertain
    double_running_months: Uncertain
    double_running_cost: Uncertain
    access_cost: Uncertain
    overhead_cost: Uncertain

    @property
    def evidence(self) -> Evidence:
        """Synthetic as soon as one parameter is an assumption."""
        return Evidence.SYNTHETIC if any(given.assumed for given in self.by_name().values()) else Evidence.PUBLISHED

    def by_name(self) -> dict[str, Uncertain]:
        """Parameters by name, in order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def annuity(present_value: float, annual_rate: float, years: float) -> float:
    """Return the equal payment at the end of each year that is worth `present_value`: ``PV r / (1 - (1 + r)^-n)``.

    Parameters
    ----------
    present_value
        Amount at the start.
    annual_rate
        Discount rate per year as a share; at 0 the amount is divided by the years.
    years
        Number of payments, above 0.
    """
    if years <= 0:
        raise ValueError(f"years is {years}; an annuity needs more than 0")
    if annual_rate == 0:
        return present_value / years
    return float(present_value * (annual_rate / -np.expm1(-years * np.log1p(annual_rate))))


@dataclass(frozen=True)
class BreakEven:
    """Full cost per year, payback, its distribution, and what it hangs on.

    Attributes
    ----------
    hours_per_year, advantage_eur_million
        Hours of help per year, and the advantage on them, at the central values.
    full_cost
        Columns ``component`` (``transition_annuity``, ``double_running``, ``access``, ``overhead``, ``advantage``,
        ``net``), ``eur_million_per_year`` at the central values, and whether it is ``assumed``; double running is
        annuitised like the transition.
    payback_months
        First month in which the position is 0 or more at the central values, or None within the horizon.
    simple_payback_years
        Transition over advantage per year, without discounting and without any other cost; None without an advantage.
    distribution
        Columns ``month``, ``share_paid_back``: the share of draws that have paid back by that month.
    median_months, low_months, high_months
        Median of the draws and the ends of their middle 80%; None where that draw has not paid back in the horizon.
    share_within_horizon
        Share of draws that pay back within `horizon_years`.
    tornado
        One row per parameter, largest swing first: ``parameter``, ``low_value``, ``high_value``, ``unit``, ``assumed``,
        ``at_low``, ``at_high`` (position at the horizon, millions of euros, with that parameter at its end and the
        others central), ``swing``, ``payback_at_low``, ``payback_at_high`` (months, missing when not within the
        horizon). A parameter that does not move the position is left out.
    central_position
        Position at the horizon at the central values, millions of euros.
    draws, seed
        Size and seed of the simulation.
    """

    parameters: BreakEvenParameters
    horizon_years: int
    hours_per_year: float
    advantage_eur_million: float
    full_cost: pd.DataFrame
    payback_months: int | None
    simple_payback_years: float | None
    distribution: pd.DataFrame
    median_months: int | None
    low_months: int | None
    high_months: int | None
    share_within_horizon: float
    tornado: pd.DataFrame
    central_position: float
    draws: int
    seed: int

    @property
    def evidence(self) -> Evidence:
        """Never better than the parameters."""
        return self.parameters.evidence

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        method = f"first month with a position of 0 or more within {self.horizon_years} years, assumptions included"
        shared = {"evidence": self.evidence, "sources": ("break_even_parameters",), "period": "from the start"}
        return (
            Measure("costs.payback_months", self.payback_months, "months", method=method, **shared),  # type: ignore[arg-type]
            Measure(
                "costs.payback_share_within_horizon",
                self.share_within_horizon,
                "share",
                method=f"share of {self.draws} draws from the ranges of the parameters, seed {self.seed}",
                **shared,  # type: ignore[arg-type]
            ),
        )


def break_even(parameters: BreakEvenParameters, *, horizon_years: int, draws: int = 10_000, seed: int) -> BreakEven:
    """Work out payback at the central values, over draws from the ranges, and per parameter.

    Parameters
    ----------
    parameters
        Values with their ranges.
    horizon_years
        Years from the start within which payback counts, at least 1.
    draws, seed
        Number of draws and seed of the random numbers; parameters are drawn independently.
    """
    given = parameters.by_name()
    central = {name: np.array([one.range.value]) for name, one in given.items()}
    months = 12 * horizon_years
    course = _positions(central, months)
    paid = _payback(_positions(_draw(given, draws, seed), months))
    by_month = np.searchsorted(np.sort(paid), np.arange(1, months + 1), side="right") / draws
    hours = float(central["active_trajectories"][0] * central["hours_per_month"][0] * 12)
    advantage = hours * float(central["advantage_per_hour"][0]) / MILLION
    low, median, high = (_known(np.quantile(paid, share, method="inverted_cdf")) for share in (0.1, 0.5, 0.9))
    return BreakEven(
        parameters=parameters,
        horizon_years=horizon_years,
        hours_per_year=hours,
        advantage_eur_million=advantage,
        full_cost=_full_cost(given, advantage),
        payback_months=_known(_payback(course)[0]),
        simple_payback_years=given["transition_cost"].range.value / advantage if advantage > 0 else None,
        distribution=pd.DataFrame({"month": np.arange(1, months + 1), "share_paid_back": by_month}),
        median_months=median,
        low_months=low,
        high_months=high,
        share_within_horizon=float(by_month[-1]),
        tornado=_tornado(given, central, months),
        central_position=float(course[0, -1]),
        draws=draws,
        seed=seed,
    )


def _positions(values: Mapping[str, Numbers], months: int) -> Numbers:
    """Position in millions of euros at the end of every month (columns), one row per set of values."""
    month = np.arange(1, months + 1)
    rate = values["discount_rate"][:, None] / 100
    discount = (1 + rate) ** (-month / 12)
    hours = values["active_trajectories"] * values["hours_per_month"]
    running = hours * values["advantage_per_hour"] / MILLION - (values["access_cost"] + values["overhead_cost"]) / 12
    # A month that is doubled in part counts for that part.
    doubled = np.clip(values["double_running_months"][:, None] - (month - 1), 0, 1)
    flow = running[:, None] - doubled * values["double_running_cost"][:, None] / 12
    position: Numbers = np.cumsum(flow * discount, axis=1) - values["transition_cost"][:, None]
    return position


def _payback(positions: Numbers) -> Numbers:
    """First month with a position of 0 or more, per row; infinite when there is none."""
    reached = positions >= 0
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)


def _known(month: float) -> int | None:
    return int(month) if np.isfinite(month) else None


def _draw(given: Mapping[str, Uncertain], draws: int, seed: int) -> dict[str, Numbers]:
    random = np.random.default_rng(seed)
    drawn = {}
    for name, one in given.items():
        low, mode, high = one.range.low, one.range.value, one.range.high
        if low == high:
            drawn[name] = np.full(draws, mode)
        elif one.distribution == "triangular":
            drawn[name] = random.triangular(low, mode, high, draws)
        else:
            drawn[name] = random.uniform(low, high, draws)
    return drawn


def _full_cost(given: Mapping[str, Uncertain], advantage: float) -> pd.DataFrame:
    """Costs per year beside the subsidy, one-off costs as annuities, and what is left of the advantage."""
    rate, years = given["discount_rate"].range.value / 100, given["annuity_years"].range.value
    doubled = given["double_running_cost"].range.value * given["double_running_months"].range.value / 12
    costs = {
        "transition_annuity": (-annuity(given["transition_cost"].range.value, rate, years), "annuity_years"),
        "double_running": (-annuity(doubled, rate, years), "double_running_cost"),
        "access": (-given["access_cost"].range.value, "access_cost"),
        "overhead": (-given["overhead_cost"].range.value, "overhead_cost"),
        "advantage": (advantage, "advantage_per_hour"),
    }
    rows = [(name, amount, given[source].assumed) for name, (amount, source) in costs.items()]
    net = sum(amount for _, amount, _ in rows)
    rows.append(("net", net, any(assumed for *_, assumed in rows)))
    return pd.DataFrame(rows, columns=["component", "eur_million_per_year", "assumed"])


def _tornado(given: Mapping[str, Uncertain], central: Mapping[str, Numbers], months: int) -> pd.DataFrame:
    """Move one parameter at a time from end to end."""
    rows = []
    for name, one in given.items():
        ends = np.array([one.range.low, one.range.high])
        values = {other: np.repeat(value, 2) for other, value in central.items()} | {name: ends}
        positions = _positions(values, months)
        at_low, at_high = (float(position) for position in positions[:, -1])
        paid = [_known(month) for month in _payback(positions)]
        rows.append((name, *ends, one.unit, one.assumed, at_low, at_high, abs(at_high - at_low), *paid))
    columns = ["parameter", "low_value", "high_value", "unit", "assumed", "at_low", "at_high", "swing"]
    frame = pd.DataFrame(rows, columns=[*columns, "payback_at_low", "payback_at_high"])
    frame[["payback_at_low", "payback_at_high"]] = frame[["payback_at_low", "payback_at_high"]].astype("Int64")
    return frame[frame["swing"] > 0].sort_values(["swing", "parameter"], ascending=[False, True], ignore_index=True)
