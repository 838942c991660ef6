"""The process conditioned on what was published: exact counts, and means within their rounding, by small tilts.

The counts of starts are cells of the process, drawn each on its own, exactly. Which trajectories have ended by a
reference date is approximately a draw of Bernoulli trials with the odds of the process, conditional on their exact
number: order sampling with logistic noise, in which the chosen ones have the highest log-odds plus noise (Pareto
sampling; Rosen 1997, Journal of Statistical Planning and Inference 62: 159-191). Here the approximation is good: at
both reference dates of the default registry, with trajectories in twenty groups by their odds, the chance of having
ended differs by less than 0.001 per group from the exact one, and the mean months of those running by about 0.001
(exact chances by convolution, against 40,000 draws).

A mean that the process misses is reached by an exponential tilt: of those log-odds by ``tilt`` times the months
elapsed, or of the durations by drawing at u ** exp(tilt) instead of at u, u uniform, from the distribution truncated at
the reference date. The random numbers stay the same while a tilt is solved, so its equation is deterministic. The tilt
of a mean is exactly zero when the draw lies within the published rounding by itself, given the figures reached before
it: the counts first, then the running, then the ended, on the first reference date before the last one.

An end that happened before a reference date but was registered after it is left out: registration of ends is drawn
truncated at the reference date by which the end is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import optimize

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic.process import (
    Inflow,
    Outflow,
    Window,
    draw_inflow,
    draw_outflow,
    expected_inflow,
    hazard_on,
    residual_days,
)
from evaluation.sources.synthetic.targets import Targets
from evaluation.sources.synthetic.truth import Flags, Floats, Ints, Truth

WIDEST_TILT = 4.0
"""Beyond this a tilt is no correction: hours would change by a factor of 55, odds by as much per month."""


@dataclass(frozen=True)
class Fit:
    """How a mean came to lie within its published rounding.

    Attributes
    ----------
    natural
        Its value without a tilt.
    tilt
        What it took; 0 when `natural` lies within the rounding.
    """

    natural: float
    tilt: float


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
    tilts
        Per figure id the tilt that it took.
    """

    inflow: Inflow
    outflow: Outflow
    in_first: Flags
    tilts: dict[str, float]


def solve_tilt(value_at: Callable[[float], float], targets: Targets, figure_id: str) -> Fit:
    """Return a tilt at which a figure lies within its published rounding.

    It is exactly zero when the figure lies there already; otherwise the figure is brought to the nearest end of the
    rounding, less a small margin (``Targets.inner_end``).

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
    bounds = targets.figures[figure_id]
    if bounds.contains(natural):
        return Fit(natural, 0.0)
    aim = targets.inner_end(figure_id, natural)
    ends = value_at(-WIDEST_TILT) - aim, value_at(WIDEST_TILT) - aim
    if ends[0] * ends[1] <= 0:
        root = float(optimize.brentq(lambda tilt: value_at(tilt) - aim, -WIDEST_TILT, WIDEST_TILT, xtol=1e-9))
        # The function may step at the root: take the side that lies within the rounding.
        for tilt in (root, root - 1e-7, root + 1e-7):
            if bounds.contains(value_at(tilt)):
                return Fit(natural, tilt)
    raise ValueError(
        f"targets: {figure_id} = {bounds.value} cannot be reached from {natural:.3g} together with "
        "the other figures; correct it or change the process"
    )


def condition(truth: Truth, targets: Targets, rng: np.random.Generator) -> Conditioned:
    """Return trajectories that reproduce the published counts and durations on both reference dates."""
    first, last = truth.day(targets.first_date), truth.day(targets.last_date)
    inflow, in_first, tilts = _conditioned_inflow(truth, targets, rng)
    ended, end = np.zeros(len(in_first), dtype=bool), np.zeros(len(in_first), dtype=np.int64)
    known = inflow.take(in_first)
    ended[in_first], end[in_first], tilts_first = _first_ends(_stage(truth, rng, known, known.start, first), targets)
    known_by = np.where(ended, first, last)
    later = ~ended
    running = inflow.take(later)
    alive_on = np.where(in_first[later], first, running.start)
    ended_before_days = (end - inflow.start)[ended]
    ended[later], end[later], tilts_last = _last_ends(
        _stage(truth, rng, running, alive_on, last), targets, ended_before_days
    )
    outflow = draw_outflow(truth, rng, inflow, ended=ended, end=end, known_by=known_by)
    return Conditioned(inflow, outflow, in_first, tilts | tilts_first | tilts_last)


def _conditioned_inflow(
    truth: Truth, targets: Targets, rng: np.random.Generator
) -> tuple[Inflow, Flags, dict[str, float]]:
    """Draw the three cells: started before or in the new year and known by the first date, and known after it."""
    first, last, new_year = (truth.day(on) for on in (targets.first_date, targets.last_date, targets.new_year))
    known, total = targets.count("trajectories_20240325"), targets.count("trajectories_20250101")
    old, new = targets.count("started_2023_20240325"), targets.count("started_2024_20240325")
    cells = (
        (old, Window(0, new_year - 1, first)),
        (new, Window(new_year, first, first)),
        (total - known, Window(0, last, last, first)),
    )
    inflow = Inflow.joined([draw_inflow(truth, rng, count, window) for count, window in cells])
    expected_old, expected_new, expected_later = (expected_inflow(truth, window) for _, window in cells)
    tilts = {
        "trajectories_20240325": float(np.log(known / (expected_old + expected_new))),
        "started_2023_20240325": float(np.log(old / expected_old)),
        "started_2024_20240325": float(np.log(new / expected_new)),
        "trajectories_20250101": float(np.log(total / (expected_old + expected_new + expected_later))),
    }
    return inflow, np.arange(total) < known, tilts


def _stage(truth: Truth, rng: np.random.Generator, inflow: Inflow, alive_on: Ints, horizon: int) -> Stage:
    n = len(inflow.start)
    return Stage(truth, inflow, alive_on, horizon, rng.random(n), rng.logistic(size=n))


def _first_ends(stage: Stage, targets: Targets) -> tuple[Flags, Ints, dict[str, float]]:
    """Choose who has ended by the first reference date and when."""
    count = targets.count("ended_20240325")

    def running_mean(tilt: float) -> float:
        return float(stage.elapsed_months[~stage.chosen(count, tilt)].mean())

    by_elapsed = solve_tilt(running_mean, targets, "mean_running_months_20240325").tilt
    ended = stage.chosen(count, by_elapsed)

    def ended_mean(tilt: float) -> float:
        return float((stage.ends(tilt) - stage.inflow.start)[ended].mean() / DAYS_PER_MONTH)

    of_duration = solve_tilt(ended_mean, targets, "mean_ended_months_20240325").tilt
    shift = stage.count_tilt(count, by_elapsed)
    tilts = {
        "ended_20240325": shift,
        "active_20240325": -shift,
        "mean_running_months_20240325": by_elapsed,
        "mean_ended_months_20240325": of_duration,
    }
    return ended, stage.ends(of_duration), tilts


def _last_ends(stage: Stage, targets: Targets, ended_before_days: Ints) -> tuple[Flags, Ints, dict[str, float]]:
    """Choose who else has ended by the last reference date and when; no mean of the running was published then."""
    count = targets.count("ended_20250101") - targets.count("ended_20240325")
    ended = stage.chosen(count, 0.0)

    def ended_mean(tilt: float) -> float:
        days = (stage.ends(tilt) - stage.inflow.start)[ended]
        return float(np.concatenate([ended_before_days, days]).mean() / DAYS_PER_MONTH)

    of_duration = solve_tilt(ended_mean, targets, "mean_ended_months_20250101").tilt
    shift = stage.count_tilt(count, 0.0)
    tilts = {"ended_20250101": shift, "active_20250101": -shift, "mean_ended_months_20250101": of_duration}
    return ended, stage.ends(of_duration), tilts
