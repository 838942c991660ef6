"""What if running trajectories without activity have really stopped: a band around the length of a trajectory.

A trajectory that nobody closed runs on paper. Here each running one without activity for a number of days is taken to
have ended on the day of its last activity, and the length is estimated anew. The last activity is the delivered
``last_activity_date`` where that is there and not after the reference date; else the end of the last calendar month
with hours, or the reference date when that month was not over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from duckdb import DuckDBPyRelation

from evaluation import evidence as shown
from evaluation.evidence import Count, Evidence
from evaluation.measures.kaplan_meier import kaplan_meier, monthly_curve
from evaluation.measures.spells import Spells, entry_sql
from evaluation.measures.survival import HORIZONS, median_months, restricted_mean_months
from evaluation.snapshot import Snapshot, frame_of

THRESHOLDS = (180, 90, 60)  # days without activity, from the mildest assumption to the strongest


@dataclass(frozen=True)
class DormancyBand:
    """Length of a trajectory as registered, and with silent ones taken to have ended.

    Attributes
    ----------
    frame
        One row per assumption: ``silent_days`` (0: as registered), ``stopped`` (running ones taken to have ended), and
        ``median_months``, ``restricted_6_months``, ``restricted_12_months``, ``restricted_24_months`` each with
        ``..._low`` and ``..._high``. Without any known activity only the first row is there.
    curves
        The curve under each assumption at whole months, see `monthly_curve`, with ``silent_days``.
    median_low, median_high
        Lowest and highest median over the rows; None when one is not reached.
    n, n_missing
        Running trajectories, and those of them without a known last activity, which are taken to run.
    """

    frame: pd.DataFrame
    curves: pd.DataFrame
    median_low: shown.Estimate
    median_high: shown.Estimate
    n: Count
    n_missing: Count
    since: date
    reference_date: date
    evidence: Evidence


def dormancy_band(snapshot: Snapshot, spells: Spells, assumed: Sequence[int] = THRESHOLDS) -> DormancyBand:
    """Estimate the length of a trajectory under each assumption on silent ones.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    spells
        Its spells as registered.
    assumed
        Days without activity that make a trajectory silent, from the mildest assumption to the strongest.
    """
    running = _running(snapshot, spells.since)
    known = running["silent_days"].notna()
    thresholds = (None, *assumed) if known.any() else (None,)
    ended = spells.frame.loc[spells.frame["ended"], ["entry_days", "exit_days", "ended", "n"]]
    made = [_row(threshold, ended, running) for threshold in thresholds]
    frame = pd.DataFrame([row for row, _curve in made]).astype({"silent_days": int, "stopped": int})
    frame[list(frame.columns[2:])] = frame[list(frame.columns[2:])].astype(float)
    medians = frame["median_months"]
    reached = bool(medians.notna().all())
    return DormancyBand(
        frame=frame,
        curves=pd.concat([curve for _row, curve in made], ignore_index=True),
        median_low=float(medians.min()) if reached else None,
        median_high=float(medians.max()) if reached else None,
        n=int(running["n"].sum()),
        n_missing=int(running.loc[~known, "n"].sum()),
        since=spells.since,
        reference_date=spells.reference_date,
        evidence=spells.evidence,
    )


def dormancy_at(snapshot: Snapshot, spells: Spells, *, silent_days: int) -> DormancyBand:
    """Estimate the length as registered, and under one assumption on silent trajectories; see `dormancy_band`."""
    return dormancy_band(snapshot, spells, (silent_days,))


def _row(
    threshold: int | None, ended: pd.DataFrame, running: pd.DataFrame
) -> tuple[dict[str, float | None], pd.DataFrame]:
    """Estimates, and their curve, with running ones silent for the threshold or longer ended at their last activity."""
    limit = np.inf if threshold is None else threshold
    stopped = (running["silent_days"] >= limit).to_numpy()
    age = running["exit_days"] - running["silent_days"].fillna(0).where(stopped, 0).astype(int)
    changed = running.assign(exit_days=age, ended=stopped)
    # Whoever was last seen before the period is outside it, like any other that ended before.
    changed = changed[changed["exit_days"] >= changed["entry_days"]]
    spells = pd.concat([ended, changed[ended.columns]], ignore_index=True)
    curve = kaplan_meier(spells)
    row: dict[str, float | None] = {"silent_days": threshold or 0, "stopped": int(running.loc[stopped, "n"].sum())}
    row |= median_months(curve).columns("median")
    for horizon in HORIZONS:
        row |= restricted_mean_months(curve, horizon).columns(f"restricted_{horizon}")
    return row, monthly_curve(spells, curve).assign(silent_days=threshold or 0)


def _running(snapshot: Snapshot, since: date) -> pd.DataFrame:
    """Count running trajectories by entry, age and days since their last activity, which is null where unknown."""
    day = f"date '{snapshot.reference_date}'"
    relation, last = _with_last_activity(snapshot)
    # Activity before the start belongs to the intake: the earliest that support can have stopped is its start.
    # Written out, because DuckDB's least() passes over what is unknown.
    silent = f"case when {last} is not null then {day} - greatest({last}, start_date) end"
    frame = frame_of(
        relation,
        f"""select {entry_sql(since)} as entry_days, {day} - start_date as exit_days, {silent} as silent_days,
            sum(n)::bigint as n from t group by all order by all""",
    )
    return frame.astype({"silent_days": float})


def _with_last_activity(snapshot: Snapshot) -> tuple[DuckDBPyRelation, str]:
    """Return the running trajectories with ``n``, and the SQL of the last activity.

    Counts where hours were not delivered; else one by one, joined with their hours.
    """
    day = f"date '{snapshot.reference_date}'"
    options = []
    delivered = [column for column in ("last_activity_date",) if column in snapshot.trajectories.columns]
    if delivered:
        # A later activity is not known yet on the reference date, and says nothing of the one before it.
        options.append(f"case when last_activity_date <= {day} then last_activity_date end")
    if snapshot.hours is None:
        counted = snapshot.counts.counted("start_date", *delivered, "running")
        relation = counted.filter("running")
    else:
        relation = snapshot.trajectories.filter("end_date is null").project("*, 1 as n")
        worked = snapshot.hours.filter("coalesce(direct_hours, 0) + coalesce(indirect_hours, 0) > 0")
        last = worked.aggregate(f"trajectory_id, least(last_day(max(month)), {day}) as last_worked", "trajectory_id")
        relation = relation.set_alias("running").join(last.set_alias("worked"), "trajectory_id", how="left")
        options.append("last_worked")
    return relation, f"coalesce({', '.join(options)})" if options else "null::date"
