"""Plans that were considered at the start of a trajectory, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.sources.synthetic.records.core import Core


@dataclass(frozen=True)
class PlanTruth:
    """Invented truth of the plans; nothing of it was published.

    Attributes
    ----------
    complex
        Share of cases that is called complex at intake.
    considered
        By kind: share of trajectories for which it is considered, of complex cases and of the others.
    offered, wanted, made
        By kind: share offered of those considered, wanted of those offered, and made of those wanted.
    unknown
        Share of cases of which it was not written down whether the plan was offered, or whether the case is complex.
    """

    complex: float = 0.25
    considered: tuple[tuple[str, float, float], ...] = (
        ("explanatory_analysis", 0.80, 0.10),
        ("family_group_plan", 0.50, 0.50),
        ("support_plan", 0.90, 0.60),
    )
    offered: tuple[float, float, float] = (0.85, 0.45, 0.95)
    wanted: tuple[float, float, float] = (0.80, 0.20, 0.90)
    made: tuple[float, float, float] = (0.85, 0.75, 0.95)
    unknown: float = 0.04


TRUTH = PlanTruth()


def draw_plans(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``plans``."""
    until = pd.Timestamp(core.observed_until)
    trajectories = core.trajectories
    is_complex = rng.random(len(trajectories)) < TRUTH.complex
    chances = zip(TRUTH.considered, TRUTH.offered, TRUTH.wanted, TRUTH.made, strict=True)
    rows = []
    for (kind, among_complex, among_others), offered, wanted, made in chances:
        chosen = rng.random(len(trajectories)) < np.where(is_complex, among_complex, among_others)
        case = trajectories[chosen]
        size = len(case)
        considered = (case["start_date"] + pd.to_timedelta(rng.integers(0, 30, size), "D")).reset_index(drop=True)
        is_offered = rng.random(size) < offered
        is_wanted = is_offered & (rng.random(size) < wanted)
        is_made = is_wanted & (rng.random(size) < made)
        made_on = (considered + pd.to_timedelta(rng.integers(5, 60, size), "D")).where(is_made)
        asked = pd.Series(is_wanted, dtype=object).where(is_offered, None)
        rows.append(
            pd.DataFrame(
                {
                    "client_key": case["client_key"].to_numpy(),
                    "kind": kind,
                    "considered_on": considered,
                    "offered": _known(is_offered, rng, also=is_made),
                    "wanted": asked,
                    "made_on": made_on.where(made_on <= until),
                    "complex": _known(is_complex[chosen], rng),
                }
            )
        )
    plans = pd.concat(rows, ignore_index=True)
    plans = plans[plans["considered_on"] <= until].sort_values("considered_on", kind="stable").reset_index(drop=True)
    return {"plans": plans.assign(plan_id=[f"L{number:08d}" for number in range(1, len(plans) + 1)])}


def _known(values: np.ndarray, rng: np.random.Generator, also: np.ndarray | None = None) -> pd.Series:
    """Values of which some are not written down, but those of `also` always are."""
    known = rng.random(len(values)) >= TRUTH.unknown
    return pd.Series(values, dtype=object).where(known if also is None else known | also, None)
