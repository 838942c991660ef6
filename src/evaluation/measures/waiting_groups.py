"""The share within a norm by team, and by the month or quarter in which the clock started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Evidence, Mark
from evaluation.measures.aalen_johansen import aalen_johansen
from evaluation.measures.clocks import Clock
from evaluation.measures.norms import Norm
from evaluation.measures.shares import UNKNOWN
from evaluation.measures.waiting import within_norm

TEAM, MONTH, QUARTER = "team", "month", "quarter"


@dataclass(frozen=True)
class WaitingByGroup:
    """Outcome at one norm by group.

    Attributes
    ----------
    grouping
        ``team``, ``month`` or ``quarter`` of entry.
    frame
        One row per group, the whole (empty ``group``) last: ``group`` (``2024-03``, ``2024-Q1``, a team, or
        ``unknown``), ``n``, ``reached`` (within the norm, as far as seen), ``share``, ``ci_low``, ``ci_high`` (null
        where nobody could be followed up to the norm yet) and ``method``.
    norm
        The norm.
    overlap
        Whether one share can lie in the intervals of all groups; None with fewer than two known ones.
    clock
        The clock, of whose counts these are parts. Not for showing.
    """

    name: str
    units: str
    grouping: str
    frame: pd.DataFrame
    norm: Norm
    overlap: bool | None
    since: date
    reference_date: date
    evidence: Evidence
    source: str
    clock: Clock | None

    @property
    def known(self) -> pd.DataFrame:
        """Rows of the groups with a share that is known and shown."""
        parts = self.frame.iloc[:-1]
        known = [not isinstance(share, Mark) and not pd.isna(share) for share in parts["share"]]
        return parts[pd.Series(known, parts.index, dtype=bool)]


def waiting_by_entry(clock: Clock, norm: Norm | None, least_per_month: int) -> WaitingByGroup | None:
    """By month of entry, or by quarter when the middle one of the months has fewer units than `least_per_month`."""
    months = clock.frame["entered"].dt.to_period("M")
    typical = months.value_counts().median() if len(months) else 0
    grouping = MONTH if typical >= least_per_month else QUARTER
    labels = clock.frame["entered"].dt.to_period("M" if grouping == MONTH else "Q").astype(str)
    return _by_group(clock, norm, grouping, labels.str.replace("Q", "-Q"))


def waiting_by_team(clock: Clock, norm: Norm | None) -> WaitingByGroup | None:
    """By the team that the request went to."""
    return _by_group(clock, norm, TEAM, clock.frame["team"].fillna(UNKNOWN).astype(str))


def _by_group(clock: Clock, norm: Norm | None, grouping: str, labels: pd.Series[str]) -> WaitingByGroup | None:
    if norm is None:
        return None
    parts = [(str(group), rows) for group, rows in clock.frame.groupby(labels, sort=True)]
    rows = []
    for group, frame in [*parts, ("", clock.frame)]:
        found = within_norm(frame, aalen_johansen(frame), norm)
        interval = (found.share.value, found.share.low, found.share.high)
        rows.append((group, len(frame), found.reached, *interval, found.method))
    columns = ["group", "n", "reached", "share", "ci_low", "ci_high", "method"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("share", "ci_low", "ci_high"), object))
    return WaitingByGroup(
        name=clock.name,
        units=clock.units,
        grouping=grouping,
        frame=frame,
        norm=norm,
        overlap=_overlap(frame.iloc[:-1]),
        since=clock.since,
        reference_date=clock.reference_date,
        evidence=clock.evidence,
        source=clock.source,
        clock=clock,
    )


def _overlap(groups: pd.DataFrame) -> bool | None:
    bounded = groups.dropna(subset=["ci_low", "ci_high"])
    if len(bounded) < 2:
        return None
    return bool(bounded["ci_low"].astype(float).max() <= bounded["ci_high"].astype(float).min())
