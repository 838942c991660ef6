"""Registers with a client survey, drawn at random or row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.evidence import Evidence
from evaluation.measures.invitations import Invitations, invitations
from evaluation.sources.registry import Registry, open_registry
from tests.measures.drawn import complete, table

SINCE, DAY = date(2023, 1, 1), date(2025, 1, 1)
COLUMNS = (
    "questionnaire_id",
    "client_key",
    "invited_on",
    "wave",
    "mode",
    "answered",
    "answered_on",
    "score",
    "goal_score",
)


def register(
    folder: Path,
    questionnaires: str | pd.DataFrame | None,
    *,
    trajectories: str | pd.DataFrame,
    clients: str | pd.DataFrame | None = None,
    evidence: Evidence = Evidence.REGISTER,
) -> Registry:
    """Return a register with these tables; None is a table that was not delivered."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("questionnaires", questionnaires), ("clients", clients)):
        if rows is not None:
            (table(rows) if isinstance(rows, str) else rows).to_csv(folder / f"{name}.csv", index=False)
    complete(table(trajectories) if isinstance(trajectories, str) else trajectories).to_csv(
        folder / "trajectories.csv", index=False
    )
    return replace(open_registry(folder, "registry"), evidence=evidence, observed_until=DAY)


def invited(registry: Registry, day: date = DAY) -> Invitations:
    """Return the invitations of a register."""
    return invitations(
        registry.records("questionnaires", day), registry.records("clients", day), registry.snapshot(day), SINCE
    )


def drawn(folder: Path, n: int, answers: int, evidence: Evidence = Evidence.REGISTER, seed: int = 1) -> Registry:
    """Return a register with so many clients, each invited once, of whom so many answer."""
    random = np.random.default_rng(seed)
    keys = [f"c{number}" for number in range(n)]
    start = pd.Timestamp("2023-02-01") + pd.to_timedelta(random.integers(0, 300, n), "D")
    ended = random.random(n) < 0.6
    reasons = random.choice(["31", "32", "33", "34", "35", ""], n, p=[0.5, 0.15, 0.05, 0.1, 0.1, 0.1])
    trajectories = pd.DataFrame(
        {
            "client_key": keys,
            "start_date": start.date,
            "registered_on": start.date,
            "end_date": pd.Series((start + pd.Timedelta(200, "D")).date, dtype=object).where(ended),
            "end_reason": pd.Series(reasons, dtype=object).where(ended & (reasons != "")),
            "referrer_code": random.choice(["01", "02", "04"], n, p=[0.6, 0.3, 0.1]),
        }
    )
    clients = pd.DataFrame(
        {"client_key": keys, "birth_year": random.integers(2006, 2019, n), "sex": random.choice(["V", "M"], n)}
    )
    day = pd.to_datetime(random.choice(["2024-03-01", "2024-09-01"], n))
    answered = np.arange(n) < answers
    score = pd.Series(random.integers(3, 11, n), dtype=object).where(answered)
    questionnaires = pd.DataFrame(
        {
            "questionnaire_id": [f"q{number}" for number in range(n)],
            "client_key": keys,
            "invited_on": day.date,
            "wave": np.where(day.month == 3, "M1", "M2"),
            "mode": random.choice(["online", "Papier", "postduif"], n, p=[0.7, 0.25, 0.05]),
            "answered": answered,
            "answered_on": pd.Series((day + pd.to_timedelta(random.integers(1, 40, n), "D")).date, dtype=object).where(
                answered
            ),
            "score": score,
            "goal_score": score.where(random.random(n) < 0.8),
        },
        columns=list(COLUMNS),
    )
    return register(folder, questionnaires, trajectories=trajectories, clients=clients, evidence=evidence)
