"""How the scores of the pilot families changed: the primary outcome, the others, and what missing ones leave open.

Estimand: the middle of the changes between the start and one later moment, of the families in the pilot that gave both
scores. There is no group to compare with, so a change is a change and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence, is_suppressed
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.paired import hodges_lehmann, sign_flip_p, wilcoxon_p
from evaluation.measures.pilot_scores import Instrument, PairedScores
from evaluation.measures.shares import share_of
from evaluation.measures.spells import Floats

LEVEL = 0.95
BOTH = "both"


@dataclass(frozen=True)
class FollowUp:
    """Which families have both scores on the primary outcome, and why others have not.

    Attributes
    ----------
    frame
        Columns ``status`` (``both``, or the reason) and ``families``; a partition.
    families
        All families in the pilot.
    share
        Share with both scores, with its Wilson interval.
    by_worker
        Of those with both, the families scored by the worker who gives the support.
    """

    frame: pd.DataFrame
    families: Count
    measured: Count
    missing: Count
    share: Estimated
    by_worker: Count
    instrument: Instrument
    follow_up: str
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="pilot_change.share_followed_up",
                estimate=self.share.value,
                unit="share",
                method=f"families with both scores of all families, at {self.follow_up}, Wilson interval",
                period=str(self.reference_date),
                n=self.families,
                n_missing=0,
                **confidence(self.share.low, self.share.high, LEVEL),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


@dataclass(frozen=True)
class Changes:
    """Change for the better per outcome, the primary one first.

    Attributes
    ----------
    frame
        Columns ``instrument``, ``domain``, ``n`` and ``n_missing`` (families with and without both scores),
        ``by_worker`` (pairs scored by the worker), ``before`` and ``after`` (means of those with both, points),
        ``change``, ``low``, ``high`` (Hodges-Lehmann, exact interval; points, positive is better), ``sd`` (of the
        changes), ``p`` (signed-rank), ``p_flip`` (sign-flip), ``p_holm`` (the former, adjusted over all outcomes but
        the primary; null for that one). Null where it cannot be said.
    instruments
        The outcome of each row.
    not_compared
        Outcomes in the delivery that are left out.
    """

    frame: pd.DataFrame
    instruments: tuple[Instrument, ...]
    not_compared: tuple[str, ...]
    follow_up: str
    reference_date: date
    evidence: Evidence
    source: str
    level: float = LEVEL

    @property
    def primary(self) -> pd.Series:
        """The row of the primary outcome."""
        return self.frame.iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row, one = self.primary, self.instruments[0]
        tested = Measure(
            id="pilot_change.primary_p",
            estimate=value_of(row["p"]),
            unit="p_value",
            method=f"exact Wilcoxon signed-rank, {one.code}, t0 to {self.follow_up}",
            period=str(self.reference_date),
            n=count_of(row["n"]),
            n_missing=count_of(row["n_missing"]),
            evidence=self.evidence,
            sources=(self.source,),
        )
        estimated = replace(
            tested,
            id="pilot_change.primary_change",
            estimate=value_of(row["change"]),
            unit="points",
            method=f"Hodges-Lehmann, {one.code}, t0 to {self.follow_up}, positive is better",
            **confidence(value_of(row["low"]), value_of(row["high"]), self.level),
        )
        return estimated, tested


@dataclass(frozen=True)
class MissingBounds:
    """What the missing scores of the primary outcome could change, at most.

    Attributes
    ----------
    frame
        Columns ``quantity`` (``mean``, ``median``, points; ``share_better``, a share of families), ``observed`` (of
        those with both scores), ``worst`` and ``best`` (of all families, when every missing score takes the worst or
        the best value of its scale). Null where the scale is unknown or there is no family.
    n, n_missing
        Families with and without both scores.
    """

    frame: pd.DataFrame
    n: Count
    n_missing: Count
    instrument: Instrument
    follow_up: str
    reference_date: date
    evidence: Evidence

    def row(self, quantity: str) -> pd.Series:
        """Row of one quantity."""
        return self.frame[self.frame["quantity"] == quantity].iloc[0]


def follow_up(pairs: PairedScores) -> FollowUp:
    """Count the families with both scores on the primary outcome, and the others by reason."""
    rows = pairs.of(pairs.primary)
    status = rows["reason"].where(rows["reason"] != "", BOTH)
    counts = status.value_counts().rename_axis("status").reset_index(name="families")
    order = counts["status"].map(lambda name: (name != BOTH, name))
    counts = counts.iloc[order.argsort()].reset_index(drop=True)
    measured = int((status == BOTH).sum())
    return FollowUp(
        frame=counts,
        families=len(rows),
        measured=measured,
        missing=len(rows) - measured,
        share=Estimated(*share_of(measured, len(rows), LEVEL)),
        by_worker=int(((status == BOTH) & (rows["rater"] == "worker")).sum()),
        instrument=pairs.primary,
        follow_up=pairs.follow_up,
        reference_date=pairs.reference_date,
        evidence=pairs.evidence,
        source=pairs.source,
    )


def changes(pairs: PairedScores) -> Changes:
    """Estimate the change on every outcome."""
    frame = pd.DataFrame([_row(pairs, one) for one in pairs.instruments])
    return Changes(
        frame=frame.assign(p_holm=_adjusted(frame["p"])),
        instruments=pairs.instruments,
        not_compared=pairs.not_compared,
        follow_up=pairs.follow_up,
        reference_date=pairs.reference_date,
        evidence=pairs.evidence,
        source=pairs.source,
    )


def _row(pairs: PairedScores, one: Instrument) -> dict[str, object]:
    rows, change = pairs.of(one), pairs.changes(one)
    complete = rows.dropna(subset=["before", "after"])
    estimate = hodges_lehmann(change, LEVEL)
    return {
        "instrument": one.name,
        "domain": one.domain,
        "n": len(complete),
        "n_missing": len(rows) - len(complete),
        "by_worker": int((complete["rater"] == "worker").sum()),
        "before": _mean(complete["before"]),
        "after": _mean(complete["after"]),
        "change": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "sd": float(change.std(ddof=1)) if len(change) > 1 else None,
        "p": wilcoxon_p(change),
        "p_flip": sign_flip_p(change),
    }


def _mean(values: pd.Series[float]) -> float | None:
    return float(values.mean()) if len(values) else None


def _adjusted(p_values: pd.Series[float]) -> pd.Series[float]:
    """Holm's p-values of all outcomes but the first."""
    adjusted = pd.Series(np.nan, p_values.index, dtype=float)
    others = p_values.iloc[1:].dropna()
    if len(others):
        adjusted.loc[others.index] = multipletests(others.to_numpy(float), method="holm")[1]
    return adjusted


def missing_bounds(pairs: PairedScores) -> MissingBounds:
    """Bound the mean and the median change, and the share that changed for the better, whatever the missing scores are.

    A missing score lies on its scale, so each change lies between the one with the worst and the one with the best
    value; mean, median and share rise with every change (Manski 2003, Partial Identification of Probability
    Distributions, 1.2).
    """
    one = pairs.primary
    rows, seen = pairs.of(one), pairs.changes(one)
    worst, best = (_extreme(rows, one, kind) for kind in ("worst", "best"))
    ways: Mapping[str, Callable[[Floats], np.floating]] = {
        "mean": np.mean,
        "median": np.median,
        "share_better": lambda x: np.mean(x > 0),
    }
    # A share needs no scale: a missing family changed for the better or it did not.
    better, n = int((seen > 0).sum()), len(rows)
    missing = n - len(seen)
    bounds = {
        name: [None if values is None or not len(values) else float(way(values)) for values in (seen, worst, best)]
        for name, way in ways.items()
    }
    bounds["share_better"][1:] = [better / n, (better + missing) / n] if n else [None, None]
    frame = pd.DataFrame(
        [(name, *values) for name, values in bounds.items()], columns=["quantity", "observed", "worst", "best"]
    )
    return MissingBounds(frame, len(seen), missing, one, pairs.follow_up, pairs.reference_date, pairs.evidence)


def _extreme(rows: pd.DataFrame, one: Instrument, kind: str) -> Floats | None:
    """Changes for the better with every missing score at its worst or best; None without a scale."""
    if one.low is None or one.high is None:
        return None
    bad, good = (one.low, one.high) if one.higher_is_better else (one.high, one.low)
    first, last = (good, bad) if kind == "worst" else (bad, good)
    return np.asarray(one.sign * (rows["after"].fillna(last) - rows["before"].fillna(first)), float)


def value_of(cell: object) -> Estimate:
    """A cell of a frame as a plain value: a number, None, or the mark that stands there."""
    if is_suppressed(cell):
        return cell  # type: ignore[return-value]
    return None if cell is None or pd.isna(cell) else float(cell)  # type: ignore[call-overload, arg-type]


def count_of(cell: object) -> Count:
    """A cell of a frame as a count, or the mark that stands there."""
    return cell if is_suppressed(cell) else int(cell)  # type: ignore[call-overload, return-value]
