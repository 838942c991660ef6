"""How many clients to ask, drawn by lot, for an answer of a given sharpness; and what silence does to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
from statsmodels.stats.proportion import samplesize_confint_proportion

from evaluation.evidence import Bounded, Evidence, Measure
from evaluation.measures.nonresponse import bounds_within, imbens_manski

MARGINS = (0.03, 0.05, 0.1)
HEADLINE = 0.05
RESPONSES = (1.0, 0.8, 0.6)
HALF = 0.5  # the share at which chance is largest
LEVEL = 0.95


@dataclass(frozen=True)
class SampleDesign:
    """Sample sizes for the clients of BJH, and what is left of their sharpness when not all answer.

    Attributes
    ----------
    clients
        Number of clients to draw from, with what the published figures allow.
    sizes
        Columns ``margin`` (half the width of the interval, a share), ``drawn`` (clients to draw when all answer),
        ``drawn_low``, ``drawn_high`` (for the fewest and the most clients that the figures allow).
    outcomes
        Columns ``drawn``, ``response``, ``answered``, ``low``, ``high``: what the share can be when half of those who
        answered are satisfied and nothing is assumed of the others, chance included. The last row is everybody asked
        with the published response.
    level
        Coverage of the intervals.
    """

    clients: Bounded
    sizes: pd.DataFrame
    outcomes: pd.DataFrame
    level: float

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    @property
    def headline(self) -> pd.Series:
        """The row of `sizes` for the headline margin."""
        return self.sizes[self.sizes["margin"] == HEADLINE].iloc[0]

    def outcome(self, drawn: int, response: float) -> pd.Series:
        """The row of `outcomes` for so many clients and such a response."""
        rows = self.outcomes[(self.outcomes["drawn"] == drawn) & (self.outcomes["response"] == response)]
        return rows.iloc[0]

    @property
    def everybody(self) -> pd.Series:
        """The row of `outcomes` in which everybody is asked with the published response."""
        return self.outcomes.iloc[-1]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``."""
        row = self.headline
        return (
            Measure(
                id="experience.sample_for_5_points",
                estimate=int(row["drawn"]),
                unit="clients",
                method="normal approximation with finite population correction, if all answer",
                period="",
                ci_low=int(row["drawn_low"]),
                ci_high=int(row["drawn_high"]),
                interval="rounding",
                evidence=self.evidence,
                sources=("council_figures",),
            ),
        )


def sample_design(trajectories: Bounded, per_client: Bounded, response: float, level: float = LEVEL) -> SampleDesign:
    """Compute sample sizes from the published number of trajectories and trajectories per client.

    Parameters
    ----------
    trajectories, per_client
        Published figures; their ratio is the number of clients.
    response
        Highest published response to a survey of everybody, a share.
    level
        Coverage of the intervals.
    """
    clients = trajectories / per_client
    sizes = pd.DataFrame(
        [
            (margin, *(sample_size(margin, round(n), level) for n in (clients.value, clients.low, clients.high)))
            for margin in MARGINS
        ],
        columns=["margin", "drawn", "drawn_low", "drawn_high"],
    )
    everybody = round(clients.value)
    plans = [(int(drawn), share) for drawn in sizes["drawn"] for share in RESPONSES] + [(everybody, response)]
    rows = [(drawn, share, round(drawn * share), *_possible(drawn, everybody, share, level)) for drawn, share in plans]
    outcomes = pd.DataFrame(rows, columns=["drawn", "response", "answered", "low", "high"])
    return SampleDesign(clients, sizes, outcomes, level)


def sample_size(margin: float, population: int, level: float) -> int:
    """Return how many to draw so that an interval around a share is at most `margin` to either side.

    The size without limit n0 = z^2 / (4 margin^2) shrinks to n0 / (1 + (n0 - 1) / N) for a population of N (Cochran
    1977, *Sampling Techniques*, 4.4). A share of one half is the worst case.
    """
    unlimited = float(samplesize_confint_proportion(HALF, margin, 1 - level))
    return min(math.ceil(unlimited / (1 + (unlimited - 1) / population)), population)


def _possible(drawn: int, population: int, response: float, level: float) -> tuple[float, float]:
    """Bounds at one half with the chance of drawing without putting back (Imbens and Manski 2004)."""
    low, high = bounds_within(HALF, response)
    correction = (population - drawn) / max(population - 1, 1)
    errors = [math.sqrt(end * (1 - end) / drawn * correction) for end in (low, high)]
    return imbens_manski(low, high, errors[0], errors[1], level)
