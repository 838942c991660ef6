"""Shares of a whole and of its parts, with intervals that hold for few units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from evaluation.evidence import Count, Estimate, Evidence, Mark, Measure, confidence

# Name here -> name in statsmodels.
INTERVALS = {"clopper_pearson": "beta", "wilson": "wilson", "jeffreys": "jeffreys"}
CONFIDENCE = 0.95
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Shares:
    """Shares of units with a property, in the whole and by group.

    Attributes
    ----------
    kind, of
        What is counted and among what, as cells of a publication name it: ``answered`` of ``invited``.
    dimension
        Column that the groups come from; empty when there are none.
    frame
        One row per group, the whole (empty ``group``) last: ``group``, ``count``, ``n`` (units of which it is known),
        ``n_missing``, ``share``, ``ci_low``, ``ci_high`` (Wilson; null without units). The groups are a partition.
    since, reference_date
        Period and day that it describes; `since` is None for all that is known on the day.
    level
        Coverage of the intervals.
    names
        Names of groups that this project gives and no delivery; any other that is no code is gathered when protected.
    """

    kind: str
    of: str
    dimension: str
    frame: pd.DataFrame
    since: date | None
    reference_date: date
    evidence: Evidence
    source: str
    level: float = CONFIDENCE
    names: frozenset[str] = frozenset()

    @property
    def whole(self) -> pd.Series:
        """The row of the whole."""
        return self.frame.iloc[-1]

    def of_group(self, group: str) -> pd.Series | None:
        """The row of a group, None when there is no such group."""
        rows = self.frame[self.frame["group"] == group]
        return None if rows.empty else rows.iloc[0]

    def measure(self, id: str, unit: str = "share", method: str = "") -> Measure:  # noqa: A002 - the field is called so
        """Return the share of the whole for ``results.json``."""
        row = self.whole
        low, high = (plain_value(row[name]) for name in ("ci_low", "ci_high"))
        return Measure(
            id=id,
            estimate=plain_value(row["share"]),
            unit=unit,
            method=method or f"{self.kind} of {self.of}, Wilson interval",
            period=str(self.reference_date) if self.since is None else f"{self.since}/{self.reference_date}",
            n=row["n"] if isinstance(row["n"], Mark) else int(row["n"]),
            n_missing=row["n_missing"] if isinstance(row["n_missing"], Mark) else int(row["n_missing"]),
            **confidence(low, high, self.level),
            evidence=self.evidence,
            sources=(self.source,),
        )


def shares(
    units: pd.DataFrame,
    kind: str,
    of: str,
    *,
    reference_date: date,
    evidence: Evidence,
    source: str,
    dimension: str = "",
    since: date | None = None,
    level: float = CONFIDENCE,
    names: Iterable[str] = (),
) -> Shares:
    """Count a property in the whole and by group.

    Parameters
    ----------
    units
        One row per unit: ``has`` (True, False or null where it is not known) and, with a `dimension`, that column
        (null becomes the group ``unknown``).
    kind, of, dimension, since, reference_date, evidence, source, level, names
        As in `Shares`.
    """
    counted = units.assign(
        count=units["has"].eq(True).fillna(False), n=units["has"].notna(), n_missing=units["has"].isna()
    )
    columns = ["count", "n", "n_missing"]
    rows = pd.DataFrame([{"group": "", **counted[columns].sum().astype(int)}])
    if dimension:
        groups = counted.groupby(counted[dimension].fillna(UNKNOWN).astype(str))[columns].sum().astype(int)
        rows = pd.concat([groups.rename_axis("group").reset_index(), rows], ignore_index=True)
    frame = with_shares(rows, level)
    known = frozenset({*names, UNKNOWN})
    return Shares(kind, of, dimension, frame, since, reference_date, evidence, source, level, known)


def with_shares(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add ``share`` and its Wilson interval to rows of ``count`` and ``n``; a row with a mark gets that mark."""
    found = [share_of(count, n, level) for count, n in zip(rows["count"], rows["n"], strict=True)]
    columns = {name: [values[at] for values in found] for at, name in enumerate(("share", "ci_low", "ci_high"))}
    return rows.assign(**{name: pd.Series(values, rows.index, dtype=object) for name, values in columns.items()})


def share_of(count: Count, n: Count, level: float) -> tuple[Estimate, Estimate, Estimate]:
    """Return a share with its Wilson interval: unknown without units, withheld when one of the counts is."""
    for value in (count, n):
        if isinstance(value, Mark):
            return value, value, value
    if not n:
        return None, None, None
    low, high = proportion_confint(int(count), int(n), alpha=1 - level, method="wilson")  # type: ignore[arg-type]
    return count / n, float(low), float(high)  # type: ignore[operator]


def proportion_intervals(count: int, n: int, level: float, methods: Sequence[str] = tuple(INTERVALS)) -> pd.DataFrame:
    """Return intervals for a proportion.

    Clopper-Pearson covers at least at its level for every true share; Wilson inverts the score test; Jeffreys is the
    Bayesian interval under a Beta(1/2, 1/2) prior. See Brown, Cai and DasGupta (2001), Statistical Science 16(2).

    Parameters
    ----------
    count, n
        Successes and trials.
    level
        Coverage, a share.
    methods
        Which of `INTERVALS`.

    Returns
    -------
    pandas.DataFrame
        Columns ``method``, ``low``, ``high`` (shares).
    """
    rows = [
        (name, *(float(end) for end in proportion_confint(count, n, alpha=1 - level, method=INTERVALS[name])))
        for name in methods
    ]
    return pd.DataFrame(rows, columns=["method", "low", "high"])


def plain_value(value: object) -> Estimate:
    """Return a cell of a frame of shares as a plain value; what is missing is None."""
    if isinstance(value, Mark):
        return value
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]
