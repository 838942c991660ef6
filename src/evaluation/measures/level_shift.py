"""Whether a monthly series shifted its level on a day, and which shift could be seen: interrupted time series.

``y_t = a + b t + d [t on or after the day] + e_t``, with errors that follow an autoregression of order one. Only the
level may change: a few months after the day cannot tell a level from a slope. For each value of the autocorrelation
the regression is generalised least squares (statsmodels); the values are then weighed by how well they fit, with a
flat prior on 0 to 0.95 and the reference prior on the rest, so that the marginal of `d` is a mixture of t-distributions
(Zellner and Tiao 1964, Journal of the American Statistical Association 59: 763-778). Plugging in one estimated
autocorrelation would make the interval too narrow: with 30 months it is itself hardly known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from evaluation.evidence import Estimate, Evidence, Measure, confidence
from evaluation.measures.open_house import OpenHouseMonths
from evaluation.measures.open_house_products import starts_by_month
from evaluation.measures.shares import CONFIDENCE

POWER = 0.8
FEWEST_MONTHS = 12  # before the day; a trend from fewer says nothing
AUTOCORRELATIONS = np.linspace(0, 0.95, 20)
MONTHS_AFTER = (3, 6, 12)
RECENT_MONTHS = 6  # whose mean gives the shift a scale

SCATTER = 1e-12  # of the sum of squares; a series closer to its line than this has no residuals to speak of

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Mixture:
    """Distribution of the shift: a mixture of t-distributions, one per value of the autocorrelation.

    Attributes
    ----------
    weight, centre, scale
        Of each part; the weights add up to one.
    degrees
        Degrees of freedom of all of them.
    """

    weight: Numbers
    centre: Numbers
    scale: Numbers
    degrees: int

    @property
    def mean(self) -> float:
        """Mean of the centres."""
        return float(self.weight @ self.centre)

    def quantile(self, probability: float) -> float:
        """Value below which the shift lies with a probability."""
        ends = self.centre + self.scale * stats.t.ppf(probability, self.degrees)
        low, high = float(ends.min()), float(ends.max())
        return low if low == high else float(brentq(lambda value: self._below(value) - probability, low, high))

    def _below(self, value: float) -> float:
        return float(self.weight @ stats.t.cdf((value - self.centre) / self.scale, self.degrees))


@dataclass(frozen=True)
class LevelShift:
    """Shift of the starts per month in Open House from `change_date` on.

    Attributes
    ----------
    months
        One row per month of which the starts are known: ``month``, ``starts``, ``expected`` (the straight line without
        a shift; None when there are too few months), ``after`` (whether the month lies on or after the day).
    shift, ci_low, ci_high
        Starts per month more or fewer than the line; None before the day, or with fewer than `FEWEST_MONTHS` before.
    detectable
        One row per number of months after the day: ``months_after``, ``starts`` (smallest shift, in starts per month,
        that is told from zero with chance `POWER`), ``share`` of the mean starts of the last six months before the
        day that are known; None when there are too few months.
    months_after
        The number that `measures` reports.
    n_before, n_after
        Months on either side.
    """

    months: pd.DataFrame
    shift: Estimate
    ci_low: Estimate
    ci_high: Estimate
    detectable: pd.DataFrame
    months_after: int
    n_before: int
    n_after: int
    change_date: date
    reference_date: date
    evidence: Evidence
    source: str
    level: float = CONFIDENCE
    power: float = POWER

    @property
    def observed(self) -> bool:
        """Whether any month after the day is known."""
        return self.n_after > 0

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``: the shift once it can be estimated, before that the smallest one to be seen."""
        row = self.detectable[self.detectable["months_after"] == self.months_after].iloc[0]
        seen = Measure(
            id="open_house.level_shift",
            estimate=self.shift,
            unit="trajectories_per_month",
            method=f"interrupted time series of {self.n_before + self.n_after} months, level only, "
            "autocorrelation integrated out",
            period=str(self.change_date),
            **confidence(self.ci_low, self.ci_high, self.level),
            evidence=self.evidence,
            sources=(self.source,),
        )
        to_be_seen = Measure(
            id="open_house.smallest_detectable_level_shift",
            estimate=row["starts"],
            unit="trajectories_per_month",
            method=f"interrupted time series, level only, {self.n_before} months before and {self.months_after} after, "
            f"power {self.power:.0%}",
            period=str(self.change_date),
            evidence=self.evidence,
            sources=(self.source,),
        )
        return (seen,) if self.observed else (to_be_seen,)


def level_shift(months: OpenHouseMonths, change_date: date, months_after: int) -> LevelShift:
    """Estimate the shift of the starts per month, and which shift could be seen.

    Parameters
    ----------
    months
        Help by month.
    change_date
        Day from which products are closed, changed or kept open; a month that begins on or after it lies after it.
    months_after
        Number of months after the day for which the smallest shift is reported.
    """
    found = starts_by_month(months).dropna(ignore_index=True)
    # Months are numbered by the calendar, so that one without lines is a gap and not skipped.
    number = (found["month"].dt.year * 12 + found["month"].dt.month).to_numpy(float)
    first_after = pd.Timestamp(change_date) + pd.offsets.MonthBegin(0)
    after = (found["month"] >= first_after).to_numpy(bool)
    starts = found["starts"].to_numpy(float)
    begin = float(first_after.year * 12 + first_after.month)
    mixture, line = shift_of(starts, number, after), straight_line(starts, number, after)
    expected = [None if line is None else line[0] + line[1] * at for at in number]
    usual = float(starts[~after][-RECENT_MONTHS:].mean()) if (~after).any() else 0.0
    rows = []
    for wanted in sorted({*MONTHS_AFTER, months_after}):
        least = smallest_shift(starts[~after], number[~after], begin, wanted)
        rows.append((wanted, least, None if least is None or not usual else least / usual))
    detectable = pd.DataFrame(rows, columns=["months_after", "starts", "share"], dtype=object)
    return LevelShift(
        months=found.assign(expected=pd.Series(expected, found.index, dtype=object), after=after),
        shift=None if mixture is None else mixture.mean,
        ci_low=None if mixture is None else mixture.quantile((1 - CONFIDENCE) / 2),
        ci_high=None if mixture is None else mixture.quantile((1 + CONFIDENCE) / 2),
        detectable=detectable,
        months_after=months_after,
        n_before=int((~after).sum()),
        n_after=int(after.sum()),
        change_date=change_date,
        reference_date=months.reference_date,
        evidence=months.evidence,
        source=months.source,
    )


def shift_of(values: Numbers, at: Numbers, after: Flags) -> Mixture | None:
    """Return the distribution of the shift; None without months after it, or with too few before.

    Parameters
    ----------
    values, at, after
        The series, the number of each month, and whether it lies after the day.
    """
    if (~after).sum() < FEWEST_MONTHS or not after.any():
        return None
    fits = _fits(values, at, np.column_stack([_line_of(at), after]))
    return None if fits is None else Mixture(fits.weight, fits.params[:, -1], fits.errors[:, -1], fits.degrees)


def smallest_shift(values: Numbers, at: Numbers, begin: float, months_after: int) -> float | None:
    """Return the shift that the interval tells from zero with chance `POWER`, in the unit of `values`.

    Half the width of the interval plus the quantile of the power, for a series that is known up to `months_after`
    months after the day and varies as the months before it do; normal theory would be too hopeful for so few months.

    Parameters
    ----------
    values, at
        The series before the day, and the number of each month.
    begin
        Number of the first month after the day.
    months_after
        Months that will be known after it.
    """
    fits = _fits(values, at, _line_of(at)) if len(values) >= FEWEST_MONTHS else None
    if fits is None:
        return None
    every = np.concatenate([at, np.arange(at[-1] + 1, begin + months_after)])
    design = np.column_stack([_line_of(every), every >= begin])
    spread = []
    for correlation, variance in zip(AUTOCORRELATIONS, fits.variance, strict=True):
        information = design.T @ np.linalg.solve(_correlations(every, correlation), design)
        spread.append(np.sqrt(variance * np.linalg.inv(information)[-1, -1]))
    around_zero = Mixture(fits.weight, np.zeros(len(spread)), np.array(spread), fits.degrees)
    return around_zero.quantile((1 + CONFIDENCE) / 2) + around_zero.quantile(POWER)


def straight_line(values: Numbers, at: Numbers, after: Flags) -> tuple[float, float] | None:
    """Return level at month 0 and slope of the months before the day, weighed over the autocorrelations."""
    before = ~after
    fits = _fits(values[before], at[before], _line_of(at[before])) if before.sum() >= FEWEST_MONTHS else None
    if fits is None:
        return None
    level, slope = fits.weight @ fits.params
    return float(level - slope * at[before].mean()), float(slope)


@dataclass(frozen=True)
class _Fits:
    """Generalised least squares per value of the autocorrelation: arrays with one row for each."""

    weight: Numbers
    params: Numbers
    errors: Numbers
    variance: Numbers
    degrees: int


def _fits(values: Numbers, at: Numbers, design: Numbers) -> _Fits | None:
    """Fit for each autocorrelation and weigh them; None for a series without any scatter."""
    n, p = design.shape
    if float(sm.OLS(values, design).fit().ssr) < SCATTER * max(float(values @ values), 1.0):
        return None
    rows = []
    for correlation in AUTOCORRELATIONS:
        correlations = _correlations(at, correlation)
        fitted = sm.GLS(values, design, sigma=correlations).fit()
        # Marginal likelihood of the autocorrelation: that of residuals, free of level, slope and shift.
        sizes = np.linalg.slogdet(correlations)[1] - np.linalg.slogdet(fitted.normalized_cov_params)[1]
        likelihood = -0.5 * (sizes + (n - p) * np.log(fitted.ssr))
        rows.append((likelihood, fitted.params, fitted.bse, fitted.ssr / (n - p)))
    likelihoods, params, errors, variance = (np.array(column) for column in zip(*rows, strict=True))
    weight = np.exp(likelihoods - likelihoods.max())
    return _Fits(weight / weight.sum(), params, errors, variance, n - p)


def _line_of(at: Numbers) -> Numbers:
    return np.column_stack([np.ones(len(at)), at - at.mean()])


def _correlations(at: Numbers, correlation: float) -> Numbers:
    """Correlations of an autoregression of order one between months, also with months missing in between."""
    return np.asarray(correlation ** np.abs(at[:, None] - at[None, :]))
