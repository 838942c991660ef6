"""How far the published figures lie from the process, and from a process that takes the published mean at its word.

What the two presentations say together is hard to satisfy at once. Ended trajectories are short because only short ones
can have ended: 483 of 1,273 after 5.8 months and 790 running for 6.5 is 7,936 months of support for 483 ends, about 16
months per end. A process with a true mean of 7 months would have closed about 1,340 of the 1,650 by the last reference
date and left about 310 running, not 900 and 750 (column ``at_published_mean``). With a mean near 15 months the process
comes near every figure, and those running on the last reference date had run for about 11 months. What remains has
one direction: before the first reference date more and longer trajectories were closed than the process gives, and
between the dates fewer and shorter ones. A clean-up of the register before the first count (the council was told that
registration improved a lot) would do that, and so would closing less promptly in 2024, a rising share of dormant
trajectories, or a mean of 7 that leaves out the longest. The figures cannot tell these apart. That only 377 came
after 161 in twelve weeks is put into the assumed inflow, not explained by it. None of this is evidence about
Groningen; it says which figures deserve a question.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.snapshot import DAYS_PER_MONTH
from evaluation.sources.synthetic.conditioning import Fit
from evaluation.sources.synthetic.process import Window, draw_end, draw_inflow, expected_inflow
from evaluation.sources.synthetic.targets import COUNTS, MEANS, Targets
from evaluation.sources.synthetic.truth import Truth

SIZE = 100_000
"""Trajectories drawn to know what the process gives: a mean of 7 months has a standard error of about 0.02."""

SEED = 20230101
"""The expectation of a process does not depend on the seed of a registry."""

EXACT = "exact count, nothing to tilt"
_INFLOW = "log of published over expected number"
_DURATION = "log exponent on the distribution function of durations; negative is longer"
_HOURS = "log factor on hours"
MEANINGS = {
    "trajectories_20240325": _INFLOW,
    "started_2023_20240325": _INFLOW,
    "started_2024_20240325": _INFLOW,
    "trajectories_20250101": _INFLOW,
    "ended_20240325": "shift of the log-odds of having ended, at the mean months elapsed",
    "active_20240325": "shift of the log-odds of still running, at the mean months elapsed",
    "ended_20250101": "shift of the log-odds of having ended since the first date",
    "active_20250101": "shift of the log-odds of still running since the first date",
    "mean_running_months_20240325": "shift of the log-odds of having ended, per month elapsed",
    "mean_ended_months_20240325": _DURATION,
    "mean_ended_months_20250101": _DURATION,
    "mean_running_months_20250101": "not published: what the other figures imply",
    "hours_per_month_20240325": _HOURS,
    "hours_per_month_20250101": _HOURS,
    "pilot_hours_per_family_2023": _HOURS,
    "pilot_length_months_2023": _DURATION,
}


def expected_figures(truth: Truth, targets: Targets) -> dict[str, float]:
    """Return what the process gives by itself for each figure about trajectories, on both reference dates."""
    rng = np.random.default_rng(SEED)
    last, new_year = truth.day(targets.last_date), truth.day(targets.new_year)
    everything = Window(0, last, last)
    total = expected_inflow(truth, everything)
    inflow = draw_inflow(truth, rng, SIZE, everything)
    end = draw_end(truth, rng, inflow)
    found: dict[str, float] = {}
    for on, name in ((truth.day(targets.first_date), "20240325"), (last, "20250101")):
        known = (inflow.registered <= on) & (inflow.start <= on)
        ended, running = known & (end <= on), known & (end > on)
        found[f"trajectories_{name}"] = total * float(known.mean())
        found[f"clients_{name}"] = found[f"trajectories_{name}"] / truth.trajectories_per_client
        found[f"started_2023_{name}"] = total * float((known & (inflow.start < new_year)).mean())
        found[f"started_2024_{name}"] = total * float((known & (inflow.start >= new_year)).mean())
        found[f"ended_{name}"] = total * float(ended.mean())
        found[f"active_{name}"] = total * float(running.mean())
        found[f"mean_ended_months_{name}"] = float((end - inflow.start)[ended].mean() / DAYS_PER_MONTH)
        found[f"mean_running_months_{name}"] = float((on - inflow.start)[running].mean() / DAYS_PER_MONTH)
    return found


def tensions_frame(
    truth: Truth,
    targets: Targets,
    *,
    reached: Mapping[str, float],
    tilts: Mapping[str, float],
    fits: Mapping[str, Fit],
) -> pd.DataFrame:
    """Return one row per published figure: published, by the process, as reached, and at what cost.

    Parameters
    ----------
    truth, targets
        The process and the published figures.
    reached
        Every figure as recomputed from the finished tables (``reached_figures``).
    tilts
        Of the figures about trajectories.
    fits
        Of hours and the pilot.

    Returns
    -------
    DataFrame
        ``figure_id``; ``published``, ``low`` and ``high`` (its rounding); ``unconditioned``, what the process gives by
        itself (of hours and the pilot: given the trajectories and families; missing where a count is simply set);
        ``conditioned``, the value in the finished tables; ``tilt`` and ``tilt_meaning``; ``at_published_mean``, what
        the process would give if its mean duration were the last published mean of ended trajectories. Counts in
        units, durations in months.

        The tilt of a mean is exactly zero when the draw lies within the rounding by itself, given the figures reached
        before it; ``unconditioned`` is not given them, so it may lie elsewhere. Counts are reproduced as printed and
        so have a tilt even within a rounding; chance alone moves that of a count of ends by about 0.1.
    """
    names = [*COUNTS, *MEANS, "mean_running_months_20250101"]
    printed = {name: bounds for name, bounds in targets.figures.items() if name in names}
    by_itself = expected_figures(truth, targets) | {name: fit.natural for name, fit in fits.items()}
    tilted = dict.fromkeys(names, 0.0) | dict(tilts) | {name: fit.tilt for name, fit in fits.items()}
    literal_mean = targets.figures["mean_ended_months_20250101"].value
    literal = expected_figures(replace(truth, scale_months=literal_mean / math.gamma(1 + 1 / truth.shape)), targets)
    numbers = {
        "published": {name: bounds.value for name, bounds in printed.items()},
        "low": {name: bounds.low for name, bounds in printed.items()},
        "high": {name: bounds.high for name, bounds in printed.items()},
        "unconditioned": by_itself,
        "conditioned": reached,
        "tilt": tilted,
        "at_published_mean": literal,
    }
    columns = {column: [values.get(name, math.nan) for name in names] for column, values in numbers.items()}
    return pd.DataFrame(
        {"figure_id": names} | columns | {"tilt_meaning": [MEANINGS.get(name, EXACT) for name in names]}
    )
