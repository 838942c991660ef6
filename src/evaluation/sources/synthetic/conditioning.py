"""The process conditioned on what was published: exact counts, and means within their rounding, with the least tilt.

The counts of starts are cells of the process, drawn each on its own. Which trajectories have ended by a reference
date is a draw of Bernoulli trials with the odds of the process, conditional on their exact number: order sampling
with logistic noise, in which the chosen ones have the highest log-odds plus noise (Pareto sampling; Rosen 1997,
Journal of Statistical Planning and Inference 62: 159-191). A mean that the process misses is reached by an
exponential tilt: of those log-odds by ``tilt`` times the months elapsed, or of the durations by drawing at u **
exp(tilt) instead of at u, u uniform, from the distribution truncated at the reference date. The random numbers stay
the same while a tilt is solved, so its equation is deterministic. A tilt of zero means that the process agrees with
the published figure by itself.

An end that happened before a reference date but was registered after it is left out: registration of ends is drawn
truncated at the reference date by which the end is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize

from evaluation.sources.synthetic.process import (
    Inflow,
    Outflow,
    Window,
    draw_inflow,
    draw_registered,
    expected_inflow,
    hazard_on,
    residual_days,
)
from evaluation.sources.synthetic.targets import Targets
from evaluation.sources.synthetic.truth import DAYS_PER_MONTH, Flags, Floats, Ints, Truth

WIDEST_TILT = 4.0
"""Beyond this a tilt is no correction: odds would change by e to the fourth per month."""


@dataclass(frozen=True)
class Stage:
    """Trajectories at risk of ending between a day on which they were known to run and a horizon.

    Attributes
    ----------
    truth
        The process.
    inflow
        The trajectories at risk.
    alive_on
        Day on which each was known to run: its start, or the earlier reference date.
    horizon
        The reference date (day).
    uniform
        One uniform number per trajectory, for its duration.
    noise
        One logistic number per trajectory, for whether it ends.
    """

    truth: Truth
    inflow: Inflow
    alive_on: Ints
    horizon: int
    uniform: Floats
    noise: Floats

    @cached_property
    def elapsed_months(self) -> Floats:
        """Months from start to the horizon."""
        return np.asarray((self.horizon - self.inflow.start) / DAYS_PER_MONTH)

    @cached_property
    def low(self) -> Floats:
        """Cumulative hazard on the day on which each was known to run."""
        return hazard_on(self.truth, self.inflow, self.alive_on)

    @cached_property
    def risk(self) -> Floats:
        """Cumulative hazard between that day and the horizon."""
        return hazard_on(self.truth, self.inflow, self.horizon) - self.low

    def scores(self, tilt: float) -> Floats:
        """Return the log-odds of ending by the horizon, tilted by months elapsed, plus noise."""
        with np.errstate(divide="ignore"):  # started on the horizon itself: cannot have ended, log-odds minus infinity
            log_odds = np.log(np.expm1(self.risk))
        return np.asarray(log_odds + tilt * (self.elapsed_months - self.elapsed_months.mean()) + self.noise)

    def chosen(self, count: int, tilt: float) -> Flags:
        """Return which `count` trajectories end by the horizon."""
        order = np.argsort(-self.scores(tilt), kind="stable")
        mask = np.zeros(len(order), dtype=bool)
        mask[order[:count]] = True
        return mask

    def count_tilt(self, count: int, tilt: float) -> float:
        """Return the shift of all log-odds that makes `count` the number that the process would give."""
        scores = np.sort(self.scores(tilt))[::-1]
        return float(-(scores[count - 1] + scores[count]) / 2) if 0 < count < len(scores) else float("nan")

    def ends(self, tilt: float) -> Ints:
        """Return the day of the end of each trajectory, given that it ends by the horizon."""
        reached = self.uniform ** np.exp(tilt) * -np.expm1(-self.risk)
        days = residual_days(self.truth, self.inflow, self.low - np.log1p(-reached))
        # Rounding in the last digit could step over either bound by a day.
        return np.asarray(np.minimum(np.maximum(self.inflow.start + days, self.alive_on + 1), self.horizon))


@dataclass(frozen=True)
class Conditioned:
    """Trajectories that agree with the published aggregates.

    Attributes
    ----------
    inflow, outflow
        One element per trajectory.
    in_first
        Whether the trajectory was known on the first reference date.
    conditioned, tilts
        Per figure id the value reached and the tilt that it took.
    """

    inflow: Inflow
    outflow: Outflow
    in_first: Flags
    conditioned: dict[str, float]
    tilts: dict[str, float]


def solve_tilt(value_at: Callable[[float], float], targets: Targets, figure_id: str) -> float:
    """Return the tilt nearest to zero at which a figure lies within its published rounding.

    Parameters
    ----------
    value_at
        The figure as a monotone function of the tilt, which may move in small steps.
    targets
        The published figures.
    figure_id
        Which figure.

    Raises
    ------
    ValueError
        When no tilt up to ``WIDEST_TILT`` reaches the figure: it contradicts the other figures or the process.
    """
    natural = value_at(0.0)
    target = targets.nearest(figure_id, natural)
    if target == natural:
        return 0.0
    ends = value_at(-WIDEST_TILT) - target, value_at(WIDEST_TILT) - target
    if ends[0] * ends[1] <= 0:
        root = float(optimize.brentq(lambda tilt: value_at(tilt) - target, -WIDEST_TILT, WIDEST_TILT, xtol=1e-9))
        # The function may step at the root: take the side that lies within the rounding.
        for tilt in (root, root - 1e-7, root + 1e-7):
            if targets.figures[figure_id].contains(value_at(tilt)):
                return tilt
    raise ValueError(
        f"targets: {figure_id} = {targets.figures[figure_id].value} cannot be reached from {natural:.3g} together with "
        "the other figures; correct it or change the process"
    )


def condition(truth: Truth, targets: Targets, rng: np.random.Generator) -> Conditioned:
    """Return trajectories that reproduce the published counts and durations on both reference dates."""
    first, last = truth.day(targets.first_date), truth.day(targets.last_date)
    inflow, in_first, fits = _conditioned_inflow(truth, targets, rng)
    ended_first, end_first, fits_first = _first_ends(_stage(truth, rng, inflow.take(in_first), None, first), targets)
    ended, end = np.zeros(len(in_first), dtype=bool), np.zeros(len(in_first), dtype=np.int64)
    ended[in_first], end[in_first] = ended_first, end_first
    limit = np.where(ended, first, last)
    later = ~ended
    running = inflow.take(later)
    alive_on = np.where(in_first[later], first, running.start)
    before = end[ended] - inflow.start[ended]
    ended_last, end_last, fits_last = _last_ends(_stage(truth, rng, running, alive_on, last), targets, before)
    ended[later], end[later] = ended_last, end_last
    known_from = np.where(ended, np.maximum(end, inflow.registered), limit)
    end_registered = draw_registered(truth, rng, known_from, limit)
    fits |= fits_first | fits_last
    return Conditioned(
        inflow,
        Outflow(ended, end, end_registered),
        in_first,
        {name: value for name, (value, _) in fits.items()},
        {name: tilt for name, (_, tilt) in fits.items()},
    )


def _conditioned_inflow(
    truth: Truth, targets: Targets, rng: np.random.Generator
) -> tuple[Inflow, Flags, dict[str, tuple[float, float]]]:
    """Draw the three cells: started in phase 1 or 2 and known by the first reference date, and known after it."""
    first, last, phase_2 = (truth.day(on) for on in (targets.first_date, targets.last_date, truth.phase_2_day))
    known = targets.count("trajectories_20240325")
    cells = {
        "started_2023_20240325": (targets.count("started_2023_20240325"), Window(0, phase_2 - 1, first)),
        "started_2024_20240325": (targets.count("started_2024_20240325"), Window(phase_2, first, first)),
        "trajectories_20250101": (targets.count("trajectories_20250101") - known, Window(0, last, last, first)),
    }
    parts = [draw_inflow(truth, rng, count, window) for count, window in cells.values()]
    inflow = Inflow(*(np.concatenate(column) for column in zip(*(_columns(part) for part in parts), strict=True)))
    expected = [expected_inflow(truth, window) for _, window in cells.values()]
    counts = [count for count, _ in cells.values()]
    fits = {
        "trajectories_20240325": (float(known), float(np.log(known / sum(expected[:2])))),
        "started_2023_20240325": (float(counts[0]), float(np.log(counts[0] / expected[0]))),
        "started_2024_20240325": (float(counts[1]), float(np.log(counts[1] / expected[1]))),
        "trajectories_20250101": (float(sum(counts)), float(np.log(sum(counts) / sum(expected)))),
    }
    return inflow, np.arange(sum(counts)) < known, fits


def _columns(inflow: Inflow) -> tuple[Ints, Ints, Ints, Ints]:
    return inflow.start, inflow.registered, inflow.referrer, inflow.prior_days


def _stage(truth: Truth, rng: np.random.Generator, inflow: Inflow, alive_on: Ints | None, horizon: int) -> Stage:
    n = len(inflow.start)
    alive = inflow.start if alive_on is None else alive_on
    return Stage(truth, inflow, alive, horizon, rng.random(n), rng.logistic(size=n))


def _first_ends(stage: Stage, targets: Targets) -> tuple[Flags, Ints, dict[str, tuple[float, float]]]:
    """Choose who has ended by the first reference date and when."""
    count = targets.count("ended_20240325")

    def running_mean(tilt: float) -> float:
        return float(stage.elapsed_months[~stage.chosen(count, tilt)].mean())

    by_elapsed = solve_tilt(running_mean, targets, "mean_running_months_20240325")
    ended = stage.chosen(count, by_elapsed)

    def ended_mean(tilt: float) -> float:
        return float((stage.ends(tilt) - stage.inflow.start)[ended].mean() / DAYS_PER_MONTH)

    of_duration = solve_tilt(ended_mean, targets, "mean_ended_months_20240325")
    shift = stage.count_tilt(count, by_elapsed)
    fits = {
        "ended_20240325": (float(count), shift),
        "active_20240325": (float(len(ended) - count), -shift),
        "mean_running_months_20240325": (running_mean(by_elapsed), by_elapsed),
        "mean_ended_months_20240325": (ended_mean(of_duration), of_duration),
    }
    return ended, stage.ends(of_duration), fits


def _last_ends(
    stage: Stage, targets: Targets, ended_before_days: Ints
) -> tuple[Flags, Ints, dict[str, tuple[float, float]]]:
    """Choose who else has ended by the last reference date and when; no mean of the running was published then."""
    count = targets.count("ended_20250101") - targets.count("ended_20240325")
    ended = stage.chosen(count, 0.0)

    def ended_mean(tilt: float) -> float:
        days = (stage.ends(tilt) - stage.inflow.start)[ended]
        return float(np.concatenate([ended_before_days, days]).mean() / DAYS_PER_MONTH)

    of_duration = solve_tilt(ended_mean, targets, "mean_ended_months_20250101")
    shift = stage.count_tilt(count, 0.0)
    fits = {
        "ended_20250101": (float(count + len(ended_before_days)), shift),
        "active_20250101": (float(len(ended) - count), -shift),
        "mean_ended_months_20250101": (ended_mean(of_duration), of_duration),
        "mean_running_months_20250101": (float(stage.elapsed_months[~ended].mean()), 0.0),
    }
    return ended, stage.ends(of_duration), fits
