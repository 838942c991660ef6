"""Why the published means are no lengths of trajectories: what they would be under the estimated curve.

If every trajectory follows one curve, the calendar alone makes the mean of the ended ones short, because the long ones
have not ended, and the running ones long, because a long trajectory is more likely to be met while it runs. Both are
computed here from the curve and the days on which trajectories really started, and put beside the observed means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation import evidence as shown
from evaluation.evidence import Count, Evidence, PublishedFigure
from evaluation.measures.kaplan_meier import Estimated, KaplanMeier, kaplan_meier, monthly_curve
from evaluation.measures.spells import Spells
from evaluation.snapshot import DAYS_PER_MONTH


@dataclass(frozen=True)
class PublishedMeans:
    """Observed means, in months, beside what the estimated curve says of the same trajectories.

    Attributes
    ----------
    published
        The mean of the ended ones as the council was shown it, or None when there was none for this period.
    ended_observed, ended_expected
        Mean length of those that ended, and its expectation when all follow the curve.
    running_observed, running_expected
        Mean elapsed time of those that run, and its expectation.
    median
        Age by which half of all has ended.
    within_months
        How far the curve reaches: the means below count each trajectory up to there, so they are lower bounds.
    all_within, running_within
        Mean length of all trajectories, and of those that run on the reference date (their past is known, their future
        follows the curve), both counted up to `within_months`.
    ended_is_too_short
        Whether the mean of the ended lies below the interval of `all_within`, which is itself a lower bound.
    lengths
        Columns ``month`` (completed months, int), ``ended``, ``running``: trajectories by length so far.
    monthly
        The curve at whole months: see `monthly_curve`.
    n_ended, n_running
        Trajectories behind the observed means.
    """

    published: PublishedFigure | None
    ended_observed: shown.Estimate
    ended_expected: shown.Estimate
    running_observed: shown.Estimate
    running_expected: shown.Estimate
    median: Estimated
    within_months: shown.Estimate
    all_within: Estimated
    running_within: shown.Estimate
    ended_is_too_short: bool
    lengths: pd.DataFrame
    monthly: pd.DataFrame
    n_ended: Count
    n_running: Count
    since: date
    reference_date: date
    evidence: Evidence


def published_means(spells: Spells, published: PublishedFigure | None) -> PublishedMeans:
    """Put the observed means beside what the curve says.

    Parameters
    ----------
    spells
        Spells observed in the period.
    published
        The published mean of the ended ones in months, if any.
    """
    curve = kaplan_meier(spells.frame)
    ended, running = spells.frame[spells.frame["ended"]], spells.frame[~spells.frame["ended"]]
    ended_expected, running_expected = _expected(curve, spells.starts)
    reach = curve.follow_up
    observed = _mean_months(ended["exit_days"], ended["n"])
    all_within = curve.restricted_mean(np.inf if reach is None else reach).scaled(1 / DAYS_PER_MONTH)
    return PublishedMeans(
        published=published,
        ended_observed=observed,
        ended_expected=ended_expected,
        running_observed=_mean_months(running["exit_days"], running["n"]),
        running_expected=running_expected,
        median=curve.quantile(0.5).scaled(1 / DAYS_PER_MONTH),
        within_months=None if reach is None else reach / DAYS_PER_MONTH,
        all_within=all_within,
        running_within=_running_within(curve, running),
        ended_is_too_short=observed is not None and all_within.low is not None and observed < all_within.low,
        lengths=_lengths(ended, running),
        monthly=monthly_curve(spells.frame, curve),
        n_ended=int(ended["n"].sum()),
        n_running=int(running["n"].sum()),
        since=spells.since,
        reference_date=spells.reference_date,
        evidence=spells.evidence,
    )


def _expected(curve: KaplanMeier, starts: pd.DataFrame) -> tuple[float | None, float | None]:
    """Expected mean length of the ended and mean elapsed time of the running, in months, under the curve.

    Of those that entered at age e and can have reached age c, the share 1 - S(c) / S(e-) has ended, at ages with the
    density of the curve between e and c, and the rest runs at age c. Ages are at most the highest one seen.
    """
    if curve.follow_up is None:
        return None, None
    ages = np.arange(-1, curve.follow_up + 1, dtype=float)
    survival = curve.survival_at(ages)
    drops = -np.diff(survival, prepend=1.0)
    passed = np.cumsum(ages * drops)
    entry = starts["entry_days"].to_numpy(int)
    known = (entry <= curve.follow_up) & (survival[np.minimum(entry, curve.follow_up)] > 0)
    starts, entry = starts[known], entry[known]
    last = np.minimum(starts["potential_days"].to_numpy(int), curve.follow_up) + 1  # position of that age
    weight = starts["n"].to_numpy(float) / survival[entry]  # position `entry` holds the age just before it
    n_ended = float(np.sum(weight * (survival[entry] - survival[last])))
    n_running = float(np.sum(weight * survival[last]))
    days_ended = float(np.sum(weight * (passed[last] - passed[entry])))
    days_running = float(np.sum(weight * survival[last] * starts["potential_days"].to_numpy(float)))
    return (
        days_ended / n_ended / DAYS_PER_MONTH if n_ended > 0 else None,
        days_running / n_running / DAYS_PER_MONTH if n_running > 0 else None,
    )


def _running_within(curve: KaplanMeier, running: pd.DataFrame) -> float | None:
    """Mean length of the running ones in months, up to the follow-up: elapsed c plus the area from c over S(c)."""
    if curve.follow_up is None or running.empty:
        return None
    age, n = running["exit_days"].to_numpy(float), running["n"].to_numpy(float)
    survival = curve.survival_at(age)
    ahead = curve.area(np.array([float(curve.follow_up)])) - curve.area(np.minimum(age, curve.follow_up))
    left = np.divide(ahead, survival, out=np.zeros_like(ahead), where=survival > 0)
    return float(np.sum(n * (age + left)) / np.sum(n) / DAYS_PER_MONTH)


def _mean_months(days: pd.Series[int], n: pd.Series[int]) -> float | None:
    total = float(n.sum())
    return float((days * n).sum()) / total / DAYS_PER_MONTH if total else None


def _lengths(ended: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    columns = {
        name: part["n"].groupby((part["exit_days"] / DAYS_PER_MONTH).astype(int)).sum()
        for name, part in (("ended", ended), ("running", running))
    }
    frame = pd.DataFrame(columns)
    frame = frame.reindex(range(int(frame.index.max()) + 1 if len(frame) else 0)).fillna(0).astype(int)
    return frame.rename_axis("month").reset_index()
