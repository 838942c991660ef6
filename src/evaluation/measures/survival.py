"""How long a trajectory lasts, with those that still run counted for what they are: unfinished.

Estimand: the distribution of the length of a trajectory, in days from its start, if it follows what was seen from the
first day of the period up to the reference date. Those that run are censored by the calendar, those that had started
before the period enter at the age that they had (delayed entry). Assumes that the length does not depend on when a
trajectory started; by group it need only hold within the group. The clock starts at the start in the register;
`OriginalClock` has it start where help began, for what had begun elsewhere before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation import evidence as shown
from evaluation.evidence import Count, Evidence, Measure, confidence
from evaluation.measures.kaplan_meier import LEVEL, Estimate, Estimated, KaplanMeier, kaplan_meier, monthly_curve
from evaluation.measures.spells import Spells
from evaluation.snapshot import DAYS_PER_MONTH

HORIZONS = (6, 12, 24)
QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class OriginalClock:
    """The length counted from the original start, also where that was elsewhere and before the register.

    Such trajectories are at risk from the age that they had when they came into the register (delayed entry), since
    those that ended before are in no register.

    Attributes
    ----------
    median_months
        The age by which half has ended.
    monthly
        The curve at whole months: see `monthly_curve`.
    n_transferred
        Trajectories that had begun elsewhere.
    """

    median_months: Estimated
    monthly: pd.DataFrame
    n_transferred: Count


@dataclass(frozen=True)
class TrajectoryLength:
    """Estimated length of a trajectory.

    Attributes
    ----------
    monthly
        The curve at whole months: see `monthly_curve`.
    quartiles
        Age in months by which a share has ended, by that share.
    restricted
        Mean length in months counted up to a horizon, by that horizon in months.
    median_months
        The age by which half has ended.
    share_ended_12_months
        Share that ends within 12 months.
    follow_up_months
        How far the curve reaches; None when nothing was seen.
    n, n_ended, n_entered_late
        Trajectories observed, those that ended, and those that had started before the period.
    original
        The same counted from the original start; None when nothing had begun elsewhere.
    """

    monthly: pd.DataFrame
    quartiles: Mapping[float, Estimated]
    restricted: Mapping[int, Estimated]
    median_months: Estimated
    share_ended_12_months: Estimated
    follow_up_months: shown.Estimate
    n: Count
    n_ended: Count
    n_entered_late: Count
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    original: OriginalClock | None = None

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        restricted = [
            self._measure(f"rmst_{horizon}_months", estimate, "months", "restricted mean (Kaplan-Meier)")
            for horizon, estimate in self.restricted.items()
        ]
        return (
            self._measure("km_median_months", self.median_months, "months", "median (Kaplan-Meier, delayed entry)"),
            *restricted,
            self._measure(
                "share_ended_within_12_months", self.share_ended_12_months, "share", "1 - S(12 months) (Kaplan-Meier)"
            ),
            *self._of_original(),
        )

    def _of_original(self) -> tuple[Measure, ...]:
        if self.original is None:
            return ()
        n = self.original.n_transferred
        return (
            self._measure(
                "km_median_original_start_months",
                self.original.median_months,
                "months",
                "median from the original start (Kaplan-Meier, delayed entry)",
            ),
            self._measure(
                "transferred", Estimated(n, None, None), "trajectories", "count with an earlier start elsewhere"
            ),
        )

    def _measure(self, name: str, estimate: Estimated, unit: str, method: str) -> Measure:
        return Measure(
            id=f"durations.{name}",
            estimate=estimate.value,
            unit=unit,
            method=method,
            period=f"{self.since}/{self.reference_date}",
            n=self.n,
            n_missing=0,
            **confidence(estimate.low, estimate.high, LEVEL),
            evidence=self.evidence,
            sources=(self.source,),
        )


def trajectory_length(spells: Spells) -> TrajectoryLength:
    """Estimate the length of a trajectory from observed spells."""
    frame = spells.frame
    curve = kaplan_meier(frame)
    quartiles = {share: curve.quantile(share).scaled(1 / DAYS_PER_MONTH) for share in QUARTILES}
    return TrajectoryLength(
        monthly=monthly_curve(frame, curve),
        quartiles=quartiles,
        restricted={horizon: restricted_mean_months(curve, horizon) for horizon in HORIZONS},
        median_months=quartiles[0.5],
        share_ended_12_months=share_ended(curve, 12),
        follow_up_months=None if curve.follow_up is None else curve.follow_up / DAYS_PER_MONTH,
        n=int(frame["n"].sum()),
        n_ended=int(frame.loc[frame["ended"], "n"].sum()),
        n_entered_late=int(frame.loc[frame["entry_days"] > 0, "n"].sum()),
        since=spells.since,
        reference_date=spells.reference_date,
        evidence=spells.evidence,
        source=spells.source,
        original=_original_clock(spells),
    )


def _original_clock(spells: Spells) -> OriginalClock | None:
    if spells.from_original is None:
        return None
    curve = kaplan_meier(spells.from_original)
    return OriginalClock(median_months(curve), monthly_curve(spells.from_original, curve), spells.n_transferred)


def restricted_mean_months(curve: KaplanMeier, horizon: int) -> Estimate:
    """Return the mean length in months counted up to a horizon in months."""
    return curve.restricted_mean(horizon * DAYS_PER_MONTH).scaled(1 / DAYS_PER_MONTH)


def median_months(curve: KaplanMeier) -> Estimate:
    """Return the age in months by which half has ended."""
    return curve.quantile(0.5).scaled(1 / DAYS_PER_MONTH)


def share_ended(curve: KaplanMeier, months: int) -> Estimate:
    """Return the share that ends within a number of months."""
    longer = curve.share_longer_than(months * DAYS_PER_MONTH)
    value, low, high = (None if x is None else 1 - x for x in (longer.value, longer.high, longer.low))
    return Estimate(value, low, high, longer.error)
