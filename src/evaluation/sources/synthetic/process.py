"""The process unconditioned: who comes in when, by whom referred, registered when, and how long it lasts.

Days are whole numbers since the first day of the service; durations are months. Draws come in by inverse distribution
functions, so that a cell (say: started in 2023, known by the first reference date) is drawn from the process restricted
to that cell, exactly and without rejection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic.truth import (
    CERTIFIED_INSTITUTION,
    REFERRERS,
    Flags,
    Floats,
    Ints,
    Truth,
)

NEVER = -1
"""A day before anything was known."""


@dataclass(frozen=True)
class Window:
    """A cell of the process: starts on `first` to `last`, registered after `known_after` and by `known_by` (days)."""

    first: int
    last: int
    known_by: int
    known_after: int = NEVER


@dataclass(frozen=True)
class Inflow:
    """Trajectories as they come in, one element each.

    Attributes
    ----------
    start, registered
        Day of start and of registration.
    referrer
        Position in ``REFERRERS``.
    prior_days
        Days that support had run elsewhere before `start`; 0 when it began here.
    """

    start: Ints
    registered: Ints
    referrer: Ints
    prior_days: Ints

    def take(self, order: Ints | Flags) -> Inflow:
        """Return the chosen trajectories in the order given."""
        return Inflow(self.start[order], self.registered[order], self.referrer[order], self.prior_days[order])

    @classmethod
    def joined(cls, parts: Sequence[Inflow]) -> Inflow:
        """Return the trajectories of all parts, one part after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


@dataclass(frozen=True)
class Outflow:
    """Ends as known on the last day of observation.

    Attributes
    ----------
    ended
        Whether an end is known.
    end, end_registered
        Day of the end and of its registration; meaningless where `ended` is False.
    """

    ended: Flags
    end: Ints
    end_registered: Ints

    def take(self, order: Ints | Flags) -> Outflow:
        """Return the chosen trajectories in the order given."""
        return Outflow(self.ended[order], self.end[order], self.end_registered[order])


def inflow_per_day(truth: Truth, days: Ints) -> Floats:
    """Return the expected number of starts on each day."""
    months = days / DAYS_PER_MONTH
    phase_2 = truth.day(truth.phase_2_day)
    growth = truth.inflow_first + (truth.inflow_last - truth.inflow_first) * days / phase_2
    wave = truth.transferred / truth.transfer_months * np.exp(-months / truth.transfer_months)
    later = truth.inflow_phase_2 * np.exp(-truth.inflow_decline * (days - phase_2) / DAYS_PER_MONTH)
    return np.asarray(np.where(days < phase_2, growth + wave, later) / DAYS_PER_MONTH)


def known_share(truth: Truth, happened: Ints, on: Ints | int) -> Floats:
    """Return the probability that what happened on a day is registered by another day.

    The delay is geometric in whole days, an exponential rounded down: P(delay <= x) = 1 - exp(-(x + 1) / mean).
    """
    lag = np.maximum(on - happened + 1, 0)
    return np.asarray(-np.expm1(-lag / truth.delay_mean(happened)))


def window_weights(truth: Truth, window: Window) -> tuple[Ints, Floats]:
    """Return the days of a window and the expected number of trajectories of the window that start on each."""
    days = np.arange(window.first, window.last + 1)
    known = known_share(truth, days, window.known_by) - known_share(truth, days, window.known_after)
    return days, inflow_per_day(truth, days) * known


def expected_inflow(truth: Truth, window: Window) -> float:
    """Return the expected number of trajectories of a window."""
    return float(window_weights(truth, window)[1].sum())


def draw_inflow(truth: Truth, rng: np.random.Generator, n: int, window: Window) -> Inflow:
    """Return `n` trajectories of a window."""
    days, weights = window_weights(truth, window)
    cumulative = np.cumsum(weights)
    start = days[np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right").clip(max=len(days) - 1)]
    registered = draw_registered(truth, rng, start, window.known_by, window.known_after)
    referrer = _draw_referrer(truth, rng, start)
    early = start < truth.taken_over_until_months * DAYS_PER_MONTH
    taken_over = early & (rng.random(n) < truth.taken_over_share)
    prior = np.ceil(rng.exponential(truth.prior_months * DAYS_PER_MONTH, n)).astype(np.int64)
    return Inflow(start, registered, referrer, np.where(taken_over, prior, 0))


def draw_registered(
    truth: Truth, rng: np.random.Generator, happened: Ints, known_by: Ints | int, known_after: int = NEVER
) -> Ints:
    """Return days of registration of what happened on given days, after `known_after` and by `known_by`."""
    low = known_share(truth, happened, known_after)
    high = known_share(truth, happened, known_by)
    share = low + rng.random(len(happened)) * (high - low)
    delay = np.floor(-truth.delay_mean(happened) * np.log1p(-share)).astype(np.int64)
    # Rounding in the last digit could step over either bound by a day.
    return np.asarray(np.clip(happened + delay, np.maximum(happened, known_after + 1), known_by))


def draw_end(truth: Truth, rng: np.random.Generator, inflow: Inflow) -> Ints:
    """Return the day on which each trajectory ends, however far ahead."""
    passed = hazard_on(truth, inflow, inflow.start)  # zero unless support had begun elsewhere
    return inflow.start + residual_days(truth, inflow, passed + rng.exponential(size=len(inflow.start)))


def draw_outflow(
    truth: Truth, rng: np.random.Generator, inflow: Inflow, *, ended: Flags, end: Ints, known_by: Ints | int
) -> Outflow:
    """Return the ends with days of registration: not before that of the start, and by `known_by`."""
    happened = np.where(ended, np.maximum(end, inflow.registered), known_by)
    return Outflow(ended, end, draw_registered(truth, rng, happened, known_by))


def hazard_on(truth: Truth, inflow: Inflow, on: Ints | int) -> Floats:
    """Return the cumulative hazard of each trajectory on a day, since its original start."""
    age = (np.maximum(on - inflow.start, 0) + inflow.prior_days) / DAYS_PER_MONTH
    return truth.cumulative_hazard(age, truth.scales()[inflow.referrer])


def residual_days(truth: Truth, inflow: Inflow, hazard: Floats) -> Ints:
    """Return the days from start to the moment that the cumulative hazard is reached, at least one, rounded up.

    Rounding up keeps "ended by day t" the same event as "duration at most t": the distribution at whole days is exact.
    """
    age = truth.age_at_hazard(hazard, truth.scales()[inflow.referrer])
    days = np.ceil(age * DAYS_PER_MONTH - inflow.prior_days)
    return np.asarray(np.maximum(days, 1).astype(np.int64))


def draw_gamma(rng: np.random.Generator, cv: float, n: int) -> Floats:
    """Return gamma numbers with mean 1 and a coefficient of variation."""
    return rng.standard_gamma(1 / cv**2, n) * cv**2


def _draw_referrer(truth: Truth, rng: np.random.Generator, start: Ints) -> Ints:
    chance = rng.random(len(start))
    phase_1 = np.where(chance < truth.municipality_share_phase_1, 0, 1)
    certified = REFERRERS.index(CERTIFIED_INSTITUTION)
    others = np.array([i for i in range(len(REFERRERS)) if i != certified])
    cumulative = np.cumsum(truth.shares_phase_2) / np.sum(truth.shares_phase_2)
    phase_2 = others[np.searchsorted(cumulative, chance, side="right").clip(max=len(others) - 1)]
    since = (start - truth.day(truth.phase_2_day)) / DAYS_PER_MONTH
    grown = np.clip(since / truth.certified_institution_ramp_months, 0, 1)
    is_certified = rng.random(len(start)) < truth.certified_institution_share * grown
    return np.where(since < 0, phase_1, np.where(is_certified, certified, phase_2)).astype(np.int64)
