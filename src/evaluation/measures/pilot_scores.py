"""Scores of the pilot families at the start and at one later moment, side by side, and why one is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from evaluation.evidence import Evidence, weakest
from evaluation.measures.paired import goal_attainment_t
from evaluation.snapshot import DAYS_PER_MONTH, Records

GOALS, T_SCORE = "GAS", "t-score"
# Who is believed first where several gave both scores: the one least involved in the support.
RATERS = ("independent", "parent", "youth", "worker")
MONTHS = {"t6": 6, "t12": 12}
MOMENTS = ("t0", "t6", "t12", "end")
NO_BASELINE, NOT_DUE, RUNNING, OUTSIDE, NO_REASON = "no_baseline", "not_due", "running", "outside_scale", "no_reason"
OWN_REASONS = (NO_BASELINE, NOT_DUE, RUNNING, OUTSIDE, NO_REASON)


@dataclass(frozen=True)
class Instrument:
    """One outcome of an instrument, as ``data/instruments.csv`` describes it; what was not found is None.

    Attributes
    ----------
    name, domain, domain_nl
        Of the instrument and its domain, and the Dutch name under which a delivery may have it.
    higher_is_better
        Direction of the scale.
    low, high
        Ends of the scale, points.
    reliability, reliability_kind, norm_sd
        For reliable change.
    source
        Where these come from.
    """

    name: str
    domain: str
    domain_nl: str
    higher_is_better: bool | None
    low: float | None
    high: float | None
    reliability: float | None
    reliability_kind: str
    norm_sd: float | None
    source: str
    remark: str = ""

    @property
    def code(self) -> str:
        """Name of the outcome, ``SDQ total``."""
        return f"{self.name} {self.domain}"

    @property
    def sign(self) -> int:
        """What turns a change into a change for the better."""
        return 1 if self.higher_is_better else -1

    def holds(self, score: float) -> bool:
        """Whether a score lies on the scale; any does where the scale is unknown."""
        return (self.low is None or score >= self.low) and (self.high is None or score <= self.high)


class Score(NamedTuple):
    """One row of the scores of a family on an outcome."""

    rater: str
    moment: str
    value: float | None
    reason: str

    def lies_on(self, one: Instrument) -> bool:
        """Whether there is a score, and on the scale."""
        return self.value is not None and one.holds(self.value)


@dataclass(frozen=True)
class PairedScores:
    """Two scores per family and outcome. Never shown: it is a row per family.

    Attributes
    ----------
    frame
        One row per family and outcome: ``family``, ``instrument``, ``domain``, ``before``, ``after`` (points, null
        where missing), ``rater`` (of the pair; empty when unknown) and ``reason`` (why the pair is not complete, empty
        when it is). Every family has a row for every outcome.
    instruments
        The outcomes that were found, the primary one first.
    not_compared
        Outcomes in the delivery that are left out because their direction is unknown; empty text stands for those that
        are not described at all, whose name could be anything.
    history
        Every score on the primary outcome by the rater of the pair: ``family``, ``moment`` and ``score``.
    goals
        One row per family: ``family`` and ``goals``, the number of goals in its T score.
    follow_up
        The later moment: ``t6``, ``t12`` or ``end``.
    """

    frame: pd.DataFrame
    instruments: tuple[Instrument, ...]
    not_compared: tuple[str, ...]
    history: pd.DataFrame
    goals: pd.DataFrame
    follow_up: str
    reference_date: date
    evidence: Evidence
    source: str

    @property
    def primary(self) -> Instrument:
        """The outcome that was named in advance."""
        return self.instruments[0]

    def of(self, instrument: Instrument) -> pd.DataFrame:
        """Rows of one outcome, one per family."""
        frame = self.frame
        return frame[(frame["instrument"] == instrument.name) & (frame["domain"] == instrument.domain)]

    def changes(self, instrument: Instrument) -> np.typing.NDArray[np.float64]:
        """Changes for the better of the families with both scores, points."""
        rows = self.of(instrument)
        return (instrument.sign * (rows["after"] - rows["before"])).dropna().to_numpy(float)


def paired_scores(
    families: Records, scores: Records, instruments: Sequence[Instrument], primary: Instrument, follow_up: str
) -> PairedScores:
    """Put the first and the later score of each family side by side, given by the same rater.

    Parameters
    ----------
    families, scores
        The tables ``pilot_families`` and ``pilot_scores``.
    instruments
        What is known of the outcomes.
    primary
        The outcome that was named in advance, one of `instruments`.
    follow_up
        ``t6``, ``t12`` or ``end``.
    """
    known = families.frame("select family_key as family, start_date, end_date from t where family_key is not null")
    rows = scores.frame(
        """select family_key as family, upper(trim(instrument)) as instrument,
            lower(trim(coalesce(domain, 'total'))) as domain, coalesce(rater, '') as rater, moment, score,
            missing_reason from t where family_key is not null and instrument is not null order by all"""
    )
    rows, goals = _with_goal_scores(rows, follow_up)
    named = {f"{one.name} {name}": one.code for one in instruments for name in (one.domain, one.domain_nl)}
    rows["outcome"] = (rows["instrument"] + " " + rows["domain"]).map(named)
    compared = {one.code for one in instruments if one.higher_is_better is not None}
    found = rows[rows["outcome"].isin(compared)]
    present = {primary.code, *found["outcome"]}
    outcomes = (primary, *(one for one in instruments if one.code in present and one != primary))
    everyone = sorted({*known["family"], *rows["family"]})
    reasons = _reasons(known, follow_up, scores.reference_date)
    paired = found[found["moment"].isin(("t0", follow_up))]
    pairs = [
        _pair(one, family, group, follow_up, reasons.get(family, ""))
        for one in outcomes
        for family, group in _by_family(paired[paired["outcome"] == one.code], everyone)
    ]
    left = rows[~rows["outcome"].isin(compared)]
    columns = ["family", "instrument", "domain", "before", "after", "rater", "reason"]
    frame = pd.DataFrame(pairs, columns=columns).astype({"before": float, "after": float})
    return PairedScores(
        frame=frame,
        instruments=outcomes,
        not_compared=tuple(sorted(left["outcome"].fillna("").unique())),
        history=_history(found[found["outcome"] == primary.code], frame, primary),
        goals=goals,
        follow_up=follow_up,
        reference_date=scores.reference_date,
        evidence=weakest((families.evidence, scores.evidence)),
        source=scores.source,
    )


def _history(rows: pd.DataFrame, pairs: pd.DataFrame, primary: Instrument) -> pd.DataFrame:
    """Every score on the primary outcome by the rater of each family's pair."""
    own = pairs[(pairs["instrument"] == primary.name) & (pairs["domain"] == primary.domain)]
    raters = dict(zip(own["family"], own["rater"], strict=True))
    chosen = rows["rater"].where(rows["rater"].isin(RATERS), "") == rows["family"].map(raters)
    scored = rows[chosen & rows["score"].notna()]
    on_scale = [primary.holds(float(score)) for score in scored["score"]]
    return scored.loc[on_scale, ["family", "moment", "score"]].drop_duplicates(["family", "moment"])


def _by_family(rows: pd.DataFrame, families: Sequence[str]) -> list[tuple[str, list[Score]]]:
    groups: dict[str, list[Score]] = {}
    columns = ["family", "rater", "moment", "score", "missing_reason"]
    for family, rater, moment, score, why in rows[columns].itertuples(index=False, name=None):
        reason = "" if pd.isna(why) else str(why)
        own = rater if rater in RATERS else ""
        groups.setdefault(family, []).append(Score(own, moment, None if pd.isna(score) else float(score), reason))
    return [(family, groups.get(family, [])) for family in families]


def _pair(
    one: Instrument, family: str, rows: Sequence[Score], follow_up: str, due: str
) -> tuple[str, str, str, float, float, str, str]:
    """The pair of the rater who gave both scores and is least involved, else what there is of it."""
    found = []
    for rank, rater in enumerate((*RATERS, "")):
        before, after = (
            next((row.value for row in rows if (row.rater, row.moment) == (rater, moment) and row.lies_on(one)), None)
            for moment in ("t0", follow_up)
        )
        found.append(((before is None) + (after is None), rank, rater, before, after))
    missing, _, rater, before, after = min(found, key=lambda pair: pair[:2])
    reason = "" if not missing else _why(rows, one, before, follow_up, due)
    scores = (math.nan if score is None else score for score in (before, after))
    return family, one.name, one.domain, *scores, rater if missing < 2 else "", reason  # type: ignore[return-value]


def _why(rows: Sequence[Score], one: Instrument, before: float | None, follow_up: str, due: str) -> str:
    if any(row.value is not None and not row.lies_on(one) for row in rows):
        return OUTSIDE
    later = [row for row in rows if row.moment == follow_up]
    if given := [row.reason for row in later if row.reason]:
        return given[0]
    if due and all(row.value is None for row in later):
        return due
    return NO_BASELINE if before is None else NO_REASON


def _reasons(families: pd.DataFrame, follow_up: str, on: date) -> dict[str, str]:
    """Families whose later moment has not come yet."""
    if follow_up == "end":
        waiting = families[families["end_date"].isna()]
        return dict.fromkeys(waiting["family"], RUNNING)
    due = families["start_date"] + pd.Timedelta(days=MONTHS[follow_up] * DAYS_PER_MONTH)
    return dict.fromkeys(families.loc[due > pd.Timestamp(on), "family"], NOT_DUE)


def _with_goal_scores(rows: pd.DataFrame, follow_up: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Replace the goals of each family by their T score, over the goals that were scored at both moments if any."""
    is_goal = (rows["instrument"] == GOALS) & (rows["domain"] != T_SCORE)
    made: list[tuple[object, ...]] = []
    counted = []
    for (family, rater), own in rows[is_goal].groupby(["family", "rater"]):
        scored = own[own["score"].between(-2, 2)]
        moments = scored[scored["moment"].isin(("t0", follow_up))].groupby("domain")["moment"].nunique()
        both = moments.index[moments > 1]
        for moment, at in own.groupby("moment"):
            kept = scored[(scored["moment"] == moment) & (scored["domain"].isin(both) | both.empty)]
            t = goal_attainment_t(kept["score"].tolist())
            reason = at["missing_reason"].dropna()
            why = None if t is not None or reason.empty else reason.iloc[0]
            made.append((family, GOALS, T_SCORE, rater, moment, math.nan if t is None else t, why))
            if moment == follow_up and len(kept):
                counted.append((family, len(kept)))
    frame = pd.DataFrame(made, columns=rows.columns)
    together = pd.concat([rows[~is_goal], frame], ignore_index=True) if made else rows[~is_goal].reset_index(drop=True)
    return together, pd.DataFrame(counted, columns=["family", "goals"]).drop_duplicates("family")
