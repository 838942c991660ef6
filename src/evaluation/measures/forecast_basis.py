"""What a forecast of the stock starts from: who runs for how long already, how long they last, and how many come.

All from counts, so that it costs about the same for a thousand trajectories as for ten million.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special
from statsmodels.duration.survfunc import SurvfuncRight

from evaluation.evidence import Evidence
from evaluation.measures.kaplan_meier import FEWEST_AT_RISK
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, frame_of

Floats = NDArray[np.float64]
FEWEST_ENDS = 10  # a length of stay learnt from fewer ends is not one
TAIL_FACTORS = (0.5, 1.0, 2.0)  # on the hazard beyond what was observed: half, the same and twice
BLOCK = 3  # months over which the level of inflow is averaged before its moves are measured


@dataclass(frozen=True)
class ForecastSettings:
    """Choices behind a forecast.

    Attributes
    ----------
    horizon_months
        How far ahead.
    inflow_months
        Recent months whose inflow is taken to go on.
    tail_months, tail_factor
        Beyond the last observed duration, trajectories end at the constant hazard of the last `tail_months` observed,
        times `tail_factor`.
    draws
        Simulated futures.
    """

    horizon_months: int = 12
    inflow_months: int = 6
    tail_months: int = 6
    tail_factor: float = 1.0
    draws: int = 2000


@dataclass(frozen=True)
class LengthOfStay:
    """Kaplan-Meier curve by whole day, continued at a constant hazard.

    Attributes
    ----------
    survival
        P(longer than d days) for d = 0, 1, ... `observed_days`, the last day with enough trajectories at risk.
    tail_hazard
        Share of the running that ends per day beyond it.
    n, ends
        Trajectories and ends behind it.
    """

    survival: Floats
    tail_hazard: float
    n: int
    ends: int

    @property
    def observed_days(self) -> int:
        """Last day of the observed part."""
        return len(self.survival) - 1

    @property
    def observed_months(self) -> float:
        """The same in months."""
        return self.observed_days / DAYS_PER_MONTH

    @property
    def mean_months(self) -> float | None:
        """Mean length with its tail, in months; None when the tail never ends."""
        if self.tail_hazard <= 0:
            return None
        days = self.survival[:-1].sum() + self.survival[-1] / self.tail_hazard
        return float(days / DAYS_PER_MONTH)

    def at(self, days: NDArray[np.int64]) -> Floats:
        """P(longer than `days`), with the tail."""
        beyond = np.maximum(days - self.observed_days, 0)
        return np.asarray(
            self.survival[np.minimum(days, self.observed_days)] * np.exp(-self.tail_hazard * beyond), dtype=float
        )


@dataclass(frozen=True)
class ForecastBasis:
    """Everything a forecast is simulated from.

    Attributes
    ----------
    stay
        Length of stay, or None when too few trajectories have ended.
    elapsed_days, running
        Elapsed times of the running trajectories, and how many have each.
    inflow
        Registered starts of the recent months, one row per ``back`` (months back from the reference date),
        ``product_code`` and ``referrer_code`` with ``n``. By day of registration and not of start, so that the last
        months are as complete as the others.
    inflow_months
        Months behind it: those of the settings, or fewer when the register is younger.
    history
        Registered starts per month back from the reference date, latest first, as far as the register goes.
    stock
        Trajectories that run on the reference date.
    """

    settings: ForecastSettings
    stay: LengthOfStay | None
    elapsed_days: NDArray[np.int64]
    running: NDArray[np.int64]
    inflow: pd.DataFrame
    inflow_months: int
    history: Floats
    stock: int
    reference_date: date
    evidence: Evidence
    source: str

    def monthly_inflow(self) -> Floats:
        """Registered starts per recent month."""
        per_month = self.inflow.groupby("back")["n"].sum()
        return per_month.reindex(range(self.inflow_months), fill_value=0).to_numpy(dtype=float)

    def drift(self) -> float:
        """Standard deviation by which the level of inflow moved per month so far, on the log scale."""
        return drift_of(self.history)

    def with_tail(self, factor: float) -> ForecastBasis:
        """Return the same with another hazard beyond what was observed."""
        if self.stay is None:
            return self
        return replace(self, stay=replace(self.stay, tail_hazard=self.stay.tail_hazard * factor))

    def settles_at(self) -> float | None:
        """Stock at which inflow and outflow balance if both stay as they are: ``inflow * mean stay`` (Little 1961)."""
        stay = None if self.stay is None else self.stay.mean_months
        return None if stay is None else float(self.monthly_inflow().mean()) * stay


def forecast_basis(snapshot: Snapshot, settings: ForecastSettings | None = None) -> ForecastBasis:
    """Count what a forecast needs from the register as known on its reference date."""
    settings = settings or ForecastSettings()
    until = snapshot.reference_date
    durations = frame_of(snapshot.counts.ages(until), "select * from t order by days, ended")
    registered = _registered(snapshot)
    history = _per_month(registered)
    months = min(len(history), settings.inflow_months)
    running = durations[~durations["ended"].astype(bool)]
    return ForecastBasis(
        settings=settings,
        stay=length_of_stay(durations, settings),
        elapsed_days=running["days"].to_numpy(dtype="int64"),
        running=running["n"].to_numpy(dtype="int64"),
        inflow=registered[registered["back"] < months].reset_index(drop=True),
        inflow_months=months,
        history=history,
        stock=int(running["n"].sum()),
        reference_date=until,
        evidence=snapshot.evidence,
        source=snapshot.source,
    )


def _registered(snapshot: Snapshot) -> pd.DataFrame:
    """Registered starts by ``back``, ``product_code`` and ``referrer_code``, as far as the register goes."""
    return frame_of(
        snapshot.counts.counted("known_from", "product_code", "referrer_code"),
        f"""select datesub('month', known_from, date '{snapshot.reference_date}') as back,
              product_code::varchar as product_code, referrer_code::varchar as referrer_code, sum(n)::bigint as n
            from t group by 1, 2, 3 order by 1, 2, 3""",
    )


def _per_month(registered: pd.DataFrame) -> Floats:
    """Registered starts per month back from the reference date, for all whole months since the first."""
    per_month = registered.groupby("back")["n"].sum()
    whole_months = max(int(per_month.index.max()), 1) if len(per_month) else 1
    return per_month.reindex(range(whole_months), fill_value=0).to_numpy(dtype=float)


def length_of_stay(durations: pd.DataFrame, settings: ForecastSettings) -> LengthOfStay | None:
    """Kaplan-Meier curve of the lengths, cut where fewer than ten are at risk.

    Parameters
    ----------
    durations
        ``days``, ``ended`` (bool) and ``n``, one row per combination.
    settings
        For the tail.

    Returns
    -------
    LengthOfStay or None
        None when fewer than ten trajectories ended.
    """
    ended = durations["ended"].astype(bool)
    ends = int(durations.loc[ended, "n"].sum())
    if ends < FEWEST_ENDS:
        return None
    curve = SurvfuncRight(durations["days"], ended.astype(int), freq_weights=durations["n"])
    by_day = durations.groupby("days")["n"].sum()
    at_risk = by_day.reindex(range(int(by_day.index.max()) + 1), fill_value=0)[::-1].cumsum()[::-1].to_numpy()
    last = int(np.flatnonzero(at_risk >= FEWEST_AT_RISK)[-1])
    steps = np.searchsorted(curve.surv_times, np.arange(last + 1), side="right")
    first = max(last - round(settings.tail_months * DAYS_PER_MONTH), -1) + 1
    late_ends = durations.loc[ended & durations["days"].between(first, last), "n"].sum()
    return LengthOfStay(
        survival=np.concatenate([[1.0], np.asarray(curve.surv_prob)])[steps],
        tail_hazard=float(late_ends / at_risk[first : last + 1].sum()) * settings.tail_factor,
        n=int(durations["n"].sum()),
        ends=ends,
    )


def dispersion_of(counts: Floats) -> float:
    """Variance over mean of monthly counts, when a chi-square test (5%) finds them more spread than Poisson; else 1."""
    mean = counts.mean()
    if len(counts) < 3 or mean == 0:
        return 1.0
    ratio = float(counts.var(ddof=1) / mean)
    freedom = len(counts) - 1
    return ratio if special.chdtrc(freedom, ratio * freedom) < 0.05 else 1.0


def drift_of(history: Floats) -> float:
    """How much the level of inflow moves per month, as the standard deviation of a random walk of its logarithm.

    From the ratios of successive blocks of m = 3 months. If the logarithm walks with variance v per month, the
    difference between the means of adjacent blocks has variance ``v (2 m^2 + 1) / (3 m)``, on top of what the counts
    themselves vary by chance (Poisson, the delta method).

    Parameters
    ----------
    history
        Counts per month, in either direction of time.

    Returns
    -------
    float
        0 when there are fewer than two blocks with starts.
    """
    blocks = history[: len(history) // BLOCK * BLOCK].reshape(-1, BLOCK).sum(axis=1)
    before, after = blocks[:-1], blocks[1:]
    seen = (before > 0) & (after > 0)
    if not seen.any():
        return 0.0
    moves = np.log(after[seen] / before[seen]) ** 2 - 1 / before[seen] - 1 / after[seen]
    return float(np.sqrt(max(moves.mean(), 0.0) / ((2 * BLOCK**2 + 1) / (3 * BLOCK))))
