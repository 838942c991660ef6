"""Family by family: is the change more than measurement error; goals attained; and the change of every family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from evaluation.evidence import Count, Estimate, Evidence, Measure, confidence
from evaluation.measures.kaplan_meier import Estimated
from evaluation.measures.paired import mean_interval, reliable_threshold
from evaluation.measures.pilot_change import LEVEL, count_of, value_of
from evaluation.measures.pilot_scores import GOALS, MOMENTS, T_SCORE, Instrument, PairedScores
from evaluation.measures.shares import share_of
from evaluation.measures.spells import Floats

CLASSES = ("improved", "unchanged", "worse")
AS_EXPECTED = 50  # T score of goals attained as expected


@dataclass(frozen=True)
class ReliableChange:
    """Families that changed by more than measurement error, per outcome, the primary one first.

    Attributes
    ----------
    frame
        Columns ``instrument``, ``domain``, ``threshold`` (points), ``improved``, ``unchanged``, ``worse`` (families; a
        partition of ``n``; null when that is 0), ``n``, ``n_missing``, ``share``, ``ci_low``, ``ci_high`` (share
        improved of ``n``, Wilson) and ``share_worst``, ``share_best`` (of all families when none or all of the missing
        ones improved). Where the reliability or the spread of a norm group is unknown, all but ``n`` and ``n_missing``
        are null.
    instruments
        The outcome of each row.
    """

    frame: pd.DataFrame
    instruments: tuple[Instrument, ...]
    follow_up: str
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def primary(self) -> pd.Series:
        """The row of the primary outcome."""
        return self.frame.iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row, one = self.primary, self.instruments[0]
        return (
            Measure(
                id="pilot_change.reliably_improved_share",
                estimate=value_of(row["share"]),
                unit="share",
                method=f"reliable change index above 1.96, {one.code}, Wilson interval",
                period=str(self.reference_date),
                n=count_of(row["n"]),
                n_missing=count_of(row["n_missing"]),
                **confidence(value_of(row["ci_low"]), value_of(row["ci_high"]), LEVEL),
                evidence=self.evidence,
                sources=(self.source, "instruments"),
            ),
        )


@dataclass(frozen=True)
class FamilyLines:
    """Every score of every family on the primary outcome.

    Attributes
    ----------
    frame
        Columns ``t0``, ``t6``, ``t12``, ``end`` (points, null where missing), ``before`` and ``after`` (the pair),
        ``change`` (``improved``, ``unchanged``, ``worse``; without a threshold by its direction alone; empty without
        a pair) and ``reason`` (why there is no pair), ordered by the first score; no key. Empty where persons may not
        be shown.
    withheld
        Whether rows were left out for the sake of the families.
    """

    frame: pd.DataFrame
    withheld: bool
    instrument: Instrument
    follow_up: str
    reference_date: date
    evidence: Evidence


@dataclass(frozen=True)
class GoalAttainment:
    """Goal attainment T scores at the later moment.

    Attributes
    ----------
    mean
        Mean T with Student's interval; 50 is as expected.
    as_expected
        Families with a T of 50 or more.
    n, n_missing
        Families with and without a T score.
    goals
        Goals per family, mean.
    """

    mean: Estimated
    as_expected: Count
    n: Count
    n_missing: Count
    goals: Estimate
    follow_up: str
    reference_date: date
    evidence: Evidence
    source: str

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        return (
            Measure(
                id="pilot_change.goal_score_mean",
                estimate=self.mean.value,
                unit="points",
                method="mean T score of the goals of a family, Student's interval",
                period=str(self.reference_date),
                n=self.n,
                n_missing=self.n_missing,
                **confidence(self.mean.low, self.mean.high, LEVEL),
                evidence=self.evidence,
                sources=(self.source,),
            ),
        )


def reliable_change(pairs: PairedScores) -> ReliableChange:
    """Count families by whether they changed by more than measurement error (Jacobson and Truax 1991)."""
    return ReliableChange(
        pd.DataFrame([_row(pairs, one) for one in pairs.instruments]),
        pairs.instruments,
        pairs.follow_up,
        pairs.reference_date,
        pairs.evidence,
        pairs.source,
    )


def _row(pairs: PairedScores, one: Instrument) -> dict[str, object]:
    change, families = pairs.changes(one), len(pairs.of(one))
    threshold = reliable_threshold(one.norm_sd, one.reliability)
    missing = families - len(change)
    row: dict[str, object] = {"instrument": one.name, "domain": one.domain, "threshold": threshold}
    known = threshold is not None and len(change) > 0
    sizes = _classes(change, threshold or 0.0) if known else dict.fromkeys(CLASSES, None)
    improved = sizes["improved"]
    share = (None, None, None) if improved is None else share_of(improved, len(change), LEVEL)
    outer = (None, None) if improved is None or not families else (improved, improved + missing)
    return {
        **row,
        **sizes,
        "n": len(change),
        "n_missing": missing,
        **dict(zip(("share", "ci_low", "ci_high"), share, strict=True)),
        **{
            name: None if end is None else end / families
            for name, end in zip(("share_worst", "share_best"), outer, strict=True)
        },
    }


def _classes(change: Floats, threshold: float) -> dict[str, int | None]:
    found = pd.Series([_class(one, threshold) for one in change], dtype=object)
    return {name: int((found == name).sum()) for name in CLASSES}


def _class(change: float, threshold: float) -> str:
    """Of one family; a change of exactly the threshold is not more than it."""
    if abs(change) <= threshold:
        return "unchanged"
    return "improved" if change > 0 else "worse"


def family_lines(pairs: PairedScores) -> FamilyLines:
    """Return every score of every family on the primary outcome, without its key."""
    one = pairs.primary
    threshold = reliable_threshold(one.norm_sd, one.reliability) or 0.0
    wide = pairs.history.pivot_table(index="family", columns="moment", values="score").reindex(columns=list(MOMENTS))
    rows = pairs.of(one).merge(wide.reset_index(), how="left", on="family")
    signed = one.sign * (rows["after"] - rows["before"])
    rows["change"] = ["" if pd.isna(change) else _class(float(change), threshold) for change in signed]
    frame = rows.sort_values(["before", "after", "family"])[[*MOMENTS, "before", "after", "change", "reason"]]
    return FamilyLines(frame.reset_index(drop=True), False, one, pairs.follow_up, pairs.reference_date, pairs.evidence)


def goal_attainment(pairs: PairedScores) -> GoalAttainment:
    """Average the T scores of all families that have one at the later moment (Kiresuk and Sherman 1968)."""
    rows = pairs.frame[(pairs.frame["instrument"] == GOALS) & (pairs.frame["domain"] == T_SCORE)]
    scored = rows["after"].dropna()
    families = pairs.frame["family"].nunique()
    goals = pairs.goals[pairs.goals["family"].isin(rows.loc[scored.index, "family"])]["goals"]
    return GoalAttainment(
        mean=mean_interval(scored, LEVEL),
        as_expected=int((scored >= AS_EXPECTED).sum()),
        n=len(scored),
        n_missing=families - len(scored),
        goals=float(goals.mean()) if len(goals) else None,
        follow_up=pairs.follow_up,
        reference_date=pairs.reference_date,
        evidence=pairs.evidence,
        source=pairs.source,
    )
