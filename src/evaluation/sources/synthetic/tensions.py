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

from evaluation.sources.synthetic.process import Window, draw_end, draw_inflow, expected_inflow
from evaluation.sources.synthetic.targets import COUNTS, MEANS, Targets
from evaluation.sources.synthetic.truth import DAYS_PER_MONTH, Truth

SIZE = 100_000
"""Trajectories drawn to know what the process gives: a mean of 7 months has a standard error of about 0.02."""

SEED = 20230101
"""The expectation of a process does not depend on the seed of a registry."""

EXACT = "exact count, nothing to tilt"
MEANINGS = {
    "trajectories_20240325": "log of published over expected number",
    "started_2023_20240325": "log of published over expected number",
    "started_2024_20240325": "log of published over expected number",
    "trajectories_20250101": "log of published over expected number",
    "ended_20240325": "shift of the log-odds of having ended, at the mean months elapsed",
    "active_20240325": "shift of the log-odds of still running, at the mean months elapsed",
    "ended_20250101": "shift of the log-odds of having ended since the first date",
    "active_20250101": "shift of the log-odds of still running since the first date",
    "mean_running_months_20240325": "shift of the log-odds of having ended, per month elapsed",
    "mean_ended_months_20240325": "log exponent on the distribution function of durations; negative is longer",
    "mean_ended_months_20250101": "log exponent on the distribution function of durations; negative is longer",
    "mean_running_months_20250101": "not published: what the other figures imply",
    "hours_per_month_20240325": "log factor on hours",
    "hours_per_month_20250101": "log factor on hours",
    "pilot_hours_per_family_2023": "log factor on hours",
    "pilot_length_months_2023": "log exponent on the distribution function of lengths; negative is longer",
}


def expected_figures(truth: Truth, targets: Targets) -> dict[str, float]:
    """Return what the process gives by itself for each figure about trajectories, on both reference dates."""
    rng = np.random.default_rng(SEED)
    last, phase_2 = truth.day(targets.last_date), truth.day(truth.phase_2_day)
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
        found[f"started_2023_{name}"] = total * float((known & (inflow.start < phase_2)).mean())
        found[f"started_2024_{name}"] = total * float((known & (inflow.start >= phase_2)).mean())
        found[f"ended_{name}"] = total * float(ended.mean())
        found[f"active_{name}"] = total * float(running.mean())
        found[f"mean_ended_months_{name}"] = float((end - inflow.start)[ended].mean() / DAYS_PER_MONTH)
        found[f"mean_running_months_{name}"] = float((on - inflow.start)[running].mean() / DAYS_PER_MONTH)
    return found


def tensions_frame(
    truth: Truth,
    targets: Targets,
    *,
    conditioned: Mapping[str, float],
    tilts: Mapping[str, float],
    clients: float,
    scaled: Mapping[str, tuple[float, float, float]],
) -> pd.DataFrame:
    """Return one row per published figure: published, by the process, as reached, and at what cost.

    Parameters
    ----------
    truth, targets
        The process and the published figures.
    conditioned, tilts
        Of the figures about trajectories.
    clients
        Number of clients reached on the first reference date.
    scaled
        Of hours and the pilot: what the process gives, the value reached, and the tilt.

    Returns
    -------
    DataFrame
        ``figure_id``; ``published``, ``low`` and ``high`` (its rounding); ``unconditioned``, what the process gives by
        itself (of hours and the pilot: given the trajectories and families); ``conditioned``, the value reached;
        ``tilt``, zero when the process agrees, and ``tilt_meaning`` (of a count of ends, chance alone moves it by
        about 0.1); ``at_published_mean``, what the process would give if its mean duration were the last published
        mean of ended trajectories. Counts in units, durations in months.
    """
    expected = expected_figures(truth, targets)
    literal_mean = targets.figures["mean_ended_months_20250101"].value
    literal = expected_figures(replace(truth, scale_months=literal_mean / math.gamma(1 + 1 / truth.shape)), targets)
    rows = []
    for name in (*COUNTS, *MEANS, "mean_running_months_20250101"):
        printed = targets.figures.get(name)
        before, after, tilt = scaled.get(name, (expected.get(name), conditioned.get(name), tilts.get(name, 0.0)))
        if name == "clients_20240325":
            after = clients
        exact = printed is not None and before is None
        rows.append(
            {
                "figure_id": name,
                "published": printed.value if printed else None,
                "low": printed.low if printed else None,
                "high": printed.high if printed else None,
                "unconditioned": before,
                "conditioned": printed.value if exact and printed else after,
                "tilt": tilt,
                "tilt_meaning": MEANINGS.get(name, EXACT),
                "at_published_mean": literal.get(name),
            }
        )
    numeric = ["published", "low", "high", "unconditioned", "conditioned", "tilt", "at_published_mean"]
    return pd.DataFrame(rows).astype(dict.fromkeys(numeric, "float64"))
