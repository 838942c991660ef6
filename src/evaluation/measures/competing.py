"""Why trajectories end: the share that has ended for each reason, by age, with the other reasons in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation.evidence import Count, Evidence
from evaluation.measures.aalen_johansen import aalen_johansen
from evaluation.measures.kaplan_meier import FEWEST_AT_RISK
from evaluation.measures.spells import Spells, at_risk, whole_months
from evaluation.snapshot import DAYS_PER_MONTH

UNKNOWN_REASON = ""
COMPARED_AT = (12, 6)  # months; the first that lies within follow-up
_INTERVAL = ("share", "ci_low", "ci_high")


@dataclass(frozen=True)
class EndReasons:
    """Cumulative incidence of the end of a trajectory by reason (Aalen and Johansen 1978).

    Attributes
    ----------
    monthly
        Columns ``reason`` (code, empty where missing: a cause of its own), ``month``, ``share``, ``ci_low``,
        ``ci_high``, ``events`` (ends for this reason up to this age) ``at_risk`` (running at this age) and ``drawn``
        (whether at least 10 are at risk).
    by_reason
        Columns ``reason``, ``ended`` (in the whole period), ``share``, ``ci_low``, ``ci_high`` at `horizon_months`;
        most frequent first.
    horizon_months
        Age of `by_reason`; None when the follow-up is shorter than any horizon.
    n, n_missing
        Trajectories that ended, and those of them without a reason.
    """

    monthly: pd.DataFrame
    by_reason: pd.DataFrame
    horizon_months: int | None
    n: Count
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence


def end_reasons(spells: Spells) -> EndReasons:
    """Estimate the share that has ended for each reason, by age."""
    frame = spells.frame.assign(cause=spells.frame["reason"].where(spells.frame["ended"]))
    curves = aalen_johansen(frame)
    ended = frame[frame["ended"]].groupby("reason")["n"].sum().sort_values(ascending=False, kind="stable")
    months = np.array(whole_months(curves.follow_up))
    risk = at_risk(frame, months * DAYS_PER_MONTH).astype(int)
    horizon = next((h for h in COMPARED_AT if h in whole_months(curves.follow_up)), None)
    monthly, rows = [], []
    for reason in ended.index:
        points = [curves.share_by(reason, month * DAYS_PER_MONTH) for month in months]
        exits = frame.loc[frame["cause"] == reason, ["exit_days", "n"]]
        monthly.append(
            pd.DataFrame(
                {
                    "reason": reason,
                    "month": months,
                    "share": pd.Series([point.value for point in points], dtype=float),
                    "ci_low": pd.Series([point.low for point in points], dtype=float),
                    "ci_high": pd.Series([point.high for point in points], dtype=float),
                    "events": [int(exits.loc[exits["exit_days"] <= m * DAYS_PER_MONTH, "n"].sum()) for m in months],
                    "at_risk": risk,
                    "drawn": risk >= FEWEST_AT_RISK,
                }
            )
        )
        at = curves.share_by(reason, (horizon or np.inf) * DAYS_PER_MONTH)
        rows.append((reason, int(ended[reason]), at.value, at.low, at.high))
    columns = ["reason", "month", *_INTERVAL, "events", "at_risk", "drawn"]
    return EndReasons(
        monthly=pd.concat(monthly, ignore_index=True) if monthly else pd.DataFrame(columns=columns),
        by_reason=pd.DataFrame(rows, columns=["reason", "ended", *_INTERVAL]).astype(dict.fromkeys(_INTERVAL, float)),
        horizon_months=horizon,
        n=int(ended.sum()),
        n_missing=int(ended.get(UNKNOWN_REASON, 0)),
        since=spells.since,
        reference_date=spells.reference_date,
        evidence=spells.evidence,
    )
