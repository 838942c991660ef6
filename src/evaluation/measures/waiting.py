"""How long families wait: the share helped within a norm, with those that still wait counted as what they are.

Estimand: of all requests whose clock started in the period, the share that reaches the step within so many days, while
some are withdrawn before it (a competing event: they are not helped within the norm). Estimated by Aalen and Johansen
(1978), with a log-log interval; those that still wait count for as long as they have waited. When nobody is censored
before the norm that is a plain proportion, with Wilson's interval. The mean wait of those who have started is shown
beside it as what goes wrong: it knows the short waits best and those that still last not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation import evidence as shown
from evaluation.evidence import Count, Evidence, Measure, confidence, total_of
from evaluation.measures.aalen_johansen import CumulativeIncidence, aalen_johansen
from evaluation.measures.clocks import REACHED, WITHDRAWN, Clock
from evaluation.measures.kaplan_meier import FEWEST_AT_RISK, LEVEL, ROUNDING, UNKNOWN, Estimate, Estimated, Z
from evaluation.measures.norms import Norm
from evaluation.measures.shares import share_of
from evaluation.measures.spells import at_risk

WEEK = 7
HALF = 0.5
WILSON, COMPETING = "wilson", "aalen_johansen"
METHODS = {
    WILSON: "share within the norm, Wilson interval (nobody censored before the norm)",
    COMPETING: "share within the norm (Aalen-Johansen, withdrawal competing, log-log interval)",
}
# Clock -> id of its share within the norm.
SHARE_IDS = {
    "signal_to_contact": "access.first_contact_within_norm_share",
    "signal_to_start": "access.started_within_norm_share",
    "application_to_decision": "access.decided_within_term_share",
}


@dataclass(frozen=True)
class WithinNorm:
    """Outcome at one norm.

    Attributes
    ----------
    norm
        The norm.
    share, withdrawn
        Share that reached the step, and share withdrawn, within the norm.
    method
        ``wilson`` or ``aalen_johansen``.
    reached
        Number that reached the step within the norm.
    naive_share
        Share within the norm of those that have reached the step: what goes wrong.
    """

    norm: Norm
    share: Estimated
    withdrawn: Estimated
    method: str
    reached: Count
    naive_share: shown.Estimate


@dataclass(frozen=True)
class Waiting:
    """The wait on one clock.

    Attributes
    ----------
    curves
        One row per cause and whole week: ``cause`` (``reached``, ``withdrawn``), ``week``, ``share``, ``ci_low``,
        ``ci_high``, ``at_risk`` (clocks that still run), ``events`` (in the week up to it) and ``drawn``.
    within
        Outcome at each norm.
    median_days
        Day by which half of all requests has reached the step; None when that is not reached.
    naive_mean_days
        Mean wait of those that have reached the step: what goes wrong.
    n, n_reached, n_withdrawn, n_waiting, n_missing
        Units, what became of them, and those that cannot be timed.
    follow_up_days
        Longest time on the clock; None when there is no unit.
    clock
        The clock itself, with the states that the counts are sums of. Not for showing.
    """

    name: str
    units: str
    curves: pd.DataFrame
    within: tuple[WithinNorm, ...]
    median_days: Estimated
    naive_mean_days: shown.Estimate
    n: Count
    n_reached: Count
    n_withdrawn: Count
    n_waiting: Count
    n_missing: Count
    follow_up_days: shown.Estimate
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    clock: Clock | None

    @property
    def main(self) -> WithinNorm | None:
        """Outcome at the first norm, None without one."""
        return self.within[0] if self.within else None

    @property
    def first_norm(self) -> Norm | None:
        """The first norm, None without one."""
        return None if self.main is None else self.main.norm

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        found = []
        if self.main is not None and self.name in SHARE_IDS:
            norm = f"{METHODS[self.main.method]}; norm {self.main.norm.id}, {self.main.norm.days} days"
            found.append(self._measure(SHARE_IDS[self.name], self.main.share, "share", norm))
        if self.name == "signal_to_start":
            median = "day by which half of all requests has led to a start (Aalen-Johansen)"
            found.append(self._measure("access.median_days_signal_to_start", self.median_days, "days", median))
            if self.main is not None:
                gone = f"share withdrawn within {self.main.norm.days} days, {METHODS[self.main.method]}"
                found.append(self._measure("access.withdrawn_share", self.main.withdrawn, "share", gone))
            waiting = None if isinstance(self.n, int) and self.n == 0 else self.n_waiting
            count = Estimated(waiting, None, None)
            found.append(self._measure("access.still_waiting", count, "requests", "count on the reference date"))
        return tuple(found)

    def _measure(self, name: str, estimate: Estimated, unit: str, method: str) -> Measure:
        return Measure(
            id=name,
            estimate=estimate.value,
            unit=unit,
            method=method,
            period=f"{self.since}/{self.reference_date}",
            n=self.n,
            n_missing=self.n_missing,
            **confidence(estimate.low, estimate.high, LEVEL),
            evidence=self.evidence,
            sources=(self.source,),
        )


def waiting(clock: Clock, norms: Sequence[Norm]) -> Waiting:
    """Estimate the wait on a clock, and what share stays within each norm."""
    frame = clock.frame
    curves = aalen_johansen(frame)
    reached = frame[frame["cause"] == REACHED]
    counts = {name: total_of(clock.states[state] for state in states) for name, states in clock.sums.items()}
    return Waiting(
        name=clock.name,
        units=clock.units,
        curves=_weekly(frame, curves),
        within=tuple(within_norm(frame, curves, norm) for norm in norms),
        median_days=_median(curves),
        naive_mean_days=float(reached["exit_days"].mean()) if len(reached) else None,
        n=counts["n"],
        n_reached=counts[REACHED],
        n_withdrawn=counts[WITHDRAWN],
        n_waiting=counts["waiting"],
        n_missing=clock.n_missing,
        follow_up_days=None if curves.follow_up is None else float(curves.follow_up),
        since=clock.since,
        reference_date=clock.reference_date,
        evidence=clock.evidence,
        source=clock.source,
        clock=clock,
    )


def within_norm(frame: pd.DataFrame, curves: CumulativeIncidence, norm: Norm) -> WithinNorm:
    """Return the outcome at a norm of clocks (columns as `Clock.frame`), of which `curves` is the estimate."""
    method = WILSON if nobody_censored_before(frame, norm.days) else COMPETING
    in_time = frame[frame["exit_days"] <= norm.days]
    counts = {cause: int((in_time["cause"] == cause).sum()) for cause in (REACHED, WITHDRAWN)}
    shares = {
        cause: _wilson(count, len(frame)) if method == WILSON else _share_by(curves, cause, norm.days)
        for cause, count in counts.items()
    }
    all_reached = int((frame["cause"] == REACHED).sum())
    return WithinNorm(
        norm=norm,
        share=shares[REACHED],
        withdrawn=shares[WITHDRAWN],
        method=method,
        reached=counts[REACHED],
        naive_share=counts[REACHED] / all_reached if all_reached else None,
    )


def _share_by(curves: CumulativeIncidence, cause: str, days: int) -> Estimate:
    """Share by a day; once every clock that ran so long has stopped, nothing can change any more."""
    over = curves.follow_up is not None and len(curves.days) > 0 and curves.share[:, -1].sum() >= 1 - ROUNDING
    return curves.share_by(cause, min(days, curves.follow_up or 0) if over else days)


def nobody_censored_before(frame: pd.DataFrame, days: int) -> bool:
    """Whether each clock was stopped, or has run for so many days: the share within them is then a proportion."""
    return bool((frame["cause"].notna() | (frame["exit_days"] >= days)).all())


def _wilson(count: int, n: int) -> Estimate:
    value, low, high = share_of(count, n, LEVEL)
    return UNKNOWN if value is None else Estimate(value, low, high)  # type: ignore[arg-type]


def _weekly(frame: pd.DataFrame, curves: CumulativeIncidence) -> pd.DataFrame:
    weeks = range(0 if curves.follow_up is None else curves.follow_up // WEEK + 1)
    risk = at_risk(frame, np.array([week * WEEK for week in weeks], dtype=np.float64)).astype(int)
    found = []
    for cause in (REACHED, WITHDRAWN):
        points = [curves.share_by(cause, week * WEEK) for week in weeks]
        happened = np.ceil(frame.loc[frame["cause"] == cause, "exit_days"].to_numpy(float) / WEEK).astype(int)
        found.append(
            pd.DataFrame(
                {
                    "cause": cause,
                    "week": weeks,
                    "share": pd.Series([point.value for point in points], dtype=float),
                    "ci_low": pd.Series([point.low for point in points], dtype=float),
                    "ci_high": pd.Series([point.high for point in points], dtype=float),
                    "at_risk": risk,
                    "events": np.bincount(happened, minlength=len(weeks))[: len(weeks)].astype(int),
                    "drawn": risk >= FEWEST_AT_RISK,
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _median(curves: CumulativeIncidence) -> Estimate:
    """First day by which half has reached the step, with the days at which the log-log interval covers one half."""
    if REACHED not in curves.causes:
        return UNKNOWN
    row = curves.causes.index(REACHED)
    share, error = curves.share[row], np.sqrt(curves.variance[row])
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(Z * error / (share * -np.log(share)))
        low, high = share**spread, share ** (1 / spread)
    firsts = [_first(curves.days, values) for values in (share, high, low)]
    return Estimate(*firsts)


def _first(days: np.ndarray, values: np.ndarray) -> float | None:
    """First day on which a value is at least one half; not a number counts as less."""
    reached = np.flatnonzero(values >= HALF - ROUNDING)
    return float(days[reached[0]]) if len(reached) else None
