"""The Kaplan-Meier curve of weighted spells with delayed entry, and what is read from it.

statsmodels estimates the curve on the weights that DuckDB counted; with entry times and frequency weights together its
curve, numbers at risk and numbers of events equal those of the rows one by one (a test holds that). Its standard error
does not: with weights it is Tsiatis' error of the cumulative hazard, not multiplied by the survival. Greenwood's
formula is therefore applied here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from evaluation import evidence
from evaluation.measures.spells import Floats, at_risk, follow_up_days, whole_months
from evaluation.snapshot import DAYS_PER_MONTH

LEVEL = 0.95
Z = float(stats.norm.ppf((1 + LEVEL) / 2))
FEWEST_AT_RISK = 10  # a curve is drawn up to the last month with as many; the rest hangs on a few trajectories
ROUNDING = 1e-12  # a survival of one half may come out as 0.5000000000000001


@dataclass(frozen=True)
class Estimated:
    """A value with its 95% interval as a result holds it: each part can be withheld.

    Attributes
    ----------
    value, low, high
        The value and the ends of its interval; None where not reached within the follow-up, SUPPRESSED where withheld.
    """

    value: evidence.Estimate
    low: evidence.Estimate
    high: evidence.Estimate


@dataclass(frozen=True)
class Estimate(Estimated):
    """A value with its 95% interval as it was computed.

    Attributes
    ----------
    value, low, high
        The value and the ends of its interval; each part is None where it is not reached within the follow-up.
    error
        Standard error, for estimates that have one.
    """

    value: float | None
    low: float | None
    high: float | None
    error: float | None = None

    def scaled(self, factor: float) -> Estimate:
        """Return the same in another unit."""
        parts = (None if part is None else part * factor for part in (self.value, self.low, self.high, self.error))
        return Estimate(*parts)

    def columns(self, name: str) -> dict[str, float | None]:
        """Return an estimate in months as columns of a frame: ``<name>_months``, ``<name>_low``, ``<name>_high``."""
        return {f"{name}_months": self.value, f"{name}_low": self.low, f"{name}_high": self.high}


UNKNOWN = Estimate(None, None, None)


@dataclass(frozen=True)
class KaplanMeier:
    """Estimated probability of lasting longer than an age, S(t) = P(T > t), in days.

    Attributes
    ----------
    days, survival
        Ages at which the curve drops, and its value from there on; 1 before the first.
    at_risk, events
        Spells at risk of ending at each age, and those that did.
    follow_up
        Highest age seen; None when nothing was seen from birth on. Values beyond it are unknown.
    """

    days: Floats
    survival: Floats
    at_risk: Floats
    events: Floats
    follow_up: int | None

    @cached_property
    def hazard_variance(self) -> Floats:
        """Sum of d / (n (n - d)), the relative variance of Greenwood (1926); infinite once the curve is at zero."""
        left = self.at_risk - self.events
        with np.errstate(divide="ignore"):
            return np.asarray(np.cumsum(self.events / (self.at_risk * left)))

    def known_at(self, days: float) -> bool:
        """Whether the curve says anything at this age: within follow-up, or after it has come to zero."""
        if self.follow_up is None:
            return False
        return days <= self.follow_up or (len(self.survival) > 0 and bool(self.survival[-1] == 0))

    def survival_at(self, days: Floats) -> Floats:
        """Return S(t) at ages within follow-up."""
        return np.concatenate([[1.0], self.survival])[np.searchsorted(self.days, days, side="right")]

    def share_longer_than(self, days: float) -> Estimate:
        """Return S(t) with its log-log interval, which keeps within 0 and 1 (Kalbfleisch and Prentice 1980)."""
        if not self.known_at(days):
            return UNKNOWN
        low, high = self._bands
        position = int(np.searchsorted(self.days, days, side="right")) - 1
        if position < 0:
            return Estimate(1.0, None, None)
        value = float(self.survival[position])
        error = value * float(np.sqrt(self.hazard_variance[position])) if value else None
        return Estimate(value, _or_none(low[position]), _or_none(high[position]), error)

    def quantile(self, share_ended: float) -> Estimate:
        """Return the first age in days by which at least a share has ended, with the interval of its inversion.

        The interval holds the ages at which the log-log interval of S(t) covers the quantile (Brookmeyer and Crowley
        1982). What is not reached within follow-up is None.
        """
        level = 1 - share_ended
        low, high = self._bands
        return Estimate(self._first(self.survival, level), self._first(low, level), self._first(high, level))

    def restricted_mean(self, days: float) -> Estimate:
        """Return the mean length in days up to a horizon, the area under S(t), with its normal interval.

        Its variance is the sum of (area from t to the horizon)^2 d / (n (n - d)) over the ages t of events (Klein and
        Moeschberger 2003, 4.5).
        """
        if not self.known_at(days):
            return UNKNOWN
        mean = float(self.area(np.array([days]))[0])
        before = (self.days < days) & (self.at_risk > self.events)
        rest = mean - self.area(self.days[before])
        if not before.any():
            return Estimate(mean, None, None)  # nothing that varied was seen, which is not the same as certainty
        d, n = self.events[before], self.at_risk[before]
        error = float(np.sqrt(np.sum(rest**2 * d / (n * (n - d)))))
        return Estimate(mean, max(mean - Z * error, 0.0), min(mean + Z * error, days), error)

    def area(self, days: Floats) -> Floats:
        """Return the area under S from 0 to each age."""
        edges = np.concatenate([[0.0], self.days])
        level = np.concatenate([[1.0], self.survival])
        passed = np.concatenate([[0.0], np.cumsum(np.diff(edges) * level[:-1])])
        position = np.searchsorted(self.days, days, side="right")
        return np.asarray(passed[position] + (days - edges[position]) * level[position])

    @cached_property
    def _bands(self) -> tuple[Floats, Floats]:
        """Lower and upper end of the log-log interval at each drop; not a number where S is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.exp(Z * np.sqrt(self.hazard_variance) / np.abs(np.log(self.survival)))
            low, high = self.survival**spread, self.survival ** (1 / spread)
        unknown = (self.survival <= 0) | (self.survival >= 1)
        return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)

    def _first(self, curve: Floats, level: float) -> float | None:
        below = np.flatnonzero(curve <= level + ROUNDING)
        return float(self.days[below[0]]) if len(below) else None


def kaplan_meier(frame: pd.DataFrame) -> KaplanMeier:
    """Estimate the curve of spells.

    Parameters
    ----------
    frame
        Columns ``entry_days``, ``exit_days``, ``ended`` and ``n``. A spell is at risk from its entry up to and
        including its exit.
    """
    reach = follow_up_days(frame)
    if reach is None:
        nothing = np.array([])
        return KaplanMeier(nothing, nothing, nothing, nothing, None)
    seen = frame[frame["entry_days"] <= reach]
    # statsmodels puts a spell at risk after its entry, and refuses one that ends on it; a day earlier says the same.
    fit = SurvfuncRight(
        seen["exit_days"].to_numpy(),
        seen["ended"].to_numpy(int),
        entry=seen["entry_days"].to_numpy() - 1,
        freq_weights=seen["n"].to_numpy(float),
    )
    return KaplanMeier(
        days=np.asarray(fit.surv_times, float),
        survival=np.asarray(fit.surv_prob, float),
        at_risk=np.asarray(fit.n_risk, float),
        events=np.asarray(fit.n_events, float),
        follow_up=reach,
    )


def monthly_curve(frame: pd.DataFrame, curve: KaplanMeier) -> pd.DataFrame:
    """Return the curve at whole months within follow-up.

    Columns ``month``, ``survival``, ``ci_low``, ``ci_high``, ``at_risk`` (spells at risk at that age), ``events``
    (spells that ended since the month before) and ``drawn`` (whether at least 10 are at risk).
    """
    months = np.array(whole_months(curve.follow_up))
    ages = months * DAYS_PER_MONTH
    ended = frame[frame["ended"]]
    bins = np.ceil(ended["exit_days"].to_numpy() / DAYS_PER_MONTH).astype(int)
    events = np.bincount(bins, weights=ended["n"].to_numpy(float), minlength=len(months))[: len(months)]
    points = [curve.share_longer_than(age) for age in ages]
    risk = at_risk(frame, ages).astype(int)
    return pd.DataFrame(
        {
            "month": months,
            "survival": [point.value for point in points],
            "ci_low": pd.Series([point.low for point in points], dtype=float),
            "ci_high": pd.Series([point.high for point in points], dtype=float),
            "at_risk": risk,
            "events": events.astype(int),
            "drawn": risk >= FEWEST_AT_RISK,
        }
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
