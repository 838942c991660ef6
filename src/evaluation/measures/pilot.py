"""What the published figures of the family-carer pilot can and cannot say, with exact intervals for so few."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

from evaluation.evidence import Bounded, Evidence, Measure, confidence
from evaluation.measures.shares import proportion_intervals


@dataclass(frozen=True)
class PilotFigures:
    """Figures of the pilot as shown to the council, for one calendar year.

    Attributes
    ----------
    year
        The calendar year that they describe.
    families, new_families
        Families served in the year, and those of them that started in it.
    single_mother_share
        Printed share of single mothers, in percent.
    length_months
        Printed mean length.
    hours_per_family
        Printed mean hours per family, without a unit of time.
    neighbourhoods
        Neighbourhoods in which they live.
    printed
        Every figure of the pilot: ``quote`` (Dutch, as printed), ``value``, ``value_low``, ``value_high``, ``unit``,
        ``status`` (printed or derived).
    """

    year: int
    families: int
    new_families: int
    single_mother_share: Bounded
    length_months: Bounded
    hours_per_family: Bounded
    neighbourhoods: int
    printed: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED


@dataclass(frozen=True)
class SingleMothers:
    """Share of single-mother families.

    Attributes
    ----------
    year
        The calendar year.
    possible_counts
        Every whole number of families that the printed percentage can stand for.
    count, n
        The count, when exactly one is possible (else None), and the number of families.
    intervals
        Columns ``method``, ``low``, ``high`` (shares), one row per kind of interval; empty when the count is open.
    level
        Coverage of the intervals.
    """

    year: int
    possible_counts: tuple[int, ...]
    count: int | None
    n: int
    intervals: pd.DataFrame
    level: float

    @property
    def share(self) -> float | None:
        """The share behind the printed percentage, or None while the count is open."""
        return None if self.count is None else self.count / self.n

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    def interval(self, method: str) -> tuple[float, float]:
        """Ends of the interval of one method, shares."""
        row = self.intervals[self.intervals["method"] == method]
        return float(row["low"].iloc[0]), float(row["high"].iloc[0])

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``; the interval is the exact one."""
        known = self.count is not None
        low, high = self.interval("clopper_pearson") if known else (None, None)
        return (
            Measure(
                id="pilot.families",
                estimate=self.n,
                unit="families",
                method="as published",
                period=str(self.year),
                n=self.n,
                evidence=self.evidence,
                sources=("council_figures",),
            ),
            Measure(
                id="pilot.single_mother_share",
                estimate=self.share,
                unit="share",
                method="count recovered from the printed percentage, Clopper-Pearson interval",
                period=str(self.year),
                n=self.n,
                **confidence(low, high, self.level),
                evidence=self.evidence,
                sources=("council_figures",),
            ),
        )


def single_mothers(figures: PilotFigures, level: float) -> SingleMothers:
    """Recover the count behind the printed percentage and put exact intervals around it.

    Parameters
    ----------
    figures
        The published figures.
    level
        Coverage of the intervals, a share.
    """
    counts = counts_behind(figures.single_mother_share, figures.families)
    count = counts[0] if len(counts) == 1 else None
    intervals = proportion_intervals(count, figures.families, level) if count is not None else _no_intervals()
    return SingleMothers(figures.year, counts, count, figures.families, intervals, level)


def counts_behind(percentage: Bounded, n: int) -> tuple[int, ...]:
    """Return every count out of `n` whose percentage rounds to the printed one.

    A count c fits when ``low <= 100 c / n <= high``.
    """
    first, last = math.ceil(percentage.low * n / 100), math.floor(percentage.high * n / 100)
    return tuple(range(max(first, 0), min(last, n) + 1))


@dataclass(frozen=True)
class StockCheck:
    """Do length and inflow explain the families that the year began with? Little's law, stock = inflow x length.

    Attributes
    ----------
    carried_in
        Families served in the year that did not start in it: all of them were in care on 1 January.
    implied_stock
        Families in care at a time, if `starts_per_year` families a year stay for the printed length.
    """

    starts_per_year: int
    length_months: Bounded
    carried_in: int
    implied_stock: Bounded

    @property
    def agrees(self) -> bool:
        """Whether the families carried in lie within what the printed figures imply for a steady flow."""
        return self.implied_stock.contains(self.carried_in)

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED


def stock_check(figures: PilotFigures) -> StockCheck:
    """Hold the families carried into the year against the stock that inflow and length imply (Little 1961)."""
    per_month = figures.new_families / 12
    length = figures.length_months
    return StockCheck(
        starts_per_year=figures.new_families,
        length_months=length,
        carried_in=figures.families - figures.new_families,
        implied_stock=Bounded(length.value * per_month, length.low * per_month, length.high * per_month),
    )


@dataclass(frozen=True)
class Reach:
    """What a group of this size can show.

    Attributes
    ----------
    sizes
        One row per group size: ``n``, ``half_width`` of the Wilson interval around the printed share (a share),
        ``upper_bound_of_none`` (largest true share that still gives zero cases, Clopper-Pearson), and
        ``detectable_effect`` (paired change in standard deviations).
    level, power
        Coverage and power used.
    """

    sizes: pd.DataFrame
    families: int
    new_families: int
    level: float
    power: float

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    def at(self, n: int, column: str) -> float:
        """Value of a column for a group of size `n`."""
        return float(self.sizes.loc[self.sizes["n"] == n, column].iloc[0])


def reach(figures: PilotFigures, level: float, power: float) -> Reach:
    """Compute what the pilot's group, its new families and larger groups could show.

    Parameters
    ----------
    figures
        The published figures.
    level, power
        Coverage of intervals and power of the paired test, shares.
    """
    sizes = sorted({figures.new_families, figures.families, *(figures.families * k for k in (2, 5, 10, 20))})
    share = figures.single_mother_share.value / 100
    rows = [
        (n, _half_width(share, n, level), _upper_bound_of_none(n, level), smallest_detectable_effect(n, level, power))
        for n in sizes
    ]
    frame = pd.DataFrame(rows, columns=["n", "half_width", "upper_bound_of_none", "detectable_effect"])
    return Reach(frame, figures.families, figures.new_families, level, power)


def smallest_detectable_effect(n: int, level: float, power: float) -> float:
    """Return the paired change, in standard deviations of the change, that `n` pairs detect with `power`.

    Two-sided one-sample t-test at ``1 - level``; solved by statsmodels (Cohen 1988).
    """
    return float(TTestPower().solve_power(nobs=n, alpha=1 - level, power=power, alternative="two-sided"))


def _half_width(share: float, n: int, level: float) -> float:
    low, high = proportion_confint(share * n, n, alpha=1 - level, method="wilson")
    return float(high - low) / 2


def _upper_bound_of_none(n: int, level: float) -> float:
    return float(proportion_confint(0, n, alpha=1 - level, method="beta")[1])


def _no_intervals() -> pd.DataFrame:
    return pd.DataFrame({"method": pd.Series(dtype=str), "low": pd.Series(dtype=float), "high": pd.Series(dtype=float)})
