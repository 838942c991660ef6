"""Whether trajectories last longer in one group than in another: curves, log-rank test and difference in means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from evaluation import evidence as shown
from evaluation.evidence import Count, Evidence, Measure
from evaluation.measures.kaplan_meier import UNKNOWN, Estimate, KaplanMeier, Z, kaplan_meier, monthly_curve
from evaluation.measures.spells import Floats, at_risk, on_original_clock, spells_by, transferred_by
from evaluation.measures.survival import median_months, restricted_mean_months
from evaluation.snapshot import Snapshot

Grouping = Literal["start_year", "referrer_code", "phase", "product_code"]
COMPARED_AT = (12, 6)  # months; the first that two groups reach

NO_VARIANCE = 1e-9  # relative to the largest variance of an excess


@dataclass(frozen=True)
class LogRank:
    """Test of whether all groups follow one curve (Mantel 1966).

    Attributes
    ----------
    chi_square, degrees, p_value
        Each None when fewer than two groups can be compared.
    """

    chi_square: shown.Estimate
    degrees: int | None
    p_value: shown.Estimate


@dataclass(frozen=True)
class LengthByGroup:
    """Length of a trajectory per group.

    Attributes
    ----------
    frame
        One row per group, largest first: ``group`` (str, empty where missing), ``n``, ``ended``, ``median_months``,
        ``median_low``, ``median_high``, ``restricted_months``, ``restricted_low``, ``restricted_high``, and
        ``difference_months``, ``difference_low``, ``difference_high`` against the largest group.
    curves
        `monthly_curve` of each group, with ``group`` before it.
    horizon_months
        Horizon of the restricted means and their differences.
    original_log_rank
        The test with lengths counted from the original start; None when nothing had begun elsewhere.
    n_transferred
        Trajectories that had begun elsewhere.
    """

    grouping: Grouping
    frame: pd.DataFrame
    curves: pd.DataFrame
    horizon_months: int
    log_rank: LogRank
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    original_log_rank: LogRank | None = None
    n_transferred: Count = 0

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        own = self._measure("", self.log_rank, "log-rank test of equal lengths in all groups")
        if self.original_log_rank is None:
            return (own,)
        method = "log-rank test of equal lengths in all groups, from the original start"
        return (own, self._measure("_original_start", self.original_log_rank, method))

    def _measure(self, clock: str, test: LogRank, method: str) -> Measure:
        return Measure(
            id=f"durations.log_rank_p_{self.grouping}{clock}",
            estimate=test.p_value,
            unit="p_value",
            method=method,
            period=f"{self.since}/{self.reference_date}",
            n=None,
            n_missing=None,
            evidence=self.evidence,
            sources=(self.source,),
        )


def length_by(snapshot: Snapshot, since: date, grouping: Grouping) -> LengthByGroup:
    """Estimate the length of a trajectory in each group.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    since
        First day of the observation period.
    grouping
        Year of the start, referrer, phase or product.
    """
    spells, moved = spells_by(snapshot, since, grouping), transferred_by(snapshot, since, grouping)
    sizes = spells.groupby("group")["n"].sum().sort_index().sort_values(ascending=False, kind="stable")
    parts = {str(group): spells[spells["group"] == group] for group in sizes.index}
    curves = {group: kaplan_meier(part) for group, part in parts.items()}
    horizon = _compared_at(list(curves.values()))
    rows = []
    for group, part in parts.items():
        restricted = restricted_mean_months(curves[group], horizon)
        row = {"group": group, "n": int(part["n"].sum()), "ended": int(part.loc[part["ended"], "n"].sum())}
        row |= median_months(curves[group]).columns("median") | restricted.columns("restricted")
        reference = next(iter(curves))
        difference = (
            UNKNOWN
            if group == reference
            else difference_of_means(restricted, restricted_mean_months(curves[reference], horizon))
        )
        rows.append(row | difference.columns("difference"))
    monthly = [monthly_curve(part, curves[group]).assign(group=group) for group, part in parts.items()]
    return LengthByGroup(
        grouping=grouping,
        frame=pd.DataFrame(rows, columns=_COLUMNS).astype(dict.fromkeys(_COLUMNS[3:], float)),
        curves=pd.concat(monthly, ignore_index=True) if monthly else pd.DataFrame(columns=["group", "month"]),
        horizon_months=horizon,
        log_rank=log_rank(spells),
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
        original_log_rank=None if moved.empty else log_rank(on_original_clock(spells, moved, "group")),
        n_transferred=int(moved["n"].sum()),
    )


def difference_of_means(first: Estimate, second: Estimate) -> Estimate:
    """Return the first restricted mean less the second, of different trajectories, with its normal interval."""
    if first.error is None or second.error is None or first.value is None or second.value is None:
        return UNKNOWN
    difference, error = first.value - second.value, float(np.hypot(first.error, second.error))
    return Estimate(difference, difference - Z * error, difference + Z * error, error)


def log_rank(frame: pd.DataFrame) -> LogRank:
    """Test whether groups of weighted spells with delayed entry follow one curve.

    statsmodels' ``survdiff`` knows entry times but no weights; this is the same statistic on weights, with the
    hypergeometric variance at each age.

    Parameters
    ----------
    frame
        Columns ``entry_days``, ``exit_days``, ``ended``, ``group`` and ``n``.
    """
    ended = frame[frame["ended"]]
    days = np.unique(ended["exit_days"].to_numpy(float))
    groups = sorted(set(frame["group"]))
    risk = np.array([at_risk(frame[frame["group"] == group], days) for group in groups]).reshape(len(groups), len(days))
    events = np.array([_events(ended[ended["group"] == group], days) for group in groups]).reshape(risk.shape)
    total, died = risk.sum(axis=0), events.sum(axis=0)
    share = risk / total
    excess = (events - share * died).sum(axis=1)
    spread = died * (total - died) / np.maximum(total - 1, 1)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    # The excesses add up to zero, so one direction has no variance; rounding makes it a very small one.
    variances, directions = np.linalg.eigh(covariance)
    free = variances > NO_VARIANCE * max(variances.max(initial=0.0), 1e-12)
    degrees = int(free.sum())
    if degrees == 0:
        return LogRank(None, None, None)
    chi_square = float(np.sum((directions[:, free].T @ excess) ** 2 / variances[free]))
    return LogRank(chi_square, degrees, float(stats.chi2.sf(chi_square, degrees)))


def _compared_at(curves: list[KaplanMeier]) -> int:
    """The longest horizon that two groups reach."""
    for horizon in COMPARED_AT:
        if sum(restricted_mean_months(curve, horizon).value is not None for curve in curves) > 1:
            return horizon
    return COMPARED_AT[-1]


def _events(ended: pd.DataFrame, days: Floats) -> Floats:
    position = np.searchsorted(days, ended["exit_days"].to_numpy(float))
    return np.bincount(position, weights=ended["n"].to_numpy(float), minlength=len(days)).astype(float)


_COLUMNS = ["group", "n", "ended"] + [
    f"{name}_{part}" for name in ("median", "restricted", "difference") for part in ("months", "low", "high")
]
