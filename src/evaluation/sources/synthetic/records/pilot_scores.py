"""Invented scores of the pilot families on instruments that such a pilot could use; nothing of them was published.

Each family has a true level, and a true change that grows with its months in support; a score is the level at that
moment plus an error of measurement, rounded to the scale. So an estimator can be held against `INVENTED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic.records.core import Core

MONTHS = {"t0": 0, "t6": 6, "t12": 12}
GOALS = (2, 5)  # goals per family, the last not included


@dataclass(frozen=True)
class Outcome:
    """What the scores on one outcome are drawn from.

    Attributes
    ----------
    mean, spread
        Of the true level at the start, points.
    change, change_spread
        Mean and spread of the true change in six months, points on the scale itself.
    error
        Standard deviation of the error of one score, points.
    low, high, step
        Ends and step of the scale.
    rater
        Who scores.
    """

    instrument: str
    domain: str
    mean: float
    spread: float
    change: float
    change_spread: float
    error: float
    low: float
    high: float
    step: float
    rater: str


@dataclass(frozen=True)
class PilotScoresTruth:
    """What is drawn from; every value is invented.

    Attributes
    ----------
    outcomes
        One per questionnaire. The direction of the VGFO is not known here, so no change is drawn for it.
    goal_start, goal_change, goal_spread
        Goal attainment: mean score of a goal at the start, mean change in six months, spread.
    missing_start, missing_later
        Share of families that give no score at a moment, for all instruments at once.
    missing_item
        Share of single scores that is missing besides.
    reasons, reason_shares
        Reasons that are registered for those, the last one empty.
    independent
        Share of families in which somebody independent scores the ZRM as well.
    scored_late_days
        A score is given up to so many days after its moment.
    """

    outcomes: tuple[Outcome, ...] = (
        Outcome("SDQ", "total", 16.0, 4.5, -2.2, 2.5, 2.3, 0, 40, 1, "parent"),
        Outcome("SDQ", "prosocial", 6.8, 1.4, 0.1, 0.8, 1.0, 0, 10, 1, "parent"),
        Outcome("OBVL", "total", 82.0, 11.0, -6.0, 6.0, 5.0, 34, 136, 1, "parent"),
        Outcome("EMPO", "total", 41.0, 5.0, 2.0, 3.0, 3.0, 12, 60, 1, "parent"),
        Outcome("VGFO", "total", 70.0, 8.0, 0.0, 4.0, 4.0, 28, 112, 1, "parent"),
        Outcome("ZRM", "total", 3.2, 0.4, 0.25, 0.25, 0.2, 1, 5, 0.1, "worker"),
    )
    goal_start: float = -1.2
    goal_change: float = 1.0
    goal_spread: float = 0.6
    missing_start: float = 0.05
    missing_later: float = 0.15
    missing_item: float = 0.04
    reasons: tuple[str, ...] = ("refused", "not_reached", "not_asked", "")
    reason_shares: tuple[float, ...] = (0.3, 0.4, 0.2, 0.1)
    independent: float = 0.3
    scored_late_days: int = 21


INVENTED = PilotScoresTruth()


def draw_pilot_scores(
    core: Core, rng: np.random.Generator, truth: PilotScoresTruth = INVENTED
) -> Mapping[str, pd.DataFrame]:
    """Return ``pilot_scores``: a row per family, outcome, rater and moment up to the last day of the registry."""
    rows: list[tuple[object, ...]] = []
    last = pd.Timestamp(core.observed_until)
    families = core.pilot_families.sort_values("family_key")[["family_key", "start_date", "end_date"]]
    for key, start, end in families.itertuples(index=False, name=None):
        moments = _moments(start, end)
        scorers = _scorers(rng, truth, moments)
        absent = {
            moment: rng.random() < (truth.missing_later if months else truth.missing_start)
            for moment, (_on, months, _gone) in moments.items()
        }
        for moment, (on, _months, gone) in moments.items():
            scored_on = on + pd.Timedelta(days=int(rng.integers(0, truth.scored_late_days)))
            reason = str(rng.choice(truth.reasons, p=truth.reason_shares))
            for instrument, domain, rater, scores in scorers:
                skipped = absent[moment] or rng.random() < truth.missing_item
                if scored_on > last:
                    continue
                why = "left" if gone else reason if skipped else ""
                score = None if gone or skipped else scores[moment]
                rows.append((key, instrument, domain, rater, moment, score, scored_on, why or None))
    columns = ["family_key", "instrument", "domain", "rater", "moment", "score", "scored_on", "missing_reason"]
    return {"pilot_scores": pd.DataFrame(rows, columns=columns)}


def _moments(start: pd.Timestamp, end: pd.Timestamp) -> dict[str, tuple[pd.Timestamp, float, bool]]:
    """Day of each moment, months in support by then, and whether the family had left before it."""
    moments = {}
    for name, months in MONTHS.items():
        on = start + pd.Timedelta(days=round(months * DAYS_PER_MONTH))
        gone = not pd.isna(end) and on > end
        moments[name] = (on, float(months), gone)
    if not pd.isna(end):
        moments["end"] = (end, (end - start).days / DAYS_PER_MONTH, False)
    return moments


def _scorers(
    rng: np.random.Generator, truth: PilotScoresTruth, moments: Mapping[str, tuple[pd.Timestamp, float, bool]]
) -> list[tuple[str, str, str, dict[str, float]]]:
    """Scores of one family by moment: per outcome and rater, and per goal."""
    found = []
    for one in truth.outcomes:
        level, change = rng.normal(one.mean, one.spread), rng.normal(one.change, one.change_spread)
        seconded = one.rater == "worker" and rng.random() < truth.independent
        for rater in (one.rater, "independent")[: 1 + seconded]:
            scores = {}
            for moment, (_on, months, _gone) in moments.items():
                # The change levels off after a year.
                seen = level + change * min(months, 12) / 6 + rng.normal(0, one.error)
                scores[moment] = float(np.clip(round(seen / one.step) * one.step, one.low, one.high).round(1))
            found.append((one.instrument, one.domain, rater, scores))
    for goal in range(int(rng.integers(*GOALS))):
        change = rng.normal(truth.goal_change, truth.goal_spread)
        scores = {
            moment: float(np.clip(round(truth.goal_start + change * min(months, 12) / 6), -2, 2))
            for moment, (_on, months, _gone) in moments.items()
        }
        found.append(("GAS", f"goal {goal + 1}", "worker", scores))
    return found
