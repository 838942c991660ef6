"""Offers of help without a decision, and decisions with their objections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.sources.synthetic.records.core import Core

Days = NDArray[np.int64]
Shares = tuple[tuple[str, float], ...]
OBJECTION_DAYS = 42  # Awb 6:7


@dataclass(frozen=True)
class LegalTruth:
    """Invented truth of offers and decisions; nothing of it was published.

    Attributes
    ----------
    declined_per_trajectory, applications_per_trajectory
        Declined offers, and applications without an offer, for each trajectory.
    unanswered
        Share of offers that are never answered.
    requested, held, decided
        Share of declined offers after which an inquiry is asked for, of those inquiries that are held, and of these
        that lead to an application.
    requested_accepted
        Share of accepted offers after which an inquiry is asked for all the same.
    decision_mean_days, decision_sd_days
        Days from application to decision (gamma), suspension not counted.
    suspended
        Share of applications of which the term is suspended, for 7 to 28 days.
    outcomes, objections
        Shares of the outcomes of decisions, and the share of each that meets an objection.
    objection_outcomes
        Shares of the outcomes of objections.
    """

    declined_per_trajectory: float = 0.09
    applications_per_trajectory: float = 0.10
    unanswered: float = 0.01
    requested: float = 0.40
    held: float = 0.75
    decided: float = 0.85
    requested_accepted: float = 0.02
    decision_mean_days: float = 46.0
    decision_sd_days: float = 20.0
    suspended: float = 0.25
    outcomes: Shares = (("granted", 0.62), ("partly", 0.13), ("refused", 0.20), ("withdrawn", 0.05))
    objections: Shares = (("granted", 0.03), ("partly", 0.18), ("refused", 0.30), ("withdrawn", 0.0))
    objection_outcomes: Shares = (
        ("upheld", 0.25),
        ("partly_upheld", 0.10),
        ("rejected", 0.55),
        ("inadmissible", 0.05),
        ("withdrawn", 0.05),
    )


TRUTH = LegalTruth()


def draw_legal(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the tables ``offers`` and ``decisions``."""
    until = pd.Timestamp(core.observed_until)
    offers = _offers(core, rng)
    asked = np.where(offers["response"] == "declined", TRUTH.requested, TRUTH.requested_accepted)
    asked = np.where(offers["response"] == "open", 0, asked)
    requested = rng.random(len(offers)) < asked
    held = requested & (rng.random(len(offers)) < TRUTH.held)
    decided = held & (rng.random(len(offers)) < TRUTH.decided)
    offers["inquiry_requested_on"] = _later(offers["responded_on"], _days(rng, 10, 7, len(offers))).where(requested)
    offers["inquiry_on"] = _later(offers["inquiry_requested_on"], _days(rng, 21, 12, len(offers))).where(held)
    applied = offers["inquiry_on"].where(decided & (offers["inquiry_on"] <= until))
    direct = _some(core, TRUTH.applications_per_trajectory, rng)
    decisions = pd.concat(
        [
            pd.DataFrame({"client_key": offers["client_key"], "application_date": applied, "offer": offers.index}),
            pd.DataFrame({"client_key": direct["client_key"], "application_date": direct["start_date"]}),
        ]
    )
    decisions = decisions[decisions["application_date"] <= until].sort_values("application_date", kind="stable")
    decisions = _decided(decisions.reset_index(drop=True), until, rng)
    linked = decisions.dropna(subset="offer").set_index("offer")["decision_id"]
    offers["decision_id"] = linked.reindex(offers.index).to_numpy()
    offers = offers[offers["offered_on"] <= until].sort_values("offered_on", kind="stable").reset_index(drop=True)
    offers.loc[offers["responded_on"] > until, "response"] = "open"
    for column in ("responded_on", "inquiry_requested_on", "inquiry_on"):
        offers.loc[offers[column] > until, column] = pd.NaT
    offers["offer_id"] = [f"O{number:08d}" for number in range(1, len(offers) + 1)]
    return {"offers": offers, "decisions": decisions.drop(columns="offer")}


def _offers(core: Core, rng: np.random.Generator) -> pd.DataFrame:
    """One accepted offer before each trajectory, and declined and unanswered ones besides."""
    accepted = core.trajectories[["client_key", "start_date"]].assign(response="accepted")
    declined = _some(core, TRUTH.declined_per_trajectory, rng).assign(response="declined")
    unanswered = _some(core, TRUTH.unanswered, rng).assign(response="open")
    offers = pd.concat([accepted, declined, unanswered], ignore_index=True)
    offers["offered_on"] = _later(offers["start_date"], -rng.integers(5, 21, len(offers)))
    answered = _later(offers["offered_on"], rng.integers(0, 5, len(offers)))
    offers["responded_on"] = answered.where(offers["response"] != "open")
    return offers.drop(columns="start_date")


def _some(core: Core, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Days spread like the starts of trajectories, so many per trajectory, each of some client."""
    size = rng.binomial(len(core.trajectories), share) if len(core.trajectories) else 0
    chosen = core.trajectories.iloc[rng.integers(0, max(len(core.trajectories), 1), size)]
    moved = _later(chosen["start_date"].reset_index(drop=True), rng.integers(-15, 16, size))
    return pd.DataFrame({"client_key": rng.choice(core.clients["client_key"], size), "start_date": moved})


def _decided(decisions: pd.DataFrame, until: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    """Add suspension, decision and objection as far as they are known on the last day."""
    size = len(decisions)
    suspended = np.where(rng.random(size) < TRUTH.suspended, rng.integers(7, 29, size), 0)
    worked = _days(rng, TRUTH.decision_mean_days, TRUTH.decision_sd_days, size)
    decision = _later(decisions["application_date"], worked + suspended)
    outcome = _one_of(TRUTH.outcomes, size, rng)
    objects = rng.random(size) < pd.Series(outcome, dtype=object).map(dict(TRUTH.objections)).to_numpy(float)
    objection = _later(decision, rng.integers(3, OBJECTION_DAYS, size)).where(objects & (decision <= until))
    answer = _later(objection, _days(rng, 70, 25, size))
    known, heard = decision <= until, answer <= until
    return decisions.assign(
        decision_id=[f"D{number:08d}" for number in range(1, size + 1)],
        suspension_days=pd.array(np.where(suspended > 0, suspended, 0), dtype="Int64"),
        decision_date=decision.where(known),
        outcome=pd.Series(outcome, dtype=object).where(known, None),
        objection_date=objection.where(objection <= until),
        objection_decision_date=answer.where(heard),
        objection_outcome=pd.Series(_one_of(TRUTH.objection_outcomes, size, rng), dtype=object).where(heard, None),
    )


def _days(rng: np.random.Generator, mean: float, deviation: float, size: int) -> Days:
    """Whole days, at least one, from a gamma distribution."""
    shape = (mean / deviation) ** 2
    return np.ceil(rng.gamma(shape, mean / shape, size)).astype(np.int64)


def _later(day: pd.Series, days: Days) -> pd.Series:
    return day + pd.to_timedelta(days, "D")


def _one_of(shares: Shares, size: int, rng: np.random.Generator) -> NDArray[np.object_]:
    names, chances = zip(*shares, strict=True)
    return rng.choice(np.array(names, dtype=object), size, p=np.array(chances))
