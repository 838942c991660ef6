"""The client survey: invitations over four waves, nearly all unanswered, and answers that are happier than the clients.

Everything here is invented but one thing: the response stays below 5 percent, as the council was told (B68). Satisfied
clients answer more than twice as often as others, so the share among the answers lies far above the true one. That
share is known here, and an estimator can be held against it; no table of the registry holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from evaluation.sources.synthetic.records.core import Core

YOUNG = 12  # years; below it parents answer


@dataclass(frozen=True)
class SurveyTruth:
    """What the survey is drawn from.

    Attributes
    ----------
    waves
        Name, day and response of each wave; a client is invited once, in the first wave after the first start.
    satisfied_share
        Exact share of satisfied clients among those invited: the truth that the answers do not show.
    satisfied_by_age
        How much more likely a young child's parents are to be satisfied than others, on the scale of log odds.
    answer_satisfied, answer_by_phone, answer_young
        How much more eager a satisfied client is to answer than another one; and one asked by phone, and the parents of
        a young child, than others.
    modes, mode_shares
        Ways of asking, and their shares.
    early_days, late_days
        Mean days until an answer of a satisfied and of another client.
    score_missing, goal_missing, moment_missing, mode_missing
        Shares of the answers without a score, without a goal score and without a day, and of the invitations without
        a mode.
    """

    waves: tuple[tuple[str, date, float], ...] = (
        ("M1", date(2023, 5, 15), 0.046),
        ("M2", date(2023, 11, 13), 0.051),
        ("M3", date(2024, 5, 13), 0.049),
        ("M4", date(2024, 11, 4), 0.045),
    )
    satisfied_share: float = 0.62
    satisfied_by_age: float = 0.5
    answer_satisfied: float = 2.4
    answer_by_phone: float = 1.8
    answer_young: float = 1.3
    modes: tuple[str, ...] = ("online", "post", "telefoon")
    mode_shares: tuple[float, ...] = (0.7, 0.24, 0.06)
    early_days: float = 10.0
    late_days: float = 16.0
    score_missing: float = 0.06
    goal_missing: float = 0.2
    moment_missing: float = 0.02
    mode_missing: float = 0.01


TRUTH = SurveyTruth()


def draw_questionnaires(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``questionnaires``."""
    invited = _invited(core)
    n = len(invited)
    young = (invited["invited_on"].dt.year - invited["birth_year"] < YOUNG).to_numpy()
    satisfied = _satisfied(young, rng)
    mode = rng.choice(TRUTH.modes, n, p=TRUTH.mode_shares)
    eager = np.where(satisfied, TRUTH.answer_satisfied, 1)
    eager = eager * np.where(mode == "telefoon", TRUTH.answer_by_phone, 1) * np.where(young, TRUTH.answer_young, 1)
    days = 1 + np.floor(rng.exponential(np.where(satisfied, TRUTH.early_days, TRUTH.late_days)))
    answered_on = invited["invited_on"] + pd.to_timedelta(days, "D")
    in_time = (answered_on <= pd.Timestamp(core.observed_until)).to_numpy()
    answered = _answered(invited["wave"], eager, rng) & in_time
    score = np.where(satisfied, rng.choice([7, 8, 9, 10], n, p=[0.3, 0.4, 0.2, 0.1]), rng.integers(2, 7, n))
    goal = np.clip(score + rng.integers(-2, 2, n), 1, 10)
    return {
        "questionnaires": pd.DataFrame(
            {
                "questionnaire_id": [f"Q{number:05d}" for number in range(1, n + 1)],
                "invited_on": invited["invited_on"],
                "wave": invited["wave"],
                "mode": _blank(pd.Series(mode, dtype=object), rng.random(n) < TRUTH.mode_missing),
                "answered": answered,
                "answered_on": answered_on.where(answered & (rng.random(n) >= TRUTH.moment_missing)),
                "score": _points(score, answered & (rng.random(n) >= TRUTH.score_missing)),
                "goal_score": _points(goal, answered & (rng.random(n) >= TRUTH.goal_missing)),
                "client_key": invited["client_key"],
            }
        )
    }


def _invited(core: Core) -> pd.DataFrame:
    """Each client once, in the first wave after the first start: ``client_key``, ``birth_year``, wave and day."""
    started = core.trajectories.groupby("client_key")["start_date"].min().rename("started").reset_index()
    people = started.merge(core.clients[["client_key", "birth_year"]], on="client_key")
    waves = pd.DataFrame([wave[:2] for wave in TRUTH.waves], columns=["wave", "invited_on"])
    waves = waves[waves["invited_on"] <= core.observed_until].astype({"invited_on": people["started"].dtype})
    found = pd.merge_asof(
        people.sort_values(["started", "client_key"]),
        waves,
        left_on="started",
        right_on="invited_on",
        direction="forward",
    )
    return found.dropna(subset=["invited_on"]).sort_values(["invited_on", "client_key"]).reset_index(drop=True)


def _satisfied(young: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who is satisfied: exactly the true share, more often among young children."""
    liking = rng.logistic(size=len(young)) + TRUTH.satisfied_by_age * young
    satisfied = np.zeros(len(young), dtype=bool)
    satisfied[np.argsort(-liking, kind="stable")[: round(TRUTH.satisfied_share * len(young))]] = True
    return satisfied


def _answered(wave: pd.Series, eager: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who answers: of each wave its response, drawn one by one with a chance in proportion to how eager each is.

    The smallest of exponential waiting times are such a draw (Efraimidis and Spirakis 2006).
    """
    waits = pd.Series(rng.exponential(size=len(eager)) / eager, wave.index)
    response = {name: share for name, _day, share in TRUTH.waves}
    first = waits.groupby(wave).rank(method="first")
    return (first <= wave.map(response) * wave.groupby(wave).transform("size")).to_numpy()


def _points(values: np.ndarray, known: np.ndarray) -> pd.Series:
    return pd.Series(values, dtype=float).where(known)


def _blank(values: pd.Series, where: np.ndarray) -> pd.Series:
    return values.mask(where, None)
