"""Requests for help: those that led to the trajectories, those that were withdrawn, and those that still wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.sources.synthetic.records.core import Core

STAGES = ("triage_date", "first_contact_date", "start_date")
RECENT_DAYS = 250  # before the last day; nobody waits longer
RATE_DAYS = 100  # over which the pace of recent starts is counted

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AccessTruth:
    """Invented truth of the requests; nothing of it was published.

    Each request goes through triage, first contact and start, with a gamma length for each stage, and may be
    withdrawn at a constant rate as long as help has not started. The stages of those that do start are then gamma with
    scale ``theta / (1 + rate theta)``, and the share that starts is the product of ``(1 + rate theta) ** -k``.

    Attributes
    ----------
    shapes, scales_days
        Shape k and scale theta of the three stages, in days.
    withdrawal_per_day
        Rate at which a waiting family withdraws.
    missing
        Share of triages and first contacts that were not written down, and of requests without a team.
    """

    shapes: tuple[float, float, float] = (1.2, 1.5, 2.0)
    scales_days: tuple[float, float, float] = (5.0, 9.0, 18.0)
    withdrawal_per_day: float = 0.002
    missing: float = 0.03

    @property
    def share_started(self) -> float:
        """Share of requests that ever lead to a start."""
        slowed = 1 + self.withdrawal_per_day * np.array(self.scales_days)
        return float(np.prod(slowed ** -np.array(self.shapes)))


TRUTH = AccessTruth()


def draw_access(core: Core, rng: np.random.Generator) -> Mapping[str, pd.DataFrame]:
    """Return the table ``referrals``: one request per trajectory, and those that had not started by the last day."""
    until = pd.Timestamp(core.observed_until)
    started = _started(core, rng)
    others = _not_started(started, until, rng)
    keys = core.clients["client_key"].to_numpy()
    others["client_key"] = rng.choice(keys, len(others)) if len(keys) else []
    rows = pd.concat([started, others], ignore_index=True)
    for column in STAGES[:2]:
        rows.loc[rng.random(len(rows)) < TRUTH.missing, column] = pd.NaT
    for column in (*STAGES, "withdrawn_date"):
        rows.loc[rows[column] > until, column] = pd.NaT
    rows.loc[rng.random(len(rows)) < TRUTH.missing, "team"] = None
    rows = rows[rows["signal_date"] <= until].sort_values("signal_date", kind="stable").reset_index(drop=True)
    return {"referrals": rows.assign(referral_id=[f"A{number:08d}" for number in range(1, len(rows) + 1)])}


def stages(size: int, rng: np.random.Generator, *, started: bool) -> Floats:
    """Days since the request of triage, first contact and start, one row per request.

    Parameters
    ----------
    started
        Whether the requests are those that were not withdrawn before the start.
    """
    scales = np.array(TRUTH.scales_days)
    if started:
        scales = scales / (1 + TRUTH.withdrawal_per_day * scales)
    return np.cumsum(rng.gamma(TRUTH.shapes, scales, (size, len(STAGES))), axis=1)


def _started(core: Core, rng: np.random.Generator) -> pd.DataFrame:
    days = np.floor(stages(len(core.trajectories), rng, started=True))
    start = core.trajectories["start_date"]
    signal = start - pd.to_timedelta(days[:, 2], "D")
    dates = {name: signal + pd.to_timedelta(days[:, at], "D") for at, name in enumerate(STAGES)}
    never = pd.Series(pd.NaT, start.index)
    return core.trajectories[["client_key", "referrer_code", "team"]].assign(
        signal_date=signal, **dates, withdrawn_date=never
    )


def _not_started(started: pd.DataFrame, until: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    """Requests that were withdrawn, at any time, and recent ones that start or are withdrawn after the last day."""
    if started.empty:
        return started
    lost = (1 - TRUTH.share_started) / TRUTH.share_started
    old = started[started["signal_date"] <= until - pd.Timedelta(days=RECENT_DAYS)]
    old = old[rng.random(len(old)) < lost]
    shifted = old["signal_date"] + pd.to_timedelta(rng.integers(-10, 11, len(old)), "D")
    pace = (started["start_date"] > until - pd.Timedelta(days=RATE_DAYS)).sum() / RATE_DAYS * RECENT_DAYS
    recent = rng.integers(0, RECENT_DAYS, rng.poisson(pace * lost))
    coming = rng.integers(0, RECENT_DAYS, rng.poisson(pace))
    days = np.floor(stages(len(coming), rng, started=True))
    waiting = days[:, 2] > coming  # the others are the trajectories themselves
    signal = pd.concat([shifted, pd.Series(until - pd.to_timedelta(recent, "D"))], ignore_index=True)
    withdrawn = _withdrawn(signal, rng)
    still = _dated(pd.Series(until - pd.to_timedelta(coming[waiting], "D")), days[waiting])
    rows = pd.concat([withdrawn, still], ignore_index=True)
    like = started.iloc[rng.integers(0, len(started), len(rows))].reset_index(drop=True)
    return rows.assign(referrer_code=like["referrer_code"], team=like["team"])


def _withdrawn(signal: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Requests that are withdrawn before the start, with the stages that they had reached by then."""
    days, gone = np.empty((0, len(STAGES))), np.empty(0)
    while len(gone) < len(signal):  # by rejection: one in ten is withdrawn in time
        drawn = stages(2000, rng, started=False)
        left = rng.exponential(1 / TRUTH.withdrawal_per_day, len(drawn))
        kept = left < drawn[:, 2]
        days, gone = np.concatenate([days, drawn[kept]]), np.concatenate([gone, left[kept]])
    days, gone = days[: len(signal)], gone[: len(signal)]
    days[days >= gone[:, None]] = np.nan
    return _dated(signal, np.floor(days)).assign(withdrawn_date=signal + pd.to_timedelta(np.floor(gone), "D"))


def _dated(signal: pd.Series, days: Floats) -> pd.DataFrame:
    dates = {name: signal + pd.to_timedelta(days[:, at], "D") for at, name in enumerate(STAGES)}
    return pd.DataFrame({"signal_date": signal, **dates, "withdrawn_date": pd.NaT})
