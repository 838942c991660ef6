"""What the published response to the client survey allows, whatever the answers were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.evidence import Evidence, Measure, PublishedFigure
from evaluation.measures.nonresponse import bounds_within

COMPARED = (0.2, 0.4, 0.6, 0.8)  # responses to hold the published one against
EXAMPLE = 0.8  # share among those who answered, for the example in words; no share was published
WIDTHS = (0.05, 0.1, 0.2, 0.4)  # distances between the bounds for which the response is asked


@dataclass(frozen=True)
class PublishedResponse:
    """Bounds without assumptions at a response that is published as less than a number.

    Attributes
    ----------
    published
        The figure, in percent; its printed value is the highest that the response can be.
    bounds
        Columns ``response``, ``share`` (among those who answered, from 0 to 1), ``low``, ``high``, ``width``: at the
        highest response that the figure allows, and at others; narrower ones are not possible.
    needed
        Columns ``width`` (distance between the bounds) and ``response`` that gives it.
    """

    published: PublishedFigure
    bounds: pd.DataFrame
    needed: pd.DataFrame

    @property
    def evidence(self) -> Evidence:
        """Published figures."""
        return Evidence.PUBLISHED

    @property
    def response(self) -> float:
        """The highest response that was published, a share."""
        return self.published.value.high / 100

    @property
    def example(self) -> pd.Series:
        """The row of the example at the published response."""
        rows = self.bounds[(self.bounds["response"] == self.response) & np.isclose(self.bounds["share"], EXAMPLE)]
        return rows.iloc[0]

    def measures(self) -> tuple[Measure, ...]:
        """Values for ``results.json``; the interval is what "less than" leaves open."""
        return (
            Measure(
                id="experience.least_width_of_bounds",
                estimate=1 - self.response,
                unit="share_difference",
                method="1 less the highest published response; bounds without assumptions (Manski)",
                period="",
                ci_low=1 - self.response,
                ci_high=1 - self.published.value.low / 100,
                interval="rounding",
                evidence=self.evidence,
                sources=("council_figures",),
            ),
        )


def published_response(published: PublishedFigure) -> PublishedResponse:
    """Compute the bounds for every share that could have been seen.

    Parameters
    ----------
    published
        The response in percent, with what "less than" allows.
    """
    highest = published.value.high / 100
    rows = [
        (response, share, *bounds_within(share, response))
        for response in (highest, *(other for other in COMPARED if other > highest))
        for share in (float(step) for step in np.linspace(0, 1, 21).round(2))
    ]
    bounds = pd.DataFrame(rows, columns=["response", "share", "low", "high"])
    needed = pd.DataFrame({"width": WIDTHS, "response": [1 - width for width in WIDTHS]})
    return PublishedResponse(published, bounds.assign(width=bounds["high"] - bounds["low"]), needed)
