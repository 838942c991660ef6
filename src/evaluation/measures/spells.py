"""Trajectories as observed spells: how many entered, left and ended at each age, counted from a snapshot.

A spell is a trajectory looked at by its age in whole days since its start. It is at risk of ending from the age at
which it came under observation (0, or the age it had reached on the first day of the period) up to and including the
age at which it ended or the reference date came. A trajectory that ended before the period is outside. So one that ends
on the very day it started, or on the first day of the period, is at risk on that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.evidence import Evidence
from evaluation.snapshot import DAYS_PER_MONTH, Snapshot, frame_of, row_of

Floats = NDArray[np.float64]
ORIGINAL = "original_start_date"
MOST_TRANSFERRED = 100_000  # with more, each of their many combinations of days takes longer than all else together


@dataclass(frozen=True)
class Spells:
    """Counts of observed spells.

    Attributes
    ----------
    frame
        Columns ``entry_days``, ``exit_days`` (age at entry and at end or censoring, int), ``ended`` (bool), ``reason``
        (code of `end_reason`, empty where missing or still running) and ``n``; one row per different combination.
    starts
        Columns ``entry_days``, ``potential_days`` (age on the reference date had it not ended) and ``n``.
    from_original
        `frame` with ages since the original start of what had begun elsewhere before it came into the register; None
        when nothing had.
    n_transferred
        Spells that had.
    """

    frame: pd.DataFrame
    starts: pd.DataFrame
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    from_original: pd.DataFrame | None = None
    n_transferred: int = 0

    @property
    def period(self) -> str:
        """Period of observation, as a measure writes it."""
        return f"{self.since}/{self.reference_date}"


def observed_spells(snapshot: Snapshot, since: date) -> Spells:
    """Count the spells observed from `since` up to and including the reference date.

    Parameters
    ----------
    snapshot
        The register as known on the reference date.
    since
        First day of the observation period; earlier starts enter late, at the age that they had then.
    """
    starts = frame_of(
        snapshot.counts.counted("start_date", "end_date"),
        f"""select {entry_sql(since)} as entry_days, date '{snapshot.reference_date}' - start_date as potential_days,
            sum(n)::bigint as n from t where {observed_sql(since)} group by all order by all""",
    )
    frame = _frame(snapshot, since, "end_reason", "reason")
    moved = transferred(snapshot, since, "coalesce(cast(end_reason as varchar), '')", "reason")
    return Spells(
        frame=frame,
        starts=starts,
        since=since,
        reference_date=snapshot.reference_date,
        evidence=snapshot.evidence,
        source=snapshot.source,
        from_original=None if moved.empty else on_original_clock(frame, moved, "reason"),
        n_transferred=int(moved["n"].sum()),
    )


def transferred(snapshot: Snapshot, since: date, group_sql: str, name: str) -> pd.DataFrame:
    """Count the spells of trajectories that had begun elsewhere: as `Spells.frame`, with ``earlier_days`` before it.

    These are few, so that one aggregate over them costs less than their beginning in every count. A register without
    such a column has none, and one with more than `MOST_TRANSFERRED` of them is not counted on the other clock.
    """
    columns = ["entry_days", "exit_days", "ended", name, "earlier_days", "n"]
    if ORIGINAL not in snapshot.trajectories.columns or _n_original(snapshot) > MOST_TRANSFERRED:
        return pd.DataFrame(columns=columns)
    return frame_of(
        snapshot.trajectories,
        f"""select {entry_sql(since)} as entry_days,
            coalesce(end_date, date '{snapshot.reference_date}') - start_date as exit_days,
            end_date is not null as ended, {group_sql} as "{name}",
            start_date - try_cast({ORIGINAL} as date) as earlier_days, count(*)::bigint as n
            from t where try_cast({ORIGINAL} as date) < start_date and {observed_sql(since)}
            group by all order by all""",
    )


def _n_original(snapshot: Snapshot) -> int:
    """Trajectories with an original start, whether or not they were observed."""
    (n,) = row_of(snapshot.trajectories, f"select count({ORIGINAL}) from t")
    return int(n)


def transferred_by(snapshot: Snapshot, since: date, group: str) -> pd.DataFrame:
    """Count them per value of a column, or per ``start_year`` (of the start in the register)."""
    column = "year(start_date)" if group == "start_year" else group
    return transferred(snapshot, since, f"coalesce(cast({column} as varchar), '')", "group")


def on_original_clock(frame: pd.DataFrame, moved: pd.DataFrame, name: str) -> pd.DataFrame:
    """Count ages since the original start: what had begun elsewhere enters at the age that it had by then.

    Parameters
    ----------
    frame
        All spells, with ages since the start in the register.
    moved
        Those of them that had begun elsewhere: see `transferred`.
    name
        Column of the reason or the group.
    """
    ages = ["entry_days", "exit_days"]
    own = [*ages, "ended", name]
    taken_out = moved[own].assign(n=-moved["n"])
    put_back = moved[own].assign(**{age: moved[age] + moved["earlier_days"] for age in ages}, n=moved["n"])
    counted: pd.DataFrame = pd.concat([frame[[*own, "n"]], taken_out, put_back]).groupby(own, as_index=False).sum()
    return counted[counted["n"] > 0].reset_index(drop=True)


def spells_by(snapshot: Snapshot, since: date, group: str) -> pd.DataFrame:
    """Count spells per value of a column, or per ``start_year``: as `Spells.frame`, with ``group`` for ``reason``."""
    if group == "start_year":
        return _by_start_year(snapshot, since)
    return _frame(snapshot, since, group, "group")


def entry_sql(since: date) -> str:
    """SQL of the age at which a trajectory came under observation."""
    return f"greatest(date '{since}' - start_date, 0)"


def observed_sql(since: date) -> str:
    """SQL of whether a trajectory was observed at all: it had not ended before the period."""
    return f"coalesce(end_date >= date '{since}', true)"


def _frame(snapshot: Snapshot, since: date, column: str, name: str) -> pd.DataFrame:
    return frame_of(
        snapshot.counts.spells(since, snapshot.reference_date, column),
        f"""select entry_days, exit_days, ended, coalesce(cast({column} as varchar), '') as "{name}",
            sum(n)::bigint as n from t group by all order by all""",
    )


def _by_start_year(snapshot: Snapshot, since: date) -> pd.DataFrame:
    return frame_of(
        snapshot.counts.counted("start_date", "end_date"),
        f"""select {entry_sql(since)} as entry_days,
            coalesce(end_date, date '{snapshot.reference_date}') - start_date as exit_days,
            end_date is not null as ended, cast(year(start_date) as varchar) as "group", sum(n)::bigint as n
            from t where {observed_sql(since)} group by all order by all""",
    )


def at_risk(frame: pd.DataFrame, ages: Floats) -> Floats:
    """Count the spells at risk at each age in days: entered at that age or before, and not yet gone before it.

    Parameters
    ----------
    frame
        Columns ``entry_days``, ``exit_days`` and ``n``.
    ages
        Ages in days, in any order.
    """
    entered = _count_up_to(frame["entry_days"], frame["n"], ages, side="right")
    gone = _count_up_to(frame["exit_days"], frame["n"], ages, side="left")
    return entered - gone


def _count_up_to(values: pd.Series[int], weights: pd.Series[int], ages: Floats, side: str) -> Floats:
    order = np.argsort(values.to_numpy(), kind="stable")
    total = np.concatenate([[0.0], np.cumsum(weights.to_numpy(float)[order])])
    position = np.searchsorted(values.to_numpy()[order], ages, side="right" if side == "right" else "left")
    return np.asarray(total[position])


def follow_up_days(frame: pd.DataFrame) -> int | None:
    """Return the highest age up to which, from birth on, some spell was at risk at every age; None when at none.

    Beyond it nothing was seen: a curve that went on would be a guess.
    """
    ordered = frame.sort_values("entry_days")
    entry, reach = ordered["entry_days"].to_numpy(), np.maximum.accumulate(ordered["exit_days"].to_numpy())
    if not len(entry) or entry[0] > 0:
        return None
    holes = np.flatnonzero(entry[1:] > reach[:-1] + 1)
    return int(reach[holes[0]] if len(holes) else reach[-1])


def whole_months(days: int | None) -> range:
    """Ages in whole months from 0 that lie within a number of days; none when it is None."""
    return range(0 if days is None else int(days / DAYS_PER_MONTH) + 1)
