"""Complaints as four registers know them: some in several, most that exist in one or in none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.sources.synthetic.records.core import Core

KINDS = ("treatment", "waiting", "communication", "privacy")


@dataclass(frozen=True)
class ComplaintTruth:
    """Invented truth of the complaints; nothing of it was published.

    Attributes
    ----------
    complaints
        Complaints that exist, written down or not.
    registers
        Chance that a complaint is in each register, independent of the others.
    without_client
        Share of rows without a client, as when somebody complains namelessly.
    upheld
        Share of handled complaints that is upheld.
    """

    complaints: int = 110
    registers: tuple[tuple[str, float], ...] = (
        ("provider", 0.45),
        ("municipality", 0.18),
        ("ombudsman", 0.14),
        ("confidant", 0.10),
    )
    without_client: float = 0.05
    upheld: float = 0.40


TRUTH = ComplaintTruth()


def draw_complaints(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``complaints``."""
    until = pd.Timestamp(core.observed_until)
    trajectories = core.trajectories
    chosen = trajectories.iloc[rng.integers(0, max(len(trajectories), 1), TRUTH.complaints if len(trajectories) else 0)]
    running = (chosen["end_date"].fillna(until) - chosen["start_date"]).dt.days.clip(lower=1)
    since = np.floor(rng.random(len(chosen)) * running)
    happened = (chosen["start_date"] + pd.to_timedelta(since, "D")).to_numpy()
    rows = []
    for register, chance in TRUTH.registers:
        known = rng.random(len(chosen)) < chance
        size = int(known.sum())
        received = pd.Series(happened[known]) + pd.to_timedelta(rng.integers(0, 15, size), "D")
        handled = received + pd.to_timedelta(np.ceil(rng.gamma(4, 10, size)), "D")
        named = rng.random(size) >= TRUTH.without_client
        rows.append(
            pd.DataFrame(
                {
                    "received_on": received,
                    "client_key": pd.Series(chosen["client_key"].to_numpy()[known], dtype=object).where(named, None),
                    "register": register,
                    "kind": rng.choice(KINDS, size),
                    "handled_on": handled.where(handled <= until),
                    "upheld": pd.Series(rng.random(size) < TRUTH.upheld, dtype=object).where(handled <= until, None),
                }
            )
        )
    found = pd.concat(rows, ignore_index=True)
    found = found[found["received_on"] <= until].sort_values("received_on", kind="stable").reset_index(drop=True)
    return {"complaints": found.assign(complaint_id=[f"K{number:06d}" for number in range(1, len(found) + 1)])}
